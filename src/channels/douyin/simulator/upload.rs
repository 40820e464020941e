//! Uploads: covers, videos in one call and in parts. Nothing of them is visible until a work uses it.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{
    Douyin, Refusal, Shared,
    answer::Family,
    get, pairs,
    state::{State, seconds},
};
use crate::channels::bytedance::simulator::{
    envelope::too_large,
    received::{Piece, Sent, Upload, Video, joined, part_name, read_part, shown, video_id},
};

const SCOPE: &str = "video.create.bind";
const BAD: i64 = 2_100_005;
const INVALID_UPLOAD: Refusal = (2_190_007, "invalid upload");
const TOO_LARGE: Refusal = (2_190_005, "video too large");
const TOO_LONG: Refusal = (2_190_006, "video too long");

/// Lets an upload in and reads it; or answers it.
async fn receive(
    douyin: &Douyin,
    request: &HttpRequest,
    form: Multipart,
    name: &str,
) -> Result<Sent, Box<HttpResponse>> {
    let refuse = |text| Box::new(douyin.refuse(Family::Old, (BAD, text)));
    douyin.enter(Family::Old, request, SCOPE)?;
    let sent = read_part(form, name)
        .await
        .ok_or_else(|| refuse("the file is required"))?;
    if !sent.mime.starts_with(&format!("{name}/")) || sent.mime == "image/gif" {
        return Err(refuse("unsupported content type"));
    }
    if sent.piece.size > douyin.lock().settings.gateway_bytes {
        return Err(Box::new(too_large()));
    }
    Ok(sent)
}

/// A piece's length in the present settings.
fn is_too_long(state: &State, piece: &Piece) -> bool {
    piece
        .duration_s
        .is_some_and(|seconds| seconds > state.settings.most_video_s)
}

fn answer(douyin: &Douyin, made: Result<Value, Refusal>) -> HttpResponse {
    match made {
        Ok(data) => douyin.ok(Family::Old, data),
        Err(refusal) => douyin.refuse(Family::Old, refusal),
    }
}

pub async fn image(douyin: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    let Sent { piece, bytes, .. } = match receive(&douyin, &request, form, "image").await {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    if piece.size > douyin.lock().settings.most_image_bytes {
        return too_large();
    }
    let id = douyin.change(|state| {
        let id = state.next("@SIMIMG");
        state.images.insert(id.clone(), piece.size);
        id
    });
    douyin.keep(&id, bytes);
    let image = json!({ "image_id": id, "width": 1080, "height": 1440 });
    douyin.ok(Family::Old, json!({ "image": image }))
}

pub async fn video(douyin: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    let Sent { piece, bytes, .. } = match receive(&douyin, &request, form, "video").await {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    let now = douyin.now();
    let made = douyin.change(|state| {
        if piece.size > state.settings.single_upload_bytes {
            return Err(TOO_LARGE);
        }
        if is_too_long(state, &piece) {
            return Err(TOO_LONG);
        }
        let video = Video {
            made_at: now,
            size: piece.size,
        };
        Ok(new_video(state, video))
    });
    if let Ok(made) = &made {
        douyin.keep(video_id(made), bytes);
    }
    answer(&douyin, made)
}

fn new_video(state: &mut State, video: Video) -> Value {
    let id = state.next("@SIMUP/");
    state.videos.insert(id.clone(), video);
    shown(&id)
}

pub async fn init(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter(Family::Old, &request, SCOPE) {
        return *refused;
    }
    let now = douyin.now();
    let upload_id = douyin.change(|state| {
        let id = state.next("upload");
        let upload = Upload {
            begun_at: now,
            parts: BTreeMap::new(),
            video_id: None,
            told_again: false,
        };
        state.uploads.insert(id.clone(), upload);
        id
    });
    douyin.ok(Family::Old, json!({ "upload_id": upload_id }))
}

pub async fn part(douyin: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    let Sent { piece, bytes, .. } = match receive(&douyin, &request, form, "video").await {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    let query = pairs(request.query_string());
    let upload_id = get(&query, "upload_id").unwrap_or_default();
    let number = get(&query, "part_number")
        .and_then(|number| number.parse::<u32>().ok())
        .filter(|number| *number >= 1);
    let now = douyin.now();
    let kept = douyin.change(|state| {
        let settings = state.settings.clone();
        let number = number.ok_or((BAD, "part_number must be at least 1"))?;
        let life = seconds(settings.upload_life_s);
        let upload = state
            .uploads
            .get_mut(upload_id)
            .filter(|upload| now.since(upload.begun_at) < life && upload.video_id.is_none())
            .ok_or(INVALID_UPLOAD)?;
        if !(settings.least_part_bytes..=settings.most_part_bytes).contains(&piece.size) {
            return Err((BAD, "a part must have 5 to 100 MB"));
        }
        upload.parts.insert(number, piece);
        Ok(json!({}))
    });
    if kept.is_ok() {
        douyin.keep(&part_name(upload_id, number.unwrap_or_default()), bytes);
    }
    answer(&douyin, kept)
}

pub async fn complete(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter(Family::Old, &request, SCOPE) {
        return *refused;
    }
    let query = pairs(request.query_string());
    let upload_id = get(&query, "upload_id").unwrap_or_default();
    let now = douyin.now();
    let (made, upload) = douyin.change(|state| {
        let made = complete_upload(state, upload_id, now);
        (made, state.uploads.get(upload_id).cloned())
    });
    if let (Ok(made), Some(upload)) = (&made, upload) {
        let bytes = joined(&douyin.files, upload_id, &upload);
        douyin.keep(video_id(made), bytes);
    }
    answer(&douyin, made)
}

/// Makes a video of the parts. A second call tells the same video once more, in case the first answer was lost.
fn complete_upload(
    state: &mut State,
    upload_id: &str,
    now: crate::clock::Timestamp,
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
    let count = u32::try_from(upload.parts.len()).unwrap_or(0);
    let is_whole = count > 0 && upload.parts.keys().copied().eq(1..=count);
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
    let answer = new_video(state, Video { made_at: now, size });
    let video_id = Some(video_id(&answer).to_owned());
    if let Some(upload) = state.uploads.get_mut(upload_id) {
        upload.video_id = video_id;
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn parts_make_a_video_once_and_tell_it_once_more() {
        let mut state = State::default();
        let now = Timestamp::from_unix_seconds(1_790_000_000);
        let piece = |size| Piece {
            size,
            sha256: String::new(),
            duration_s: None,
        };
        let upload = Upload {
            begun_at: now,
            parts: [(1, piece(6)), (3, piece(7))].into(),
            video_id: None,
            told_again: false,
        };
        state.uploads.insert("u".into(), upload);

        assert!(
            complete_upload(&mut state, "u", now).is_err(),
            "part 2 is missing"
        );
        let upload = state.uploads.get_mut("u").expect("an upload");
        upload.parts = [(1, piece(6)), (2, piece(7))].into();
        let first = complete_upload(&mut state, "u", now);
        let second = complete_upload(&mut state, "u", now);

        assert!(first.is_ok());
        assert_eq!(first, second);
        assert_eq!(complete_upload(&mut state, "u", now), Err(INVALID_UPLOAD));
        assert_eq!(state.videos.len(), 1);
        assert_eq!(
            state.videos.values().next().map(|video| video.size),
            Some(13)
        );
        let late = now.plus(seconds(7200));
        assert_eq!(complete_upload(&mut state, "u", late), Err(INVALID_UPLOAD));
    }
}
