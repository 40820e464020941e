//! Variants: a story or video as tailored to one channel, what a person changed in it, what is to be mended.

use async_graphql::{Context, Enum, ID, InputObject, Json, Object, SimpleObject};
use serde_json::Value;

use super::{asset::AssetObject, channel::ContentKindName, reference};
use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, parse_id, text_field},
    },
    channels::{Finding, Severity, find_channel},
    error::{Error, Result},
    id::AssetId,
    tailoring::{SourceRef, Standing, Variant, VariantField, VariantPicture, media_spec},
};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Severity", remote = "Severity")]
pub enum SeverityName {
    /// The push goes on.
    Warning,
    /// The push is blocked until a person acts.
    Error,
    /// The lane is not for such content: the push is blocked, and there is nothing to mend.
    Closed,
}

/// Something a person should mend.
pub struct FindingObject(pub Finding);

#[Object(name = "Finding")]
impl FindingObject {
    /// Stable code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Blocks the push or not.
    async fn severity(&self) -> SeverityName {
        self.0.severity.into()
    }

    /// Field of the variant.
    async fn field(&self) -> &str {
        &self.0.field
    }

    /// Lanes it concerns; empty: all.
    async fn lanes(&self) -> &[String] {
        &self.0.lanes
    }

    /// The first character it is about.
    async fn range_from(&self) -> Option<u32> {
        self.0.range.map(|(from, _)| from)
    }

    /// The character behind the last one it is about.
    async fn range_to(&self) -> Option<u32> {
        self.0.range.map(|(_, to)| to)
    }

    /// What is wrong.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// How to mend it.
    async fn cure(&self) -> &str {
        &self.0.cure
    }

    /// Where the rule comes from.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Values for the sentences in other languages.
    async fn params(&self) -> Json<Value> {
        Json(self.0.params.clone().into_iter().collect())
    }
}

/// A field of a variant.
pub struct VariantFieldObject(VariantField);

#[Object(name = "VariantField")]
impl VariantFieldObject {
    /// Name, as the channel declares it.
    async fn name(&self) -> &str {
        self.0.name
    }

    /// The value that is sent.
    async fn value(&self) -> Json<&Value> {
        Json(self.0.value())
    }

    /// What derivation gives.
    async fn derived(&self) -> Json<&Value> {
        Json(&self.0.derived)
    }

    /// Whether a person put another value in its place.
    async fn is_overridden(&self) -> bool {
        self.0.override_value.is_some()
    }

    /// The source changed since the person did.
    async fn source_changed(&self) -> bool {
        self.0.source_changed
    }
}

/// A picture of a variant.
pub struct VariantPictureObject {
    channel: &'static str,
    picture: VariantPicture,
}

#[Object(name = "VariantPicture")]
impl VariantPictureObject {
    /// Name of the channel's specification.
    async fn spec(&self) -> &str {
        &self.picture.spec
    }

    /// The picture it is cropped from.
    async fn asset(&self, ctx: &Context<'_>) -> Result<Option<AssetObject>> {
        let id = self.picture.key.parse::<AssetId>().ok();
        reference::asset(ctx, id).await
    }

    /// Address of the cropped picture; it is made when somebody looks at it.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let spec = find_channel(self.channel)
            .and_then(|channel| {
                let specs = channel.pictures.iter();
                specs
                    .into_iter()
                    .find(|spec| spec.name == self.picture.spec)
            })
            .map(media_spec);
        let id = self.picture.key.parse::<AssetId>().ok();
        let asset = reference::asset(ctx, id).await?;
        let base = ctx.app().config.server.base_url();
        Ok(asset.zip(spec).map(|(asset, spec)| {
            format!("{base}{}", ctx.app().media.rendition_path(&asset.0, &spec))
        }))
    }
}

/// What a platform thinks of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Opinion")]
pub enum OpinionName {
    /// It found nothing; its review after publishing decides.
    Pass,
    /// It found nothing so far, and still looks at a part.
    Awaited,
    /// It found nothing, and did not look at a part.
    Unchecked,
    /// A person should look.
    Review,
    /// It would refuse it.
    Block,
}

impl From<Standing> for OpinionName {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Passed => Self::Pass,
            Standing::Awaited => Self::Awaited,
            Standing::Unchecked => Self::Unchecked,
            Standing::Doubted => Self::Review,
            Standing::Refused => Self::Block,
        }
    }
}

/// What a platform said of a content before it was published.
#[derive(SimpleObject)]
#[graphql(name = "Inspection")]
pub struct InspectionObject {
    /// Its opinion.
    opinion: OpinionName,
    /// What it objects to.
    objections: Vec<String>,
    /// Parts that it still looks at.
    awaited: Vec<String>,
    /// Parts that it did not look at; asking again may help.
    unchecked: Vec<String>,
    /// When it was asked.
    at: DateTime,
}

/// A story or video as tailored to one channel.
pub struct VariantObject(Variant);

#[Object(name = "Variant")]
impl VariantObject {
    /// The channel.
    async fn channel(&self) -> &str {
        self.0.channel
    }

    /// The revision it was derived from.
    async fn revision_id(&self) -> ID {
        self.0.revision.into()
    }

    /// Rises with each change that a person makes; 0 before the first.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Fields in the channel's order.
    async fn fields(&self) -> Vec<VariantFieldObject> {
        let fields = self.0.fields.iter().cloned();
        fields.map(VariantFieldObject).collect()
    }

