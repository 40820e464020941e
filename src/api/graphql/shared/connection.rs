//! Relay connections from our pages.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash},
};

use async_graphql::{
    OutputType,
    connection::{Connection, Edge},
};

use crate::page::{DEFAULT_PAGE_SIZE, Page};

/// A list of a schema.
pub type List<N> = Connection<String, N>;

/// The connection of a page.
pub fn to_connection<T, N: OutputType>(page: Page<T>, object: impl Fn(T) -> N) -> List<N> {
    // Pages go forward: what came before is known to the client.
    let mut connection = Connection::new(false, page.has_next);
    connection.edges = page
        .edges
        .into_iter()
        .map(|(cursor, row)| Edge::new(cursor.encode(), object(row)))
        .collect();
    connection
}

/// What a list costs: what one row costs, as often as rows may come.
pub fn list_cost(first: Option<i32>, row_cost: usize) -> usize {
    let rows = first
        .and_then(|first| usize::try_from(first).ok())
        .unwrap_or(DEFAULT_PAGE_SIZE as usize);
    rows.saturating_mul(row_cost).saturating_add(1)
}

/// What a short list within a row costs: as many entries as such lists mostly have.
pub const fn few_cost(entry_cost: usize) -> usize {
    4 * entry_cost + 1
}

/// What was found, in the order it was asked for; what was not found is left out.
pub fn in_order<K: Eq + Hash, T: Clone, N, S: BuildHasher>(
    ids: &[K],
    found: &HashMap<K, T, S>,
    object: impl Fn(T) -> N,
) -> Vec<N> {
    ids.iter()
        .filter_map(|id| found.get(id).cloned())
        .map(object)
        .collect()
}
