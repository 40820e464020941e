//! The admin schema, read by introspection, and documents that call its operations.

use std::collections::BTreeSet;

use fenfa::auth::Actor;
use serde_json::{Value, json};

use crate::harness::{Person, TestApp};

const INTROSPECTION: &str = "
    { __schema { queryType { name } mutationType { name } types {
        name kind fields { name args { name type { ...T } } type { ...T } } inputFields { name type { ...T } }
    } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// What introspection tells.
pub struct Schema {
    types: Vec<Value>,
    queries: Vec<Field>,
    mutations: Vec<Field>,
}

/// A field of a root type.
#[derive(Clone)]
pub struct Field {
    pub name: String,
    arguments: Vec<(String, String)>,
    of: String,
}

impl Schema {
    pub async fn load(app: &TestApp, person: &Person) -> Self {
        let _: &Actor = &person.actor;
        let answer = app.admin_graphql(person, INTROSPECTION, json!({})).await;
        let types = answer["data"]["__schema"]["types"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"))
            .clone();
        let root = |kind: &str| {
            let name = &answer["data"]["__schema"][kind]["name"];
            let found = types
                .iter()
                .find(|candidate| candidate["name"] == *name)
                .unwrap();
            found["fields"]
                .as_array()
                .unwrap()
                .iter()
                .map(field)
                .collect()
        };
        Self {
            queries: root("queryType"),
            mutations: root("mutationType"),
            types,
        }
    }

    /// Every operation.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.queries.iter().chain(&self.mutations)
    }

    pub fn is_mutation(&self, name: &str) -> bool {
        self.mutations.iter().any(|field| field.name == name)
    }

    /// A document that calls one operation and asks for all that is plain in its answer, two levels deep.
    pub fn document(&self, name: &str) -> String {
        let field = self.fields().find(|field| field.name == name);
        let field = field.unwrap_or_else(|| panic!("the schema has no operation {name}"));
        let kind = if self.is_mutation(name) {
            "mutation"
        } else {
            "query"
        };
        let list = |part: fn(&(String, String)) -> String| {
            let parts: Vec<_> = field.arguments.iter().map(part).collect();
            if parts.is_empty() {
                String::new()
            } else {
                format!("({})", parts.join(", "))
            }
        };
        let variables = list(|(name, of)| format!("${name}: {of}"));
        let arguments = list(|(name, _)| format!("{name}: ${name}"));
        format!(
            "{kind}{variables} {{ {name}{arguments} {} }}",
            self.selection(&field.of, 3)
        )
    }

    /// Every field that an operation takes, by its path: `id`, `input`, `input.content.title`.
    pub fn input_fields(&self, name: &str) -> BTreeSet<String> {
        let field = self.fields().find(|field| field.name == name).unwrap();
        let mut paths = BTreeSet::new();
        for (argument, of) in &field.arguments {
            self.collect_inputs(argument, of.trim_matches(['[', ']', '!']), &mut paths);
        }
        paths
    }

    fn collect_inputs(&self, path: &str, of: &str, paths: &mut BTreeSet<String>) {
        paths.insert(path.to_owned());
        let found = self.types.iter().find(|candidate| candidate["name"] == of);
        let fields = found.and_then(|found| found["inputFields"].as_array());
        for field in fields.into_iter().flatten() {
            let name = field["name"].as_str().unwrap();
            self.collect_inputs(&format!("{path}.{name}"), &innermost(&field["type"]), paths);
        }
    }

    fn selection(&self, of: &str, depth: u32) -> String {
        let Some(found) = self.types.iter().find(|candidate| candidate["name"] == of) else {
            return String::new();
        };
        if found["kind"] != "OBJECT" {
            return String::new();
        }
        let mut parts = vec!["__typename".to_owned()];
        for field in found["fields"].as_array().unwrap().iter().map(field) {
            let is_plain = self.selection(&field.of, 0).is_empty();
            let needs_nothing = field.arguments.iter().all(|(_, of)| !of.ends_with('!'));
            if needs_nothing && is_plain {
                parts.push(field.name);
            } else if needs_nothing && depth > 0 && field.name != "edges" {
                parts.push(format!(
                    "{} {}",
                    field.name,
                    self.selection(&field.of, depth - 1)
                ));
            }
        }
        format!("{{ {} }}", parts.join(" "))
    }
}

fn field(json: &Value) -> Field {
    let arguments = json["args"].as_array().unwrap().iter();
    Field {
        name: json["name"].as_str().unwrap().to_owned(),
        arguments: arguments
            .map(|argument| {
                (
                    argument["name"].as_str().unwrap().to_owned(),
                    written(&argument["type"]),
                )
            })
            .collect(),
        of: innermost(&json["type"]),
    }
}

/// A type as documents write it: `[ID!]!`.
fn written(of: &Value) -> String {
    match of["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&of["ofType"])),
        "LIST" => format!("[{}]", written(&of["ofType"])),
        _ => of["name"].as_str().unwrap().to_owned(),
    }
}

fn innermost(of: &Value) -> String {
    match of["name"].as_str() {
        Some(name) => name.to_owned(),
        None => innermost(&of["ofType"]),
    }
}
