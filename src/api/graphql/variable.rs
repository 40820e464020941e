//! Variables, held against their types before anything runs: whatever is wrong is named by its path
//! (`input.content.title`). The library would say what it expected, but not where.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Value, Variables,
    parser::{
        parse_schema,
        types::{BaseType, OperationDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};

use super::shared::scalar_error;
use crate::error::{Error, Result};

/// The types that variables may have, as a schema declares them.
#[derive(Debug, Clone, Default)]
pub struct InputTypes {
    types: HashMap<Name, InputType>,
}

#[derive(Debug, Clone)]
enum InputType {
    Object(Vec<InputField>),
    Enum(HashSet<Name>),
}

#[derive(Debug, Clone)]
struct InputField {
    name: Name,
    of: Type,
    has_default: bool,
}

impl InputTypes {
    /// The input types of a schema; what is no schema has none.
    pub fn of(sdl: &str) -> Self {
        let document = match parse_schema(sdl) {
            Ok(document) => document,
            Err(error) => {
                tracing::error!(%error, "a schema cannot be read; its variables are not checked before a call");
                return Self::default();
            }
        };
        let types = document.definitions.into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(definition) = definition else {
                return None;
            };
            let definition = definition.node;
            let input = match definition.kind {
                TypeKind::InputObject(object) => {
                    let fields = object.fields.into_iter().map(|field| InputField {
                        name: field.node.name.node,
                        of: field.node.ty.node,
                        has_default: field.node.default_value.is_some(),
                    });
                    InputType::Object(fields.collect())
                }
                TypeKind::Enum(values) => {
                    let values = values.values.into_iter();
                    InputType::Enum(values.map(|value| value.node.value.node).collect())
                }
                _ => return None,
            };
            Some((definition.name.node, input))
        });
        Self {
            types: types.collect(),
        }
    }

    /// Refuses the first variable of an operation that its type does not take.
    pub fn check(&self, operation: &OperationDefinition, given: &Variables) -> Result<()> {
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            let (name, of) = (&definition.name.node, &definition.var_type.node);
            match given.get(name) {
                Some(value) => self.check_value(name, of, value)?,
                None if of.nullable || definition.default_value.is_some() => {}
                None => return Err(wrong(name, "is required")),
            }
        }
        Ok(())
    }

    fn check_value(&self, path: &str, of: &Type, value: &Value) -> Result<()> {
        if *value == Value::Null {
            return if of.nullable {
                Ok(())
            } else {
                Err(wrong(path, "is required"))
            };
        }
        match (&of.base, value) {
            (BaseType::List(of), Value::List(values)) => values
                .iter()
                .try_for_each(|value| self.check_value(path, of, value)),
            // One value stands for a list of one.
            (BaseType::List(of), value) => self.check_value(path, of, value),
            (BaseType::Named(name), value) => self.check_named(path, name, value),
        }
    }

    fn check_named(&self, path: &str, name: &str, value: &Value) -> Result<()> {
        let integer = || match value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        };
        let must_be = match name {
            "String" => (!matches!(value, Value::String(_))).then_some("must be a text"),
            "Boolean" => (!matches!(value, Value::Boolean(_))).then_some("must be true or false"),
            "Float" => (!matches!(value, Value::Number(_))).then_some("must be a number"),
            "ID" => (!matches!(value, Value::String(_)) && integer().is_none())
                .then_some("must be an id"),
            "Int" => integer()
                .is_none_or(|number| i32::try_from(number).is_err())
                .then_some("must be a whole number of 32 bits"),
            name => match self.types.get(name) {
                Some(InputType::Object(fields)) => return self.check_object(path, fields, value),
                Some(InputType::Enum(values)) => {
                    let is_one = match value {
                        Value::Enum(text) => values.contains(text),
                        Value::String(text) => values.contains(text.as_str()),
                        _ => false,
                    };
                    if is_one {
                        return Ok(());
                    }
                    let mut values: Vec<&str> = values.iter().map(Name::as_str).collect();
                    values.sort_unstable();
                    return Err(wrong(
                        path,
                        &format!("must be one of {}", values.join(", ")),
                    ));
                }
                None => scalar_error(name, value),
            },
        };
        must_be.map_or(Ok(()), |must_be| Err(wrong(path, must_be)))
    }

    fn check_object(&self, path: &str, fields: &[InputField], value: &Value) -> Result<()> {
        let Value::Object(given) = value else {
            return Err(wrong(path, "must be an object"));
        };
        for field in fields {
            let at = format!("{path}.{}", field.name);
            match given.get(&field.name) {
                Some(value) => self.check_value(&at, &field.of, value)?,
                None if field.of.nullable || field.has_default => {}
                None => return Err(wrong(&at, "is required")),
            }
        }
        let unknown = given
            .keys()
            .find(|key| fields.iter().all(|field| field.name != **key));
        unknown.map_or(Ok(()), |key| {
            let key: String = key.chars().take(40).collect();
            Err(wrong(path, &format!("has no field {key:?}")))
        })
    }
}

