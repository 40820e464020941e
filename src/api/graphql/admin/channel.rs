//! Channels: what each platform is, as forms and limits are drawn from it.

use async_graphql::{Context, Object, SimpleObject};

use super::app_link::AppLinkKindObject;
use crate::{
    api::{graphql::ContextExt, rest::sign_in},
    auth::Permission,
    channels::{
        AccountField, CHANNELS, ChoiceOption, ContentKind, Descriptor, Field, FieldType,
        LaneDescriptor, LengthUnit, LocalText, Period, PictureSpec, Preview, PreviewLayout,
        QuotaSpec, find_channel,
    },
    error::Result,
};

/// Text in the languages of the admin UI.
#[derive(SimpleObject)]
#[graphql(name = "LocalText")]
pub struct LocalTextObject {
    /// Simplified Chinese.
    zh: &'static str,
    /// English.
    en: &'static str,
}

impl From<LocalText> for LocalTextObject {
    fn from(LocalText { zh, en }: LocalText) -> Self {
        Self { zh, en }
    }
}

/// What kind of content it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ContentKind", remote = "ContentKind")]
pub enum ContentKindName {
    /// A story.
    Story,
    /// A short video.
    Video,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "FieldType", remote = "FieldType")]
pub enum FieldTypeName {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A text with headings, lists and pictures, as HTML; shown as it reads, never as source.
    RichText,
    /// A list of short texts.
    TextList,
    /// One of the field's options.
    Choice,
    /// An instant.
    Instant,
    /// Shown, but not edited.
    Json,
}

/// How the length of a text is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "LengthUnit", remote = "LengthUnit")]
pub enum LengthUnitName {
    /// Characters.
    Characters,
    /// Chinese 2, Latin 1.
    DisplayWidth,
    /// Bytes in UTF-8.
    Utf8Bytes,
    /// Items of a list.
    Items,
}

/// A platform.
pub struct ChannelObject(pub &'static Descriptor);

#[Object(name = "Channel")]
impl ChannelObject {
    /// Stable id.
    async fn id(&self) -> &str {
        self.0.id
    }

    /// The name that people see.
    async fn name(&self) -> LocalTextObject {
        self.0.name.into()
    }

    /// Ways in which content goes there.
    async fn lanes(&self) -> Vec<Lane> {
        self.0.lanes.iter().map(Lane::from).collect()
    }

    /// The fields of a variant, in the order of the form.
    async fn fields(&self) -> Vec<ChannelField> {
        self.0.fields.iter().map(ChannelField::from).collect()
    }

    /// The pictures of a variant.
    async fn pictures(&self) -> Vec<ChannelPicture> {
        self.0.pictures.iter().map(ChannelPicture::from).collect()
    }

    /// Whether the platform checks contents before they are published, when it is asked to.
    async fn inspects(&self) -> bool {
        self.0.inspects
    }

    /// Ways in which a page of its mini-program is opened from outside, the usual one first.
    async fn app_links(&self) -> Vec<AppLinkKindObject> {
        let kinds = self.0.app_links.iter();
        kinds.map(AppLinkKindObject::from).collect()
    }

    /// The address to register as the redirect address in the platform's console, where people sign in to their account on
    /// a page of the platform.
    async fn redirect_url(&self, ctx: &Context<'_>) -> Option<String> {
        let base = ctx.app().config.server.base_url();
        self.0.signs_in.then(|| sign_in::address(&base, self.0.id))
    }

    /// What an account needs to be connected.
    async fn account_fields(&self) -> Vec<AccountFieldObject> {
        let fields = self.0.account_fields.iter();
        fields.map(AccountFieldObject::from).collect()
    }
}

/// One way in which content goes to a channel.
#[derive(SimpleObject)]
pub struct Lane {
    /// Stable id.
    id: &'static str,
    /// The name that people see.
    name: LocalTextObject,
    /// What it takes.
    takes: Vec<ContentKindName>,
    /// The reader page must answer before the push.
    needs_live_page: bool,
    /// Whether what was sent can be changed there.
    can_update: bool,
    /// Whether what was sent can be taken down.
    can_withdraw: bool,
    /// Whether a published state is seen, or only that it was accepted.
    shows_result: bool,
    /// Allowances, unless an account's settings say otherwise.
    quotas: Vec<Quota>,
    /// How readers meet it, the usual way first.
    previews: Vec<LanePreview>,
}

impl From<&'static LaneDescriptor> for Lane {
    fn from(lane: &'static LaneDescriptor) -> Self {
        Self {
            id: lane.id,
            name: lane.name.into(),
            takes: lane.takes.iter().map(|kind| (*kind).into()).collect(),
            needs_live_page: lane.needs_live_page,
            can_update: lane.can_update,
            can_withdraw: lane.can_withdraw,
            shows_result: lane.shows_result,
            quotas: lane.quotas.iter().map(Quota::from).collect(),
            previews: lane.previews.iter().map(LanePreview::from).collect(),
        }
    }
}

/// A shape in which a phone shows content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "PreviewLayout", remote = "PreviewLayout")]
pub enum PreviewLayoutName {
    /// A page to read.
    Article,
    /// A wide cover with the title on it.
    CoverCard,
    /// An entry among results of a search.
    SearchResult,
    /// A title beside one picture or above three.
    FeedCard,
    /// Words above a grid of pictures.
    Post,
    /// The whole screen, with the words over the lower part.
    VideoScreen,
}

/// One way in which readers meet what a lane sends: which field stands where.
#[derive(SimpleObject)]
pub struct LanePreview {
    /// The name that people see.
    name: LocalTextObject,
    /// Its shape.
    layout: PreviewLayoutName,
    /// The field that is the title.
    title: Option<&'static str>,
    /// The field that says whose it is.
    byline: Option<&'static str>,
    /// The field that is the text.
    text: Option<&'static str>,
    /// The field that holds tags.
    tags: Option<&'static str>,
    /// The field that leads on: an address, or the words of a button.
    link: Option<&'static str>,
    /// The pictures: the first of these that the variant has.
    pictures: Vec<&'static str>,
}

