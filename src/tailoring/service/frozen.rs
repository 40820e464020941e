//! Use cases of frozen variants: make one to be sent, and see what was made.

use serde_json::json;

use super::{TailoringService, known_channel, picture::with_pictures};
use crate::{
    auth::{Actor, Permission},
    channels::Finding,
    error::{Error, Result},
    id::VariantRevisionId,
    tailoring::{Frozen, SourceRef, store, variant::content_hash},
};

impl TailoringService {
    /// Freezes a variant for a lane: renders its pictures and keeps exactly what will be sent. Findings that are errors
    /// for the lane refuse it; they stand in the error's details.
    pub async fn freeze(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
        lane: &str,
    ) -> Result<Frozen> {
        actor.require(Permission::Schedule)?;
        let channel = known_channel(channel)?;
        let lane = channel.lane(lane).ok_or_else(|| {
            Error::invalid("input.lane", format!("{} has no lane {lane}", channel.id))
        })?;
        if !lane.takes.contains(&of.kind()) {
            return Err(Error::invalid(
                "input.lane",
                format!("{} does not take this kind of content", lane.id),
            ));
        }
        let profile = self.profile(actor).await?;
        let made = self.make(actor, of, channel, &profile, Some(lane)).await?;
        let (errors, warnings): (Vec<Finding>, Vec<Finding>) = made
            .variant
            .findings
            .into_iter()
            .partition(|finding| finding.severity.blocks());
        if let Some(first) = errors.first() {
            let text = format!("{}: {} {}", first.code, first.reason, first.cure);
            return Err(Error::precondition(text).with_details(json!({ "findings": errors })));
        }
        let pictures = self
            .picture_urls(&made.loaded, channel, &made.pictures, &profile)
            .await?;
        let mut media = pictures.clone();
        media.extend(self.video(&made.loaded));
        let fields = with_pictures(made.fields, &pictures);
        let hashes: Vec<(&str, &str)> = media
            .iter()
            .map(|media| (media.role.as_str(), media.sha256.as_str()))
            .collect();
        let frozen = Frozen {
            variant_revision: VariantRevisionId::new(),
            revision: made.loaded.revision,
            channel: channel.id.to_owned(),
            lane: lane.id.to_owned(),
            content_hash: content_hash(&fields, &hashes),
            variant_hash: made.variant.content_hash,
            kind: of.kind(),
            title: made.loaded.source.title.clone(),
            fields,
            media,
            page_url: made.loaded.source.page_url.clone(),
            first_published_at: Some(made.loaded.source.first_published_at),
            updated_at: Some(made.loaded.source.updated_at),
            findings: warnings,
            frozen_at: self.clock.now(),
        };
        store::insert_frozen(
            self.db.write(),
            actor.site(),
            of.item(),
            &frozen,
            actor.user(),
        )
        .await?;
        Ok(frozen)
    }

    /// What was frozen.
    pub async fn frozen(&self, actor: &Actor, id: VariantRevisionId) -> Result<Frozen> {
        actor.require(Permission::ReadContent)?;
        let found = store::find_frozen(self.db.read(), actor.site(), id).await?;
        found.ok_or_else(|| Error::not_found(format!("variant revision {id}")))
    }
}
