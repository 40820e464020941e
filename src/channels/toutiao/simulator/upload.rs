//! Uploads: videos in one call and in parts. Nothing of them is visible until a work uses it.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{
    Refusal, Shared, Toutiao, get, pairs,
    state::{State, seconds},
};
use crate::{
    channels::bytedance::simulator::received::{
        Piece, Sent, Upload, Video, joined, part_name, read_part, shown, video_id,
    },
    clock::Timestamp,
};

const BAD: i64 = 2_100_005;
const INVALID_UPLOAD: Refusal = (2_190_007, "invalid upload");
const TOO_LARGE: Refusal = (2_190_005, "video too large");
const TOO_LONG: Refusal = (2_190_006, "video too long");

/// Lets an upload in and reads it.
async fn receive(
    toutiao: &Toutiao,
    request: &HttpRequest,
    form: Multipart,
) -> Result<Sent, Refusal> {
    toutiao.enter(request, super::item::CREATE)?;
    let sent = read_part(form, "video").await;
    let sent = sent.ok_or((BAD, "the file is required"))?;
    if sent.mime.starts_with("video/") {
        Ok(sent)
    } else {
        Err((BAD, "unsupported content type"))
    }
}

fn is_too_long(state: &State, piece: &Piece) -> bool {
    piece
        .duration_s
        .is_some_and(|seconds| seconds > state.settings.most_video_s)
}

fn new_video(state: &mut State, size: u64, made_at: Timestamp) -> Value {
    let id = state.next("v0tt");
    state.videos.insert(id.clone(), Video { made_at, size });
    shown(&id)
}

pub async fn video(toutiao: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    let received = receive(&toutiao, &request, form).await;
    let now = toutiao.now();
    let told = received.and_then(|Sent { piece, bytes, .. }| {
        let made = toutiao.change(|state| {
            if piece.size > state.settings.single_upload_bytes {
                return Err(TOO_LARGE);
            }
            if is_too_long(state, &piece) {
                return Err(TOO_LONG);
            }
            Ok(new_video(state, piece.size, now))
        })?;
        if let Some(bytes) = bytes {
            toutiao.files.keep(video_id(&made), bytes);
        }
        Ok(made)
    });
    toutiao.answer(told)
}

pub async fn init(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let now = toutiao.now();
    let told = toutiao.enter(&request, super::item::CREATE).map(|()| {
        toutiao.change(|state| {
            let id = state.next("upload");
            let upload = Upload {
                begun_at: now,
                parts: BTreeMap::new(),
                video_id: None,
                told_again: false,
            };
            state.uploads.insert(id.clone(), upload);
            json!({ "upload_id": id })
        })
    });
    toutiao.answer(told)
}

pub async fn part(toutiao: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    let received = receive(&toutiao, &request, form).await;
    let query = pairs(request.query_string());
    let upload_id = get(&query, "upload_id").unwrap_or_default();
    let number = get(&query, "part_number").and_then(|number| number.parse::<u32>().ok());
    let now = toutiao.now();
    let told = received.and_then(|Sent { piece, bytes, .. }| {
        let number = number.filter(|number| *number >= 1);
        let number = number.ok_or((BAD, "part_number must be at least 1"))?;
        toutiao.change(|state| {
            let settings = &state.settings;
            let bounds = settings.least_part_bytes..=settings.most_part_bytes;
            let life = seconds(settings.upload_life_s);
            let upload = state
                .uploads
                .get_mut(upload_id)
                .filter(|upload| now.since(upload.begun_at) < life && upload.video_id.is_none())
                .ok_or(INVALID_UPLOAD)?;
            if !bounds.contains(&piece.size) {
                return Err((BAD, "a part must have 5 to 100 MB"));
            }
            upload.parts.insert(number, piece);
            Ok(())
        })?;
        if let Some(bytes) = bytes {
            toutiao.files.keep(part_name(upload_id, number), bytes);
        }
        Ok(json!({}))
    });
    toutiao.answer(told)
}

pub async fn complete(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let query = pairs(request.query_string());
    let upload_id = get(&query, "upload_id").unwrap_or_default();
    let now = toutiao.now();
    let told = toutiao.enter(&request, super::item::CREATE).and_then(|()| {
        let made = toutiao.change(|state| complete_upload(state, upload_id, now))?;
        let upload = toutiao.lock().uploads.get(upload_id).cloned();
        let bytes = upload.and_then(|upload| joined(&toutiao.files, upload_id, &upload));
        if let Some(bytes) = bytes {
            toutiao.files.keep(video_id(&made), bytes);
        }
        Ok(made)
    });
    toutiao.answer(told)
}

/// Makes a video of the parts. A second call tells the same video once more, in case the first answer was lost.
pub fn complete_upload(
    state: &mut State,
    upload_id: &str,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let life = seconds(state.settings.upload_life_s);
    let upload = state
        .uploads
        .get_mut(upload_id)
        .filter(|upload| now.since(upload.begun_at) < life)
        .ok_or(INVALID_UPLOAD)?;
    if let Some(video_id) = &upload.video_id {
        if upload.told_again {
            return Err(INVALID_UPLOAD);
        }
        upload.told_again = true;
        return Ok(shown(video_id));
    }
    let is_whole =
        !upload.parts.is_empty() && (1..).zip(upload.parts.keys()).all(|(at, key)| at == *key);
    if !is_whole {
        return Err((BAD, "parts are missing"));
    }
    let pieces: Vec<Piece> = upload.parts.values().cloned().collect();
    let size = pieces.iter().map(|piece| piece.size).sum();
    if size > state.settings.most_video_bytes {
        return Err(TOO_LARGE);
    }
    if pieces.iter().any(|piece| is_too_long(state, piece)) {
        return Err(TOO_LONG);
    }
    let answer = new_video(state, size, now);
    let video_id = Some(video_id(&answer).to_owned());
    if let Some(upload) = state.uploads.get_mut(upload_id) {
        upload.video_id = video_id;
    }
    Ok(answer)
}
