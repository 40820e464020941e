//! The actor of a call: who it is, in which site, and what that allows.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, ErrorKind, Result},
    id::{ApiKeyId, SiteId, UserId},
};

/// What a person is in a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads everything in the admin UI, changes nothing.
    Viewer,
    /// Writes own content; does not publish.
    Author,
    /// Writes, publishes and schedules everything.
    Editor,
    /// Also users, keys, accounts and settings.
    Admin,
}

/// What a service call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Read what is published.
    ReadPublished,
    /// Read drafts, deliveries, assets: everything an editor sees.
    ReadContent,
    /// Create and change content and assets.
    WriteContent,
    /// Make content live or take it back.
    Publish,
    /// Schedule, reschedule, cancel, retry deliveries.
    Schedule,
    /// Connect, change and pause accounts.
    ManageAccounts,
    /// Users, roles and API keys.
    ManageUsers,
    /// The site's profile and settings; rebuild the index.
    ManageSite,
}

impl Permission {
    /// Every permission.
    pub const ALL: &'static [Self] = &[
        Self::ReadPublished,
        Self::ReadContent,
        Self::WriteContent,
        Self::Publish,
        Self::Schedule,
        Self::ManageAccounts,
        Self::ManageUsers,
        Self::ManageSite,
    ];
}

impl Role {
    /// Whether the role allows it. The only place that decides.
    pub const fn allows(self, permission: Permission) -> bool {
        match permission {
            Permission::ReadPublished | Permission::ReadContent => true,
            Permission::WriteContent => !matches!(self, Self::Viewer),
            Permission::Publish | Permission::Schedule => {
                matches!(self, Self::Editor | Self::Admin)
            }
            Permission::ManageAccounts | Permission::ManageUsers | Permission::ManageSite => {
                matches!(self, Self::Admin)
            }
        }
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorKind {
    /// Nobody known.
    Anonymous,
    /// Somebody who reads the public pages.
    Reader,
    /// A signed-in person with a role in the site.
    User {
        /// The person.
        id: UserId,
        /// The role in the actor's site.
        role: Role,
    },
    /// A mini-program with a key.
    ApiKey(ApiKeyId),
    /// The server itself: jobs and the command line.
    System,
}

/// The actor of a call, in one site: nothing of another site is reachable with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    kind: ActorKind,
    site: SiteId,
}

impl Actor {
    /// An actor in a site.
    pub const fn new(kind: ActorKind, site: SiteId) -> Self {
        Self { kind, site }
    }

    /// The server itself, in a site.
    pub const fn system(site: SiteId) -> Self {
        Self::new(ActorKind::System, site)
    }

    /// Who it is.
    pub const fn kind(&self) -> &ActorKind {
        &self.kind
    }

    /// The one site that the call may touch.
    pub const fn site(&self) -> SiteId {
        self.site
    }

    /// The person, if it is one.
    pub const fn user(&self) -> Option<UserId> {
        match self.kind {
            ActorKind::User { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether the actor may.
    pub const fn may(&self, permission: Permission) -> bool {
        match self.kind {
            ActorKind::Anonymous => false,
            ActorKind::User { role, .. } => role.allows(permission),
            ActorKind::ApiKey(_) | ActorKind::Reader => {
                matches!(permission, Permission::ReadPublished)
            }
            ActorKind::System => true,
        }
    }

    /// Lets the call go on only if the actor may.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.may(permission) {
            return Ok(());
        }
        if matches!(self.kind, ActorKind::Anonymous) {
            return Err(Error::new(ErrorKind::Unauthenticated, "sign in first"));
        }
        Err(Error::forbidden(format!(
            "this needs the permission {}",
            permission_name(permission)
        )))
    }
}

const fn permission_name(permission: Permission) -> &'static str {
    match permission {
        Permission::ReadPublished => "read_published",
        Permission::ReadContent => "read_content",
        Permission::WriteContent => "write_content",
        Permission::Publish => "publish",
        Permission::Schedule => "schedule",
        Permission::ManageAccounts => "manage_accounts",
        Permission::ManageUsers => "manage_users",
        Permission::ManageSite => "manage_site",
    }
}
