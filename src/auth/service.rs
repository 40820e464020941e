//! Use cases: sites, users, signing in, keys.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sea_orm::ConnectionTrait;

use super::{
    Actor, ActorKind, ApiKey, Member, NewUser, Permission, Role, Site, SiteChanges, User, Vault,
    password, store,
    user::{normal_email, normal_name},
};
use crate::{
    clock::{Clock, Timestamp},
    config::SecurityConfig,
    db::{Db, is_unique_violation},
    error::{Error, ErrorKind, Result},
    id::{ApiKeyId, SiteId, UserId},
};

/// The key of the site that a fresh server has.
const DEFAULT_SITE: &str = "default";
/// What API keys start with, so that people and scanners recognise them.
const KEY_PREFIX: &str = "fenfa_";
/// Tries to sign in that are remembered before those are forgotten that no longer count.
const MOST_REMEMBERED: usize = 10_000;
/// A session is written to at most this often.
const TOUCH_EVERY: Duration = Duration::from_mins(5);

/// Sites, users, sessions and keys; clones share everything.
#[derive(Clone)]
pub struct AuthService {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) vault: Vault,
    session_life: Duration,
    sign_ins: Arc<DefaultKeyedRateLimiter<String>>,
}

impl AuthService {
    /// The service.
    pub fn new(db: Db, clock: Clock, vault: Vault, config: &SecurityConfig) -> Self {
        let per_minute = NonZeroU32::new(config.login_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            db,
            clock,
            vault,
            session_life: Duration::from_secs(u64::from(config.session_hours) * 3600),
            sign_ins: Arc::new(RateLimiter::keyed(Quota::per_minute(per_minute))),
        }
    }

