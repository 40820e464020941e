//! Use case: what somebody is handed who publishes a delivery by hand.

use bytes::Bytes;

use super::DeliveryService;
use crate::{
    auth::Actor,
    channels::PackedFile,
    delivery::store,
    error::{Error, Result},
    id::DeliveryId,
};

/// The files of a package, read whole: a few pictures and texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// What it is called, without an ending.
    pub name: String,
    /// Names and bytes.
    pub files: Vec<(String, Bytes)>,
}

impl DeliveryService {
    /// What a delivery sends, as a person carries it to the platform: exactly what was frozen. Only lanes on which
    /// somebody publishes by hand have such a package.
    pub async fn package(&self, actor: &Actor, id: DeliveryId) -> Result<Package> {
        let delivery = self.delivery(actor, id).await?;
        let channel = self.core.channel(&delivery.channel)?;
        let submission = store::submission(self.core.db.read(), id).await?;
        let packed = (channel.package)(&submission);
        if packed.is_empty() {
            return Err(Error::not_found(format!("a package of delivery {id}")));
        }
        let mut files = Vec::with_capacity(packed.len());
        for file in packed {
            files.push(match file {
                PackedFile::Text { name, text } => (name, Bytes::from(text)),
                PackedFile::Media { name, media } => {
                    (name, self.core.media.read(&media.key).await?)
                }
            });
        }
        Ok(Package {
            name: format!("{}-{id}", delivery.channel),
            files,
        })
    }
}
