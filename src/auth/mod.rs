//! Who may do what: sites, users, roles and permissions, sessions, API keys; the [`Actor`] of every call.

mod actor;
mod api_key;
mod password;
mod service;
mod set_up;
mod site;
mod store;
mod user;
mod vault;

pub use actor::{Actor, ActorKind, Permission, Role};
pub use api_key::ApiKey;
pub use password::{hash_token, new_token};
pub use service::AuthService;
pub use set_up::FirstRun;
pub use site::{Blackout, Site, SiteChanges};
pub use user::{Member, NewUser, User};
pub use vault::Vault;
