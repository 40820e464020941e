//! What a resolver finds in its context: the app, the actor, the loaders of this request.

use std::{net::IpAddr, sync::Arc};

use async_graphql::{Context, dataloader::DataLoader};

use super::loader::Loaders;
use crate::{app::App, auth::Actor};

/// Shortcuts for resolvers.
pub trait ContextExt {
    /// The services.
    fn app(&self) -> &App;
    /// Who calls.
    fn actor(&self) -> &Actor;
    /// Loads rows of other nouns, many at a time.
    fn loaders(&self) -> &DataLoader<Loaders>;
    /// How the caller came.
    fn caller(&self) -> &Caller;
}

/// How a request came.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The token of the session cookie, if there is one.
    pub session: Option<String>,
    /// The other end of the connection.
    pub address: Option<IpAddr>,
}

impl ContextExt for Context<'_> {
    fn app(&self) -> &App {
        self.data_unchecked::<Arc<App>>()
    }

    fn actor(&self) -> &Actor {
        self.data_unchecked::<Actor>()
    }

    fn loaders(&self) -> &DataLoader<Loaders> {
        self.data_unchecked::<DataLoader<Loaders>>()
    }

    fn caller(&self) -> &Caller {
        self.data_unchecked::<Caller>()
    }
}
