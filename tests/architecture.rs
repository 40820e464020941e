//! The picture of `src/ARCHITECTURE.md` as a table, and the sources held against it.
//!
//! To change the architecture, change the table in the same commit.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use syn::{UseTree, visit::Visit};

/// Who may know whom: a room, and the rooms whose names its files may use.
const ROOMS: &[(&str, &[&str])] = &[
    // The shared words; they know nothing of ours.
    ("error", &[]),
    ("crash", &[]),
    ("id", &["error"]),
    ("clock", &[]),
    ("page", &["error"]),
    ("text", &[]),
    ("zone", &["clock", "error"]),
    // The platform.
    ("config", &["error"]),
    ("outbound", &["config", "error"]),
    ("telemetry", &["config", "error"]),
    ("db", &["config", "error", "id", "clock", "crash"]),
    ("jobs", &["db", "config", "error", "id", "clock", "crash"]),
    // The capabilities, each with what is below it.
    (
        "auth",
        &[
            "jobs", "db", "config", "error", "id", "clock", "page", "text",
        ],
    ),
    ("audit", &["auth", "db", "error", "id", "clock", "page"]),
    (
        "media",
        &[
            "auth", "jobs", "db", "config", "error", "id", "clock", "page",
        ],
    ),
    (
        "content",
        &[
            "media", "auth", "jobs", "db", "config", "error", "id", "clock", "page", "text",
        ],
    ),
    (
        "channels",
        &["error", "id", "clock", "page", "text", "crash"],
    ),
    (
        "tailoring",
        &[
            "channels", "content", "media", "auth", "jobs", "db", "config", "error", "id", "clock",
            "page", "text",
        ],
    ),
    (
        "search",
        &[
            "content", "media", "auth", "jobs", "db", "config", "error", "id", "clock", "page",
            "text", "crash",
        ],
    ),
    (
        "delivery",
        &[
            "tailoring",
            "channels",
            "content",
            "media",
            "auth",
            "jobs",
            "db",
            "config",
            "error",
            "id",
            "clock",
            "page",
            "crash",
            "text",
            "telemetry",
            "zone",
        ],
    ),
    (
        "background",
        &[
            "delivery",
            "tailoring",
            "channels",
            "content",
            "auth",
            "jobs",
            "db",
            "error",
            "id",
            "clock",
            "crash",
            "text",
            "zone",
        ],
    ),
    (
        "webhooks",
        &[
            "delivery", "content", "auth", "jobs", "db", "outbound", "config", "error", "id",
            "clock", "page", "crash",
        ],
    ),
    // The edge: start, translate, wire.
    (
        "app",
        &[
            "background",
            "webhooks",
            "delivery",
            "search",
            "tailoring",
            "channels",
            "content",
            "media",
            "audit",
            "auth",
            "jobs",
            "db",
            "outbound",
            "config",
            "error",
            "id",
            "clock",
        ],
    ),
    (
        "api",
        &[
            "app",
            "background",
            "webhooks",
            "delivery",
            "search",
            "tailoring",
            "channels",
            "content",
            "media",
            "audit",
            "auth",
            "config",
            "error",
            "id",
            "clock",
            "page",
            "text",
            "telemetry",
        ],
    ),
    (
        "cli",
        &[
            "api",
            "app",
            "jobs",
            "delivery",
            "search",
            "tailoring",
            "channels",
            "content",
            "media",
            "audit",
            "auth",
            "db",
            "outbound",
            "config",
            "error",
            "id",
            "clock",
            "page",
            "telemetry",
            "text",
        ],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Crates that belong to some rooms only.
const CRATES: &[(&str, &[&str])] = &[
    ("actix_web", &["api", "cli", "channels"]),
    ("async_graphql", &["api"]),
    (
        "sea_orm",
        &[
            "db",
            "jobs",
            "auth",
            "audit",
            "media",
            "content",
            "tailoring",
            "delivery",
            "background",
            "webhooks",
            "search",
            "id",
            "clock",
        ],
    ),
    ("croner", &["background"]),
    // The code of a fresh server is made of its key; a receiver proves a webhook by its secret.
    ("hmac", &["auth", "webhooks"]),
    ("tantivy", &["search"]),
    ("clap", &["cli"]),
    // A simulator looks at pictures as the platform does.
    ("image", &["media", "channels"]),
    ("object_store", &["media"]),
    ("zip", &["api", "channels"]),
    ("x509_cert", &["channels"]),
    ("jieba_rs", &["text"]),
    ("metrics", &["telemetry"]),
    ("metrics_exporter_prometheus", &["telemetry"]),
];

/// One Rust file: its room, its path under `src/`, and every path that its code names.
struct Source {
    room: String,
    file: String,
    text: String,
    paths: BTreeSet<Vec<String>>,
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    files.iter().map(|path| read(&src, path)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn read(src: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a text");
    let file = path
        .strip_prefix(src)
        .expect("below src")
        .to_string_lossy()
        .into_owned();
    let room = file
        .split('/')
        .next()
        .expect("a name")
        .trim_end_matches(".rs")
        .to_owned();
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("src/{file}: {error}"));
    let mut names = Names::default();
    names.visit_file(&parsed);
    Source {
        room,
        file,
        text,
        paths: names.paths,
    }
}

#[derive(Default)]
struct Names {
    paths: BTreeSet<Vec<String>>,
}

impl Names {
    fn tree(&mut self, tree: &UseTree, prefix: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.tree(&path.tree, prefix);
                prefix.pop();
            }
            UseTree::Name(name) => self.add(prefix, &name.ident.to_string()),
            UseTree::Rename(rename) => self.add(prefix, &rename.ident.to_string()),
            UseTree::Glob(_) => self.add(prefix, "*"),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, prefix)),
        }
    }

    fn add(&mut self, prefix: &[String], last: &str) {
        let mut path = prefix.to_vec();
        path.push(last.to_owned());
        self.paths.insert(path);
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // Tests inside a file may use what they like.
        if !module
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg"))
        {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.insert(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect(),
        );
        syn::visit::visit_path(self, path);
    }
}

