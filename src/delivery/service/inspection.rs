//! Asking a platform what it thinks of a variant before anything is scheduled.

use std::{sync::Arc, time::Duration};

use super::{DeliveryService, unanswered};
use crate::{
    auth::{Actor, Permission},
    channels::{ChannelError, ErrorClass, find_channel},
    delivery::{AccountStatus, engine::Host, store},
    error::{Error, Result},
    tailoring::{SourceRef, Variant},
};

/// A person waits for the answer.
const DEADLINE: Duration = Duration::from_secs(30);

impl DeliveryService {
    /// Asks the channel's platform what it thinks of a variant, by the site's first account that can be used. What it said
    /// is kept with the content, so that the same content is not asked about twice, unless a part of it was not looked at; no
    /// answer is never taken for a good one.
    pub async fn inspect(&self, actor: &Actor, of: SourceRef, channel: &str) -> Result<Variant> {
        actor.require(Permission::WriteContent)?;
        let known = find_channel(channel).filter(|known| known.inspects);
        let known = known.ok_or_else(|| {
            let text = format!("{channel} checks nothing before it is published");
            Error::invalid("input.channel", text)
        })?;
        let variant = self.tailoring.variant(actor, of, channel).await?;
        let known_already = variant.inspection.as_ref();
        if known_already.is_some_and(|inspected| !inspected.is_worth_asking_again()) {
            return Ok(variant);
        }
        let db = self.core.db.read();
        let accounts = store::list_accounts(db, actor.site(), None).await?;
        let mut usable = accounts
            .iter()
            .filter(|one| one.channel == channel && one.status == AccountStatus::Active);
        let account = usable.next().ok_or_else(|| {
            let text = format!("connect an account of {} first", known.name.en);
            Error::precondition(text)
        })?;
        let sealed = super::account::find(db, actor, account.id).await?;
        let adapter = self.core.connect(&sealed)?;
        let host = Host::new(Arc::clone(&self.core), &sealed.account, None);
        let asked = self.tailoring.variant_with_pictures(actor, of, channel);
        let (variant, pictures) = asked.await?;
        let fields = variant
            .fields
            .iter()
            .map(|field| (field.name.to_owned(), field.value().clone()))
            .collect();
        let said = tokio::time::timeout(DEADLINE, adapter.inspect(&fields, &pictures, &host)).await;
        let said = said.unwrap_or_else(|_| {
            let text = format!("no answer within {} seconds", DEADLINE.as_secs());
            Err(ChannelError::new(ErrorClass::ChannelDown, text))
        });
        let said = said.map_err(|error| unanswered(&error))?;
        self.tailoring
            .keep_inspection(actor, &variant, &said)
            .await?;
        self.tailoring.variant(actor, of, channel).await
    }
}
