//! Builds every service from the configuration, once.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use crate::{
    audit::AuditService,
    auth::{AuthService, Vault},
    background::{BackgroundService, PullAccount, RunRecurring},
    channels::CHANNELS,
    clock::Clock,
    config::Config,
    content::ContentService,
    db::{Db, PoolFigures},
    delivery::DeliveryService,
    error::Result,
    jobs::{JobWorker, Kinds, Queue, Sweep},
    media::MediaService,
    search::SearchService,
    tailoring::{TailoringService, media_spec},
    webhooks::{SendMessage, WebhookService},
};

/// Where a process is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// It opens its database.
    Starting,
    /// It brings its database up to date, or waits for another node that does.
    Migrating,
    /// It opens its index.
    Opening,
    /// It works.
    Working,
    /// It was told to end.
    Ending,
}

impl Stage {
    const ALL: [Self; 5] = [
        Self::Starting,
        Self::Migrating,
        Self::Opening,
        Self::Working,
        Self::Ending,
    ];
}

/// The life of a process, for its health; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Life(Arc<AtomicU8>);

impl Life {
    /// Goes on to a stage.
    pub fn enter(&self, stage: Stage) {
        self.0.store(stage as u8, Ordering::SeqCst);
    }

    /// The stage it is in.
    pub fn stage(&self) -> Stage {
        let stage = Stage::ALL.get(usize::from(self.0.load(Ordering::SeqCst)));
        stage.copied().unwrap_or(Stage::Ending)
    }
}

/// Everything that the edge (HTTP, command line, tests) works with.
pub struct App {
    /// What was set.
    pub config: Config,
    /// Where the process is in its life.
    pub life: Life,
    /// The time.
    pub clock: Clock,
    /// The database; services alone use it.
    pub db: Db,
    /// The client for the wire out.
    pub http: reqwest::Client,
    /// Encrypts credentials of accounts.
    pub vault: Vault,
    /// Sites, users, sessions, keys.
    pub auth: AuthService,
    /// Who did what.
    pub audit: AuditService,
    /// Files.
    pub media: MediaService,
    /// Stories, videos, products.
    pub content: ContentService,
    /// The index.
    pub search: SearchService,
    /// Variants.
    pub tailoring: TailoringService,
    /// Accounts and deliveries.
    pub delivery: DeliveryService,
    /// The queue of work that is safe to repeat.
    pub jobs: Queue,
    /// Recurring jobs.
    pub background: BackgroundService,
    /// What a site's own systems are told.
    pub webhooks: WebhookService,
}

impl App {
    /// Whether the database answers.
    pub async fn check_database(&self) -> Result<()> {
        self.db.check().await
    }

    /// How full the pools of the database are.
    pub fn database_pools(&self) -> Vec<PoolFigures> {
        self.db.pools()
    }

    /// Opens the database, brings it up to date and builds the services.
    pub async fn start(config: Config, clock: Clock) -> Result<Arc<Self>> {
        Self::start_in(config, clock, Life::default()).await
    }

    /// Starts in a life that others watch.
    pub async fn start_in(config: Config, clock: Clock, life: Life) -> Result<Arc<Self>> {
        life.enter(Stage::Starting);
        let http = crate::outbound::client(&config.outbound, &[])?;
        let vault = Vault::from_config(&config.security)?;
        let db = Db::connect(&config.database).await?;
        life.enter(Stage::Migrating);
        crate::db::migrate(&db).await?;
        life.enter(Stage::Opening);
        let auth = AuthService::new(db.clone(), clock.clone(), vault.clone(), &config.security);
        auth.ensure_default_site().await?;
        let audit = AuditService::new(db.clone(), clock.clone());
        let media = MediaService::new(db.clone(), clock.clone(), &config.media)?;
        let content = ContentService::new(db.clone(), clock.clone(), media.clone());
        let search = SearchService::open(&config.search, content.clone())?;
        let tailoring = TailoringService::new(
            db.clone(),
            clock.clone(),
            auth.clone(),
            media.clone(),
            content.clone(),
            &config.server.base_url(),
        );
        let specs = CHANNELS
            .iter()
            .flat_map(|channel| channel.pictures)
            .map(media_spec);
        media.register_specs(specs);
        let delivery = DeliveryService::new(
            db.clone(),
            clock.clone(),
            &config,
            vault.clone(),
            http.clone(),
            auth.clone(),
            media.clone(),
            tailoring.clone(),
        );
        life.enter(Stage::Working);
        let jobs = Queue::new(db.clone(), clock.clone(), &config.jobs);
        let background = BackgroundService::new(
            db.clone(),
            clock.clone(),
            jobs.clone(),
            auth.clone(),
            content.clone(),
            delivery.clone(),
            &config.server.base_url(),
        );
        let webhooks = WebhookService::new(
            db.clone(),
            clock.clone(),
            &config,
            vault.clone(),
            http.clone(),
            jobs.clone(),
            auth.clone(),
            content.clone(),
            delivery.clone(),
        );
        Ok(Arc::new(Self {
            config,
            life,
            clock,
            db,
            http,
            vault,
            auth,
            audit,
            media,
            content,
            search,
            tailoring,
            delivery,
            jobs,
            background,
            webhooks,
        }))
    }

    /// A worker of the queue that does only what it is told to.
    pub async fn open_jobs(&self) -> Result<JobWorker> {
        JobWorker::open(&self.jobs, &self.config.database, self.kinds()).await
    }

    /// A worker of the queue that goes by itself.
    pub async fn start_jobs(&self) -> Result<JobWorker> {
        let (jobs, background) = (self.jobs.clone(), self.background.clone());
        let webhooks = self.webhooks.clone();
        let prune = Sweep::every("prune", "0 17 3 * * *", 3600, move || {
            let (jobs, background) = (jobs.clone(), background.clone());
            let webhooks = webhooks.clone();
            async move {
                jobs.prune().await?;
                background.prune().await?;
                webhooks.prune().await
            }
        });
        self.open_jobs().await?.start(vec![prune]).await
    }

    /// Every kind of job there is, and what makes jobs of rows.
    fn kinds(&self) -> Kinds {
        let (background, webhooks) = (self.background.clone(), self.webhooks.clone());
        Kinds::default()
            .register::<RunRecurring>(self.background.clone())
            .register::<PullAccount>(self.background.clone())
            .register::<SendMessage>(self.webhooks.clone())
            .feed("recurring", move || {
                let background = background.clone();
                async move { background.promote().await }
            })
            .feed("webhooks", move || {
                let webhooks = webhooks.clone();
                async move { webhooks.relay().await }
            })
    }
}