impl From<&'static Preview> for LanePreview {
    fn from(preview: &'static Preview) -> Self {
        Self {
            name: preview.name.into(),
            layout: preview.layout.into(),
            title: preview.title,
            byline: preview.byline,
            text: preview.text,
            tags: preview.tags,
            link: preview.link,
            pictures: preview.pictures.to_vec(),
        }
    }
}

/// An allowance of a lane.
#[derive(SimpleObject)]
pub struct Quota {
    /// Stable name.
    name: &'static str,
    /// How many.
    allowed: u32,
    /// In which time.
    per: PeriodName,
    /// The zone whose midnight starts a new day or month.
    zone: String,
}

/// After which time an allowance begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "Period", remote = "Period")]
pub enum PeriodName {
    /// At midnight.
    Day,
    /// At the midnight that begins a month.
    Month,
}

impl From<&'static QuotaSpec> for Quota {
    fn from(quota: &'static QuotaSpec) -> Self {
        Self {
            name: quota.name,
            allowed: quota.allowed,
            per: quota.per.into(),
            zone: quota.zone.name().to_owned(),
        }
    }
}

/// A field of a variant.
#[derive(SimpleObject)]
pub struct ChannelField {
    /// Stable name.
    name: &'static str,
    /// The label that people see.
    label: LocalTextObject,
    /// What it holds.
    kind: FieldTypeName,
    /// Which lanes send it.
    lanes: Vec<&'static str>,
    /// Must not be empty on those lanes.
    required: bool,
    /// Whether a person may put another value in its place.
    editable: bool,
    /// Hard bounds.
    limit: Option<LimitObject>,
    /// Closed list of values.
    options: Vec<ChoiceOptionObject>,
}

impl From<&'static Field> for ChannelField {
    fn from(field: &'static Field) -> Self {
        Self {
            name: field.name,
            label: field.label.into(),
            kind: field.kind.into(),
            lanes: field.lanes.to_vec(),
            required: field.required,
            editable: field.editable,
            limit: field.limit.map(|limit| LimitObject {
                min: limit.min,
                max: limit.max,
                unit: limit.unit.into(),
            }),
            options: field.options.iter().map(ChoiceOptionObject::from).collect(),
        }
    }
}

/// One of the values that a field may have.
#[derive(SimpleObject)]
#[graphql(name = "ChoiceOption")]
pub struct ChoiceOptionObject {
    /// The value, as it is kept and sent.
    value: &'static str,
    /// The words that people choose by.
    label: LocalTextObject,
}

impl From<&'static LocalText> for ChoiceOptionObject {
    fn from(option: &'static LocalText) -> Self {
        Self {
            value: option.zh,
            label: (*option).into(),
        }
    }
}

impl From<&'static ChoiceOption> for ChoiceOptionObject {
    fn from(option: &'static ChoiceOption) -> Self {
        Self {
            value: option.value,
            label: option.label.into(),
        }
    }
}

/// Hard bounds of a field.
#[derive(SimpleObject)]
#[graphql(name = "Limit")]
pub struct LimitObject {
    /// At least this much.
    min: u32,
    /// At most this much.
    max: u32,
    /// Counted how.
    unit: LengthUnitName,
}

/// What a channel asks of a picture.
#[derive(SimpleObject)]
pub struct ChannelPicture {
    /// Stable name.
    name: &'static str,
    /// The label that people see.
    label: LocalTextObject,
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// The original must be at least this wide.
    min_width: u32,
    /// The original must be at least this high.
    min_height: u32,
}

impl From<&'static PictureSpec> for ChannelPicture {
    fn from(spec: &'static PictureSpec) -> Self {
        Self {
            name: spec.name,
            label: spec.label.into(),
            width: spec.width,
            height: spec.height,
            min_width: spec.min_width,
            min_height: spec.min_height,
        }
    }
}

/// What an account's form asks for.
#[derive(SimpleObject)]
#[graphql(name = "AccountField")]
pub struct AccountFieldObject {
    /// Stable name.
    name: &'static str,
    /// The label that people see.
    label: LocalTextObject,
    /// Where to find it.
    help: LocalTextObject,
    /// Encrypted at rest, never shown again.
    secret: bool,
    /// Must be given.
    required: bool,
    /// What it is when nothing is given.
    default: Option<&'static str>,
    /// May have line breaks, as a key's file has.
    multiline: bool,
    /// Closed list of values; empty: any value.
    options: Vec<ChoiceOptionObject>,
}

impl From<&'static AccountField> for AccountFieldObject {
    fn from(field: &'static AccountField) -> Self {
        Self {
            name: field.name,
            label: field.label.into(),
            help: field.help.into(),
            secret: field.secret,
            required: field.required,
            default: field.default,
            multiline: field.multiline,
            options: field.options.iter().map(ChoiceOptionObject::from).collect(),
        }
    }
}

/// Channels.
#[derive(Default)]
pub struct ChannelQueries;

#[Object]
impl ChannelQueries {
    /// Every channel that this server knows, in the order people see them.
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<ChannelObject>> {
        ctx.actor().require(Permission::ReadContent)?;
        Ok(CHANNELS.iter().copied().map(ChannelObject).collect())
    }

    /// One channel.
    async fn channel(&self, ctx: &Context<'_>, id: String) -> Result<Option<ChannelObject>> {
        ctx.actor().require(Permission::ReadContent)?;
        Ok(find_channel(&id).map(ChannelObject))
    }
}
