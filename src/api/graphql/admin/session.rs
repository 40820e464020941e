//! Signing in and out, and who one is.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::user::{RoleName, UserObject};
use crate::{
    api::{graphql::ContextExt, rest::session::COOKIE},
    auth::{ActorKind, Permission, User},
    error::{Error, ErrorKind, Result},
};

/// Who is signed in.
pub struct Viewer {
    user: User,
    role: RoleName,
    permissions: Vec<PermissionName>,
}

#[Object]
impl Viewer {
    /// The person.
    async fn user(&self) -> UserObject {
        UserObject(self.user.clone())
    }

    /// What the person is in this site.
    async fn role(&self) -> RoleName {
        self.role
    }

    /// What the person may do in this site.
    async fn permissions(&self) -> &[PermissionName] {
        &self.permissions
    }
}

/// What a call may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "Permission", remote = "Permission")]
pub enum PermissionName {
    ReadPublished,
    ReadContent,
    WriteContent,
    Publish,
    Schedule,
    ManageAccounts,
    ManageUsers,
    ManageSite,
}

/// Who one is.
#[derive(Default)]
pub struct SessionQueries;

#[Object]
impl SessionQueries {
    /// Who is signed in; nobody when the session has ended.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>> {
        let actor = ctx.actor();
        let ActorKind::User { role, .. } = *actor.kind() else {
            return Ok(None);
        };
        let user = ctx.app().auth.viewer(actor).await?;
        let permissions = Permission::ALL
            .iter()
            .filter(|permission| actor.may(**permission));
        Ok(Some(Viewer {
            user,
            role: role.into(),
            permissions: permissions.map(|permission| (*permission).into()).collect(),
        }))
    }
}

/// What signs a person in.
#[derive(InputObject)]
pub struct SignInInput {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
}

/// A person who has just signed in; the session is in the cookie.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The person.
    user: UserObject,
}

/// Whether a session was ended.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// There is no session any more.
    is_signed_out: bool,
}

/// A change of one's own password.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The password until now.
    current_password: String,
    /// The password from now on.
    new_password: String,
}

/// The person whose password was changed; every session has ended.
#[derive(SimpleObject)]
pub struct ChangePasswordPayload {
    /// The person.
    user: UserObject,
}

/// Signing in and out.
#[derive(Default)]
pub struct SessionMutations;

#[Object]
impl SessionMutations {
    /// Signs a person in: the answer sets the session cookie.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload> {
        // Such ones are nobody's, and hashing long ones would cost.
        let is_nobody = input.email.chars().any(char::is_control) || input.email.len() > 254;
        if is_nobody || input.password.len() > 1024 {
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "e-mail address or password is not right",
            ));
        }
        let auth = &ctx.app().auth;
        let (token, user) = auth
            .sign_in(&input.email, input.password, ctx.caller().address)
            .await?;
        begin_session(ctx, &token);
        Ok(SignInPayload {
            user: UserObject(user),
        })
    }

    /// Ends the session of this browser.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload> {
        if let Some(token) = &ctx.caller().session {
            ctx.app().auth.sign_out(token).await?;
        }
        set_cookie(ctx, "", 0);
        Ok(SignOutPayload {
            is_signed_out: true,
        })
    }

    /// Changes one's own password and ends all one's sessions.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        input: ChangePasswordInput,
    ) -> Result<ChangePasswordPayload> {
        let auth = &ctx.app().auth;
        let user = auth.viewer(ctx.actor()).await?;
        auth.change_password(ctx.actor(), input.current_password, input.new_password)
            .await?;
        set_cookie(ctx, "", 0);
        Ok(ChangePasswordPayload {
            user: UserObject(user),
        })
    }
}

/// Gives the browser its session.
pub(super) fn begin_session(ctx: &Context<'_>, token: &str) {
    let hours = ctx.app().config.security.session_hours;
    set_cookie(ctx, token, u64::from(hours) * 3600);
}

fn set_cookie(ctx: &Context<'_>, token: &str, life_s: u64) {
    let is_secure = ctx.app().config.security.secure_cookies;
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}");
    ctx.append_http_header("set-cookie", cookie);
}
