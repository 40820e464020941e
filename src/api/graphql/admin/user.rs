//! People of the site and what they are.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, parse_id, text_field},
    },
    auth::{Member, NewUser, Role, User},
    error::Result,
};

/// What a person is in a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "Role", remote = "Role")]
pub enum RoleName {
    /// Reads everything, changes nothing.
    Viewer,
    /// Writes; does not publish.
    Author,
    /// Writes, publishes and schedules.
    Editor,
    /// Also users, keys, accounts and settings.
    Admin,
}

/// A person who signs in.
pub struct UserObject(pub User);

#[Object(name = "User")]
impl UserObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// E-mail address.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Name that others see.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When the account was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// A person in this site.
#[derive(SimpleObject)]
#[graphql(name = "Member")]
pub struct MemberObject {
    /// The person.
    user: UserObject,
    /// What the person is here.
    role: RoleName,
}

impl From<Member> for MemberObject {
    fn from(member: Member) -> Self {
        Self {
            user: UserObject(member.user),
            role: member.role.into(),
        }
    }
}

/// People.
#[derive(Default)]
pub struct UserQueries;

#[Object]
impl UserQueries {
    /// The people of this site.
    async fn members(&self, ctx: &Context<'_>) -> Result<Vec<MemberObject>> {
        let members = ctx.app().auth.members(ctx.actor()).await?;
        Ok(members.into_iter().map(Into::into).collect())
    }
}

/// A person to be added to this site.
#[derive(InputObject)]
pub struct CreateUserInput {
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// Password, 10 to 200 characters; the person changes it later.
    password: String,
    /// What the person will be here.
    role: RoleName,
}

/// The new person.
#[derive(SimpleObject)]
pub struct CreateUserPayload {
    /// The person.
    user: UserObject,
}

/// A new role of a person.
#[derive(InputObject)]
pub struct SetRoleInput {
    /// The person.
    user_id: ID,
    /// What the person is from now on.
    role: RoleName,
}

/// The person with the new role.
#[derive(SimpleObject)]
pub struct SetRolePayload {
    /// The person.
    member: MemberObject,
}

/// Changes of people.
#[derive(Default)]
pub struct UserMutations;

#[Object]
impl UserMutations {
    /// Adds a person to this site.
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        input: CreateUserInput,
    ) -> Result<CreateUserPayload> {
        let new = NewUser {
            email: text_field("input.email", &input.email, 3..=254)?,
            name: text_field("input.name", &input.name, 1..=100)?,
            password: input.password,
            role: input.role.into(),
        };
        let user = ctx.app().auth.create_user(ctx.actor(), new).await?;
        Ok(CreateUserPayload {
            user: UserObject(user),
        })
    }

    /// Changes what a person is in this site.
    async fn set_role(&self, ctx: &Context<'_>, input: SetRoleInput) -> Result<SetRolePayload> {
        let user = parse_id(&input.user_id, "input.userId")?;
        let auth = &ctx.app().auth;
        let member = auth.set_role(ctx.actor(), user, input.role.into()).await?;
        Ok(SetRolePayload {
            member: member.into(),
        })
    }
}
