//! The steps of a delivery to the goods library. The platform has one item of our id: what is not there is made, what is there
//! is changed, so the same call again does no harm.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    super::{client::Client, link},
    CATEGORY, DETAIL, PICTURE,
    client::{self, Told},
    stock,
};
use crate::channels::{
    AppPage, ChannelError, ErrorClass, Fingerprint, Found, Intent, Media, Outcome, Step,
    StepContext, StepHost, StepKind, StepOutput, Submission, http::sending_time,
};

const UPLOAD: &str = "upload_pictures";
const PUT: &str = "put_item";
const OBSERVE: &str = "observe_item";
const DELETE: &str = "delete_item";
/// On sale.
const AVAILABLE: &str = "AVAILABLE";

/// The pictures of a submission in order.
fn pictures(submission: &Submission) -> impl Iterator<Item = &Media> {
    let is_ours = |media: &&Media| [PICTURE, DETAIL].contains(&media.role.as_str());
    submission.media.iter().filter(is_ours)
}

/// The steps of a submission.
pub fn plan(submission: &Submission, deadline: Duration) -> Vec<Step> {
    let step = |name: &str, kind: StepKind| Step::new(name, kind, deadline);
    if submission.intent == Intent::Takedown {
        return vec![step(DELETE, StepKind::Commit)];
    }
    let patience = deadline + sending_time(pictures(submission));
    vec![
        Step::new(UPLOAD, StepKind::Safe, patience),
        step(PUT, StepKind::Commit),
        step(OBSERVE, StepKind::Observe),
    ]
}

fn text<'s>(submission: &'s Submission, name: &str) -> &'s str {
    let value = submission.fields.get(name).and_then(Value::as_str);
    value.unwrap_or_default()
}

/// Whether a story shows products, so that it can be an item.
pub fn is_of(submission: &Submission) -> bool {
    !specs(submission).is_empty()
}

fn specs(submission: &Submission) -> &[Value] {
    let specs = submission
        .fields
        .get("item_specs")
        .and_then(Value::as_array);
    specs.map_or(&[], Vec::as_slice)
}

fn output(item_id: &str) -> StepOutput {
    StepOutput {
        value: json!({ "item_id": item_id }),
        external_id: Some(item_id.to_owned()),
        ..StepOutput::default()
    }
}

/// The specifications as a call wants them: prices are text in the one and numbers in the other.
fn spelt_specs(submission: &Submission, stock: u32, is_new: bool) -> Vec<Value> {
    let spelt = |spec: &Value| {
        let price = &spec["price_fen"];
        let sale_price = if is_new {
            price.to_string().into()
        } else {
            price.clone()
        };
        json!({
            "out_sku_id": spec["sku"],
            "sale_price": sale_price,
            "original_price": price,
            "stock_num": stock,
            "sale_status": AVAILABLE,
            "sku_attrs": [{ "attr_key": "款式", "attr_value": spec["name"] }],
        })
    };
    specs(submission).iter().map(spelt).collect()
}

