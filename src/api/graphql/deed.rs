//! What a mutation is about to do, for the audit log: its fields with what they are given.

use std::net::IpAddr;

use async_graphql::{
    Name, Response, Value, Variables,
    parser::types::{
        DocumentOperations, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
    },
};
use serde_json::Map;

use crate::audit::Deed;

/// What a person types all the time, for nobody but themselves, and what they look at, is nothing that they did.
const UNNOTED: [&str; 4] = ["autosave", "discard", "attend", "leave"];
/// Fragments within fragments that are followed.
const DEEPEST: usize = 20;

/// A field of a mutation.
pub struct Call {
    /// Its name in the answer.
    key: String,
    /// What is noted of it.
    pub deed: Deed,
}

impl Call {
    /// `OK`, or the code of the error that it ended with.
    pub fn outcome(&self, response: &Response) -> String {
        let error = response.errors.iter().find(|error| {
            use async_graphql::PathSegment::Field;
            match error.path.first() {
                Some(Field(field)) => *field == self.key,
                _ => true,
            }
        });
        let code = error.map(|error| error.extensions.as_ref()?.get("code").cloned());
        match code {
            None => "OK".to_owned(),
            Some(Some(Value::String(code))) => code,
            Some(_) => "INTERNAL".to_owned(),
        }
    }
}

/// The calls of the operation that will run; none unless it is a mutation.
pub fn calls(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
    address: Option<IpAddr>,
) -> Vec<Call> {
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => Some(operation),
        DocumentOperations::Multiple(operations) => operation.and_then(|name| operations.get(name)),
    };
    let mut calls = Vec::new();
    if let Some(operation) = operation
        && operation.node.ty == OperationType::Mutation
    {
        let fields = &operation.node.selection_set.node;
        collect(document, fields, 0, &mut |field| {
            let name = field.name.node.as_str();
            if !UNNOTED.iter().any(|unnoted| name.starts_with(unnoted)) {
                calls.push(Call {
                    key: field.response_key().node.to_string(),
                    deed: Deed {
                        action: name.to_owned(),
                        sent: sent(field, variables),
                        address,
                    },
                });
            }
        });
    }
    calls
}

fn collect<'a>(
    document: &'a ExecutableDocument,
    selections: &'a SelectionSet,
    depth: usize,
    found: &mut impl FnMut(&'a Field),
) {
    for selection in &selections.items {
        let inner = match &selection.node {
            Selection::Field(field) => {
                found(&field.node);
                continue;
            }
            Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set.node),
            Selection::FragmentSpread(spread) => document
                .fragments
                .get(&spread.node.fragment_name.node)
                .map(|fragment| &fragment.node.selection_set.node),
        };
        if let Some(inner) = inner.filter(|_| depth < DEEPEST) {
            collect(document, inner, depth + 1, found);
        }
    }
}

/// The arguments of a field as JSON, variables filled in.
fn sent(field: &Field, variables: &Variables) -> serde_json::Value {
    let known = |name: Name| Ok::<_, ()>(variables.get(&name).cloned().unwrap_or_default());
    let arguments = field.arguments.iter().filter_map(|(name, value)| {
        let value = value.node.clone().into_const_with(known).ok()?;
        Some((name.node.to_string(), value.into_json().ok()?))
    });
    serde_json::Value::Object(arguments.collect::<Map<_, _>>())
}
