//! Checks of a variant: what the channel declares (required, bounds), the rules for every channel, and the channel's own.

use serde_json::{Value, json};

use super::rules::RULES;
use crate::{
    channels::{CheckInput, Descriptor, Field, FieldType, Finding, LengthUnit, Limit, Severity},
    error::{Error, Result},
    text,
};

/// The code for a field that is too long or too short.
const OUT_OF_BOUNDS: &str = "FIELD-02";

/// Everything that a person should mend, errors first. With a lane, only what concerns it.
pub fn check(channel: &'static Descriptor, input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for field in channel
        .fields_of(input.source.kind)
        .filter(|field| input.lane.is_none_or(|lane| field.lanes.contains(&lane.id)))
    {
        findings.extend(check_field(field, input.fields.get(field.name)));
    }
    findings.extend(RULES.iter().flat_map(|rule| rule(input)));
    let own = (channel.check)(input);
    // Where the channel itself says what a length breaks, the bounds need not say it again.
    findings.retain(|finding| {
        let is_same = |other: &Finding| {
            let measured = other.params.get("length").or(other.params.get("width"));
            other.field == finding.field
                && other.severity == finding.severity
                && measured.is_some_and(|length| finding.params.get("length") == Some(length))
        };
        finding.code != OUT_OF_BOUNDS || !own.iter().any(is_same)
    });
    findings.extend(own);
    // What only other kinds of content could break is no concern of this one.
    findings.retain(|finding| channel.takes(&finding.lanes, input.source.kind));
    if let Some(lane) = input.lane {
        findings.retain(|finding| {
            finding.lanes.is_empty() || finding.lanes.iter().any(|id| id == lane.id)
        });
    }
    findings.sort_by(|left, right| {
        right
            .severity
            .cmp(&left.severity)
            .then_with(|| left.code.cmp(&right.code))
    });
    findings
}

/// A declared field: present where it must be, and within its bounds.
fn check_field(field: &Field, value: Option<&Value>) -> Option<Finding> {
    let value = value.unwrap_or(&Value::Null);
    let is_empty = match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    if is_empty {
        return field.required.then(|| {
            Finding::new(
                "FIELD-01",
                Severity::Error,
                field.name,
                format!("「{}」不能为空。", field.label.zh),
                "请填写。",
            )
            .on_lanes(field.lanes)
            .with("label", json!(field.label))
        });
    }
    let limit = field.limit?;
    let length = length(value, limit.unit);
    if (limit.min as usize..=limit.max as usize).contains(&length) {
        return None;
    }
    let reason = format!(
        "「{}」长 {length}，平台要求 {} 到 {}（{}）。",
        field.label.zh,
        limit.min,
        limit.max,
        unit_name(limit.unit)
    );
    let finding = Finding::new(
        OUT_OF_BOUNDS,
        Severity::Error,
        field.name,
        reason,
        "请改写到范围之内。",
    )
    .on_lanes(field.lanes)
    .with("case", json!(limit.unit))
    .with("label", json!(field.label))
    .with("length", length)
    .with("min", limit.min)
    .with("max", limit.max);
    Some(if length > limit.max as usize {
        finding.at(
            fitting(value, &limit),
            value.as_str().map_or(0, |text| text.chars().count()),
        )
    } else {
        finding
    })
}

/// Whether some lane that sends a field is not closed to the content.
pub fn is_open(channel: &Descriptor, field: &str, findings: &[Finding]) -> bool {
    let is_closed = |lane: &str| {
        let mut closing = findings
            .iter()
            .filter(|one| one.severity == Severity::Closed);
        closing.any(|one| one.lanes.iter().any(|closed| closed == lane))
    };
    channel.field(field).is_none_or(|field| {
        field.lanes.is_empty() || field.lanes.iter().any(|lane| !is_closed(lane))
    })
}

/// A person's value must have the field's type and keep within its bounds.
pub fn check_override(field: &Field, value: &Value) -> Result<()> {
    let is_right = match field.kind {
        FieldType::Text | FieldType::LongText | FieldType::RichText | FieldType::Instant => {
            value.is_string()
        }
        FieldType::Choice => value.as_str().is_some_and(|value| field.offers(value)),
        FieldType::TextList => value
            .as_array()
            .is_some_and(|list| list.iter().all(Value::is_string)),
        FieldType::Json => false,
    };
    if !is_right {
        return Err(Error::invalid(
            "input.value",
            format!("does not fit the field {} ({:?})", field.name, field.kind),
        ));
    }
    let texts = value.as_str().into_iter().chain(
        value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str),
    );
    for text in texts {
        let may_break = matches!(field.kind, FieldType::LongText | FieldType::RichText);
        if text
            .chars()
            .any(|character| character.is_control() && !(may_break && character == '\n'))
        {
            return Err(Error::invalid(
                "input.value",
                "holds control characters; remove them",
            ));
        }
    }
    if field.kind == FieldType::Instant
        && value
            .as_str()
            .is_some_and(|text| text.parse::<crate::clock::Timestamp>().is_err())
    {
        return Err(Error::invalid(
            "input.value",
            "must be an instant with its offset, such as 2026-03-01T08:00:00+08:00",
        ));
    }
    match field.limit {
        Some(limit) if length(value, limit.unit) > limit.max as usize => Err(Error::invalid(
            "input.value",
            format!(
                "has a length of {}; at most {} ({}) are allowed",
                length(value, limit.unit),
                limit.max,
                unit_name(limit.unit)
            ),
        )),
        _ => Ok(()),
    }
}

fn length(value: &Value, unit: LengthUnit) -> usize {
    let measure = |text: &str| match unit {
        LengthUnit::Characters => text::characters(text),
        LengthUnit::DisplayWidth => text::display_width(text),
        LengthUnit::Utf8Bytes => text.len(),
        LengthUnit::Items => 1,
    };
    match value {
        Value::String(text) => measure(text),
        Value::Array(list) if unit == LengthUnit::Items => list.len(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(measure).sum(),
        _ => 0,
    }
}

/// How many characters of a text fit.
fn fitting(value: &Value, limit: &Limit) -> usize {
    let Some(text) = value.as_str() else { return 0 };
    let ends: Vec<usize> = text
        .char_indices()
        .map(|(index, character)| index + character.len_utf8())
        .collect();
    ends.partition_point(|end| {
        length(&Value::from(&text[..*end]), limit.unit) <= limit.max as usize
    })
}

fn unit_name(unit: LengthUnit) -> &'static str {
    match unit {
        LengthUnit::Characters => "字",
        LengthUnit::DisplayWidth => "显示宽度",
        LengthUnit::Utf8Bytes => "字节",
        LengthUnit::Items => "项",
    }
}
