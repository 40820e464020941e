//! The calls about goods.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::client::{Client, drift};
use crate::channels::{ChannelError, StepHost};

const CREATE: &str = "alipay.open.app.item.create";
const MODIFY: &str = "alipay.open.app.item.modify";
const QUERY: &str = "alipay.open.app.item.query";
const LIST: &str = "alipay.open.app.item.list.query";
const DELETE: &str = "alipay.open.app.item.delete";
/// "There is no such item." Its code is not published; the simulator's.
const NOT_FOUND: &str = "ITEM_NOT_EXIST";

/// An item as the platform shows it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Told {
    pub item_id: String,
    pub title: String,
    pub desc_info: Description,
    pub spu_status: String,
    pub skus: Vec<Spec>,
    risk_info: Value,
}

/// What stands below an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Description {
    pub desc: String,
}

/// A specification of an item.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Spec {
    pub out_sku_id: String,
    /// In fen; some answers spell it as text.
    pub sale_price: Value,
}

impl Spec {
    pub fn price_fen(&self) -> Option<i64> {
        let price = &self.sale_price;
        price.as_i64().or_else(|| price.as_str()?.parse().ok())
    }
}

impl Told {
    /// Why the platform objects to it: every name of a risk with its remark.
    pub fn objections(&self) -> Vec<String> {
        fn walk(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Array(list) => list.iter().for_each(|one| walk(one, found)),
                Value::Object(map) => {
                    let text = |name: &str| map.get(name).and_then(Value::as_str);
                    let said = [text("risk_name"), text("remark")];
                    let said: Vec<&str> = said.into_iter().flatten().collect();
                    if !said.is_empty() {
                        found.push(said.join("："));
                    }
                    map.values().for_each(|one| walk(one, found));
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        walk(&self.risk_info, &mut found);
        found
    }
}

/// The item of our id, in its latest version: one that is changed has another beside it until the review ends.
pub async fn find(
    client: &Client,
    host: &dyn StepHost,
    out_item_id: &str,
) -> Result<Option<Told>, ChannelError> {
    let content = json!({ "out_item_id": out_item_id, "need_edit_spu": "1" });
    match client.call(host, QUERY, content, false).await {
        Ok(node) => serde_json::from_value(node)
            .map(Some)
            .map_err(|_| drift("item")),
        Err(error) if error.code.as_deref() == Some(NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes an item, or changes the one that is there; its id.
pub async fn put(
    client: &Client,
    host: &dyn StepHost,
    known: Option<&str>,
    mut item: Value,
) -> Result<String, ChannelError> {
    let method = match known {
        Some(id) => {
            item["item_id"] = id.into();
            MODIFY
        }
        None => CREATE,
    };
    let node = client.call(host, method, item, true).await?;
    let id = node["item_id"].as_str().or(known);
    id.map(ToOwned::to_owned).ok_or_else(|| drift("item_id"))
}

/// Deletes an item: what is gone already is deleted.
pub async fn delete(
    client: &Client,
    host: &dyn StepHost,
    out_item_id: &str,
) -> Result<(), ChannelError> {
    let content = json!({ "out_item_id_list": [out_item_id] });
    match client.call(host, DELETE, content, true).await {
        Err(error) if error.code.as_deref() == Some(NOT_FOUND) => Ok(()),
        other => other.map(drop),
    }
}

/// Whether the application may register goods: it is asked for one of them.
pub async fn look(client: &Client, host: &dyn StepHost) -> Result<(), ChannelError> {
    let content = json!({ "page_num": 1, "page_size": 1 });
    client.call(host, LIST, content, false).await.map(drop)
}
