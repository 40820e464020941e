//! Use cases of uploads: announced, sent piece by piece from where the last one ended, completed.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;

use super::{MediaService, clean_name, remove};
use crate::{
    auth::{Actor, Permission},
    error::{Error, ErrorKind, Result},
    id::UploadId,
    media::{Asset, Upload, store},
};

/// An upload that is not completed by then is thrown away.
const LIFE: Duration = Duration::from_hours(48);
/// Uploads that a site may have under way.
const MOST_AT_ONCE: u64 = 200;

impl MediaService {
    /// Starts an upload of a known size.
    pub async fn begin_upload(&self, actor: &Actor, name: &str, size_bytes: u64) -> Result<Upload> {
        actor.require(Permission::WriteContent)?;
        let most = self.limits.max_video_bytes.max(self.limits.max_image_bytes);
        if size_bytes == 0 {
            return Err(Error::invalid("sizeBytes", "must be at least 1"));
        }
        if size_bytes > most {
            let message = format!("the file has {size_bytes} bytes; at most {most} are taken");
            return Err(Error::new(ErrorKind::TooLarge, message).on_field("sizeBytes"));
        }
        self.forget_abandoned_uploads().await?;
        if store::count_uploads(self.db.read(), actor.site()).await? >= MOST_AT_ONCE {
            return Err(Error::new(
                ErrorKind::RateLimited,
                format!("{MOST_AT_ONCE} uploads are under way; complete or cancel some first"),
            ));
        }
        let upload = Upload {
            id: UploadId::new(),
            name: clean_name(name),
            size_bytes,
            offset: 0,
        };
        tokio::fs::File::create(self.upload_path(upload.id))
            .await
            .map_err(|error| Error::internal("an upload could not be started", error))?;
        store::insert_upload(
            self.db.write(),
            upload.id,
            actor.site(),
            upload.name.clone(),
            size_bytes,
            self.clock.now(),
        )
        .await?;
        Ok(upload)
    }

    /// How far an upload is.
    pub async fn upload(&self, actor: &Actor, id: UploadId) -> Result<Upload> {
        actor.require(Permission::WriteContent)?;
        let found = store::find_upload(self.db.read(), actor.site(), id).await?;
        let (name, size_bytes) = found.ok_or_else(|| Error::not_found(format!("upload {id}")))?;
        let offset = tokio::fs::metadata(self.upload_path(id))
            .await
            .map_or(0, |facts| facts.len());
        Ok(Upload {
            id,
            name,
            size_bytes,
            offset,
        })
    }

    /// Adds a piece, which must start where the last one ended; of two that start at the same place one is refused.
    pub async fn append_upload(
        &self,
        actor: &Actor,
        id: UploadId,
        offset: u64,
        piece: Bytes,
    ) -> Result<Upload> {
        let mut upload = self.upload(actor, id).await?;
        let end = offset.saturating_add(piece.len() as u64);
        if end > upload.size_bytes {
            let message = format!(
                "the file is larger than the announced {} bytes",
                upload.size_bytes
            );
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        let path = self.upload_path(id);
        self.work(move || append(&path, offset, &piece)).await?;
        upload.offset = end;
        Ok(upload)
    }

    /// Ends an upload: looks inside and keeps the file. Says whether the site had it already.
    pub async fn complete_upload(
        &self,
        actor: &Actor,
        id: UploadId,
        alt: &str,
    ) -> Result<(Asset, bool)> {
        let upload = self.upload(actor, id).await?;
        if upload.offset != upload.size_bytes {
            let message = format!(
                "{} of {} bytes have arrived; send the rest first",
                upload.offset, upload.size_bytes
            );
            return Err(Error::precondition(message)
                .with_details(serde_json::json!({ "offset": upload.offset })));
        }
        // Taken out of reach, so that nothing is added and nobody else completes it meanwhile.
        let (path, taken) = (self.upload_path(id), self.taken_path(id));
        tokio::fs::rename(&path, &taken).await.map_err(|error| {
            Error::conflict("the upload is being completed by another request").because(error)
        })?;
        let kept = self
            .create_asset_from_file(actor, &upload.name, alt, &taken)
            .await;
        if let Err(error) = &kept
            && matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable)
        {
            // Our fault: the file stays, and completing can be tried again.
            tokio::fs::rename(&taken, &path).await.map_err(|error| {
                Error::internal(format!("upload {id} could not be put back"), error)
            })?;
            return kept;
        }
        store::delete_upload(self.db.write(), id).await?;
        remove(&taken);
        kept
    }

    /// Throws an upload away.
    pub async fn cancel_upload(&self, actor: &Actor, id: UploadId) -> Result<()> {
        self.upload(actor, id).await?;
        self.forget_upload(id).await
    }

    async fn forget_abandoned_uploads(&self) -> Result<()> {
        let before = self.clock.now().minus(LIFE);
        for id in store::list_uploads_before(self.db.read(), before).await? {
            self.forget_upload(id).await?;
        }
        Ok(())
    }

    async fn forget_upload(&self, id: UploadId) -> Result<()> {
        store::delete_upload(self.db.write(), id).await?;
        for path in [self.upload_path(id), self.taken_path(id)] {
            if path.exists() {
                remove(&path);
            }
        }
        Ok(())
    }

    fn upload_path(&self, id: UploadId) -> PathBuf {
        self.limits.upload_dir.join(id.to_string())
    }

    fn taken_path(&self, id: UploadId) -> PathBuf {
        self.limits.upload_dir.join(format!("{id}.taken"))
    }
}

/// Writes a piece at the end of a file, which must be where it starts. The file is locked meanwhile.
fn append(path: &Path, offset: u64, piece: &[u8]) -> Result<()> {
    let failed = |error| Error::internal("a piece of an upload could not be written", error);
    let mut file = match File::options().append(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::conflict("the upload is being completed").because(error));
        }
        Err(error) => return Err(failed(error)),
    };
    file.lock().map_err(failed)?;
    let end = fs::File::metadata(&file).map_err(failed)?.len();
    if end != offset {
        let message = format!("the upload is at {end}; go on from there");
        return Err(Error::conflict(message).with_details(serde_json::json!({ "offset": end })));
    }
    file.write_all(piece).map_err(failed)
}
