//! Brings a corpus in: stories, products, pictures and videos of a folder. What came in before is left as it is, by its
//! source id, so a second run changes nothing.

mod line;
mod report;

use std::collections::HashMap;

use bytes::Bytes;

use self::line::{
    ProductLine, StoryLine, VideoLine, category_of, clean_attribute, read_price, take_lead,
};
pub use self::report::{ImportCount, ImportProgress, ImportReport, Refusal};
use super::{
    Body, Content, ContentService, NewItem, NewProduct, StoryContent, VideoContent, item::Beside,
};
use crate::{
    auth::{Actor, Permission},
    error::{Error, ErrorKind, Result},
    id::{AssetId, CategoryId},
};

/// Where a corpus is read from: a folder, or files inside the binary.
pub trait CorpusFiles: Send + Sync {
    /// A file's bytes; `None` when there is no such file.
    fn read(&self, path: &str) -> Result<Option<Bytes>>;
    /// Names of the files in a folder, sorted.
    fn list(&self, folder: &str) -> Result<Vec<String>>;
}

/// What to do with what comes in.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions {
    /// Show stories, videos and products to readers at once.
    pub publish: bool,
}

/// An import under way.
struct Import<'a> {
    content: &'a ContentService,
    actor: &'a Actor,
    files: &'a dyn CorpusFiles,
    options: ImportOptions,
    report: ImportReport,
    categories: HashMap<String, CategoryId>,
}

impl ContentService {
    /// Brings a corpus in; `progress` hears of every step.
    pub async fn import_corpus(
        &self,
        actor: &Actor,
        files: &dyn CorpusFiles,
        options: ImportOptions,
        progress: &mut (dyn FnMut(ImportProgress) + Send),
    ) -> Result<ImportReport> {
        actor.require(Permission::WriteContent)?;
        if options.publish {
            actor.require(Permission::Publish)?;
        }
        let mut import = Import {
            content: self,
            actor,
            files,
            options,
            report: ImportReport::default(),
            categories: HashMap::new(),
        };
        import.products(progress).await?;
        import.stories(progress).await?;
        import.videos(progress).await?;
        Ok(import.report)
    }
}

