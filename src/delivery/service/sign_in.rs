//! Use cases of signing in to an account on a page of its platform: go there, come back, and say that somebody else than
//! before is meant.

use std::{collections::BTreeMap, time::Duration};

use super::{DeliveryService, account::find};
use crate::{
    auth::{Actor, Permission, hash_token, new_token},
    channels::{ChannelError, ErrorClass, SignInReply, SignedIn},
    delivery::{Astray, Departure, Return, SignIn, SignInOutcome, engine::Exchanged, store},
    error::{Error, ErrorKind, Result},
    id::{AccountId, SignInId},
};

/// How long a person may take on the platform's page, and then to say who is meant. A code lives as long.
const LIFE: Duration = Duration::from_mins(10);

impl DeliveryService {
    /// Where a person goes to sign in to an account. The way back is theirs alone, once, and for ten minutes. `back` is
    /// the address to which the platform is to send the browser.
    pub async fn start_sign_in(
        &self,
        actor: &Actor,
        account: AccountId,
        back: &str,
    ) -> Result<Departure> {
        actor.require(Permission::ManageAccounts)?;
        let user = actor
            .user()
            .ok_or_else(|| Error::forbidden("only a person signs in"))?;
        let sealed = find(self.core.db.read(), actor, account).await?;
        let state = new_token();
        let address = self.core.connect(&sealed)?.sign_in_page(back, &state);
        let address = address.map_err(|error| Error::precondition(error.message))?;
        let now = self.now();
        let sign_in = SignIn {
            id: SignInId::new(),
            site: actor.site(),
            account,
            user,
            expires_at: now.plus(LIFE),
            returned_at: None,
            outcome: None,
            message: None,
            external_id: None,
            external_name: None,
        };
        store::insert_sign_in(self.core.db.write(), &sign_in, hash_token(&state), now).await?;
        Ok(Departure { address, sign_in })
    }

    /// A browser came back from a channel's page, with a query and the session of whoever is signed in. Nothing is done
    /// unless it is the way back of just this person; then the code is exchanged at once.
    pub async fn return_from_sign_in(
        &self,
        channel: &str,
        query: &BTreeMap<String, String>,
        session: Option<&str>,
    ) -> Result<Return> {
        let (actor, sign_in) = match self.admit(channel, query, session).await? {
            Ok(admitted) => admitted,
            Err((why, account)) => return Ok(Return::Astray { why, account }),
        };
        let sealed = find(self.core.db.read(), &actor, sign_in.account).await?;
        let reply = self.core.connect(&sealed)?.read_sign_in(query);
        let sign_in = match reply {
            Ok(SignInReply::Code(code)) => self.use_code(&actor, sign_in, code).await?,
            Ok(SignInReply::Denied) => {
                let denied = SignIn {
                    outcome: Some(SignInOutcome::Denied),
                    ..sign_in
                };
                self.end(denied, None).await?
            }
            Err(error) => self.end(refused(sign_in, error), None).await?,
        };
        Ok(Return::Ended {
            actor,
            sign_in: Box::new(sign_in),
        })
    }

