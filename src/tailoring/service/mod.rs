//! Use cases: see a variant, change a field of it, freeze it to be sent.

mod change;
mod field;
mod frozen;
mod inspection;
mod picture;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use self::{
    field::{applied, fields},
    picture::with_pictures,
};
use super::{
    SourceRef, Variant, VariantPicture, check,
    source::{Loaded, Loader, profile},
    store,
    variant::content_hash,
};
use crate::{
    auth::{Actor, AuthService, Permission},
    channels::{
        AppPage, CheckInput, Descriptor, LaneDescriptor, Severity, SiteProfile, Source, Twin,
        find_channel,
    },
    clock::Clock,
    content::{ContentService, StoryContent},
    db::Db,
    error::{Error, Result},
    id::RevisionId,
    media::MediaService,
};

/// Variants; clones share everything.
#[derive(Clone)]
pub struct TailoringService {
    db: Db,
    clock: Clock,
    auth: AuthService,
    media: MediaService,
    loader: Loader,
    base_url: Arc<str>,
}

/// A variant with what it was made from.
struct Made {
    variant: Variant,
    loaded: Loaded,
    fields: BTreeMap<String, Value>,
    pictures: BTreeMap<String, Vec<String>>,
}

impl TailoringService {
    /// The service; `base_url` is the address of reader pages of sites that have none of their own.
    pub fn new(
        db: Db,
        clock: Clock,
        auth: AuthService,
        media: MediaService,
        content: ContentService,
        base_url: &str,
    ) -> Self {
        let loader = Loader {
            content,
            media: media.clone(),
        };
        Self {
            db,
            clock,
            auth,
            media,
            loader,
            base_url: base_url.into(),
        }
    }

    /// What channels derive from: the latest state of a story or video.
    pub async fn source(&self, actor: &Actor, of: SourceRef) -> Result<(Source, RevisionId)> {
        actor.require(Permission::ReadContent)?;
        let (profile, now) = (self.profile(actor).await?, self.clock.now());
        let loaded = self
            .loader
            .latest(actor, of, &profile.base_url, now)
            .await?;
        Ok((loaded.source, loaded.revision))
    }

    /// The latest state as tailored to a channel, with findings.
    pub async fn variant(&self, actor: &Actor, of: SourceRef, channel: &str) -> Result<Variant> {
        actor.require(Permission::ReadContent)?;
        let channel = known_channel(channel)?;
        let profile = self.profile(actor).await?;
        Ok(self.make(actor, of, channel, &profile, None).await?.variant)
    }

    /// A variant as it would be if what the caller is typing were saved.
    pub async fn typed_variant(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
    ) -> Result<Variant> {
        actor.require(Permission::WriteContent)?;
        let channel = known_channel(channel)?;
        let (profile, now) = (self.profile(actor).await?, self.clock.now());
        let loaded = self.loader.typed(actor, of, &profile.base_url, now).await?;
        let made = self.make_of(actor, of, loaded, channel, &profile, None);
        Ok(made.await?.variant)
    }

    /// What readers of a channel see of a published story or video: values by field name, overrides applied.
    pub async fn published_fields(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
    ) -> Result<Option<BTreeMap<String, Value>>> {
        actor.require(Permission::ReadPublished)?;
        let channel = known_channel(channel)?;
        let (profile, now) = (self.profile(actor).await?, self.clock.now());
        let Some(loaded) = self
            .loader
            .published(actor, of, &profile.base_url, now)
            .await?
        else {
            return Ok(None);
        };
        let overrides =
            store::find_overrides(self.db.read(), actor.site(), of.item(), channel.id).await?;
        let derived = (channel.derive)(&loaded.source, &profile);
        let values = applied(&fields(
            channel,
            &loaded.source,
            &derived,
            overrides.as_ref(),
        ));
        let pictures = self
            .picture_urls(&loaded, channel, &derived.pictures, &profile)
            .await?;
        Ok(Some(with_pictures(values, &pictures)))
    }

    /// The page of a channel's mini-program on which readers see a story or video; nothing when they see none.
    pub async fn published_page(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
    ) -> Result<Option<AppPage>> {
        actor.require(Permission::ReadPublished)?;
        let (profile, now) = (self.profile(actor).await?, self.clock.now());
        let loaded = self
            .loader
            .published(actor, of, &profile.base_url, now)
            .await?;
        Ok(loaded.map(|Loaded { source, .. }| {
            let path = profile.path(source.kind, &source.slug);
            AppPage {
                app_id: profile
                    .mini_programs
                    .get(channel)
                    .cloned()
                    .unwrap_or_default(),
                path: path.trim_start_matches('/').to_owned(),
                title: source.title,
            }
        }))
    }

