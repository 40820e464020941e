//! The library, and pictures for texts. What a file is, its bytes say.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::{
    Refusal, Shared, access, fine, refuse,
    state::{Material, State},
};

/// The largest picture and thumbnail of the library, the largest picture of a text.
const LARGEST: usize = 10 << 20;
const LARGEST_THUMB: usize = 64 << 10;
const LARGEST_PICTURE: usize = (1 << 20) - 1;

struct File {
    name: String,
    bytes: Vec<u8>,
}

async fn read(mut form: Multipart) -> Option<File> {
    let mut found = None;
    while let Some(mut field) = form.try_next().await.ok()? {
        let is_wanted = field.name() == Some("media");
        let name = field
            .content_disposition()
            .and_then(|one| one.get_filename());
        let name = name.unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.try_next().await.ok()? {
            bytes.extend_from_slice(&chunk);
        }
        if is_wanted && !name.is_empty() {
            found = Some(File { name, bytes });
        }
    }
    found
}

/// The format of a file, by its first bytes.
fn format(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        [b'B', b'M', ..] => "bmp",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "mp4",
        _ => "",
    }
}

fn check(kind: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let (formats, most): (&[&str], usize) = match kind {
        "image" => (&["bmp", "png", "jpg", "gif"], LARGEST),
        "thumb" => (&["jpg"], LARGEST_THUMB),
        "video" => (&["mp4"], LARGEST),
        _ => return refuse(40004, "invalid media type"),
    };
    if !formats.contains(&format(bytes)) {
        let code = if kind == "video" { 40005 } else { 40137 };
        return refuse(code, "unsupported file type");
    }
    if bytes.len() > most {
        return refuse(45001, "media size out of limit");
    }
    Ok(())
}

pub async fn add(wechat: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    keep(&wechat, &request, form, false).await
}

pub async fn upload(wechat: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    keep(&wechat, &request, form, true).await
}

async fn keep(
    wechat: &Shared,
    request: &HttpRequest,
    form: Multipart,
    temporary: bool,
) -> HttpResponse {
    let (token, kind) = (
        access::query(request, "access_token"),
        access::query(request, "type"),
    );
    let (file, now) = (read(form).await, wechat.now());
    let made = wechat.change(|state| {
        access::admit(state, &token, access::path(request), now)?;
        let file = file.ok_or((41005, "media data missing".to_owned()))?;
        check(&kind, &file.bytes)?;
        let serial = state.next();
        let picture = format!("m{serial}.{}", format(&file.bytes));
        let url = format!("https://mmbiz.qpic.cn/sz_mmbiz_jpg/{picture}/0?wx_fmt=jpeg");
        let media_id = format!("SIM_m_{serial:08}");
        let has_url = kind == "image" && !temporary;
        state.materials.push(Material {
            media_id: media_id.clone(),
            kind: kind.clone(),
            name: file.name,
            url: url.clone(),
            at: now,
            temporary,
        });
        wechat.files.keep(picture, file.bytes);
        Ok(if temporary {
            json!({ "type": kind, "media_id": media_id, "created_at": now.unix_seconds() })
        } else if has_url {
            json!({ "media_id": media_id, "url": url })
        } else {
            json!({ "media_id": media_id })
        })
    });
    wechat.answer(made)
}

/// A picture for a text: not in the library, nowhere listed.
pub async fn upload_picture(wechat: Shared, request: HttpRequest, form: Multipart) -> HttpResponse {
    let token = access::query(&request, "access_token");
    let (file, now) = (read(form).await, wechat.now());
    let made = wechat.change(|state| {
        access::admit(state, &token, access::path(&request), now)?;
        let file = file.ok_or((41005, "media data missing".to_owned()))?;
        if !["jpg", "png"].contains(&format(&file.bytes)) {
            return refuse(40005, "invalid file type");
        }
        if file.bytes.len() > LARGEST_PICTURE {
            return refuse(40009, "invalid image size");
        }
        let picture = format!("p{}.{}", state.next(), format(&file.bytes));
        let rest = format!("mmbiz.qpic.cn/mmbiz_jpg/{picture}/0");
        state.pictures.push(rest.clone());
        wechat.files.keep(picture, file.bytes);
        Ok(json!({ "url": format!("http://{rest}") }))
    });
    wechat.answer(made)
}

/// Where a page of a list begins and how much is on it.
pub fn page(body: &Value) -> Result<(usize, usize), Refusal> {
    let number = |name: &str| {
        body[name]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
    };
    match (number("offset"), number("count")) {
        (Some(offset), Some(count)) if (1..=20).contains(&count) => Ok((offset, count)),
        _ => refuse(40097, "invalid args"),
    }
}

pub fn list(state: &State, body: &Value) -> Result<Value, Refusal> {
    let (offset, count) = page(body)?;
    let kind = body["type"].as_str().unwrap_or_default();
    let all: Vec<&Material> = state
        .materials
        .iter()
        .rev()
        .filter(|one| !one.temporary && one.kind == kind)
        .collect();
    let items: Vec<Value> = all.iter().skip(offset).take(count).map(|one| json!({
        "media_id": one.media_id, "name": one.name, "update_time": one.at.unix_seconds(), "url": one.url,
    })).collect();
    Ok(json!({ "total_count": all.len(), "item_count": items.len(), "item": items }))
}

pub fn count(state: &State) -> Value {
    let of = |kind: &str| {
        state
            .materials
            .iter()
            .filter(|one| !one.temporary && one.kind == kind)
            .count()
    };
    json!({ "voice_count": 0, "video_count": of("video"), "image_count": of("image"), "news_count": 0 })
}

pub fn delete(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    let id = body["media_id"].as_str().unwrap_or_default();
    let at = state
        .materials
        .iter()
        .position(|one| one.media_id == id && !one.temporary);
    let at = at.ok_or((40007, "invalid media_id".to_owned()))?;
    state.materials.remove(at);
    Ok(fine())
}
