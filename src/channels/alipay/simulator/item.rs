//! Goods of the mini-program: make, change, query, list, delete. An item that is changed has two versions until the review of
//! the new one ends. States and codes that the platform does not publish are ours.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    super::item::{
        LARGEST_PICTURE, LONGEST_TEXT, LONGEST_TITLE, MOST_DETAILS, MOST_PICTURES, MOST_SPECS,
        SHORTEST_TITLE, may_stand,
    },
    content::{business, invalid, object},
    gateway::{Answer, Refusal},
    state::State,
};
use crate::{
    channels::beijing,
    clock::Timestamp,
    text::{characters, has_chinese},
};

const CREATE: &str = "alipay.open.app.item.create";
const MODIFY: &str = "alipay.open.app.item.modify";
const QUERY: &str = "alipay.open.app.item.query";
const LIST: &str = "alipay.open.app.item.list.query";
const DELETE: &str = "alipay.open.app.item.delete";

/// What the gateway knows of goods.
pub const METHODS: &[&str] = &[CREATE, MODIFY, QUERY, LIST, DELETE];

/// Items that a call names, or that a page of the list shows, at most.
const MOST: usize = 20;
/// Units of a specification, and of an item without any, that can be in stock.
const MOST_SPEC_STOCK: i64 = 99_999;
const MOST_STOCK: i64 = 99_999_999;

/// An item as somebody described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Version {
    /// As it was sent.
    pub described: Map<String, Value>,
    pub reviewed_at: Timestamp,
    pub is_rejected: bool,
}

impl Version {
    pub fn value(&self, name: &str) -> &Value {
        self.described.get(name).unwrap_or(&Value::Null)
    }

    pub fn text(&self, name: &str) -> &str {
        self.value(name).as_str().unwrap_or_default()
    }

    fn is_passed(&self, now: Timestamp) -> bool {
        now >= self.reviewed_at && !self.is_rejected
    }

    fn is_on_sale(&self) -> bool {
        let is_sold = |of: &Value| of.is_null() || of == "AVAILABLE";
        let specs = self.value("skus").as_array();
        is_sold(self.value("sale_status"))
            && specs.is_none_or(|specs| specs.iter().any(|spec| is_sold(&spec["sale_status"])))
    }
}

/// An item of the library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    #[serde(rename = "item_id")]
    pub id: String,
    pub out_item_id: String,
    /// What readers saw before the last change.
    pub before: Option<Version>,
    pub latest: Version,
    pub is_frozen: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Item {
    /// What readers see.
    pub fn online(&self, now: Timestamp) -> Option<&Version> {
        let is_latest = self.latest.is_passed(now);
        Some(&self.latest)
            .filter(|_| is_latest)
            .or(self.before.as_ref())
    }

    /// Whether readers see it, or will unless the review refuses it.
    pub fn is_taken(&self, now: Timestamp) -> bool {
        now < self.latest.reviewed_at || self.online(now).is_some()
    }

    /// The state of a version.
    pub fn status(&self, version: &Version, now: Timestamp) -> &'static str {
        match () {
            () if self.is_frozen => "FREEZE",
            () if now < version.reviewed_at => "AUDITING",
            () if version.is_rejected => "REJECTED",
            () if version.is_on_sale() => "AVAILABLE",
            () => "DELISTING",
        }
    }
}

fn missing() -> Refusal {
    ("40004", "ITEM_NOT_EXIST", "商品不存在".to_owned())
}

/// A number that may come as text.
pub fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Does what a method does.
pub fn carry_out(state: &mut State, method: &str, content: &Value, now: Timestamp) -> Answer {
    if !state.settings.filed {
        return Err(("40004", "MINI_APP_HAS_NOT_REG", "小程序未备案".to_owned()));
    }
    match method {
        CREATE | MODIFY => put(state, content, method == CREATE, now),
        QUERY => {
            let at = find(state, content).ok_or_else(missing)?;
            let is_latest = content["need_edit_spu"] == "1";
            Ok(record(&state.items[at], is_latest, now))
        }
        LIST => list(state, content, now),
        _ => delete(state, content),
    }
}

/// Where the item is that a call names.
fn find(state: &State, content: &Value) -> Option<usize> {
    let named = |name: &str| content[name].as_str().filter(|id| !id.is_empty());
    let (id, out_id) = (named("item_id"), named("out_item_id"));
    state.items.iter().position(|item| match (id, out_id) {
        (Some(id), _) => item.id == id,
        (None, Some(out_id)) => item.out_item_id == out_id,
        _ => false,
    })
}

