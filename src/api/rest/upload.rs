//! `/admin/uploads`: files come in, announced and then piece by piece from where the last one ended, or small
//! ones in one go. Nothing is held in memory but the piece under way; the client's word on the type is not heard.
//!
//! | call | what it does |
//! | --- | --- |
//! | `POST /admin/uploads` `{"name", "sizeBytes"}` | announces a file |
//! | `POST /admin/uploads?name=…` with the file as body | a file in one go |
//! | `GET /admin/uploads/{id}` | how far it is |
//! | `PATCH /admin/uploads/{id}`, header `upload-offset` | the next piece |
//! | `POST /admin/uploads/{id}/complete` `{"alt"}` | looks inside and keeps it |
//! | `DELETE /admin/uploads/{id}` | throws it away |

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Failure, session};
use crate::{
    app::App,
    audit::Deed,
    auth::Actor,
    error::{Error, ErrorKind, Result},
    id::UploadId,
    media::{Asset, AssetKind, Upload},
};

/// How much is collected before it is written.
const PIECE: usize = 1 << 20;
/// The largest JSON body.
const LARGEST_JSON: usize = 16 << 10;
/// The header that says where a piece starts.
const OFFSET: &str = "upload-offset";

/// The routes.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/admin/uploads").route(web::post().to(begin)))
        .service(
            web::resource("/admin/uploads/{id}")
                .route(web::get().to(show))
                .route(web::patch().to(append))
                .route(web::delete().to(cancel)),
        )
        .service(web::resource("/admin/uploads/{id}/complete").route(web::post().to(complete)));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Announcement {
    name: String,
    size_bytes: u64,
    /// Accepted for clients that send it; what counts is inside the file.
    #[serde(default, rename = "mime")]
    _mime: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Completion {
    #[serde(default)]
    alt: String,
}

#[derive(Deserialize)]
struct InOneGo {
    name: Option<String>,
    alt: Option<String>,
}

async fn begin(
    app: web::Data<App>,
    request: HttpRequest,
    query: web::Query<InOneGo>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let actor = session::actor(&app, &request).await?;
    let InOneGo { name, alt } = query.into_inner();
    if let Some(name) = name {
        return in_one_go(&app, &actor, &request, &name, alt.as_deref(), body).await;
    }
    let new: Announcement = read_json(body).await?;
    let upload = app
        .media
        .begin_upload(&actor, &new.name, new.size_bytes)
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/admin/uploads/{}", upload.id)))
        .json(upload_json(&upload)))
}

async fn in_one_go(
    app: &App,
    actor: &Actor,
    request: &HttpRequest,
    name: &str,
    alt: Option<&str>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let size_bytes = number(request, header::CONTENT_LENGTH.as_str())?;
    let upload = app.media.begin_upload(actor, name, size_bytes).await?;
    let kept = async {
        receive(app, actor, upload.id, 0, body).await?;
        app.media
            .complete_upload(actor, upload.id, alt.unwrap_or_default())
            .await
    };
    match kept.await {
        Ok((asset, is_duplicate)) => {
            note(app, actor, request, &asset).await?;
            Ok(HttpResponse::Created().json(asset_json(&asset, is_duplicate)))
        }
        Err(error) => {
            // Nobody knows its id, so nobody can go on with it; a refused file is gone already.
            match app.media.cancel_upload(actor, upload.id).await {
                Err(gone) if gone.kind() != ErrorKind::NotFound => Err(gone.into()),
                _ => Err(error.into()),
            }
        }
    }
}

async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = session::actor(&app, &request).await?;
    let upload = app.media.upload(&actor, parse(&id)?).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(upload_json(&upload)))
}

async fn append(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let actor = session::actor(&app, &request).await?;
    let offset = number(&request, OFFSET)?;
    let upload = receive(&app, &actor, parse(&id)?, offset, body).await?;
    Ok(HttpResponse::Ok()
        .insert_header((OFFSET, upload.offset))
        .json(upload_json(&upload)))
}

