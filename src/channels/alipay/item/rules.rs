//! What the platform refuses of an item, before any call.

use serde_json::Value;

use super::{super::ITEM, MOST_SPECS, PICTURE, derive::may_stand};
use crate::{
    channels::{CheckInput, ContentKind, Finding, Severity},
    text::has_chinese,
};

const CREATE: &str = "支付宝开放平台：小程序商品创建接口";

/// All checks of the lane.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    if input.source.kind != ContentKind::Story {
        return Vec::new();
    }
    let finding = |severity, code: &str, field: &str, reason: &str, cure: &str| {
        Finding::new(code, severity, field, reason.to_owned(), cure)
            .because(CREATE)
            .on_lanes(&[ITEM])
    };
    let products = &input.source.products;
    if products.is_empty() {
        return vec![finding(
            Severity::Closed,
            "AL-I01",
            "item_specs",
            "这篇内容没有关联已发布的商品，不能登记为小程序商品。",
            "要登记的话，先在内容里关联商品。",
        )];
    }
    let mut findings = Vec::new();
    if !input.pictures.contains_key(PICTURE) {
        findings.push(finding(
            Severity::Error,
            "AL-I02",
            PICTURE,
            "没有可用的商品主图，支付宝要求 750×750 以上。",
            "给商品或内容加一张 750×750 以上的图片。",
        ));
    }
    if let Some(free) = products.iter().find(|product| product.price_fen <= 0) {
        let reason = format!("商品「{}」没有价格，支付宝只收大于 0 的价格。", free.name);
        findings.push(
            finding(
                Severity::Error,
                "AL-I03",
                "item_specs",
                &reason,
                "给商品填上价格。",
            )
            .with("product", free.name.clone()),
        );
    }
    let title = input.fields.get("item_title").and_then(Value::as_str);
    let title = title.unwrap_or_default();
    if let Some(odd) = title.chars().find(|one| !may_stand(*one)) {
        let reason = format!("商品名称里有支付宝不收的符号「{odd}」。");
        findings.push(
            finding(
                Severity::Error,
                "AL-I04",
                "item_title",
                &reason,
                "删去这个符号。",
            )
            .with("symbol", odd.to_string()),
        );
    }
    if !has_chinese(title) {
        findings.push(finding(
            Severity::Error,
            "AL-I05",
            "item_title",
            "商品名称里没有汉字，支付宝不收只有数字、字母和符号的名称。",
            "写出商品的中文名称。",
        ));
    }
    if products.len() > MOST_SPECS {
        let reason = format!(
            "内容关联了 {} 个商品，支付宝最多收 {MOST_SPECS} 个规格，后面的不会登记。",
            products.len()
        );
        let cure = "把不必登记的商品移到别的内容。";
        findings.push(
            finding(Severity::Warning, "AL-I06", "item_specs", &reason, cure)
                .with("count", products.len())
                .with("most", MOST_SPECS),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            super::derive::{self, tests::profile},
            derive::tests::{product, story_of},
        },
        *,
    };
    use crate::{channels::Source, clock::Timestamp};

    /// Codes with what they mean for the push.
    fn codes(source: &Source) -> Vec<(String, Severity)> {
        let profile = profile();
        let derived = derive::derive(source, &profile);
        let input = CheckInput {
            source,
            profile: &profile,
            lane: None,
            fields: &derived.fields,
            pictures: &derived.pictures,
            twins: &[],
            now: Timestamp(0),
        };
        let found = check(&input).into_iter();
        found.map(|one| (one.code, one.severity)).collect()
    }

    #[test]
    fn what_an_item_lacks_is_named() {
        let error = |code: &str| (code.to_owned(), Severity::Error);
        assert_eq!(codes(&story_of(&["传世珐琅锅"])), []);
        assert_eq!(
            codes(&story_of(&[])),
            [("AL-I01".to_owned(), Severity::Closed)]
        );

        let mut bare = story_of(&["传世珐琅锅"]);
        bare.products[0].pictures.clear();
        bare.pictures.clear();
        bare.products[0].price_fen = 0;
        assert_eq!(codes(&bare), [error("AL-I02"), error("AL-I03")]);

        let mut latin = story_of(&["Pot"]);
        latin.title = "Pots".into();
        assert_eq!(codes(&latin), [error("AL-I05")]);

        let many = Source {
            products: (0..51)
                .map(|number| product(&format!("珐琅锅{number}")))
                .collect(),
            ..story_of(&[])
        };
        assert_eq!(codes(&many), [("AL-I06".to_owned(), Severity::Warning)]);
    }
}
