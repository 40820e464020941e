//! Where files are kept: a local folder or S3. Keys are ASCII (content hashes); names stay in the database.

use std::{ops::Range, path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path as Key, prefix::PrefixStore,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    config::MediaConfig,
    error::{Error, Result},
};

/// How much of a large file is in memory at a time.
const CHUNK: usize = 5 << 20;

/// Files by key; clones share it.
#[derive(Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
}

fn failed(key: &str) -> impl Fn(object_store::Error) -> Error + '_ {
    move |error| match error {
        object_store::Error::NotFound { .. } => {
            Error::not_found(format!("the file {key}")).because(error)
        }
        error => Error::internal(format!("the storage failed for {key}"), error),
    }
}

impl Storage {
    /// Opens the storage that the configuration names; makes a folder that is absent.
    pub fn open(config: &MediaConfig) -> Result<Self> {
        let unusable = |error: object_store::Error| {
            Error::internal(
                format!("cannot use media.storage {}", config.storage),
                error,
            )
        };
        let store: Arc<dyn ObjectStore> = if let Some(place) = config.storage.strip_prefix("s3://")
        {
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(bucket)
                .with_region(&config.s3_region)
                .with_access_key_id(&config.s3_access_key_id)
                .with_secret_access_key(config.s3_secret_access_key.expose());
            if !config.s3_endpoint.is_empty() {
                builder = builder
                    .with_endpoint(&config.s3_endpoint)
                    .with_allow_http(config.s3_endpoint.starts_with("http://"));
            }
            Arc::new(PrefixStore::new(builder.build().map_err(unusable)?, prefix))
        } else {
            std::fs::create_dir_all(&config.storage).map_err(|error| {
                Error::internal(
                    format!("cannot create the folder {}", config.storage),
                    error,
                )
            })?;
            Arc::new(
                LocalFileSystem::new_with_prefix(&config.storage)
                    .map_err(unusable)?
                    .with_fsync(true),
            )
        };
        Ok(Self { store })
    }

    /// Stores a file.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.store
            .put(&Key::from(key), PutPayload::from(bytes))
            .await
            .map(|_| ())
            .map_err(failed(key))
    }

    /// Copies a local file in, in parts.
    pub async fn put_file(&self, key: &str, path: &Path) -> Result<()> {
        let unreadable = |error| Error::internal(format!("cannot read {}", path.display()), error);
        let mut file = tokio::fs::File::open(path).await.map_err(unreadable)?;
        let upload = self
            .store
            .put_multipart(&Key::from(key))
            .await
            .map_err(failed(key))?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, CHUNK);
        let mut buffer = vec![0; CHUNK];
        loop {
            let read = file.read(&mut buffer).await.map_err(unreadable)?;
            if read == 0 {
                break;
            }
            upload.wait_for_capacity(2).await.map_err(failed(key))?;
            upload.write(&buffer[..read]);
        }
        upload.finish().await.map(|_| ()).map_err(failed(key))
    }

    /// A file as a whole.
    pub async fn get(&self, key: &str) -> Result<Bytes> {
        self.store
            .get(&Key::from(key))
            .await
            .map_err(failed(key))?
            .bytes()
            .await
            .map_err(failed(key))
    }

    /// A part of a file.
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes> {
        self.store
            .get_range(&Key::from(key), range)
            .await
            .map_err(failed(key))
    }

    /// Every file with its size, by key.
    pub async fn list(&self) -> Result<Vec<(String, u64)>> {
        let listed: Vec<_> = self
            .store
            .list(None)
            .try_collect()
            .await
            .map_err(failed("its list"))?;
        let mut files: Vec<_> = listed
            .into_iter()
            .map(|meta| (meta.location.to_string(), meta.size))
            .collect();
        files.sort();
        Ok(files)
    }

    /// Copies a file out to a local one, in parts.
    pub async fn get_file(&self, key: &str, path: &Path) -> Result<()> {
        let unwritable = |error| Error::internal(format!("cannot write {}", path.display()), error);
        let mut file = tokio::fs::File::create(path).await.map_err(unwritable)?;
        let mut parts = self
            .store
            .get(&Key::from(key))
            .await
            .map_err(failed(key))?
            .into_stream();
        while let Some(part) = parts.try_next().await.map_err(failed(key))? {
            file.write_all(&part).await.map_err(unwritable)?;
        }
        file.sync_all().await.map_err(unwritable)
    }

    /// The size of a file; `None` when there is none.
    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        match self.store.head(&Key::from(key)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(key)(error)),
        }
    }

    /// A part of a file, piece by piece.
    pub async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
        let options = object_store::GetOptions {
            range: Some(range.into()),
            ..Default::default()
        };
        let found = self
            .store
            .get_opts(&Key::from(key), options)
            .await
            .map_err(failed(key))?;
        Ok(found
            .into_stream()
            .map(|part| part.map_err(std::io::Error::other))
            .boxed())
    }
}
