//! Use cases: see a variant, change a field of it, freeze it to be sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    Frozen, Override, SourceRef, Variant, VariantField, VariantPicture, check,
    source::{Loaded, Loader, media_spec, profile},
    store::{self, Overrides},
    variant::content_hash,
};
use crate::{
    auth::{Actor, AuthService, Permission},
    channels::{
        AppPage, CheckInput, Derived, Descriptor, Finding, Inspection, LaneDescriptor, Media,
        PictureSpec, Severity, SiteProfile, Source, Twin, find_channel,
    },
    clock::Clock,
    content::{ContentService, StoryContent},
    db::Db,
    error::{Error, Result},
    id::{AssetId, RevisionId, VariantId, VariantRevisionId},
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

    /// Puts a person's value in the place of a derived one.
    pub async fn set_override(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
        field: &str,
        value: Value,
        base_version: i32,
    ) -> Result<Variant> {
        actor.require(Permission::WriteContent)?;
        let channel = known_channel(channel)?;
        let declared = channel
            .field(field)
            .filter(|declared| declared.editable)
            .ok_or_else(|| {
                Error::invalid(
                    "input.field",
                    format!("{} has no field {field} that can be changed", channel.id),
                )
            })?;
        check::check_override(declared, &value)?;
        let profile = self.profile(actor).await?;
        let derived = self.make(actor, of, channel, &profile, None).await?;
        let derived = derived
            .variant
            .fields
            .into_iter()
            .find(|known| known.name == field)
            .map(|known| known.derived);
        let new = Override {
            value,
            derived: derived.unwrap_or(Value::Null),
        };
        self.change(actor, of, channel, base_version, |fields| {
            fields.insert(field.to_owned(), new);
        })
        .await
    }

    /// Goes back to the derived value.
    pub async fn clear_override(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
        field: &str,
        base_version: i32,
    ) -> Result<Variant> {
        actor.require(Permission::WriteContent)?;
        let channel = known_channel(channel)?;
        channel.field(field).ok_or_else(|| {
            Error::invalid(
                "input.field",
                format!("{} has no field {field}", channel.id),
            )
        })?;
        self.change(actor, of, channel, base_version, |fields| {
            fields.remove(field);
        })
        .await
    }

    async fn change(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &'static Descriptor,
        base_version: i32,
        change: impl FnOnce(&mut BTreeMap<String, Override>),
    ) -> Result<Variant> {
        // Whoever may not see the item may not change its variants.
        self.loader.latest(actor, of, "", self.clock.now()).await?;
        let tx = self.db.begin().await?;
        let found = store::find_overrides(&tx, actor.site(), of.item(), channel.id).await?;
        let version = found.as_ref().map_or(0, |found| found.version);
        if version != base_version {
            return Err(Error::conflict(format!(
                "somebody else changed the variant (version {version} by now); load it again"
            ))
            .with_details(
                json!({ "currentVersion": version, "current": found.map(|found| found.fields) }),
            ));
        }
        let now = self.clock.now();
        if let Some(mut overrides) = found {
            change(&mut overrides.fields);
            overrides.version += 1;
            store::update_overrides(&tx, &overrides, now).await?;
        } else {
            let mut overrides = Overrides {
                id: VariantId::new(),
                version: 1,
                fields: BTreeMap::new(),
            };
            change(&mut overrides.fields);
            store::insert_overrides(&tx, actor.site(), of.item(), channel.id, &overrides, now)
                .await?;
        }
        tx.commit().await?;
        self.variant(actor, of, channel.id).await
    }

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
            .partition(|finding| finding.severity == Severity::Error);
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
        let variant_fields = fields(channel, &loaded.source, &derived, overrides.as_ref());
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

    /// Renders the pictures of a variant, in the order of the channel's specifications.
    async fn picture_urls(
        &self,
        loaded: &Loaded,
        channel: &Descriptor,
        pictures: &BTreeMap<String, Vec<String>>,
        profile: &SiteProfile,
    ) -> Result<Vec<Media>> {
        let mut media = Vec::new();
        for spec in channel.pictures {
            for key in pictures.get(spec.name).into_iter().flatten() {
                let Some(asset) = key
                    .parse::<AssetId>()
                    .ok()
                    .and_then(|id| loaded.assets.get(&id))
                else {
                    continue;
                };
                let rendition = self.media.rendition(asset, &media_spec(spec)).await?;
                media.push(Media {
                    role: spec.name.to_owned(),
                    key: rendition.key.clone(),
                    url: format!("{}{}", profile.base_url, rendition.path),
                    mime: rendition.mime.clone(),
                    sha256: rendition.sha256.clone(),
                    size_bytes: rendition.size_bytes,
                    width: rendition.width,
                    height: rendition.height,
                    duration_ms: None,
                });
            }
        }
        Ok(media)
    }

    fn video(&self, loaded: &Loaded) -> Option<Media> {
        let video = loaded.source.video.as_ref()?;
        let asset = video
            .key
            .parse::<AssetId>()
            .ok()
            .and_then(|id| loaded.assets.get(&id))?;
        Some(Media {
            role: "video".to_owned(),
            key: self.media.original_key(asset),
            url: video.url.clone(),
            mime: asset.mime.clone(),
            sha256: asset.sha256.clone(),
            size_bytes: asset.size_bytes,
            width: asset.width,
            height: asset.height,
            duration_ms: Some(video.duration_ms),
        })
    }
}