fn put(state: &mut State, content: &Value, is_new: bool, now: Timestamp) -> Answer {
    check(state, content, now)?;
    let out_item_id = content["out_item_id"].as_str().unwrap_or_default();
    let settings = &state.settings;
    let words = &settings.refused_words;
    let title = content["title"].as_str().unwrap_or_default();
    let text = content["desc_info"]["desc"].as_str().unwrap_or_default();
    let version = Version {
        described: content.as_object().cloned().unwrap_or_default(),
        reviewed_at: now.plus(Duration::from_secs(settings.audit_delay_s)),
        is_rejected: words
            .iter()
            .any(|word| title.contains(word) || text.contains(word)),
    };
    let known = find(state, content);
    let at = match known {
        Some(_) if is_new => {
            let text = "商家侧商品编号已存在".to_owned();
            return Err(("40004", "OUT_ITEM_ID_EXIST", text));
        }
        Some(at) => {
            let item = &mut state.items[at];
            item.before = item.online(now).cloned();
            item.latest = version;
            item.updated_at = now;
            at
        }
        None if is_new => {
            let id = format!("{}{:013}", beijing(now).format("%Y%m%d0"), state.issue());
            state.items.push(Item {
                id,
                out_item_id: out_item_id.to_owned(),
                before: None,
                latest: version,
                is_frozen: false,
                created_at: now,
                updated_at: now,
            });
            state.items.len() - 1
        }
        None => return Err(missing()),
    };
    let item = &state.items[at];
    let specs = item.latest.value("skus").as_array();
    let specs: Vec<Value> = (1..)
        .zip(specs.into_iter().flatten())
        .map(|(number, spec)| {
            let id = format!("{}{number:03}", item.id);
            json!({ "sku_id": id, "out_sku_id": spec["out_sku_id"] })
        })
        .collect();
    Ok(object([
        ("item_id", item.id.clone().into()),
        ("out_item_id", item.out_item_id.clone().into()),
        ("skus", specs.into()),
    ]))
}

