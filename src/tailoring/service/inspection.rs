//! Use cases of inspections: what a platform is shown of a variant, and what it says of it, at once or later.

use std::collections::{BTreeMap, BTreeSet};

use super::{TailoringService, known_channel};
use crate::{
    auth::{Actor, Permission},
    channels::{Inspection, Media, PictureSpec},
    error::Result,
    tailoring::{SourceRef, Variant, store},
};

impl TailoringService {
    /// A variant, with one file of each picture that would be sent: uncropped where the channel shows it so.
    pub async fn variant_with_pictures(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
    ) -> Result<(Variant, Vec<Media>)> {
        actor.require(Permission::WriteContent)?;
        let channel = known_channel(channel)?;
        let profile = self.profile(actor).await?;
        let made = self.make(actor, of, channel, &profile, None).await?;
        let mut once: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut specs: Vec<&PictureSpec> = channel.pictures.iter().collect();
        specs.sort_by_key(|spec| spec.crop);
        for spec in specs {
            let keys = made.pictures.get(spec.name).into_iter().flatten();
            let new = keys.filter(|key| seen.insert(key.as_str())).cloned();
            once.insert(spec.name.to_owned(), new.collect());
        }
        let pictures = self.picture_urls(&made.loaded, channel, &once, &profile);
        let pictures = pictures.await?;
        Ok((made.variant, pictures))
    }

    /// Keeps what the channel's platform said of a variant's content; it becomes a finding of every variant that is the
    /// same. The first answer stays, unless it left out a part.
    pub async fn keep_inspection(
        &self,
        actor: &Actor,
        variant: &Variant,
        said: &Inspection,
    ) -> Result<()> {
        actor.require(Permission::WriteContent)?;
        let (site, channel, hash) = (actor.site(), variant.channel, &variant.content_hash);
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        if let Some(known) = store::find_inspection(&tx, site, channel, hash, now).await? {
            if !known.is_worth_asking_again() {
                return Ok(());
            }
            store::delete_inspection(&tx, site, channel, hash).await?;
        }
        store::insert_inspection(&tx, site, channel, hash, said, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes in what a channel's platform said later of a part that was awaited, or that it could not look at it.
    /// `false`: nobody awaits it.
    pub async fn hear_inspection(
        &self,
        actor: &Actor,
        channel: &str,
        reference: &str,
        said: Option<&Inspection>,
    ) -> Result<bool> {
        actor.require(Permission::WriteContent)?;
        let (db, now) = (self.db.write(), self.clock.now());
        store::settle_part(db, actor.site(), channel, reference, said, now).await
    }
}
