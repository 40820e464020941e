//! Signing in to an account on a page of its platform. The way back is [`crate::api::rest::sign_in`].

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::account::AccountObject;
use crate::{
    api::{
        graphql::{
            ContextExt,
            shared::{DateTime, parse_id},
        },
        rest::sign_in,
    },
    delivery::{SignIn, SignInOutcome},
    error::Result,
};

/// What came of a person's way to a platform's page and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "SignInOutcome", remote = "SignInOutcome")]
pub enum SignInOutcomeName {
    /// The account has a new grant.
    Done,
    /// Somebody else signed in than before; a person must say whether that is meant.
    OtherUser,
    /// The person did not agree on the platform's page.
    Denied,
    /// The platform refused, with its own words.
    Refused,
    /// The platform could not be asked; the code is spent.
    Unreachable,
}

/// A person's way to a platform's page and back.
pub struct SignInObject(pub SignIn);

#[Object(name = "AccountSignIn")]
impl SignInObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What came of it; nothing while the person is away.
    async fn outcome(&self) -> Option<SignInOutcomeName> {
        self.0.outcome.map(Into::into)
    }

    /// The platform's words, or what the account may do now.
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Who signed in on the platform.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// What the platform calls them.
    async fn external_name(&self) -> Option<&str> {
        self.0.external_name.as_deref()
    }

    /// Nobody may come back later, nor confirm that somebody else is meant.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }
}

/// Sign-ins.
#[derive(Default)]
pub struct SignInQueries;

#[Object]
impl SignInQueries {
    /// A way that the caller went; it is forgotten an hour after its end.
    async fn account_sign_in(&self, ctx: &Context<'_>, id: ID) -> Result<SignInObject> {
        let id = parse_id(&id, "id")?;
        let sign_in = ctx.app().delivery.sign_in(ctx.actor(), id).await;
        sign_in.map(SignInObject)
    }
}

/// Which account a person signs in to.
#[derive(InputObject)]
pub struct StartAccountSignInInput {
    /// The account.
    account_id: ID,
}

/// Where the person goes.
#[derive(SimpleObject)]
pub struct StartAccountSignInPayload {
    /// The platform's page; it sends the browser back to us.
    address: String,
    /// The way that begins there.
    sign_in: SignInObject,
}

/// Which sign-in.
#[derive(InputObject)]
pub struct ConfirmAccountSignInInput {
    /// The sign-in.
    id: ID,
}

/// A sign-in of which a person said who is meant.
#[derive(SimpleObject)]
pub struct ConfirmAccountSignInPayload {
    /// What came of it.
    sign_in: SignInObject,
    /// The account as it is now.
    account: AccountObject,
}

/// Signing in to accounts.
#[derive(Default)]
pub struct SignInMutations;

#[Object]
impl SignInMutations {
    /// Begins to sign in to an account: where the person's browser is to go. The way back is this person's alone, once,
    /// and for ten minutes.
    async fn start_account_sign_in(
        &self,
        ctx: &Context<'_>,
        input: StartAccountSignInInput,
    ) -> Result<StartAccountSignInPayload> {
        let id = parse_id(&input.account_id, "input.accountId")?;
        let (app, actor) = (ctx.app(), ctx.actor());
        let account = app.delivery.account(actor, id).await?;
        let back = sign_in::address(&app.config.server.base_url(), &account.channel);
        let departure = app.delivery.start_sign_in(actor, id, &back).await?;
        Ok(StartAccountSignInPayload {
            address: departure.address,
            sign_in: SignInObject(departure.sign_in),
        })
    }

    /// Confirms that whoever signed in is meant, although it is somebody else than before.
    async fn confirm_account_sign_in(
        &self,
        ctx: &Context<'_>,
        input: ConfirmAccountSignInInput,
    ) -> Result<ConfirmAccountSignInPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let delivery = &ctx.app().delivery;
        let sign_in = delivery.confirm_sign_in(ctx.actor(), id).await?;
        let account = delivery.account(ctx.actor(), sign_in.account).await?;
        Ok(ConfirmAccountSignInPayload {
            sign_in: SignInObject(sign_in),
            account: AccountObject(account),
        })
    }
}
