//! Variables gone wrong: each value, one at a time, replaced by what nobody should send.

use serde_json::{Value, json};

/// What is put in the place of a value.
fn replacements() -> Vec<Value> {
    vec![
        Value::Null,
        json!(""),
        json!("   "),
        json!("长".repeat(20_000)),
        json!("<script>alert(1)</script><img src=x onerror=alert(1)>"),
        json!("'; DROP TABLE site; -- \" \\ %_"),
        json!("\u{0}\u{7}\u{1b}[2J\u{202e}"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("\u{fffd}\u{10ffff}\u{d7ff}"),
        json!("\u{200b}\u{feff}"),
        json!("\u{202e}gpj.exe"),
        json!("a\nb\tc"),
        json!("../../etc/passwd"),
        json!(-1),
        json!(1e308),
        json!(9_223_372_036_854_775_807_i64),
        json!(true),
        json!([]),
        json!([null, "a", 1, { "a": [] }]),
        json!({}),
        json!({ "a": { "b": "c" } }),
        json!({ "\u{0}": "\u{0}" }),
        (0..90).fold(json!("deep"), |inner, _| json!([inner])),
    ]
}

/// Every variation, with the path of the value that was replaced.
pub fn variations(variables: &Value) -> Vec<(String, Value)> {
    let mut made = Vec::new();
    for pointer in pointers(variables, "") {
        for replacement in replacements() {
            let mut copy = variables.clone();
            if let Some(value) = copy.pointer_mut(&pointer) {
                let text = replacement.to_string();
                *value = replacement;
                let short: String = text.chars().take(30).collect();
                made.push((format!("{pointer} = {short}"), copy));
            }
        }
        let mut copy = variables.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        if let Some(Value::Object(parent)) = copy.pointer_mut(parent) {
            parent.remove(name);
            parent.insert("unknown".to_owned(), json!(1));
            made.push((format!("{pointer} missing"), copy));
        }
    }
    made
}

fn pointers(value: &Value, at: &str) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(list) => list
            .iter()
            .take(1)
            .map(|value| ("0".to_owned(), value))
            .collect(),
        _ => Vec::new(),
    };
    let below = children
        .into_iter()
        .flat_map(|(name, value)| pointers(value, &format!("{at}/{name}")));
    let own = (!at.is_empty()).then(|| at.to_owned());
    own.into_iter().chain(below).collect()
}