#[test]
fn every_room_uses_only_the_rooms_below_it() {
    let mut broken = BTreeSet::new();

    for source in sources() {
        let Some((_, below)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            broken.insert(format!(
                "{} is in a room that the table does not know",
                source.file
            ));
            continue;
        };
        for path in &source.paths {
            let [first, second, ..] = path.as_slice() else {
                continue;
            };
            let used = if first == "crate" || (first == "fenfa" && source.room == "main") {
                second
            } else {
                continue;
            };
            let is_room = ROOMS.iter().any(|(room, _)| room == used);
            if is_room && *used != source.room && !below.contains(&used.as_str()) {
                broken.insert(format!("{} uses {used}", source.file));
            }
        }
    }

    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn crates_stay_in_the_rooms_that_need_them() {
    let mut broken = BTreeSet::new();

    for source in sources() {
        for (name, rooms) in CRATES {
            // One segment alone is a variable of that name.
            let uses = source
                .paths
                .iter()
                .any(|path| path.len() > 1 && path[0] == *name);
            if uses && !rooms.contains(&source.room.as_str()) {
                broken.insert(format!("{} uses {name}", source.file));
            }
        }
    }

    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn only_stores_name_tables_and_only_simulators_serve_in_channels() {
    let mut broken = BTreeSet::new();

    for source in sources() {
        let names_entity = source
            .paths
            .iter()
            .any(|path| path.iter().any(|segment| segment == "entity"));
        let is_store = source.file.ends_with("store.rs")
            || source.file.contains("/store/")
            || source.room == "db";
        if names_entity && !is_store {
            broken.insert(format!("{} names a table; ask the store", source.file));
        }
        let serves = source
            .paths
            .iter()
            .any(|path| path.first().is_some_and(|first| first == "actix_web"));
        if source.room == "channels" && serves && !source.file.contains("simulator") {
            broken.insert(format!("{} serves HTTP; only simulators do", source.file));
        }
    }

    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn no_platform_is_named_outside_its_folder() {
    let mut broken = BTreeSet::new();

    for source in sources() {
        // The demo and the bench connect accounts to the simulators by name; the crawler's user agent is a fact of the web.
        // Contact data is told by the names of messengers, which are no channels there.
        let may_name = ["channels/", "cli/bench", "cli/demo", "text/contact.rs"]
            .iter()
            .any(|place| source.file.starts_with(place));
        if may_name {
            continue;
        }
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            for platform in ["baidu", "douyin", "wechat", "alipay", "toutiao"] {
                if !is_comment && line.to_lowercase().contains(platform) {
                    broken.insert(format!("{}:{} names {platform}", source.file, number + 1));
                }
            }
        }
    }

    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//!") && !source.text.starts_with("#![doc"))
        .map(|source| source.file)
        .collect();

    assert!(silent.is_empty(), "{silent:#?}");
}