    /// Whose way back it is; or why it is none.
    async fn admit(
        &self,
        channel: &str,
        query: &BTreeMap<String, String>,
        session: Option<&str>,
    ) -> Result<std::result::Result<(Actor, SignIn), (Astray, Option<AccountId>)>> {
        let db = self.core.db.read();
        let state = query.get("state").map(|state| hash_token(state));
        let found = match &state {
            Some(hash) => store::find_sign_in_by_state(db, hash).await?,
            None => None,
        };
        let Some(sign_in) = found else {
            return Ok(Err((Astray::Unknown, None)));
        };
        let Some(session) = session else {
            return Ok(Err((Astray::SignedOut, None)));
        };
        // The browser names no site on its way back; the way itself does.
        let site = self.auth.site(&Actor::system(sign_in.site)).await?;
        let actor = match self.auth.actor_for_session(session, Some(&site.key)).await {
            Ok(actor) => actor,
            Err(error) if error.kind() == ErrorKind::Unauthenticated => {
                return Ok(Err((Astray::SignedOut, None)));
            }
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                return Ok(Err((Astray::NoRight, None)));
            }
            Err(error) => return Err(error),
        };
        if actor.user() != Some(sign_in.user) {
            return Ok(Err((Astray::OtherPerson, None)));
        }
        if !actor.may(Permission::ManageAccounts) {
            return Ok(Err((Astray::NoRight, None)));
        }
        let account = find(db, &actor, sign_in.account).await?.account;
        let astray = |why| Ok(Err((why, Some(account.id))));
        let now = self.now();
        if account.channel != channel {
            return astray(Astray::Unknown);
        }
        if store::claim_return(self.core.db.write(), sign_in.id, now).await? {
            return Ok(Ok((actor, sign_in)));
        }
        let is_late = sign_in.returned_at.is_none() && sign_in.expires_at <= now;
        astray(if is_late {
            Astray::Expired
        } else {
            Astray::Used
        })
    }

    /// Exchanges the code; tokens of somebody else than before wait for a person's word.
    async fn use_code(&self, actor: &Actor, sign_in: SignIn, code: String) -> Result<SignIn> {
        let exchanged = self
            .core
            .exchange(sign_in.site, sign_in.account, code)
            .await;
        match exchanged {
            Ok(Exchanged::Adopted(signed_in)) => self.settle(actor, sign_in, &signed_in).await,
            Ok(Exchanged::OtherUser(signed_in)) => {
                let ended = SignIn {
                    expires_at: self.now().plus(LIFE),
                    outcome: Some(SignInOutcome::OtherUser),
                    ..of(sign_in, &signed_in)
                };
                let tokens = self.core.seal_sign_in(ended.id, &signed_in.tokens)?;
                self.end(ended, Some(tokens)).await
            }
            Err(error) => self.end(refused(sign_in, error), None).await,
        }
    }

    /// Writes down what came of it.
    async fn end(&self, ended: SignIn, tokens: Option<Vec<u8>>) -> Result<SignIn> {
        store::end_sign_in(self.core.db.write(), &ended, tokens).await?;
        Ok(ended)
    }

    /// The account has its tokens: what they are good for is asked at once.
    async fn settle(&self, actor: &Actor, sign_in: SignIn, signed_in: &SignedIn) -> Result<SignIn> {
        let check = self.check_account(actor, sign_in.account).await?;
        let ended = SignIn {
            outcome: Some(SignInOutcome::Done),
            message: Some(check.message),
            ..of(sign_in, signed_in)
        };
        self.end(ended, None).await
    }

    /// Exchanges a code that a person brought by another way than through our own page: the command line's accounts on
    /// simulators are signed in so.
    pub async fn sign_in_with_code(
        &self,
        actor: &Actor,
        account: AccountId,
        code: &str,
    ) -> Result<()> {
        actor.require(Permission::ManageAccounts)?;
        // What cannot be used at all says so itself.
        self.core
            .connect(&find(self.core.db.read(), actor, account).await?)?;
        let exchanged = self.core.exchange(actor.site(), account, code.to_owned());
        match exchanged.await {
            Ok(Exchanged::Adopted(_)) => self.check_account(actor, account).await.map(|_| ()),
            Ok(Exchanged::OtherUser(_)) => Err(Error::conflict(
                "somebody else signed in than before; connect another account for them",
            )),
            Err(error) => Err(Error::precondition(error.message)),
        }
    }

    /// A person's own way to a platform's page and back.
    pub async fn sign_in(&self, actor: &Actor, id: SignInId) -> Result<SignIn> {
        actor.require(Permission::ManageAccounts)?;
        Ok(self.own_sign_in(actor, id).await?.0)
    }

    /// Says that whoever signed in is meant, although it is somebody else than before.
    pub async fn confirm_sign_in(&self, actor: &Actor, id: SignInId) -> Result<SignIn> {
        actor.require(Permission::ManageAccounts)?;
        let (sign_in, tokens) = self.own_sign_in(actor, id).await?;
        let tokens = tokens.filter(|_| sign_in.expires_at > self.now());
        let tokens = tokens.ok_or_else(|| {
            Error::precondition("nobody waits to be confirmed, or it took too long; sign in again")
        })?;
        let signed_in = SignedIn {
            tokens: self.core.open_sign_in(id, &tokens)?,
            name: sign_in.external_name.clone(),
        };
        let adopted = self
            .core
            .adopt_other(actor.site(), sign_in.account, &signed_in);
        adopted.await?;
        self.settle(actor, sign_in, &signed_in).await
    }

    async fn own_sign_in(&self, actor: &Actor, id: SignInId) -> Result<(SignIn, Option<Vec<u8>>)> {
        let unknown = || Error::not_found(format!("sign-in {id}"));
        let user = actor.user().ok_or_else(unknown)?;
        let found = store::find_sign_in(self.core.db.read(), actor.site(), user, id).await?;
        found.ok_or_else(unknown)
    }
}

/// Who signed in.
fn of(sign_in: SignIn, signed_in: &SignedIn) -> SignIn {
    SignIn {
        external_id: signed_in.tokens.external_id.clone(),
        external_name: signed_in.name.clone(),
        ..sign_in
    }
}

/// The platform gave no tokens: it said no, or could not be asked.
fn refused(sign_in: SignIn, error: ChannelError) -> SignIn {
    use ErrorClass::{ChannelDown, NotSent, RateLimited, SentUnknown};
    tracing::warn!(account.id = %sign_in.account, %error, "a sign-in brought nothing");
    let outcome = match error.class {
        NotSent | SentUnknown | RateLimited | ChannelDown => SignInOutcome::Unreachable,
        _ => SignInOutcome::Refused,
    };
    SignIn {
        outcome: Some(outcome),
        message: Some(error.message),
        ..sign_in
    }
}
