//! The site: one brand and its profile.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDateTime;

use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, text_field},
    },
    auth::{Blackout, Site, SiteChanges},
    error::{Error, Result},
};

/// How times on the wall are written.
const WALL_TIME: &str = "%Y-%m-%dT%H:%M";

/// The most brand words, mini-programs and blackouts of a site.
const MOST: usize = 50;

/// A brand.
pub struct SiteObject(Site);

/// The app id of the site's mini-program in one channel.
#[derive(SimpleObject)]
pub struct MiniProgram {
    /// The channel.
    channel: String,
    /// The app id there.
    app_id: String,
}

/// A span in which nothing should be published. It warns before something is planned for it and is passed over where a
/// free time is looked for; what is planned for it goes out.
#[derive(SimpleObject, InputObject)]
#[graphql(name = "Blackout", input_name = "BlackoutInput")]
pub struct BlackoutObject {
    /// Its beginning on the wall of the site, as `2026-03-04T08:00`.
    from: String,
    /// Its end on the wall of the site.
    until: String,
    /// Why.
    reason: String,
}

#[Object(name = "Site")]
impl SiteObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Stable key.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name, as it stands behind titles.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Language of its content.
    async fn locale(&self) -> &str {
        &self.0.locale
    }

    /// IANA zone in which its editors plan.
    async fn zone(&self) -> &str {
        &self.0.zone
    }

    /// Address of its reader pages; empty: the server's own.
    async fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// May call itself official.
    async fn is_official(&self) -> bool {
        self.0.is_official
    }

    /// A variant goes out only after a person has approved just what it holds.
    async fn needs_approval(&self) -> bool {
        self.0.needs_approval
    }

    /// Words of the brand.
    async fn brand_words(&self) -> &[String] {
        &self.0.brand_words
    }

    /// Path of a story in the mini-programs; `{slug}` is filled in.
    async fn path_template(&self) -> &str {
        &self.0.path_template
    }

    /// Its mini-programs.
    async fn mini_programs(&self) -> Vec<MiniProgram> {
        let programs = self.0.mini_programs.iter();
        programs
            .map(|(channel, app_id)| MiniProgram {
                channel: channel.clone(),
                app_id: app_id.clone(),
            })
            .collect()
    }

    /// When nothing should be published, the earliest first.
    async fn blackouts(&self) -> Vec<BlackoutObject> {
        let blackouts = self.0.blackouts.iter();
        blackouts
            .map(|one| BlackoutObject {
                from: one.from.format(WALL_TIME).to_string(),
                until: one.until.format(WALL_TIME).to_string(),
                reason: one.reason.clone(),
            })
            .collect()
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }
}

/// The site.
#[derive(Default)]
pub struct SiteQueries;

#[Object]
impl SiteQueries {
    /// The site that this request works in.
    async fn site(&self, ctx: &Context<'_>) -> Result<SiteObject> {
        ctx.app().auth.site(ctx.actor()).await.map(SiteObject)
    }
}

/// The app id of the site's mini-program in one channel.
#[derive(InputObject)]
pub struct MiniProgramInput {
    /// The channel.
    channel: String,
    /// The app id there.
    app_id: String,
}

/// A change of the site's profile; what is left out stays.
#[derive(InputObject)]
pub struct UpdateSiteInput {
    /// The version that was changed.
    base_version: i32,
    /// Name.
    name: Option<String>,
    /// IANA zone.
    zone: Option<String>,
    /// Address of reader pages.
    base_url: Option<String>,
    /// May call itself official.
    is_official: Option<bool>,
    /// A variant goes out only after a person has approved just what it holds.
    needs_approval: Option<bool>,
    /// Words of the brand.
    brand_words: Option<Vec<String>>,
    /// Path of a story in the mini-programs.
    path_template: Option<String>,
    /// Its mini-programs.
    mini_programs: Option<Vec<MiniProgramInput>>,
    /// When nothing should be published.
    blackouts: Option<Vec<BlackoutObject>>,
}

/// The changed site.
#[derive(SimpleObject)]
pub struct UpdateSitePayload {
    /// The site.
    site: SiteObject,
}

/// Changes of the site.
#[derive(Default)]
pub struct SiteMutations;

#[Object]
impl SiteMutations {
    /// Changes the site's profile.
    async fn update_site(
        &self,
        ctx: &Context<'_>,
        input: UpdateSiteInput,
    ) -> Result<UpdateSitePayload> {
        let check = |field: &str, text: Option<String>, longest: usize| {
            text.map(|text| text_field(field, &text, 0..=longest))
                .transpose()
        };
        let changes = SiteChanges {
            name: check("input.name", input.name, 100)?,
            zone: check("input.zone", input.zone, 64)?,
            base_url: check("input.baseUrl", input.base_url, 500)?,
            is_official: input.is_official,
            needs_approval: input.needs_approval,
            brand_words: input.brand_words.as_deref().map(brand_words).transpose()?,
            path_template: check("input.pathTemplate", input.path_template, 500)?,
            mini_programs: input
                .mini_programs
                .as_deref()
                .map(mini_programs)
                .transpose()?,
            blackouts: input.blackouts.as_deref().map(blackouts).transpose()?,
        };
        let auth = &ctx.app().auth;
        let site = auth
            .update_site(ctx.actor(), input.base_version, changes)
            .await?;
        Ok(UpdateSitePayload {
            site: SiteObject(site),
        })
    }
}

fn check_count(field: &str, count: usize) -> Result<()> {
    if count > MOST {
        return Err(Error::invalid(field, format!("must be at most {MOST}")));
    }
    Ok(())
}

fn brand_words(words: &[String]) -> Result<Vec<String>> {
    check_count("input.brandWords", words.len())?;
    words
        .iter()
        .map(|word| text_field("input.brandWords", word, 1..=50))
        .collect()
}

fn mini_programs(programs: &[MiniProgramInput]) -> Result<BTreeMap<String, String>> {
    check_count("input.miniPrograms", programs.len())?;
    programs
        .iter()
        .map(|program| {
            Ok((
                text_field("input.miniPrograms.channel", &program.channel, 1..=50)?,
                text_field("input.miniPrograms.appId", &program.app_id, 1..=100)?,
            ))
        })
        .collect()
}

fn blackouts(blackouts: &[BlackoutObject]) -> Result<Vec<Blackout>> {
    check_count("input.blackouts", blackouts.len())?;
    let time = |field: &str, text: &str| {
        NaiveDateTime::parse_from_str(text, WALL_TIME)
            .map_err(|_| Error::invalid(field, "must be a time such as 2026-03-04T08:00"))
    };
    blackouts
        .iter()
        .map(|one| {
            Ok(Blackout {
                from: time("input.blackouts.from", &one.from)?,
                until: time("input.blackouts.until", &one.until)?,
                reason: text_field("input.blackouts.reason", &one.reason, 1..=100)?,
            })
        })
        .collect()
}
