//! Use cases: search, follow the content's changes, build anew.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tantivy::{
    IndexWriter, Order, TantivyDocument,
    collector::{Count, TopDocs},
    schema::Value as _,
    snippet::SnippetGenerator,
};
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;

use super::{
    Hit, SearchPage, SearchQuery,
    document::documents,
    index::{OpenIndex, failed},
    query,
};
use crate::{
    auth::{Actor, Permission},
    config::SearchConfig,
    content::{ChangeKind, ContentService},
    error::{Error, Result},
    id::SiteId,
    text::escape_html,
};

/// Changes taken in with one commit.
const BATCH: u64 = 500;
/// Without a wake-up the follower looks this often: other nodes write too.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Characters of a snippet.
const SNIPPET: usize = 120;
/// The furthest page.
const FURTHEST: usize = 10_000;

/// Searches; clones share the index.
#[derive(Clone)]
pub struct SearchService {
    config: Arc<SearchConfig>,
    content: ContentService,
    open: Arc<RwLock<Arc<OpenIndex>>>,
    /// Why the last catching up failed.
    trouble: Arc<RwLock<Option<String>>>,
    changed: Arc<watch::Sender<u64>>,
}

/// Keeps the index up to date while it lives.
pub struct Follower {
    task: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SearchService {
    /// Opens the index; it is filled by [`Self::follow`] or [`Self::catch_up`].
    pub fn open(config: &SearchConfig, content: ContentService) -> Result<Self> {
        std::fs::create_dir_all(&config.index_dir).map_err(|error| {
            Error::internal(
                format!("cannot create {}", config.index_dir.display()),
                error,
            )
        })?;
        let open = Arc::new(RwLock::new(Arc::new(OpenIndex::current(
            &config.index_dir,
        )?)));
        Ok(Self {
            config: Arc::new(config.clone()),
            content,
            open,
            trouble: Arc::default(),
            changed: Arc::new(watch::Sender::new(0)),
        })
    }

    /// How far the index in use has come, without opening anything for writing; nothing when there is none.
    pub fn inspect(config: &SearchConfig) -> Result<Option<i64>> {
        OpenIndex::inspect(&config.index_dir)
    }

    /// Wakes when this process finds something else than before: some time after the content changed.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Searches what readers of the actor's site see.
    pub async fn search(&self, actor: &Actor, asked: SearchQuery) -> Result<SearchPage> {
        actor.require(Permission::ReadPublished)?;
        let (open, site) = (self.current(), actor.site());
        tokio::task::spawn_blocking(move || search(&open, site, &asked))
            .await
            .map_err(|error| Error::internal("a search broke off", error))?
    }

    /// Follows changes in the background. Only one process at a time writes an index.
    pub fn follow(&self) -> Follower {
        let service = self.clone();
        let task = tokio::spawn(async move {
            let mut changed = service.content.changed();
            loop {
                let caught_up = service.catch_up().await;
                service.note(caught_up.as_ref().err());
                if let Err(error) = caught_up {
                    tracing::error!(%error, "the search index could not be brought up to date; it is tried again");
                }
                let _ = tokio::time::timeout(LOOK_EVERY, changed.changed()).await;
            }
        });
        Follower { task }
    }

    /// Takes in every change since the last commit; how many there were.
    pub async fn catch_up(&self) -> Result<usize> {
        self.reopen()?;
        let open = self.current();
        let taken = self.fill(&open).await?;
        if taken > 0 {
            open.reader
                .reload()
                .map_err(failed("cannot be read again"))?;
            self.wake();
        }
        Ok(taken)
    }

    /// Builds the index anew beside the one in use, then puts it in its place.
    pub async fn rebuild(&self) -> Result<usize> {
        let fresh = Arc::new(OpenIndex::fresh(&self.config.index_dir)?);
        let taken = self.fill(&fresh).await?;
        fresh
            .reader
            .reload()
            .map_err(failed("cannot be read again"))?;
        fresh.make_current(&self.config.index_dir)?;
        self.take_up(fresh);
        Ok(taken)
    }

    fn take_up(&self, index: Arc<OpenIndex>) {
        *self
            .open
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = index;
        self.wake();
    }

    fn wake(&self) {
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Why the index does not follow the content, if so.
    pub fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.read();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, error: Option<&Error>) {
        let trouble = error.map(|error| error.message().to_owned());
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// How many changes of the content the index has not taken in yet.
    pub async fn behind(&self) -> Result<u64> {
        let last = self.content.last_change().await?;
        Ok(u64::try_from(last - self.current().cursor()?).unwrap_or(0))
    }

    fn current(&self) -> Arc<OpenIndex> {
        Arc::clone(
            &self
                .open
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// Goes over to an index that another process built.
    fn reopen(&self) -> Result<()> {
        let dir: &Path = &self.config.index_dir;
        if self.current().is_outdated(dir) {
            self.take_up(Arc::new(OpenIndex::current(dir)?));
        }
        Ok(())
    }

    async fn fill(&self, open: &Arc<OpenIndex>) -> Result<usize> {
        let mut cursor = open.cursor()?;
        let mut writer: Option<IndexWriter<TantivyDocument>> = None;
        let mut taken = 0;
        loop {
            let changes = self.content.changes_since(cursor, BATCH).await?;
            let Some(last) = changes.last() else {
                return Ok(taken);
            };
            cursor = last.seq;
            taken += changes.len();
            let documents = documents(&self.content, open, &changes).await?;
            let ready = match writer.take() {
                Some(ready) => ready,
                None => open.writer(self.config.writer_bytes)?,
            };
            let open = Arc::clone(open);
            let written =
                tokio::task::spawn_blocking(move || write(&open, ready, documents, cursor)).await;
            writer = Some(
                written.map_err(|error| Error::internal("the search index broke off", error))??,
            );
        }
    }
}

/// Replaces documents and commits them together with the place that they reach.
fn write(
    open: &OpenIndex,
    mut writer: IndexWriter<TantivyDocument>,
    documents: Vec<(ChangeKind, Uuid, Option<TantivyDocument>)>,
    cursor: i64,
) -> Result<IndexWriter<TantivyDocument>> {
    for (kind, id, document) in documents {
        writer.delete_term(open.key(kind.name(), id));
        if let Some(document) = document {
            writer
                .add_document(document)
                .map_err(failed("cannot be written"))?;
        }
    }
    let mut commit = writer
        .prepare_commit()
        .map_err(failed("cannot be committed"))?;
    commit.set_payload(&cursor.to_string());
    commit.commit().map_err(failed("cannot be committed"))?;
    Ok(writer)
}

fn search(open: &OpenIndex, site: SiteId, asked: &SearchQuery) -> Result<SearchPage> {
    if asked.limit == 0 || asked.offset > FURTHEST {
        return Ok(SearchPage::default());
    }
    let is_open = asked.text.trim().is_empty();
    if !is_open && !query::has_words(&asked.text) {
        return Ok(SearchPage::default());
    }
    let page = find(open, site, asked, true)?;
    // Rather something that fits in part than nothing at all.
    if page.total == 0 && !is_open {
        find(open, site, asked, false)
    } else {
        Ok(page)
    }
}

fn find(open: &OpenIndex, site: SiteId, asked: &SearchQuery, every: bool) -> Result<SearchPage> {
    let searcher = open.reader.searcher();
    let query = query::build(&open.fields, site, asked, every);
    let top = TopDocs::with_limit(asked.limit).and_offset(asked.offset);
    let (found, total) = if asked.text.trim().is_empty() {
        let newest = top.order_by_fast_field::<i64>("published_at", Order::Desc);
        let (found, total) = searcher
            .search(&query, &(newest, Count))
            .map_err(failed("cannot be searched"))?;
        (
            found
                .into_iter()
                .map(|(_, address)| (0.0, address))
                .collect::<Vec<_>>(),
            total,
        )
    } else {
        searcher
            .search(&query, &(top.order_by_score(), Count))
            .map_err(failed("cannot be searched"))?
    };
    let generator = |field, most| -> Result<SnippetGenerator> {
        let mut generator = SnippetGenerator::create(&searcher, &query, field)
            .map_err(failed("cannot be searched"))?;
        generator.set_max_num_chars(most);
        Ok(generator)
    };
    let fields = &open.fields;
    let (titles, leads, bodies) = (
        generator(fields.title, 1000)?,
        generator(fields.lead, SNIPPET)?,
        generator(fields.body, SNIPPET)?,
    );
    let mut hits = Vec::with_capacity(found.len());
    for (score, address) in found {
        let document: TantivyDocument = searcher.doc(address).map_err(failed("cannot be read"))?;
        let text = |field| {
            document
                .get_first(field)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
        };
        let Some((kind, id)) = text(fields.key).split_once(':') else {
            continue;
        };
        let Ok(id) = id.parse() else { continue };
        let title = text(fields.title);
        let snippet = [(&bodies, text(fields.body)), (&leads, text(fields.lead))]
            .into_iter()
            .find_map(|(generator, text)| highlighted(generator, text))
            .unwrap_or_else(|| escape_html(&start_of(text(fields.lead), text(fields.body))));
        hits.push(Hit {
            kind: match kind {
                "video" => ChangeKind::Video,
                "product" => ChangeKind::Product,
                _ => ChangeKind::Story,
            },
            id,
            slug: text(fields.slug).to_owned(),
            title_html: highlighted(&titles, title).unwrap_or_else(|| escape_html(title)),
            title: title.to_owned(),
            snippet_html: snippet,
            score,
        });
    }
    Ok(SearchPage { hits, total })
}

/// The best part of a text with its hits marked; `None` when nothing in it was hit. The library escapes the text.
fn highlighted(generator: &SnippetGenerator, text: &str) -> Option<String> {
    let mut snippet = generator.snippet(text);
    if snippet.is_empty() || snippet.highlighted().is_empty() {
        return None;
    }
    snippet.set_snippet_prefix_postfix("<mark>", "</mark>");
    Some(snippet.to_html())
}

fn start_of(lead: &str, body: &str) -> String {
    let text = if lead.trim().is_empty() { body } else { lead };
    text.trim().chars().take(SNIPPET).collect()
}