async fn complete(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let actor = session::actor(&app, &request).await?;
    let id = parse(&id)?;
    let Completion { alt } = read_json(body).await?;
    let (asset, is_duplicate) = app.media.complete_upload(&actor, id, &alt).await?;
    note(&app, &actor, &request, &asset).await?;
    Ok(HttpResponse::Created().json(asset_json(&asset, is_duplicate)))
}

async fn cancel(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = session::actor(&app, &request).await?;
    app.media.cancel_upload(&actor, parse(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Tells the audit log who brought a file in.
async fn note(app: &App, actor: &Actor, request: &HttpRequest, asset: &Asset) -> Result<()> {
    let deed = Deed {
        action: "upload".to_owned(),
        sent: json!({ "id": asset.id, "name": asset.name, "alt": asset.alt }),
        address: request.peer_addr().map(|address| address.ip()),
    };
    app.audit.record(actor, &deed, "OK").await
}

/// Writes a body to an upload as it comes. What arrived before the line broke stays.
async fn receive(
    app: &App,
    actor: &Actor,
    id: UploadId,
    offset: u64,
    mut body: web::Payload,
) -> Result<Upload> {
    let mut upload = app.media.upload(actor, id).await?;
    upload.offset = offset;
    let mut waiting = BytesMut::new();
    loop {
        let part = body.next().await.transpose();
        if let Ok(Some(part)) = &part {
            waiting.extend_from_slice(part);
            if waiting.len() < PIECE {
                continue;
            }
        }
        let piece = waiting.split().freeze();
        if !piece.is_empty() || matches!(part, Ok(None)) {
            upload = app
                .media
                .append_upload(actor, id, upload.offset, piece)
                .await?;
        }
        match part {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(upload),
            Err(error) => {
                return Err(Error::invalid(
                    "body",
                    "the file broke off on its way; go on from there",
                )
                .with_details(json!({ "offset": upload.offset }))
                .because(error.to_string()));
            }
        }
    }
}

/// A small JSON body; an empty one counts as `{}`.
async fn read_json<T: DeserializeOwned>(body: web::Payload) -> Result<T> {
    let too_large = || {
        Error::new(
            ErrorKind::TooLarge,
            format!("at most {LARGEST_JSON} bytes of JSON are taken"),
        )
    };
    let bytes = body
        .to_bytes_limited(LARGEST_JSON)
        .await
        .map_err(|_| too_large())?
        .map_err(|error| Error::invalid("body", "could not be read").because(error.to_string()))?;
    let bytes = if bytes.is_empty() {
        Bytes::from_static(b"{}")
    } else {
        bytes
    };
    serde_json::from_slice(&bytes).map_err(|error| Error::invalid("body", error.to_string()))
}

fn number(request: &HttpRequest, name: &str) -> Result<u64> {
    let value = request.headers().get(name);
    value
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .ok_or_else(|| Error::invalid(name, "the header must be there and hold a number"))
}

fn parse(id: &str) -> Result<UploadId> {
    // An id that is none belongs to nothing.
    id.parse()
        .map_err(|_| Error::not_found("an upload of this id"))
}

fn upload_json(upload: &Upload) -> Value {
    json!({
        "id": upload.id,
        "name": upload.name,
        "sizeBytes": upload.size_bytes,
        "offset": upload.offset,
    })
}

fn asset_json(asset: &Asset, is_duplicate: bool) -> Value {
    json!({
        "id": asset.id,
        "sha256": asset.sha256,
        "name": asset.name,
        "kind": match asset.kind {
            AssetKind::Image => "IMAGE",
            AssetKind::Video => "VIDEO",
        },
        "mime": asset.mime,
        "sizeBytes": asset.size_bytes,
        "width": asset.width,
        "height": asset.height,
        "isAnimated": asset.is_animated,
        "alt": asset.alt,
        "focalPoint": asset.focal_point,
        "video": asset.video.as_ref().map(|video| json!({
            "container": video.container,
            "videoCodec": video.video_codec,
            "audioCodec": video.audio_codec,
            "durationMs": video.duration_ms,
            "rotation": video.rotation,
            "frameRate": video.frame_rate,
            "bitRate": video.bit_rate,
        })),
        "version": asset.version,
        "createdAt": asset.created_at,
        "duplicate": is_duplicate,
    })
}
