//! What somebody carries to a platform by hand: `GET /admin/exports/{delivery}.zip`, what a delivery sends, as one file;
//! `GET /admin/exports/removals/{file}.txt`, what the platform is to forget.

use std::io::{Cursor, Write as _};

use actix_web::{HttpRequest, HttpResponse, body::MessageBody, http::header, web};
use zip::{CompressionMethod, ZipWriter, result::ZipResult, write::SimpleFileOptions};

use super::{Failure, session};
use crate::{
    app::App,
    delivery::Package,
    error::Error,
    id::{DeliveryId, RemovalFileId},
};

/// The routes.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/admin/exports/{delivery}.zip").route(web::get().to(download)));
    config.service(
        web::resource("/admin/exports/removals/{file}.txt").route(web::get().to(download_removals)),
    );
}

/// Where a file of removals is downloaded.
pub fn removal_address(file: RemovalFileId) -> String {
    format!("/admin/exports/removals/{file}.txt")
}

async fn download_removals(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = session::actor(&app, &request).await?;
    let id: RemovalFileId = id
        .parse()
        .map_err(|_| Error::not_found("a file of this id"))?;
    let text = app.delivery.removal_text(&actor, id).await?;
    let name = format!("removals-{id}.txt");
    Ok(attachment(&name, "text/plain; charset=utf-8", text))
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
    let name = format!("{}.zip", package.name);
    let failed = |error: String| Error::internal("a package could not be written", error);
    let bytes = web::block(move || archive(&package))
        .await
        .map_err(|error| failed(error.to_string()))?
        .map_err(|error| failed(error.to_string()))?;
    Ok(attachment(&name, "application/zip", bytes))
}

fn attachment(name: &str, kind: &'static str, body: impl MessageBody + 'static) -> HttpResponse {
    let disposition = format!("attachment; filename=\"{name}\"");
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .content_type(kind)
        .body(body)
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
