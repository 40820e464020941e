//! Builds every service from the configuration, once.

use std::sync::Arc;

use crate::{
    auth::{AuthService, Vault},
    channels::CHANNELS,
    clock::Clock,
    config::Config,
    content::ContentService,
    db::Db,
    delivery::DeliveryService,
    error::Result,
    media::MediaService,
    search::SearchService,
    tailoring::{TailoringService, media_spec},
};

/// Everything that the edge (HTTP, command line, tests) works with.
pub struct App {
    /// What was set.
    pub config: Config,
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
}

impl App {
    /// Opens the database, brings it up to date and builds the services.
    pub async fn start(config: Config, clock: Clock) -> Result<Arc<Self>> {
        let http = crate::outbound::client(&config.outbound, &[])?;
        let vault = Vault::from_config(&config.security)?;
        let db = Db::connect(&config.database).await?;
        crate::db::migrate(&db).await?;
        let auth = AuthService::new(db.clone(), clock.clone(), &config.security);
        auth.ensure_default_site().await?;
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
        Ok(Arc::new(Self {
            config,
            clock,
            db,
            http,
            vault,
            auth,
            media,
            content,
            search,
            tailoring,
            delivery,
        }))
    }
}