/// Everything that the field texts say of a description.
fn check(state: &State, content: &Value, now: Timestamp) -> Result<(), Refusal> {
    let text = |name: &str| content[name].as_str().unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    if text("out_item_id").is_empty() {
        return Err(invalid("out_item_id"));
    }
    let title = text("title");
    let is_titled = (SHORTEST_TITLE..=LONGEST_TITLE).contains(&characters(title))
        && title.chars().all(may_stand)
        && has_chinese(title);
    if !is_titled {
        return Err(business("商品名称不符合要求"));
    }
    let categories = &state.settings.item_categories;
    if !categories.iter().any(|known| known == text("category_id")) {
        return Err(business("类目未开通或不是叶子类目"));
    }
    let images = list(&content["image_list"]);
    let details = list(&content["desc_info"]["imgs"]);
    if images.len() > MOST_PICTURES || details.len() > MOST_DETAILS {
        return Err(business("图片数量不符合要求"));
    }
    if characters(content["desc_info"]["desc"].as_str().unwrap_or_default()) > LONGEST_TEXT {
        return Err(business("商品详情长度不符合要求"));
    }
    let life = Duration::from_secs(state.settings.file_life_s);
    let pictures = std::iter::once(&content["head_img"])
        .chain(&images)
        .chain(&details);
    for picture in pictures {
        let file = picture.as_str().and_then(|id| state.files.get(id));
        let file = file.filter(|file| file.uploaded_at.plus(life) > now);
        let file = file.ok_or_else(|| business("图片不存在"))?;
        if file.size > LARGEST_PICTURE {
            return Err(business("图片大小不符合要求"));
        }
    }
    if text("item_details_page_model") == "0" && !text("path").starts_with("alipays://") {
        return Err(business("商品详情页链接不符合要求"));
    }
    if !["", "AVAILABLE", "DELISTING"].contains(&text("sale_status")) {
        return Err(invalid("sale_status"));
    }
    let is_priced = |of: &Value| {
        let (sale, original) = (number(&of["sale_price"]), number(&of["original_price"]));
        sale.is_some_and(|sale| sale > 0 && original.is_none_or(|original| original >= sale))
    };
    let in_stock = |of: &Value, most: i64| {
        let stock = &of["stock_num"];
        stock.is_null() || number(stock).is_some_and(|stock| (0..=most).contains(&stock))
    };
    let specs = list(&content["skus"]);
    if specs.is_empty() {
        if !is_priced(content) || !in_stock(content, MOST_STOCK) {
            return Err(business("价格或库存不符合要求"));
        }
        return Ok(());
    }
    let has_own = ["sale_price", "original_price", "stock_num"];
    if has_own.iter().any(|name| !content[*name].is_null()) {
        return Err(business("填写规格后不能填写商品价格和库存"));
    }
    let mut ids: Vec<&str> = specs
        .iter()
        .filter_map(|spec| spec["out_sku_id"].as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let is_good = |spec: &Value| {
        let attributes = spec["sku_attrs"].as_array();
        is_priced(spec)
            && in_stock(spec, MOST_SPEC_STOCK)
            && attributes.is_some_and(|attributes| !attributes.is_empty())
    };
    if specs.len() > MOST_SPECS || ids.len() != specs.len() || !specs.iter().all(is_good) {
        return Err(business("商品规格不符合要求"));
    }
    Ok(())
}

/// An item as the query shows it.
fn record(item: &Item, is_latest: bool, now: Timestamp) -> Map<String, Value> {
    let online = item.online(now);
    let version = if is_latest {
        Some(&item.latest)
    } else {
        online
    };
    let version = version.unwrap_or(&item.latest);
    let mut record = version.described.clone();
    let when = |at: Timestamp| beijing(at).format("%Y-%m-%d %H:%M:%S").to_string();
    let status = item.status(version, now);
    let risks = match status {
        "REJECTED" => json!([{
            "audit_time": when(version.reviewed_at),
            "risk_infos": [{ "risk_name": "违规内容", "remark": "商品名称或详情含有违规词" }],
        }]),
        "FREEZE" => json!([{
            "audit_time": when(now),
            "risk_infos": [{ "risk_name": "商品冻结", "remark": "商家违规" }],
        }]),
        _ => Value::Null,
    };
    record.extend(object([
        ("item_id", item.id.clone().into()),
        ("out_item_id", item.out_item_id.clone().into()),
        ("is_online", (!is_latest && online.is_some()).into()),
        ("spu_status", status.into()),
        ("risk_info", risks),
        ("create_time", when(item.created_at).into()),
        ("update_time", when(item.updated_at).into()),
    ]));
    record
}

fn list(state: &State, content: &Value, now: Timestamp) -> Answer {
    let given = |name: &str, default: i64| match &content[name] {
        Value::Null => Ok(default),
        value => number(value).ok_or_else(|| invalid(name)),
    };
    let (page, size) = (given("page_num", 1)?, given("page_size", 20)?);
    let page = usize::try_from(page).ok().filter(|page| *page > 0);
    let size = usize::try_from(size)
        .ok()
        .filter(|size| (1..=MOST).contains(size));
    let page = page.ok_or_else(|| invalid("page_num"))?;
    let size = size.ok_or_else(|| invalid("page_size"))?;
    let shown = state.items.iter().rev();
    let shown = shown.skip((page - 1).saturating_mul(size)).take(size);
    let items: Vec<_> = shown.map(|item| record(item, true, now)).collect();
    Ok(object([
        ("items", json!(items)),
        ("page_num", page.into()),
        ("page_size", size.into()),
        ("total_num", state.items.len().into()),
    ]))
}

/// Deletes; where both lists are given, ours count.
fn delete(state: &mut State, content: &Value) -> Answer {
    let ids = |name: &str| -> Vec<String> {
        let list = content[name].as_array();
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(ToOwned::to_owned).collect()
    };
    let (ids, out_ids) = (ids("item_id_list"), ids("out_item_id_list"));
    if !(1..=MOST).contains(&ids.len().max(out_ids.len())) {
        return Err(invalid("out_item_id_list"));
    }
    let is_named = |item: &Item| {
        if out_ids.is_empty() {
            ids.contains(&item.id)
        } else {
            out_ids.contains(&item.out_item_id)
        }
    };
    let gone: Vec<Value> = state
        .items
        .iter()
        .filter(|item| is_named(item))
        .map(|item| json!({ "item_id": item.id, "out_item_id": item.out_item_id }))
        .collect();
    if gone.is_empty() {
        return Err(missing());
    }
    state.items.retain(|item| !is_named(item));
    Ok(object([("records", gone.into())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_772_323_200);

    fn state() -> State {
        let mut state = State::default();
        let file = super::super::state::File {
            biz_code: "content_creation".into(),
            size: 1000,
            md5: String::new(),
            name: "picture.jpg".into(),
            uploaded_at: NOW,
        };
        let large = super::super::state::File {
            size: LARGEST_PICTURE + 1,
            ..file.clone()
        };
        state.files.insert("A*1".into(), file);
        state.files.insert("A*2".into(), large);
        state
    }

    fn described() -> Value {
        json!({
            "out_item_id": "guo",
            "title": "珐琅锅 24cm",
            "category_id": "C000002001",
            "head_img": "A*1",
            "image_list": ["A*1"],
            "desc_info": { "desc": "铸铁", "imgs": ["A*1"] },
            "item_details_page_model": "0",
            "path": "alipays://platformapi/startapp?appId=1&page=pages/story/index",
            "sale_status": "AVAILABLE",
            "skus": [{
                "out_sku_id": "1",
                "sale_price": "26800",
                "original_price": 29800,
                "stock_num": 9,
                "sku_attrs": [{ "attr_key": "款式", "attr_value": "红" }],
            }],
        })
    }

    #[test]
    fn a_description_is_refused_for_each_thing_that_the_field_texts_forbid() {
        let bad: &[(&str, Value)] = &[
            ("/out_item_id", json!("")),
            ("/title", json!("锅")),
            ("/title", json!("Pot 24")),
            ("/title", json!("珐琅锅☆")),
            ("/title", json!("锅".repeat(101))),
            ("/category_id", json!("C1")),
            ("/head_img", json!("A*9")),
            ("/head_img", json!("A*2")),
            ("/image_list", json!(["A*1", "A*1", "A*1", "A*1"])),
            ("/desc_info/desc", json!("铁".repeat(2001))),
            ("/path", json!("pages/story/index")),
            ("/sale_status", json!("SOLD")),
            ("/skus/0/sale_price", json!("0")),
            ("/skus/0/original_price", json!(1)),
            ("/skus/0/stock_num", json!(100_000)),
            ("/skus/0/sku_attrs", json!([])),
        ];

        assert!(carry_out(&mut state(), CREATE, &described(), NOW).is_ok());
        for (place, value) in bad {
            let mut content = described();
            *content.pointer_mut(place).expect("a place") = value.clone();
            let answer = carry_out(&mut state(), CREATE, &content, NOW);
            assert!(answer.is_err(), "{place} {value}");
        }
        let mut both = described();
        both["sale_price"] = 1.into();
        assert!(
            carry_out(&mut state(), CREATE, &both, NOW).is_err(),
            "two prices"
        );
    }

    #[test]
    fn an_item_has_two_versions_until_the_review_of_the_new_one_ends() {
        let mut state = state();
        carry_out(&mut state, CREATE, &described(), NOW).expect("an item");
        let later = NOW.plus(Duration::from_mins(1));
        let mut changed = described();
        changed["title"] = "珐琅锅 28cm".into();
        carry_out(&mut state, MODIFY, &changed, later).expect("a change");
        let seen = |latest: &str, at: Timestamp| {
            let query = json!({ "out_item_id": "guo", "need_edit_spu": latest });
            let told = carry_out(&mut state.clone(), QUERY, &query, at).expect("an item");
            (told["title"].clone(), told["spu_status"].clone())
        };

        assert_eq!(seen("0", later), (json!("珐琅锅 24cm"), json!("AVAILABLE")));
        assert_eq!(seen("1", later), (json!("珐琅锅 28cm"), json!("AUDITING")));
        let reviewed = later.plus(Duration::from_mins(1));
        assert_eq!(
            seen("0", reviewed),
            (json!("珐琅锅 28cm"), json!("AVAILABLE"))
        );
    }

    #[test]
    fn a_number_of_ours_is_taken_once_and_free_again_after_a_deletion() {
        let mut state = state();
        carry_out(&mut state, CREATE, &described(), NOW).expect("an item");

        let again = carry_out(&mut state, CREATE, &described(), NOW);
        assert_eq!(again.expect_err("a refusal").1, "OUT_ITEM_ID_EXIST");
        let ids = json!({ "item_id_list": ["?"], "out_item_id_list": ["guo"] });
        carry_out(&mut state, DELETE, &ids, NOW).expect("ours count");
        assert!(carry_out(&mut state, CREATE, &described(), NOW).is_ok());
    }
}
