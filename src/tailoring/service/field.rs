//! The fields of a variant: derived, a person's values laid over them, and composed of those.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    channels::{Derived, Descriptor, Source},
    tailoring::{VariantField, store::Overrides},
};

/// All fields that the kind of content has, in the order of the form.
pub fn fields(
    channel: &'static Descriptor,
    source: &Source,
    derived: &Derived,
    overrides: Option<&Overrides>,
) -> Vec<VariantField> {
    let mut fields: Vec<VariantField> = channel
        .fields_of(source.kind)
        .map(|field| {
            let value = derived
                .fields
                .get(field.name)
                .cloned()
                .unwrap_or(Value::Null);
            let person = overrides
                .and_then(|overrides| overrides.fields.get(field.name))
                .filter(|_| field.editable);
            VariantField {
                name: field.name,
                source_changed: person.is_some_and(|person| person.derived != value),
                override_value: person.map(|person| person.value.clone()),
                derived: value,
            }
        })
        .collect();
    let mut values = applied(&fields);
    (channel.compose)(source, &mut values);
    let composed = channel.fields_of(source.kind).zip(&mut fields);
    for (_, field) in composed.filter(|(declared, _)| !declared.editable) {
        field.derived = values.remove(field.name).unwrap_or(Value::Null);
    }
    fields
}

/// The values that are sent, by name.
pub fn applied(fields: &[VariantField]) -> BTreeMap<String, Value> {
    fields
        .iter()
        .map(|field| (field.name.to_owned(), field.value().clone()))
        .collect()
}
