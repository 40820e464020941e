//! The content that the demo carries (see `content/README.md`).

use bytes::Bytes;
use rust_embed::RustEmbed;

use crate::{content::CorpusFiles, error::Result};

#[derive(RustEmbed)]
#[folder = "src/cli/demo/content/"]
struct Embedded;

/// The embedded corpus, cut to a number of stories.
pub struct DemoContent {
    /// So many of the stories.
    pub stories: usize,
}

impl CorpusFiles for DemoContent {
    fn read(&self, path: &str) -> Result<Option<Bytes>> {
        let Some(file) = Embedded::get(path) else {
            return Ok(None);
        };
        let bytes = Bytes::from(file.data.into_owned());
        if path != "stories.jsonl" {
            return Ok(Some(bytes));
        }
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().take(self.stories).collect();
        Ok(Some(Bytes::from(lines.join("\n"))))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        let prefix = format!("{folder}/");
        let mut names: Vec<String> = Embedded::iter()
            .filter_map(|path| path.strip_prefix(&prefix).map(ToOwned::to_owned))
            .collect();
        names.sort();
        Ok(names)
    }
}
