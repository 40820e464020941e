//! The index on disk: its fields, its folder, its cursor.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term,
    directory::MmapDirectory,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing,
        TextOptions,
    },
    tokenizer::TextAnalyzer,
};

use super::tokenizer::{self, Words};
use crate::error::{BoxError, Error, Result};

/// Rises when fields, tokenizer or dictionary change: older indexes are built anew.
const VERSION: &str = "v1";
/// Names the folder in use.
const CURRENT: &str = "current";

/// Fields of the index.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// `story:<id>`: what is replaced.
    pub key: Field,
    pub site: Field,
    pub kind: Field,
    pub slug: Field,
    pub title: Field,
    pub lead: Field,
    pub body: Field,
    pub tag: Field,
    pub category: Field,
    pub published_at: Field,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = TextFieldIndexing::default()
        .set_tokenizer(tokenizer::NAME)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default()
        .set_indexing_options(words)
        .set_stored();
    let fields = Fields {
        key: schema.add_text_field("key", STRING | STORED),
        site: schema.add_text_field("site", STRING),
        kind: schema.add_text_field("kind", STRING),
        slug: schema.add_text_field("slug", STORED),
        title: schema.add_text_field("title", text.clone()),
        lead: schema.add_text_field("lead", text.clone()),
        body: schema.add_text_field("body", text),
        tag: schema.add_text_field("tag", STRING),
        category: schema.add_text_field("category", STRING),
        published_at: schema.add_i64_field("published_at", FAST | INDEXED),
    };
    (schema.build(), fields)
}

/// An index that can be read, and written by whoever holds its writer.
pub struct OpenIndex {
    pub folder: PathBuf,
    pub index: Index,
    pub reader: IndexReader,
    pub fields: Fields,
}

pub fn failed(what: &str) -> impl Fn(tantivy::TantivyError) -> Error + '_ {
    move |error| {
        Error::internal(
            format!("the search index: {what}"),
            Box::new(error) as BoxError,
        )
    }
}

impl OpenIndex {
    /// Opens the index in use; an absent, older or broken one gives way to an empty one, which is then filled.
    pub fn current(dir: &Path) -> Result<Self> {
        if let Some(name) = current_name(dir) {
            match Self::at(&dir.join(&name)) {
                Ok(open) => return Ok(open),
                Err(error) => {
                    tracing::warn!(%error, "the search index cannot be opened; it is built anew");
                }
            }
        }
        let fresh = Self::fresh(dir)?;
        fresh.make_current(dir)?;
        Ok(fresh)
    }

    /// The place that the index in use has reached; nothing when there is none.
    pub fn inspect(dir: &Path) -> Result<Option<i64>> {
        let Some(name) = current_name(dir) else {
            return Ok(None);
        };
        Self::at(&dir.join(name))?.cursor().map(Some)
    }

    /// An empty index beside the one in use.
    pub fn fresh(dir: &Path) -> Result<Self> {
        let folder = dir.join(format!("{VERSION}-{}", uuid::Uuid::now_v7().simple()));
        fs::create_dir_all(&folder).map_err(|error| {
            Error::internal(format!("cannot create {}", folder.display()), error)
        })?;
        Self::at(&folder)
    }

    fn at(folder: &Path) -> Result<Self> {
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder)
            .map_err(|error| Error::internal(format!("cannot open {}", folder.display()), error))?;
        let index = Index::open_or_create(directory, schema).map_err(failed("cannot be opened"))?;
        index
            .tokenizers()
            .register(tokenizer::NAME, TextAnalyzer::from(Words));
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::OnCommitWithDelay)
            .try_into()
            .map_err(failed("cannot be read"))?;
        Ok(Self {
            folder: folder.to_owned(),
            index,
            reader,
            fields,
        })
    }

    /// Makes it the one in use, in one step, and removes the others.
    pub fn make_current(&self, dir: &Path) -> Result<()> {
        let name = self
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let new = dir.join("current.new");
        fs::write(&new, &name)
            .and_then(|()| fs::rename(&new, dir.join(CURRENT)))
            .map_err(|error| Error::internal("the search index cannot be put into use", error))?;
        let others = fs::read_dir(dir)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().is_dir() && entry.path() != self.folder);
        for other in others {
            if let Err(error) = fs::remove_dir_all(other.path()) {
                tracing::warn!(path = %other.path().display(), %error, "an old search index could not be removed");
            }
        }
        Ok(())
    }

    /// Whether another index was put into use meanwhile.
    pub fn is_outdated(&self, dir: &Path) -> bool {
        current_name(dir).is_some_and(|name| {
            self.folder
                .file_name()
                .is_none_or(|own| own.to_string_lossy() != name)
        })
    }

    /// The place in the content's changes that the last commit reached.
    pub fn cursor(&self) -> Result<i64> {
        let metas = self.index.load_metas().map_err(failed("cannot be read"))?;
        Ok(metas
            .payload
            .and_then(|payload| payload.parse().ok())
            .unwrap_or(0))
    }

    /// The one writer.
    pub fn writer(&self, bytes: usize) -> Result<IndexWriter<TantivyDocument>> {
        self.index
            .writer_with_num_threads(1, bytes)
            .map_err(failed("is being written by another process"))
    }

    /// The term under which a thing is replaced.
    pub fn key(&self, kind: &str, id: uuid::Uuid) -> Term {
        Term::from_field_text(self.fields.key, &format!("{kind}:{id}"))
    }
}

fn current_name(dir: &Path) -> Option<String> {
    let name = fs::read_to_string(dir.join(CURRENT)).ok()?;
    let name = name.trim();
    (name.starts_with(&format!("{VERSION}-")) && !name.contains(['/', '\\']))
        .then(|| name.to_owned())
}
