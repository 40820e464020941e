//! Who runs a sweep for all nodes: a row that one of them holds for a while.

use std::time::Duration;

use super::store::leader as store;
use crate::{clock::Clock, db::Db, error::Result};

/// Asks for the lead in the name of one process.
#[derive(Clone)]
pub struct Leadership {
    db: Db,
    clock: Clock,
    owner: String,
}

impl Leadership {
    /// For a process, by a name that no other process has.
    pub const fn new(db: Db, clock: Clock, owner: String) -> Self {
        Self { db, clock, owner }
    }

    /// Whether this process leads in `name` for the next while. What it then does must bear being done twice.
    pub async fn take(&self, name: &str, hold: Duration) -> Result<bool> {
        let now = self.clock.now();
        store::take_lead(self.db.write(), name, &self.owner, now.plus(hold), now).await
    }
}
