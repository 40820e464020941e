//! The first run: whoever can read the server's set-up code names the site and becomes its first admin.
//!
//! The code follows from the server's key, so every node knows the same one, nothing is stored, and nobody without
//! access to the server can have it. It is worth nothing once there is a person who may sign in.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    AuthService, Role, SiteChanges, User, password, store,
    user::{normal_email, normal_name},
};
use crate::{
    error::{Error, Result},
    id::UserId,
};

/// What the key is asked for.
const PURPOSE: &str = "set-up code";

/// What a fresh server needs to know.
#[derive(Clone)]
pub struct FirstRun {
    /// The code that the server told its operator.
    pub code: String,
    /// Name of the site.
    pub site_name: String,
    /// IANA zone in which its editors plan.
    pub zone: String,
    /// E-mail address of the first admin.
    pub email: String,
    /// Name of the first admin.
    pub name: String,
    /// Password of the first admin.
    pub password: String,
}

impl AuthService {
    /// Whether nobody may sign in yet.
    pub async fn needs_set_up(&self) -> Result<bool> {
        Ok(!store::has_users(self.db.read()).await?)
    }

    /// The code that proves access to the server; for the command line alone.
    pub fn set_up_code(&self) -> Result<String> {
        let code = self.vault.derive(PURPOSE)?;
        Ok(URL_SAFE_NO_PAD.encode(&code[..16]))
    }

    /// Names the site and makes its first admin, who is signed in with the token. Done once: as soon as there is
    /// anybody, it is refused.
    pub async fn set_up(&self, first: FirstRun, address: Option<IpAddr>) -> Result<(String, User)> {
        self.count_try(&[address.map(|address| format!("address {address}"))])?;
        if !self.needs_set_up().await? {
            return Err(is_set_up());
        }
        // Hashes are compared, so that the time it takes tells nothing of the code.
        let (given, expected) = (first.code.trim(), self.set_up_code()?);
        if password::hash_token(given) != password::hash_token(&expected) {
            return Err(Error::invalid(
                "input.setUpCode",
                "is not this server's; it was printed at the start, and `fenfa user set-up` prints it again",
            ));
        }
        let user = User {
            id: UserId::new(),
            email: normal_email(&first.email)?,
            name: normal_name(&first.name)?,
            created_at: self.clock.now(),
        };
        password::check_new("input.password", &first.password)?;
        let mut site = self.ensure_default_site().await?;
        let named = SiteChanges {
            name: Some(first.site_name),
            ..SiteChanges::default()
        };
        site.apply(named)
            .map_err(|error| error.on_field("input.siteName"))?;
        site.apply(SiteChanges {
            zone: Some(first.zone),
            ..SiteChanges::default()
        })?;
        site.version += 1;
        site.updated_at = user.created_at;
        let hash = password::hash(first.password).await?;

        let tx = self.db.begin().await?;
        store::lock_set_up(&tx).await?;
        if store::has_users(&tx).await? {
            return Err(is_set_up());
        }
        store::insert_user(&tx, &user, hash).await?;
        store::set_role(&tx, site.id, user.id, Role::Admin, user.created_at).await?;
        if !store::update_site(&tx, &site).await? {
            return Err(Error::conflict("the site was changed meanwhile; try again"));
        }
        let token = self.open_session(&tx, user.id).await?;
        tx.commit().await?;
        Ok((token, user))
    }
}

fn is_set_up() -> Error {
    Error::precondition("this server is set up already; sign in")
}