impl Import<'_> {
    /// Lines of a file, and how many of them cannot be read; those are refused by their number.
    fn lines<T: serde::de::DeserializeOwned>(&mut self, file: &str) -> Result<(Vec<T>, usize)> {
        let Some(bytes) = self.files.read(file)? else {
            return Ok((Vec::new(), 0));
        };
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| Error::invalid(file, "is not UTF-8").because(error))?;
        let mut lines = Vec::new();
        let mut refused = 0;
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str(line) {
                Ok(line) => lines.push(line),
                Err(error) => {
                    refused += 1;
                    self.refuse(
                        &format!("{file}:{number}"),
                        Error::invalid("line", format!("cannot be read: {error}")),
                    )?;
                }
            }
        }
        Ok((lines, refused))
    }

    /// Notes what a person can mend; passes on what is our fault.
    fn refuse(&mut self, source: &str, error: Error) -> Result<()> {
        if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
            return Err(error);
        }
        self.report.refusals.push(Refusal {
            source: source.to_owned(),
            reason: error.to_string(),
        });
        Ok(())
    }

    async fn category(&mut self, name: &str) -> Result<Option<CategoryId>> {
        let Some((key, shown)) = category_of(name) else {
            return Ok(None);
        };
        if let Some(id) = self.categories.get(name) {
            return Ok(Some(*id));
        }
        let category = self
            .content
            .ensure_category(self.actor, &key, &shown)
            .await?;
        self.categories.insert(name.to_owned(), category.id);
        Ok(Some(category.id))
    }

    async fn products(&mut self, progress: &mut (dyn FnMut(ImportProgress) + Send)) -> Result<()> {
        let (lines, refused) = self.lines::<ProductLine>("products.jsonl")?;
        self.report.products.refused += refused;
        let of = lines.len();
        for (index, line) in lines.into_iter().enumerate() {
            progress(ImportProgress {
                what: "products",
                done: index,
                of,
            });
            if self
                .content
                .find_product_by_sku(self.actor, &line.sku)
                .await?
                .is_some()
            {
                self.report.products.unchanged += 1;
                continue;
            }
            let sku = line.sku.clone();
            match self.product(line).await {
                Ok(()) => self.report.products.created += 1,
                Err(error) => {
                    self.report.products.refused += 1;
                    self.refuse(&sku, error)?;
                }
            }
        }
        progress(ImportProgress {
            what: "products",
            done: of,
            of,
        });
        Ok(())
    }

    async fn product(&mut self, line: ProductLine) -> Result<()> {
        let category = self.category(&line.category).await?;
        let new = NewProduct {
            sku: line.sku,
            name: line.name,
            brief: line.brief,
            price_fen: read_price(&line.retail_price_cny)?,
            category,
            attributes: line.attributes.iter().map(clean_attribute).collect(),
            ..NewProduct::default()
        };
        self.content
            .create_product_with(self.actor, new, self.options.publish)
            .await
            .map(|_| ())
    }

    async fn stories(&mut self, progress: &mut (dyn FnMut(ImportProgress) + Send)) -> Result<()> {
        let (lines, refused) = self.lines::<StoryLine>("stories.jsonl")?;
        self.report.stories.refused += refused;
        let of = lines.len();
        for (index, line) in lines.into_iter().enumerate() {
            progress(ImportProgress {
                what: "stories",
                done: index,
                of,
            });
            if self
                .content
                .find_by_source::<StoryContent>(self.actor, &line.source)
                .await?
                .is_some()
            {
                self.report.stories.unchanged += 1;
                self.report.pictures.unchanged += line.images.len();
                continue;
            }
            let source = line.source.clone();
            match self.story(line).await {
                Ok(()) => self.report.stories.created += 1,
                Err(error) => {
                    self.report.stories.refused += 1;
                    self.refuse(&source, error)?;
                }
            }
        }
        progress(ImportProgress {
            what: "stories",
            done: of,
            of,
        });
        Ok(())
    }

    async fn story(&mut self, line: StoryLine) -> Result<()> {
        let mut pictures: Vec<(String, AssetId)> = Vec::new();
        for image in &line.images {
            let alt = if image.alt.trim().is_empty() {
                &line.title
            } else {
                &image.alt
            };
            if let Some(id) = self.picture(&image.file, alt).await? {
                pictures.push((image.file.clone(), id));
            }
        }
        let find = |address: &str| {
            pictures
                .iter()
                .find(|(file, _)| address.trim_start_matches("./") == file)
                .map(|(_, id)| *id)
        };
        let mut body = Body::from_markdown(&line.body_markdown, &find).body;
        let lead = take_lead(&mut body);
        let mut content = StoryContent::new(line.title);
        content.lead = lead;
        for sku in &line.products {
            match self.content.find_product_by_sku(self.actor, sku).await? {
                Some(product) => content.products.push(product.id),
                None => {
                    self.refuse(&line.source, Error::not_found(format!("the product {sku}")))?;
                }
            }
        }
        content.cover = pictures.first().map(|(_, id)| *id);
        let shown = body.pictures();
        content.gallery = pictures
            .iter()
            .map(|(_, id)| *id)
            .filter(|id| !shown.contains(id) && Some(*id) != content.cover)
            .collect();
        content.body = body;
        let beside = Beside {
            category: category_of(&line.category),
            ..self.beside()
        };
        self.create(content, line.source, beside).await
    }

    fn beside(&self) -> Beside {
        Beside {
            publish: self.options.publish,
            ..Beside::default()
        }
    }

    /// Makes it with all that belongs to it, so that an import that is cut off leaves nothing half done.
    async fn create<C: Content>(&self, content: C, source: String, beside: Beside) -> Result<()> {
        let new = NewItem {
            content,
            slug: None,
            source_id: Some(source),
        };
        self.content
            .create_with(self.actor, new, &beside)
            .await
            .map(|_| ())
    }

    /// Keeps a picture; one that is refused leaves its story without it.
    async fn picture(&mut self, file: &str, alt: &str) -> Result<Option<AssetId>> {
        let kept = match self.files.read(file)? {
            Some(bytes) => self.content.keep_file(self.actor, file, alt, bytes).await,
            None => Err(Error::not_found(format!("the file {file}"))),
        };
        match kept {
            Ok((id, was_known)) => {
                if was_known {
                    self.report.pictures.unchanged += 1;
                } else {
                    self.report.pictures.created += 1;
                }
                Ok(Some(id))
            }
            Err(error) => {
                self.report.pictures.refused += 1;
                self.refuse(file, error)?;
                Ok(None)
            }
        }
    }

    async fn videos(&mut self, progress: &mut (dyn FnMut(ImportProgress) + Send)) -> Result<()> {
        let (lines, refused) = self.lines::<VideoLine>("videos.jsonl")?;
        self.report.videos.refused += refused;
        let words: HashMap<String, VideoLine> = lines
            .into_iter()
            .map(|line| (line.file.clone(), line))
            .collect();
        let names = self.files.list("videos")?;
        let of = names.len();
        for (index, name) in names.into_iter().enumerate() {
            progress(ImportProgress {
                what: "videos",
                done: index,
                of,
            });
            let file = format!("videos/{name}");
            if self
                .content
                .find_by_source::<VideoContent>(self.actor, &file)
                .await?
                .is_some()
            {
                self.report.videos.unchanged += 1;
                continue;
            }
            match self.video(&file, words.get(&file)).await {
                Ok(()) => self.report.videos.created += 1,
                Err(error) => {
                    self.report.videos.refused += 1;
                    self.refuse(&file, error)?;
                }
            }
        }
        progress(ImportProgress {
            what: "videos",
            done: of,
            of,
        });
        Ok(())
    }

    async fn video(&mut self, file: &str, words: Option<&VideoLine>) -> Result<()> {
        let bytes = self
            .files
            .read(file)?
            .ok_or_else(|| Error::not_found(format!("the file {file}")))?;
        let (asset, _) = self.content.keep_file(self.actor, file, "", bytes).await?;
        let stem = file
            .trim_start_matches("videos/")
            .rsplit_once('.')
            .map_or(file, |(stem, _)| stem);
        let mut content = VideoContent::new(words.map_or(stem, |words| &words.title), asset);
        let mut beside = self.beside();
        let mut story = None;
        if let Some(words) = words {
            content.caption.clone_from(&words.caption);
            beside.tags.clone_from(&words.tags);
            if let Some(source) = &words.story {
                story = self
                    .content
                    .find_by_source::<StoryContent>(self.actor, source)
                    .await?;
            }
            content.story = story.as_ref().map(|story| story.id);
            content.poster = story.as_ref().and_then(|story| story.content.cover);
            content.category = story.as_ref().and_then(|story| story.content.category);
        }
        self.create(content, file.to_owned(), beside).await
    }
}