    /// Pictures in order.
    async fn pictures(&self) -> Vec<VariantPictureObject> {
        let pictures = self.0.pictures.iter().cloned();
        pictures
            .map(|picture| VariantPictureObject {
                channel: self.0.channel,
                picture,
            })
            .collect()
    }

    /// What the platform said of exactly this content before publishing, where somebody asked it.
    async fn inspection(&self) -> Option<InspectionObject> {
        self.0
            .inspection
            .as_ref()
            .map(|inspected| InspectionObject {
                opinion: inspected.standing().into(),
                objections: inspected.said.objections.clone(),
                awaited: inspected
                    .said
                    .awaited
                    .iter()
                    .map(|part| part.name.clone())
                    .collect(),
                unchecked: inspected.said.unchecked.clone(),
                at: inspected.at.into(),
            })
    }

    /// What a person should mend.
    async fn findings(&self) -> Vec<FindingObject> {
        self.0.findings.iter().cloned().map(FindingObject).collect()
    }

    /// Hash over everything that would be sent.
    async fn content_hash(&self) -> &str {
        &self.0.content_hash
    }
}

/// Which story or video.
#[derive(InputObject)]
pub struct SourceInput {
    /// Story or video.
    kind: ContentKindName,
    /// Its id.
    id: ID,
}

impl SourceInput {
    /// The story or video that is meant.
    pub fn parse(&self, field: &str) -> Result<SourceRef> {
        let id = parse_id(&self.id, field)?;
        Ok(SourceRef::new(self.kind.into(), id))
    }
}

/// Variants.
#[derive(Default)]
pub struct VariantQueries;

#[Object]
impl VariantQueries {
    /// A story or video as a channel would get it now.
    #[graphql(complexity = "50 + child_complexity")]
    async fn variant(
        &self,
        ctx: &Context<'_>,
        source: SourceInput,
        channel: String,
        #[graphql(
            default,
            desc = "As it would be if what the caller is typing were saved."
        )]
        typed: bool,
    ) -> Result<VariantObject> {
        let of = source.parse("source.id")?;
        let (tailoring, actor) = (&ctx.app().tailoring, ctx.actor());
        let variant = if typed {
            tailoring.typed_variant(actor, of, &channel).await
        } else {
            tailoring.variant(actor, of, &channel).await
        };
        variant.map(VariantObject)
    }
}

/// A value that a person puts in the place of a derived one.
#[derive(InputObject)]
pub struct SetOverrideInput {
    /// The story or video.
    source: SourceInput,
    /// The channel.
    channel: String,
    /// The field.
    field: String,
    /// The person's value.
    value: Json<Value>,
    /// The version of the variant that was changed.
    base_version: i32,
}

/// A field that goes back to its derived value.
#[derive(InputObject)]
pub struct ClearOverrideInput {
    /// The story or video.
    source: SourceInput,
    /// The channel.
    channel: String,
    /// The field.
    field: String,
    /// The version of the variant that was changed.
    base_version: i32,
}

/// A variant that the channel's platform is asked about.
#[derive(InputObject)]
pub struct InspectVariantInput {
    /// The story or video.
    source: SourceInput,
    /// The channel.
    channel: String,
}

/// A variant after a change.
#[derive(SimpleObject)]
pub struct VariantPayload {
    /// The variant.
    variant: VariantObject,
}

/// Changes of variants.
#[derive(Default)]
pub struct VariantMutations;

#[Object]
impl VariantMutations {
    /// Puts a person's value in the place of a derived one.
    async fn set_override(
        &self,
        ctx: &Context<'_>,
        input: SetOverrideInput,
    ) -> Result<VariantPayload> {
        let of = input.source.parse("input.source.id")?;
        let channel = text_field("input.channel", &input.channel, 1..=50)?;
        let field = text_field("input.field", &input.field, 1..=100)?;
        let Json(value) = input.value;
        let tailoring = &ctx.app().tailoring;
        let variant = tailoring
            .set_override(ctx.actor(), of, &channel, &field, value, input.base_version)
            .await
            .map_err(in_input)?;
        Ok(VariantPayload {
            variant: VariantObject(variant),
        })
    }

    /// Asks the channel's platform what it thinks of a variant before it is published. The same content is asked about
    /// once, unless a part of it was not looked at.
    async fn inspect_variant(
        &self,
        ctx: &Context<'_>,
        input: InspectVariantInput,
    ) -> Result<VariantPayload> {
        let of = input.source.parse("input.source.id")?;
        let channel = text_field("input.channel", &input.channel, 1..=50)?;
        let delivery = &ctx.app().delivery;
        let variant = delivery.inspect(ctx.actor(), of, &channel).await?;
        Ok(VariantPayload {
            variant: VariantObject(variant),
        })
    }

    /// Goes back to the derived value.
    async fn clear_override(
        &self,
        ctx: &Context<'_>,
        input: ClearOverrideInput,
    ) -> Result<VariantPayload> {
        let of = input.source.parse("input.source.id")?;
        let channel = text_field("input.channel", &input.channel, 1..=50)?;
        let field = text_field("input.field", &input.field, 1..=100)?;
        let tailoring = &ctx.app().tailoring;
        let variant = tailoring
            .clear_override(ctx.actor(), of, &channel, &field, input.base_version)
            .await
            .map_err(in_input)?;
        Ok(VariantPayload {
            variant: VariantObject(variant),
        })
    }
}

/// The service names the channel as queries do; here it lies in the input.
fn in_input(error: Error) -> Error {
    match error.field() {
        Some("channel") => error.on_field("input.channel"),
        _ => error,
    }
}