    async fn profile(&self, actor: &Actor) -> Result<SiteProfile> {
        let site = self.auth.site(actor).await?;
        let base_url = if site.base_url.is_empty() {
            &*self.base_url
        } else {
            site.base_url.as_str()
        };
        Ok(profile(&site, base_url))
    }

    async fn make(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &'static Descriptor,
        profile: &SiteProfile,
        lane: Option<&'static LaneDescriptor>,
    ) -> Result<Made> {
        let now = self.clock.now();
        let loaded = self
            .loader
            .latest(actor, of, &profile.base_url, now)
            .await?;
        self.make_of(actor, of, loaded, channel, profile, lane)
            .await
    }

    async fn make_of(
        &self,
        actor: &Actor,
        of: SourceRef,
        loaded: Loaded,
        channel: &'static Descriptor,
        profile: &SiteProfile,
        lane: Option<&'static LaneDescriptor>,
    ) -> Result<Made> {
        let now = self.clock.now();
        let overrides =
            store::find_overrides(self.db.read(), actor.site(), of.item(), channel.id).await?;
        let derived = (channel.derive)(&loaded.source, profile);
        let mut variant_fields = fields(channel, &loaded.source, &derived, overrides.as_ref());
        let fields = applied(&variant_fields);
        let twins = self
            .twins(actor, of, &loaded.source.title, channel, profile)
            .await?;
        let input = CheckInput {
            source: &loaded.source,
            profile,
            lane,
            fields: &fields,
            pictures: &derived.pictures,
            twins: &twins,
            now,
        };
        let mut findings = check::check(channel, &input);
        // What closed lanes alone would send is not there to be written.
        variant_fields.retain(|field| check::is_open(channel, field.name, &findings));
        let content_hash = content_hash(&fields, &derived.pictures);
        let inspection = if channel.inspects {
            let (db, site) = (self.db.read(), actor.site());
            store::find_inspection(db, site, channel.id, &content_hash, now).await?
        } else {
            None
        };
        let told = inspection
            .iter()
            .flat_map(|inspected| inspected.said.findings(channel));
        for finding in told {
            // Errors stand first.
            let place = if finding.severity == Severity::Error {
                0
            } else {
                findings.len()
            };
            findings.insert(place, finding);
        }
        let pictures = channel
            .pictures
            .iter()
            .flat_map(|spec| {
                derived
                    .pictures
                    .get(spec.name)
                    .into_iter()
                    .flatten()
                    .map(|key| (spec.name, key))
            })
            .map(|(spec, key)| VariantPicture {
                spec: spec.to_owned(),
                key: key.clone(),
            })
            .collect();
        let variant = Variant {
            item: of.item(),
            revision: loaded.revision,
            channel: channel.id,
            version: overrides.map_or(0, |overrides| overrides.version),
            fields: variant_fields,
            pictures,
            inspection,
            findings,
            content_hash,
        };
        Ok(Made {
            variant,
            loaded,
            fields,
            pictures: derived.pictures,
        })
    }

    /// Other live pages under the same title, for channels that read our pages.
    async fn twins(
        &self,
        actor: &Actor,
        of: SourceRef,
        title: &str,
        channel: &'static Descriptor,
        profile: &SiteProfile,
    ) -> Result<Vec<Twin>> {
        let SourceRef::Story(id) = of else {
            return Ok(Vec::new());
        };
        if !channel.lanes.iter().any(|lane| lane.needs_live_page) {
            return Ok(Vec::new());
        }
        let content = &self.loader.content;
        let ids = content
            .published_titled::<StoryContent>(actor, title, id)
            .await?;
        let now = self.clock.now();
        let mut twins = Vec::with_capacity(ids.len());
        for id in ids {
            let of = SourceRef::Story(id);
            let Some(loaded) = self
                .loader
                .published(actor, of, &profile.base_url, now)
                .await?
            else {
                continue;
            };
            let overrides =
                store::find_overrides(self.db.read(), actor.site(), id, channel.id).await?;
            let derived = (channel.derive)(&loaded.source, profile);
            twins.push(Twin {
                fields: applied(&fields(
                    channel,
                    &loaded.source,
                    &derived,
                    overrides.as_ref(),
                )),
                source: loaded.source,
            });
        }
        Ok(twins)
    }
}

fn known_channel(id: &str) -> Result<&'static Descriptor> {
    find_channel(id).ok_or_else(|| Error::invalid("channel", format!("there is no channel {id}")))
}
