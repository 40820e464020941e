//! Uploads: covers, videos in one call and in parts. Nothing of them is visible until a work uses it.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt as _;
use serde_json::json;

use super::{
    Shared, get, old, pairs,
    state::{State, Upload},
};

const SCOPE: &str = "video.create.bind";

/// Size and media type of the one part of this name.
async fn read_part(mut form: Multipart, name: &str) -> Option<(u64, String)> {
    let mut found = None;
    while let Ok(Some(mut field)) = form.try_next().await {
        let mime = field
            .content_type()
            .map(ToString::to_string)
            .unwrap_or_default();
        let is_wanted = field.name() == Some(name);
        let mut size = 0;
        while let Ok(Some(chunk)) = field.try_next().await {
            size += chunk.len() as u64;
        }
        if is_wanted {
            found = Some((size, mime));
        }
    }
    found
}

fn too_large() -> HttpResponse {
    HttpResponse::PayloadTooLarge()
        .content_type("text/html")
        .body("<html><body><h1>413 Request Entity Too Large</h1></body></html>")
}

fn unsupported(mime: &str) -> HttpResponse {
    old(
        2_100_005,
        &format!("unsupported content type {mime}"),
        json!({}),
    )
}

pub async fn image(douyin: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    if let Err(refused) = douyin.enter(&request, SCOPE) {
        return *refused;
    }
    let Some((size, mime)) = read_part(form, "image").await else {
        return old(2_100_005, "image is required", json!({}));
    };
    if !mime.starts_with("image/") || mime == "image/gif" {
        return unsupported(&mime);
    }
    if size > 20 << 20 {
        return too_large();
    }
    let image_id = douyin.change(|state| {
        let id = state.next("@SIMIMG");
        state.images.push(id.clone());
        id
    });
    old(
        0,
        "",
        json!({ "image": { "image_id": image_id, "width": 1080, "height": 1440 } }),
    )
}

pub async fn video(douyin: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    if let Err(refused) = douyin.enter(&request, SCOPE) {
        return *refused;
    }
    let Some((size, mime)) = read_part(form, "video").await else {
        return old(2_100_005, "video is required", json!({}));
    };
    if !mime.starts_with("video/") {
        return unsupported(&mime);
    }
    if size > douyin.lock().settings.single_upload_bytes {
        return old(2_190_005, "video too large", json!({}));
    }
    let video_id = douyin.change(new_video);
    old(
        0,
        "",
        json!({ "video": { "video_id": video_id, "width": 1080, "height": 1920 } }),
    )
}

fn new_video(state: &mut State) -> String {
    let id = state.next("@SIMUP");
    state.videos.push(id.clone());
    id
}

pub async fn init(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter(&request, SCOPE) {
        return *refused;
    }
    let now = douyin.now();
    let upload_id = douyin.change(|state| {
        let id = state.next("upload");
        state.uploads.insert(
            id.clone(),
            Upload {
                begun_at: now,
                parts: BTreeMap::new(),
                video_id: None,
            },
        );
        id
    });
    old(0, "", json!({ "upload_id": upload_id }))
}

pub async fn part(douyin: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    if let Err(refused) = douyin.enter(&request, SCOPE) {
        return *refused;
    }
    let query = pairs(request.query_string());
    let upload_id = get(&query, "upload_id").unwrap_or_default().to_owned();
    let number = get(&query, "part_number")
        .and_then(|number| number.parse::<u32>().ok())
        .filter(|number| *number >= 1);
    let Some((size, mime)) = read_part(form, "video").await else {
        return old(2_100_005, "video is required", json!({}));
    };
    if !mime.starts_with("video/") {
        return unsupported(&mime);
    }
    let now = douyin.now();
    let kept = douyin.change(|state| {
        let life = State::seconds(state.settings.upload_life_s);
        let (least, most) = (
            state.settings.least_part_bytes,
            state.settings.most_part_bytes,
        );
        let number = number.ok_or("part_number must be at least 1")?;
        let upload = state
            .uploads
            .get_mut(&upload_id)
            .filter(|upload| now.since(upload.begun_at) < life && upload.video_id.is_none());
        let upload = upload.ok_or("upload_id invalid")?;
        if size > most || size < least {
            return Err("a part must have 5 to 100 MB");
        }
        upload.parts.insert(number, size);
        Ok(())
    });
    match kept {
        Ok(()) => old(0, "", json!({})),
        Err(text) => old(2_100_005, text, json!({})),
    }
}

pub async fn complete(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter(&request, SCOPE) {
        return *refused;
    }
    let query = pairs(request.query_string());
    let upload_id = get(&query, "upload_id").unwrap_or_default().to_owned();
    let now = douyin.now();
    let video_id = douyin.change(|state| {
        let life = State::seconds(state.settings.upload_life_s);
        let upload = state
            .uploads
            .get(&upload_id)
            .filter(|upload| now.since(upload.begun_at) < life)?
            .clone();
        if let Some(done) = upload.video_id {
            return Some(done);
        }
        let is_whole = !upload.parts.is_empty()
            && upload
                .parts
                .keys()
                .copied()
                .eq(1..=u32::try_from(upload.parts.len()).unwrap_or(0));
        if !is_whole {
            return None;
        }
        let id = new_video(state);
        if let Some(upload) = state.uploads.get_mut(&upload_id) {
            upload.video_id = Some(id.clone());
        }
        Some(id)
    });
    match video_id {
        Some(id) => old(
            0,
            "",
            json!({ "video": { "video_id": id, "width": 1080, "height": 1920 } }),
        ),
        None => old(2_190_007, "invalid upload", json!({})),
    }
}
