//! What everything is measured on: a whole Fenfa in a fresh folder, with simulators, and content.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
};

use serde_json::json;
use tokio::task::JoinHandle;

use super::{
    super::{
        demo::content::DemoContent, import::Folder, serve, simulators, temporary::TemporaryFolder,
    },
    corpus,
};
use crate::{
    app::App,
    auth::Actor,
    channels::Simulators,
    clock::Clock,
    config::Config,
    content::{CorpusFiles, ImportOptions, Item, StoryContent},
    outbound,
};

/// Two servers on one database (one keeps finished answers, one makes each anew) and the simulators.
pub struct Stage {
    /// Keeps finished answers.
    pub app: Arc<App>,
    /// Where it listens.
    pub address: SocketAddr,
    /// Makes every answer anew.
    pub fresh: Arc<App>,
    /// Where it listens.
    pub fresh_address: SocketAddr,
    /// The server itself.
    pub actor: Actor,
    /// An API key.
    pub key: String,
    /// The simulators.
    pub simulators: Simulators,
    /// Where they listen.
    pub simulators_url: String,
    /// Takes connections and never answers.
    silent: TcpListener,
    /// Configuration of the first.
    layer: String,
    running: Vec<JoinHandle<std::io::Result<()>>>,
    // Last: it is removed after everything that uses it.
    folder: TemporaryFolder,
}

/// Configuration of a server that keeps everything in a folder and may call some addresses of this machine.
pub fn layer(folder: &Path, database: &str, address: SocketAddr, allowed: &[SocketAddr]) -> String {
    let in_dir = |name: &str| json!(folder.join(name).display().to_string()).to_string();
    let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    format!(
        "[server]\nport = {port}\n[database]\nurl = {url}\n\
         [security]\ncredentials_key_file = {key}\npublic_per_second = 1000000\n\
         [media]\nstorage = {media}\nupload_dir = {uploads}\n[search]\nindex_dir = {index}\n\
         [outbound]\nallow_private = {allowed}\n",
        port = address.port(),
        url = json!(database),
        key = in_dir("credentials.key"),
        media = in_dir("media"),
        uploads = in_dir("uploads"),
        index = in_dir("index"),
        allowed = json!(allowed),
    )
}

impl Drop for Stage {
    fn drop(&mut self) {
        for server in &self.running {
            server.abort();
        }
    }
}

impl Stage {
    /// Starts everything on SQLite and brings the content in.
    pub async fn build(parent: &Path, corpus: Option<&Path>) -> anyhow::Result<Self> {
        Self::build_on(parent, corpus, None).await
    }

    /// The same on a database of an address.
    pub async fn build_on(
        parent: &Path,
        corpus: Option<&Path>,
        database: Option<&str>,
    ) -> anyhow::Result<Self> {
        let folder = TemporaryFolder::create_in(parent, "bench")?;
        let listen = || TcpListener::bind(("127.0.0.1", 0));
        let (server, fresh_server, simulator_server) = (listen()?, listen()?, listen()?);
        let silent = listen()?;
        let silent_address = silent.local_addr()?;
        let (address, fresh_address) = (server.local_addr()?, fresh_server.local_addr()?);
        let simulator_address = simulator_server.local_addr()?;
        let database = database.map_or_else(
            || format!("sqlite://{}", folder.path().join("fenfa.db").display()),
            ToOwned::to_owned,
        );
        let allowed = [address, simulator_address, silent_address];
        let layer = layer(folder.path(), &database, address, &allowed);
        let app = App::start(Config::with_layers(&[&layer])?, Clock::system()).await?;
        let no_cache = Config::with_layers(&[&layer, "[server]\ncache_seconds = 0\n"])?;
        let fresh = App::start(no_cache, Clock::system()).await?;
        let http = outbound::client(&app.config.outbound, &[])?;
        let simulators = Simulators::new(&Clock::system(), None, &http);
        let mut running = vec![tokio::spawn(simulators::http_server(
            &simulators,
            simulator_server,
        )?)];
        for (app, listener) in [(&app, server), (&fresh, fresh_server)] {
            running.push(tokio::spawn(serve::http_server(app, listener)?));
        }
        let actor = Actor::system(app.auth.ensure_default_site().await?.id);
        let key = app.auth.create_api_key(&actor, "bench").await?.1;
        let stage = Self {
            app,
            address,
            fresh,
            fresh_address,
            actor,
            key,
            simulators,
            simulators_url: format!("http://{simulator_address}"),
            silent,
            layer,
            running,
            folder,
        };
        stage.import(corpus).await?;
        Ok(stage)
    }

    /// Where a platform is that never answers.
    pub fn silent_address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.silent.local_addr()?)
    }

    /// The database as figures name it.
    pub fn database_name(&self) -> &'static str {
        if self.app.config.database.url.expose().starts_with("sqlite") {
            "sqlite"
        } else {
            "postgres"
        }
    }

    /// The folder of this run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The same content through an app that does not flush each commit: only to fill the database.
    pub async fn filler(&self) -> anyhow::Result<Arc<App>> {
        let index = self.folder.path().join("unused-index");
        let hasty = format!(
            "[database]\nsynchronous_full = false\n[search]\nindex_dir = {}\n",
            json!(index.display().to_string())
        );
        Ok(App::start(
            Config::with_layers(&[&self.layer, &hasty])?,
            Clock::system(),
        )
        .await?)
    }

    async fn import(&self, corpus: Option<&Path>) -> anyhow::Result<()> {
        let files: Box<dyn CorpusFiles> = match corpus {
            Some(dir) => {
                anyhow::ensure!(dir.is_dir(), "{} is not a folder", dir.display());
                Box::new(Folder(dir.to_owned()))
            }
            None => Box::new(DemoContent {
                stories: usize::MAX,
            }),
        };
        self.filler()
            .await?
            .content
            .import_corpus(
                &self.actor,
                &*files,
                ImportOptions { publish: true },
                &mut |_| {},
            )
            .await?;
        Ok(())
    }

    /// Every story that is there, the oldest first.
    pub async fn texts(&self) -> anyhow::Result<Vec<Item<StoryContent>>> {
        let stories = corpus::all_stories(&self.app.content, &self.actor).await?;
        anyhow::ensure!(!stories.is_empty(), "there are no stories to measure with");
        Ok(stories)
    }
}
