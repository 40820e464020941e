//! `[search]`: the index.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct SearchConfig {
    pub index_dir: std::path::PathBuf,
    pub writer_bytes: usize,
}

impl SearchConfig {
    pub(super) fn validate(&self) -> Result<()> {
        if self.writer_bytes < 15_000_000 {
            return Err(Error::invalid(
                "search.writer_bytes",
                "must be at least 15000000",
            ));
        }
        Ok(())
    }
}