    /// The site of a fresh server, made when there is none.
    pub async fn ensure_default_site(&self) -> Result<Site> {
        if let Some(site) = store::find_site_by_key(self.db.read(), DEFAULT_SITE).await? {
            return Ok(site);
        }
        match self.insert_site(DEFAULT_SITE, "分发").await {
            // Another node was faster.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                store::find_site_by_key(self.db.write(), DEFAULT_SITE)
                    .await?
                    .ok_or_else(|| Error::not_found("the default site"))
            }
            made => made,
        }
    }

    /// Every site of this server; for the server's own jobs and the command line.
    pub async fn list_sites(&self) -> Result<Vec<Site>> {
        store::list_sites(self.db.read()).await
    }

    /// Makes a further site. Only the command line does.
    pub async fn create_site(&self, key: &str, name: &str) -> Result<Site> {
        if !crate::text::is_slug(key) {
            return Err(Error::invalid(
                "key",
                "may hold lower-case letters, digits and dashes only",
            ));
        }
        self.insert_site(key, name).await
    }

    async fn insert_site(&self, key: &str, name: &str) -> Result<Site> {
        let now = self.clock.now();
        let site = Site {
            id: SiteId::new(),
            key: key.to_owned(),
            name: name.to_owned(),
            locale: "zh-Hans".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            base_url: String::new(),
            is_official: false,
            needs_approval: false,
            brand_words: Vec::new(),
            path_template: "/pages/story/index?id={slug}".to_owned(),
            mini_programs: BTreeMap::new(),
            blackouts: Vec::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        match store::insert_site(self.db.write(), &site).await {
            Ok(()) => Ok(site),
            Err(error) if is_unique_violation(&error) => {
                Err(Error::conflict(format!("there is a site {key} already")))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The actor's site.
    pub async fn site(&self, actor: &Actor) -> Result<Site> {
        actor.require(Permission::ReadPublished)?;
        store::find_site(self.db.read(), actor.site())
            .await?
            .ok_or_else(|| Error::not_found("the site"))
    }

    /// The site of a key, for requests that name one.
    pub async fn find_site_by_key(&self, key: &str) -> Result<Option<Site>> {
        store::find_site_by_key(self.db.read(), key).await
    }

    /// Changes the profile of the actor's site.
    pub async fn update_site(
        &self,
        actor: &Actor,
        base_version: i32,
        changes: SiteChanges,
    ) -> Result<Site> {
        actor.require(Permission::ManageSite)?;
        let tx = self.db.begin().await?;
        let mut site = store::find_site(&tx, actor.site())
            .await?
            .ok_or_else(|| Error::not_found("the site"))?;
        if site.version != base_version {
            return Err(Error::conflict(format!(
                "the site is at version {} by now; load it again",
                site.version
            ))
            .with_details(serde_json::json!({ "currentVersion": site.version })));
        }
        site.apply(changes)?;
        site.version += 1;
        site.updated_at = self.clock.now();
        store::update_site(&tx, &site).await?;
        tx.commit().await?;
        Ok(site)
    }

    /// Adds a person to the actor's site; one who already signs in elsewhere keeps name and password.
    pub async fn create_user(&self, actor: &Actor, new: NewUser) -> Result<User> {
        actor.require(Permission::ManageUsers)?;
        let email = normal_email(&new.email)?;
        let name = normal_name(&new.name)?;
        password::check_new("input.password", &new.password)?;
        let hash = password::hash(new.password).await?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let known = store::find_user_by_email(&tx, &email).await?;
        let user = if let Some((user, _)) = known {
            user
        } else {
            let user = User {
                id: UserId::new(),
                email,
                name,
                created_at: now,
            };
            store::insert_user(&tx, &user, hash)
                .await
                .map_err(exists_already)?;
            user
        };
        if store::find_role(&tx, actor.site(), user.id)
            .await?
            .is_some()
        {
            return Err(is_member_already());
        }
        store::set_role(&tx, actor.site(), user.id, new.role, now).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// The people of the actor's site.
    pub async fn members(&self, actor: &Actor) -> Result<Vec<Member>> {
        actor.require(Permission::ManageUsers)?;
        store::list_members(self.db.read(), actor.site()).await
    }

    /// Many people of the actor's site at once.
    pub async fn users(&self, actor: &Actor, ids: &[UserId]) -> Result<HashMap<UserId, User>> {
        let members = self.members(actor).await?.into_iter();
        Ok(members
            .filter(|member| ids.contains(&member.user.id))
            .map(|member| (member.user.id, member.user))
            .collect())
    }

    /// What people of the actor's site are called; whoever works there knows the names of the others.
    pub async fn names(&self, actor: &Actor, ids: &[UserId]) -> Result<Vec<(UserId, String)>> {
        actor.require(Permission::ReadContent)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let members = store::list_members(self.db.read(), actor.site()).await?;
        let users = members.into_iter().map(|member| member.user);
        Ok(users
            .filter(|user| ids.contains(&user.id))
            .map(|user| (user.id, user.name))
            .collect())
    }

    /// Changes what a person of the actor's site is.
    pub async fn set_role(&self, actor: &Actor, user: UserId, role: Role) -> Result<Member> {
        actor.require(Permission::ManageUsers)?;
        if actor.user() == Some(user) {
            return Err(Error::precondition(
                "you cannot change your own role; ask another admin",
            ));
        }
        let tx = self.db.begin().await?;
        store::find_role(&tx, actor.site(), user)
            .await?
            .ok_or_else(|| Error::not_found(format!("user {user}")))?;
        store::set_role(&tx, actor.site(), user, role, self.clock.now()).await?;
        let (user, _) = store::find_user(&tx, user)
            .await?
            .ok_or_else(|| Error::not_found(format!("user {user}")))?;
        tx.commit().await?;
        Ok(Member { user, role })
    }

    /// Changes the caller's own password and ends all their sessions.
    pub async fn change_password(&self, actor: &Actor, current: String, new: String) -> Result<()> {
        actor.require(Permission::ReadContent)?;
        let id = actor
            .user()
            .ok_or_else(|| Error::forbidden("only a person has a password"))?;
        password::check_new("input.newPassword", &new)?;
        let (_, hash) = store::find_user(self.db.read(), id)
            .await?
            .ok_or_else(|| Error::not_found(format!("user {id}")))?;
        if !password::verify(current, Some(hash)).await? {
            return Err(Error::invalid("input.currentPassword", "is not right"));
        }
        let hash = password::hash(new).await?;
        let tx = self.db.begin().await?;
        store::set_password(&tx, id, hash, self.clock.now()).await?;
        store::delete_sessions_of(&tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Signs a person in; the token is the session.
    pub async fn sign_in(
        &self,
        email: &str,
        given: String,
        address: Option<IpAddr>,
    ) -> Result<(String, User)> {
        let email = email.trim().to_lowercase();
        // The address first: who has no more tries must not fill the memory with names.
        self.count_try(&[
            address.map(|address| format!("address {address}")),
            Some(format!("email {email}")),
        ])?;
        let known = store::find_user_by_email(self.db.read(), &email).await?;
        let hash = known.as_ref().map(|(_, hash)| hash.clone());
        let is_right = password::verify(given, hash).await?;
        let Some((user, _)) = known.filter(|_| is_right) else {
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "e-mail address or password is not right",
            ));
        };
        let tx = self.db.begin().await?;
        let token = self.open_session(&tx, user.id).await?;
        tx.commit().await?;
        Ok((token, user))
    }

    /// Counts a try to get in for each of these; refused when one of them has none left.
    pub(super) fn count_try(&self, keys: &[Option<String>]) -> Result<()> {
        let mut given = keys.iter().flatten();
        if given.any(|key| self.sign_ins.check_key(key).is_err()) {
            return Err(Error::new(
                ErrorKind::RateLimited,
                "too many attempts; try again in a minute",
            ));
        }
        if self.sign_ins.len() > MOST_REMEMBERED {
            self.sign_ins.retain_recent();
        }
        Ok(())
    }

    /// A new session of a person; its token.
    pub(super) async fn open_session(
        &self,
        tx: &impl ConnectionTrait,
        user: UserId,
    ) -> Result<String> {
        let (token, now) = (password::new_token(), self.clock.now());
        let ends = now.plus(self.session_life);
        store::delete_ended_sessions(tx, now).await?;
        store::insert_session(tx, password::hash_token(&token), user, now, ends).await?;
        Ok(token)
    }

    /// Ends the session of a token; nothing happens when there is none.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        store::delete_session(self.db.write(), &password::hash_token(token)).await
    }

    /// Who a session's token belongs to, in the site that is asked for (by key) or the first of the person's sites.
    pub async fn actor_for_session(&self, token: &str, site: Option<&str>) -> Result<Actor> {
        let ended = || {
            Error::new(
                ErrorKind::Unauthenticated,
                "the session has ended; sign in again",
            )
        };
        let now = self.clock.now();
        let found = store::find_session(self.db.read(), &password::hash_token(token), now).await?;
        let (session, user, expires_at) = found.ok_or_else(ended)?;
        self.extend(session, now, expires_at).await?;
        let memberships = store::list_memberships(self.db.read(), user).await?;
        let wanted = match site {
            None => None,
            Some(key) => {
                let site = store::find_site_by_key(self.db.read(), key).await?;
                Some(
                    site.ok_or_else(|| Error::forbidden("you have no role in this site"))?
                        .id,
                )
            }
        };
        let membership = memberships
            .into_iter()
            .find(|(site, _)| wanted.is_none_or(|wanted| wanted == *site));
        let (site, role) =
            membership.ok_or_else(|| Error::forbidden("you have no role in this site"))?;
        Ok(Actor::new(ActorKind::User { id: user, role }, site))
    }

    async fn extend(
        &self,
        session: crate::id::SessionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        let new_end = now.plus(self.session_life);
        if new_end.since(expires_at) < TOUCH_EVERY {
            return Ok(());
        }
        store::extend_session(self.db.write(), session, now, new_end).await
    }

    /// The person behind an actor.
    pub async fn viewer(&self, actor: &Actor) -> Result<User> {
        let id = actor
            .user()
            .ok_or_else(|| Error::new(ErrorKind::Unauthenticated, "sign in first"))?;
        let found = store::find_user(self.db.read(), id).await?;
        found
            .map(|(user, _)| user)
            .ok_or_else(|| Error::not_found(format!("user {id}")))
    }

    /// Who an API key belongs to.
    pub async fn actor_for_api_key(&self, key: &str) -> Result<Actor> {
        let found = store::find_api_key(self.db.read(), &password::hash_token(key)).await?;
        let (id, site) = found.ok_or_else(|| {
            Error::new(
                ErrorKind::Unauthenticated,
                "this API key is unknown or was revoked",
            )
        })?;
        Ok(Actor::new(ActorKind::ApiKey(id), site))
    }

    /// Makes a key for public reading; its text is returned this once.
    pub async fn create_api_key(&self, actor: &Actor, name: &str) -> Result<(ApiKey, String)> {
        actor.require(Permission::ManageUsers)?;
        let text = format!("{KEY_PREFIX}{}", password::new_token());
        let key = ApiKey {
            id: ApiKeyId::new(),
            name: name.to_owned(),
            prefix: text.chars().take(KEY_PREFIX.len() + 6).collect(),
            created_at: self.clock.now(),
            revoked_at: None,
        };
        store::insert_api_key(
            self.db.write(),
            actor.site(),
            &key,
            password::hash_token(&text),
        )
        .await?;
        Ok((key, text))
    }

    /// The keys of the actor's site, newest first.
    pub async fn api_keys(&self, actor: &Actor) -> Result<Vec<ApiKey>> {
        actor.require(Permission::ManageUsers)?;
        store::list_api_keys(self.db.read(), actor.site()).await
    }

    /// Ends a key at once.
    pub async fn revoke_api_key(&self, actor: &Actor, id: ApiKeyId) -> Result<ApiKey> {
        actor.require(Permission::ManageUsers)?;
        let revoked =
            store::revoke_api_key(self.db.write(), actor.site(), id, self.clock.now()).await?;
        revoked.ok_or_else(|| Error::not_found(format!("API key {id}")))
    }
}

fn exists_already(error: sea_orm::DbErr) -> Error {
    if is_unique_violation(&error) {
        return is_member_already();
    }
    error.into()
}

fn is_member_already() -> Error {
    Error::conflict("somebody with this e-mail address exists already").on_field("input.email")
}