/// The item as it is sent.
fn item(client: &Client, ctx: &StepContext<'_>, is_new: bool) -> Result<Value, ChannelError> {
    let account = &client.account;
    let submission = ctx.submission;
    let bug = |what: &str| ChannelError::new(ErrorClass::Bug, what.to_owned());
    let stock = stock(account).ok_or_else(|| bug("the stock is no number"))?;
    let uploaded = ctx.outputs.get(UPLOAD).unwrap_or(&Value::Null);
    let uploaded: Vec<&Value> = uploaded["pictures"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let mut pictures = Vec::new();
    let mut details = Vec::new();
    for (media, id) in self::pictures(submission).zip(uploaded) {
        if media.role == PICTURE {
            pictures.push(id.clone());
        } else {
            details.push(id.clone());
        }
    }
    if pictures.is_empty() {
        return Err(bug("an item without a picture"));
    }
    let head = pictures.remove(0);
    let page = AppPage {
        app_id: account.setting("app_id", "").to_owned(),
        path: text(submission, "item_path")
            .trim_start_matches('/')
            .to_owned(),
        title: String::new(),
    };
    let mut item = Map::new();
    let mut say = |name: &str, value: Value| {
        item.insert(name.to_owned(), value);
    };
    say("out_item_id", text(submission, "out_item_id").into());
    say("title", text(submission, "item_title").into());
    say("category_id", account.setting(CATEGORY, "").into());
    say("head_img", head);
    say("image_list", pictures.into());
    say(
        "desc_info",
        json!({ "desc": text(submission, "item_text"), "imgs": details }),
    );
    say("item_details_page_model", "0".into());
    say("path", link::scheme(&page.app_id, &page).into());
    say("sale_status", AVAILABLE.into());
    say("skus", spelt_specs(submission, stock, is_new).into());
    Ok(item.into())
}

/// Carries out a step.
pub async fn run(
    client: &Client,
    step: &Step,
    ctx: &mut StepContext<'_>,
) -> Result<Outcome, ChannelError> {
    let id = text(ctx.submission, "out_item_id");
    match step.name.as_str() {
        UPLOAD => {
            let ids = client.upload_all(ctx, pictures(ctx.submission)).await?;
            Ok(Outcome::Done(StepOutput {
                value: json!({ "pictures": ids }),
                ..StepOutput::default()
            }))
        }
        PUT => {
            let known = client::find(client, ctx.host, id).await?;
            let known = known.map(|told| told.item_id);
            let item = item(client, ctx, known.is_none())?;
            let item_id = client::put(client, ctx.host, known.as_deref(), item).await?;
            Ok(Outcome::Done(output(&item_id)))
        }
        OBSERVE => observe(client::find(client, ctx.host, id).await?),
        DELETE => {
            client::delete(client, ctx.host, id).await?;
            let item_id = ctx.submission.external_id.as_deref().unwrap_or_default();
            Ok(Outcome::Done(output(item_id)))
        }
        other => Err(ChannelError::new(
            ErrorClass::Bug,
            format!("no step {other}"),
        )),
    }
}

/// The item of a story that readers can buy now, for a post to carry; none where goods are not registered.
pub async fn on_sale(
    client: &Client,
    host: &dyn StepHost,
    submission: &Submission,
) -> Result<Option<String>, ChannelError> {
    let id = text(submission, "out_item_id");
    if id.is_empty() || client.account.setting(CATEGORY, "").is_empty() {
        return Ok(None);
    }
    match client::find(client, host, id).await {
        Ok(told) => Ok(told
            .filter(|told| told.spu_status == AVAILABLE)
            .map(|told| told.item_id)),
        // A post goes out without what the account may not do.
        Err(error) if error.bars().is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the review says. How the states are spelt on the wire is not published; these are the simulator's.
fn observe(told: Option<Told>) -> Result<Outcome, ChannelError> {
    let pending = |note: &str| {
        Ok(Outcome::Pending {
            note: note.to_owned(),
            retry_in: None,
        })
    };
    let Some(told) = told else {
        return pending("支付宝还查不到这个商品");
    };
    let refused = |class: ErrorClass, what: String| {
        let objections = told.objections();
        let because = if objections.is_empty() {
            String::new()
        } else {
            format!("：{}", objections.join("；"))
        };
        Err(ChannelError::new(class, format!("{what}{because}")).with_code(&told.spu_status))
    };
    let rejected = |what: &str| refused(ErrorClass::ContentRejected, what.to_owned());
    match told.spu_status.as_str() {
        AVAILABLE => Ok(Outcome::Done(output(&told.item_id))),
        "AUDITING" => pending("支付宝正在审核这个商品"),
        "REJECTED" => rejected("支付宝审核未通过"),
        "FREEZE" => rejected("支付宝冻结了这个商品"),
        "DELISTING" => rejected("这个商品在支付宝被下架了"),
        other => refused(
            ErrorClass::ProtocolDrift,
            format!("支付宝给出了未知的商品状态 {other}"),
        ),
    }
}

/// What a call whose reply was lost came to: the item of our id is there as it was sent, or it is not.
pub async fn find(
    client: &Client,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
) -> Result<Found, ChannelError> {
    let submission = sent.submission;
    let told = client::find(client, host, text(submission, "out_item_id")).await?;
    if sent.step == DELETE {
        let item_id = submission.external_id.as_deref().unwrap_or_default();
        return Ok(told.map_or_else(|| Found::One(output(item_id)), |_| Found::Absent));
    }
    Ok(match told {
        Some(told) if is_as_sent(&told, submission) => Found::One(output(&told.item_id)),
        _ => Found::Absent,
    })
}

fn is_as_sent(told: &Told, submission: &Submission) -> bool {
    let there = told.skus.iter();
    let there = there.map(|spec| (spec.out_sku_id.as_str(), spec.price_fen()));
    let ours = specs(submission).iter();
    let ours = ours.map(|spec| {
        (
            spec["sku"].as_str().unwrap_or_default(),
            spec["price_fen"].as_i64(),
        )
    });
    told.title == text(submission, "item_title")
        && told.desc_info.desc == text(submission, "item_text")
        && there.eq(ours)
}

/// Why an account may not register goods; `Err` where the platform could not be asked.
pub async fn bar(client: &Client, host: &dyn StepHost) -> Result<Option<String>, ChannelError> {
    if client.account.setting(CATEGORY, "").is_empty() {
        return Ok(Some("没有填写商品类目 ID，不能登记小程序商品".to_owned()));
    }
    match client::look(client, host).await {
        Ok(()) => Ok(None),
        Err(error) => error.bars().map(Some).ok_or(error),
    }
}