fn known_channel(id: &str) -> Result<&'static Descriptor> {
    find_channel(id).ok_or_else(|| Error::invalid("channel", format!("there is no channel {id}")))
}

fn fields(
    channel: &'static Descriptor,
    source: &Source,
    derived: &Derived,
    overrides: Option<&Overrides>,
) -> Vec<VariantField> {
    let mut fields: Vec<VariantField> = channel
        .fields_of(source.kind)
        .map(|field| {
            let value = derived
                .fields
                .get(field.name)
                .cloned()
                .unwrap_or(Value::Null);
            let person = overrides
                .and_then(|overrides| overrides.fields.get(field.name))
                .filter(|_| field.editable);
            VariantField {
                name: field.name,
                source_changed: person.is_some_and(|person| person.derived != value),
                override_value: person.map(|person| person.value.clone()),
                derived: value,
            }
        })
        .collect();
    let mut values = applied(&fields);
    (channel.compose)(source, &mut values);
    let composed = channel.fields_of(source.kind).zip(&mut fields);
    for (_, field) in composed.filter(|(declared, _)| !declared.editable) {
        field.derived = values.remove(field.name).unwrap_or(Value::Null);
    }
    fields
}

fn applied(fields: &[VariantField]) -> BTreeMap<String, Value> {
    fields
        .iter()
        .map(|field| (field.name.to_owned(), field.value().clone()))
        .collect()
}

/// Wherever a value names a picture by its place (`{"picture": "spec/0"}`), its address takes the place: derivation is
/// pure and knows no addresses of renditions.
fn with_pictures(fields: BTreeMap<String, Value>, pictures: &[Media]) -> BTreeMap<String, Value> {
    let mut urls: BTreeMap<String, &str> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for picture in pictures {
        let count = counts.entry(&picture.role).or_default();
        urls.insert(format!("{}/{count}", picture.role), &picture.url);
        *count += 1;
    }
    fields
        .into_iter()
        .map(|(name, value)| (name, placed(value, &urls)))
        .collect()
}

fn placed(value: Value, urls: &BTreeMap<String, &str>) -> Value {
    match value {
        Value::Object(object) => match object.get("picture").and_then(Value::as_str) {
            Some(place) if object.len() == 1 => {
                urls.get(place).map_or(Value::Null, |url| Value::from(*url))
            }
            _ => object
                .into_iter()
                .map(|(name, value)| (name, placed(value, urls)))
                .collect(),
        },
        Value::Array(list) => list
            .into_iter()
            .map(|value| placed(value, urls))
            .filter(|value| !value.is_null())
            .collect(),
        other => other,
    }
}
