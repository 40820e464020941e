//! Links and codes that open a story or video in a channel's mini-program.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{channel::LocalTextObject, variant::SourceInput};
use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, parse_id, text_field},
    },
    channels::{self, AppLinkKind},
    delivery::MadeLink,
    error::Result,
};

/// One way in which a channel opens a page of its mini-program from outside.
#[derive(SimpleObject)]
#[graphql(name = "AppLinkKind")]
pub struct AppLinkKindObject {
    /// Stable id.
    id: &'static str,
    /// The name that people see.
    name: LocalTextObject,
    /// Where it works.
    help: LocalTextObject,
    /// Days after which one ends; absent where it does not.
    days: Option<u32>,
}

impl From<&'static AppLinkKind> for AppLinkKindObject {
    fn from(kind: &'static AppLinkKind) -> Self {
        Self {
            id: kind.id,
            name: kind.name.into(),
            help: kind.help.into(),
            days: kind.days,
        }
    }
}

/// A link or code that was made.
pub struct AppLinkObject(MadeLink);

#[Object(name = "AppLink")]
impl AppLinkObject {
    /// The account that made it.
    async fn account_id(&self) -> ID {
        self.0.account.into()
    }

    /// Its kind.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The page that it opens.
    async fn page(&self) -> &str {
        &self.0.page
    }

    /// The address; absent for a code that only a camera reads.
    async fn address(&self) -> Option<&str> {
        self.0.link.address.as_deref()
    }

    /// The picture to scan, as a data URL.
    async fn picture(&self) -> String {
        let picture = &self.0.link.picture;
        let kind = channels::media_type(picture).unwrap_or("application/octet-stream");
        format!("data:{kind};base64,{}", STANDARD.encode(picture))
    }

    /// When it ends; absent where it does not.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.link.ends_at.map(Into::into)
    }

    /// Whether it ended.
    async fn is_over(&self, ctx: &Context<'_>) -> bool {
        self.0.is_over(ctx.app().clock.now())
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime {
        self.0.made_at.into()
    }
}

/// Links.
#[derive(Default)]
pub struct AppLinkQueries;

#[Object]
impl AppLinkQueries {
    /// The links and codes to a story or video that were made for a channel.
    #[graphql(complexity = "20 + child_complexity")]
    async fn app_links(
        &self,
        ctx: &Context<'_>,
        source: SourceInput,
        channel: String,
    ) -> Result<Vec<AppLinkObject>> {
        let of = source.parse("source.id")?;
        let delivery = &ctx.app().delivery;
        let made = delivery.app_links(ctx.actor(), of, &channel).await?;
        Ok(made.into_iter().map(AppLinkObject).collect())
    }
}

/// Which link.
#[derive(InputObject)]
pub struct MakeAppLinkInput {
    /// The story or video.
    source: SourceInput,
    /// The account that makes it.
    account_id: ID,
    /// The kind, of those of the account's channel.
    kind: String,
    /// Makes another, even if the one before still serves; that one goes on working until it ends.
    #[graphql(default)]
    anew: bool,
}

/// A link that was made.
#[derive(SimpleObject)]
pub struct MakeAppLinkPayload {
    /// The link.
    app_link: AppLinkObject,
}

/// Changes of links.
#[derive(Default)]
pub struct AppLinkMutations;

#[Object]
impl AppLinkMutations {
    /// Makes a link or code that opens a published story or video in the channel's mini-program, or gives the one that still
    /// serves.
    async fn make_app_link(
        &self,
        ctx: &Context<'_>,
        input: MakeAppLinkInput,
    ) -> Result<MakeAppLinkPayload> {
        let of = input.source.parse("input.source.id")?;
        let account = parse_id(&input.account_id, "input.accountId")?;
        let kind = text_field("input.kind", &input.kind, 1..=50)?;
        let delivery = &ctx.app().delivery;
        let made = delivery.make_app_link(ctx.actor(), of, account, &kind, input.anew);
        Ok(MakeAppLinkPayload {
            app_link: AppLinkObject(made.await?),
        })
    }
}