/// The message says the path too, for those who see nothing but that.
fn wrong(path: &str, what: &str) -> Error {
    Error::invalid(path, format!("{path} {what}"))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::DocumentOperations};
    use serde_json::json;

    use super::*;

    const SDL: &str = "
        enum Kind { ARTICLE IMAGE_POST }
        scalar DateTime
        scalar JSON
        input Content { title: String! lead: String! = \"\" tagIds: [ID!] kind: Kind at: DateTime custom: JSON size: Int weight: Float isOpen: Boolean }
        input CreateInput { content: Content! slug: String }
        type Query { a: Int }";
    const QUERY: &str = "query($input: CreateInput!, $first: Int = 3, $after: String) { a }";

    fn check(variables: serde_json::Value) -> Option<(String, String)> {
        let document = parse_query(QUERY).expect("a query");
        let DocumentOperations::Single(operation) = document.operations else {
            unreachable!("one operation");
        };
        let refused = InputTypes::of(SDL).check(&operation.node, &Variables::from_json(variables));
        refused.err().map(|error| {
            let field = error.field().unwrap_or_default().to_owned();
            (field, error.message().to_owned())
        })
    }

    #[test]
    fn what_fits_its_type_goes_through() {
        for variables in [
            json!({ "input": { "content": { "title": "茶" } } }),
            json!({ "input": { "content": { "title": "茶", "tagIds": "1", "kind": "ARTICLE", "size": 3, "weight": 3, "isOpen": true } }, "first": 7 }),
            json!({ "input": { "content": { "title": "茶", "tagIds": ["1", 2], "at": "2026-02-04T00:00:00Z", "custom": [{}] }, "slug": null }, "after": null, "other": 1 }),
        ] {
            assert_eq!(check(variables.clone()), None, "{variables}");
        }
    }

    #[test]
    fn what_does_not_is_named_by_its_path() {
        let content = |content: serde_json::Value| json!({ "input": { "content": content } });
        for (variables, field) in [
            (json!({}), "input"),
            (json!({ "input": null }), "input"),
            (json!({ "input": "x" }), "input"),
            (json!({ "input": {} }), "input.content"),
            (
                json!({ "input": { "content": { "title": "茶" }, "x": 1 } }),
                "input",
            ),
            (
                json!({ "input": { "content": { "title": "茶" } }, "first": 3.5 }),
                "first",
            ),
            (
                json!({ "input": { "content": { "title": "茶" } }, "first": 1_i64 << 40 }),
                "first",
            ),
            (content(json!({})), "input.content.title"),
            (content(json!({ "title": 1 })), "input.content.title"),
            (
                content(json!({ "title": "茶", "lead": null })),
                "input.content.lead",
            ),
            (
                content(json!({ "title": "茶", "tagIds": [null] })),
                "input.content.tagIds",
            ),
            (
                content(json!({ "title": "茶", "tagIds": [{}] })),
                "input.content.tagIds",
            ),
            (
                content(json!({ "title": "茶", "kind": "article" })),
                "input.content.kind",
            ),
            (
                content(json!({ "title": "茶", "at": "yesterday" })),
                "input.content.at",
            ),
            (
                content(json!({ "title": "茶", "isOpen": 1 })),
                "input.content.isOpen",
            ),
            (
                content(json!({ "title": "茶", "weight": "heavy" })),
                "input.content.weight",
            ),
        ] {
            let (named, message) = check(variables.clone()).expect("refused");

            assert_eq!(named, field, "{variables}: {message}");
            assert!(message.starts_with(field), "{message}");
        }
    }
}
