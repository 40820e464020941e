//! What a reader's phone shows of the goods: the shelf, and an item with its specifications.

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::{
    Alipay,
    item::{Item, Version, number},
    page::{self, Shared},
    state::State,
};
use crate::{clock::Timestamp, text::escape_html};

/// An item that is on sale, as readers see it.
pub fn shown(item: &Item, now: Timestamp) -> Option<&Version> {
    let online = item.online(now)?;
    (item.status(online, now) == "AVAILABLE").then_some(online)
}

/// The lowest price, as it is written.
fn price(version: &Version) -> String {
    let specs = version.value("skus").as_array();
    let prices = specs.into_iter().flatten().map(|spec| &spec["sale_price"]);
    let all = prices.chain([version.value("sale_price")]);
    let lowest = all.filter_map(number).min().unwrap_or_default();
    format!(
        "<span class=\"price\">¥{}.{:02}</span>",
        lowest / 100,
        lowest % 100
    )
}

fn picture(alipay: &Alipay, state: &State, id: &Value, root: &str) -> String {
    let id = id.as_str().unwrap_or_default();
    page::picture(page::address(alipay, state, id, root).as_deref())
}

/// The shelf.
pub async fn list(alipay: Shared) -> HttpResponse {
    let (now, state) = (alipay.now(), alipay.lock());
    let items = state.items.iter().rev();
    let cards: String = items
        .filter_map(|item| shown(item, now).map(|version| (item, version)))
        .map(|(item, version)| {
            format!(
                "<a class=\"card\" href=\"item/{}\"><div class=\"still\">{}</div><p><b>{}</b></p><small>{}</small></a>",
                escape_html(&item.id),
                picture(&alipay, &state, version.value("head_img"), ""),
                escape_html(version.text("title")),
                price(version)
            )
        })
        .collect();
    let body =
        format!("<div class=\"head\"><b>全部商品</b></div><div class=\"wall\">{cards}</div>");
    page::html("全部商品", "gray", &body)
}

/// An item.
pub async fn show(alipay: Shared, id: web::Path<String>) -> HttpResponse {
    let (now, state) = (alipay.now(), alipay.lock());
    let item = state.items.iter().find(|item| item.id == *id);
    let Some(version) = item.and_then(|item| shown(item, now)) else {
        return HttpResponse::NotFound().body("商品不存在");
    };
    let draw = |id: &Value| picture(&alipay, &state, id, "../");
    let list = |of: &Value| of.as_array().cloned().unwrap_or_default();
    let mut pictures = vec![version.value("head_img").clone()];
    pictures.extend(list(version.value("image_list")));
    let count = pictures.len();
    let figures: String = (1..)
        .zip(&pictures)
        .map(|(place, id)| {
            format!(
                "<figure>{}<span class=\"count\">{place}/{count}</span></figure>",
                draw(id)
            )
        })
        .collect();
    let specs: String = list(version.value("skus"))
        .iter()
        .map(|spec| {
            let name = spec["sku_attrs"][0]["attr_value"]
                .as_str()
                .unwrap_or_default();
            format!("<span>{}</span>", escape_html(name))
        })
        .collect();
    let below = version.value("desc_info");
    let text = below["desc"].as_str().unwrap_or_default();
    let details: String = list(&below["imgs"]).iter().map(draw).collect();
    let body = format!(
        "<nav class=\"bar\"><a href=\"../goods\" aria-label=\"返回\">‹</a><b>商品</b></nav><div class=\"swipe square\">{figures}</div><main>{}<h1>{}</h1><div class=\"specs\">{specs}</div><p>{}</p><div class=\"details\">{details}</div></main><div class=\"acts\"><span>进店逛逛</span><b class=\"buy\">立即购买</b></div>",
        price(version),
        escape_html(version.text("title")),
        escape_html(text).replace('\n', "<br>")
    );
    page::html(version.text("title"), "", &body)
}
