//! The published contracts are the code's: `UPDATE_SCHEMA=1 cargo test --test it schema::` writes them anew.

use std::path::Path;

fn check(name: &str, sdl: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("schema")
        .join(name);
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, sdl).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == sdl,
        "schema/{name} is stale; run UPDATE_SCHEMA=1 cargo test --test it schema::"
    );
}

#[test]
fn the_admin_schema_is_the_published_one() {
    check("admin.graphql", &fenfa::api::graphql::admin::sdl());
}

#[test]
fn the_public_schema_is_the_published_one() {
    check("public.graphql", &fenfa::api::graphql::public::sdl());
}
