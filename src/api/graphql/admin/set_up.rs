//! The first run: what a fresh server is told in the browser.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{session::begin_session, user::UserObject};
use crate::{api::graphql::ContextExt, auth::FirstRun, error::Result};

/// Whether there is anything to set up.
#[derive(Default)]
pub struct SetUpQueries;

#[Object]
impl SetUpQueries {
    /// Whether nobody may sign in yet, so that the server waits for its first admin.
    async fn needs_set_up(&self, ctx: &Context<'_>) -> Result<bool> {
        ctx.app().auth.needs_set_up().await
    }
}

/// What a fresh server needs to know.
#[derive(InputObject)]
pub struct SetUpInput {
    /// The code that the server printed at its start; `fenfa user set-up` prints it again.
    set_up_code: String,
    /// Name of the site.
    site_name: String,
    /// IANA zone in which its editors plan, such as Asia/Shanghai.
    zone: String,
    /// E-mail address of the first admin.
    email: String,
    /// Name of the first admin.
    name: String,
    /// Password of the first admin.
    password: String,
}

/// The first admin, signed in; the session is in the cookie.
#[derive(SimpleObject)]
pub struct SetUpPayload {
    /// The person.
    user: UserObject,
}

/// Setting up.
#[derive(Default)]
pub struct SetUpMutations;

#[Object]
impl SetUpMutations {
    /// Names the site, makes its first admin and signs that person in; refused once anybody may sign in.
    async fn set_up(&self, ctx: &Context<'_>, input: SetUpInput) -> Result<SetUpPayload> {
        let first = FirstRun {
            code: input.set_up_code,
            site_name: input.site_name,
            zone: input.zone,
            email: input.email,
            name: input.name,
            password: input.password,
        };
        let address = ctx.caller().address;
        let (token, user) = ctx.app().auth.set_up(first, address).await?;
        begin_session(ctx, &token);
        Ok(SetUpPayload {
            user: UserObject(user),
        })
    }
}
