//! `GET /admin/exports/{delivery}.zip`: what somebody carries to a platform by hand, as one file.

use std::io::{Cursor, Write as _};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use zip::{CompressionMethod, ZipWriter, result::ZipResult, write::SimpleFileOptions};

use super::{Failure, session};
use crate::{app::App, delivery::Package, error::Error, id::DeliveryId};

/// The route.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/admin/exports/{delivery}.zip").route(web::get().to(download)));
}

async fn download(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = session::actor(&app, &request).await?;
    // An id that is none belongs to nothing.
    let id: DeliveryId = id
        .parse()
        .map_err(|_| Error::not_found("a delivery of this id"))?;
    let package = app.delivery.package(&actor, id).await?;
    let name = format!("attachment; filename=\"{}.zip\"", package.name);
    let failed = |error: String| Error::internal("a package could not be written", error);
    let bytes = web::block(move || archive(&package))
        .await
        .map_err(|error| failed(error.to_string()))?
        .map_err(|error| failed(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .content_type("application/zip")
        .body(bytes))
}

/// A package as one file. Pictures do not get smaller, so nothing is compressed.
pub fn archive(package: &Package) -> ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in &package.files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    archive.finish().map(Cursor::into_inner)
}
