//! Links and codes that open a story or video in a channel's mini-program.

use std::{sync::Arc, time::Duration};

use super::{DeliveryService, account, unanswered};
use crate::{
    auth::{Actor, Permission},
    channels::{ChannelError, ErrorClass, find_channel},
    delivery::{AccountStatus, MadeLink, core::disconnected, engine::Host, store},
    error::{Error, Result},
    id::AccountId,
    tailoring::SourceRef,
};

/// A person waits for the answer.
const DEADLINE: Duration = Duration::from_secs(30);

impl DeliveryService {
    /// The links to a story or video that accounts of a channel made.
    pub async fn app_links(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
    ) -> Result<Vec<MadeLink>> {
        actor.require(Permission::ReadContent)?;
        let channel = self
            .channel(channel)
            .map_err(|error| error.on_field("channel"))?;
        let db = self.core.db.read();
        let accounts = store::list_accounts(db, actor.site(), None).await?;
        let accounts = accounts.iter().filter(|one| one.channel == channel.id);
        let accounts = accounts.map(|one| one.id).collect();
        store::list_app_links(db, actor.site(), of.item(), accounts).await
    }

    /// The link of a kind by which an account opens what readers see of a story or video. One that still serves is given
    /// again, unless another is wanted: each that is made counts on the platform.
    pub async fn make_app_link(
        &self,
        actor: &Actor,
        of: SourceRef,
        id: AccountId,
        kind: &str,
        anew: bool,
    ) -> Result<MadeLink> {
        actor.require(Permission::WriteContent)?;
        let db = self.core.db.read();
        let sealed = account::find(db, actor, id).await?;
        let account = &sealed.account;
        if account.status == AccountStatus::Disconnected {
            return Err(disconnected());
        }
        let channel = find_channel(&account.channel);
        let channel =
            channel.ok_or_else(|| Error::not_found(format!("channel {}", account.channel)))?;
        if !channel.app_links.iter().any(|known| known.id == kind) {
            let text = format!("{} makes no link of the kind {kind}", channel.name.en);
            return Err(Error::invalid("input.kind", text));
        }
        let page = self.tailoring.published_page(actor, of, channel.id).await?;
        let page = page.ok_or_else(|| {
            Error::precondition("readers do not see it yet: publish it, then make a link to it")
        })?;
        let now = self.now();
        let known = store::find_app_link(db, actor.site(), id, of.item(), kind).await?;
        if let Some(known) = known.filter(|known| !anew && known.serves(&page.path, now)) {
            return Ok(known);
        }
        let adapter = self.core.connect(&sealed)?;
        let host = Host::new(Arc::clone(&self.core), account, None);
        let made = tokio::time::timeout(DEADLINE, adapter.app_link(kind, &page, &host)).await;
        let made = made.unwrap_or_else(|_| {
            let text = format!("no answer within {} seconds", DEADLINE.as_secs());
            Err(ChannelError::new(ErrorClass::ChannelDown, text))
        });
        let made = MadeLink {
            account: id,
            item: of.item(),
            kind: kind.to_owned(),
            page: page.path,
            link: made.map_err(|error| unanswered(&error))?,
            made_at: now,
        };
        let tx = self.core.db.begin().await?;
        store::save_app_link(&tx, actor.site(), &made).await?;
        tx.commit().await?;
        Ok(made)
    }
}
