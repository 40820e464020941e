//! The console into which somebody pastes an article: `POST /toutiao/console/article` with the package as it was
//! downloaded. It refuses what the cover rules and the form refuse. Not a call of the platform.

use std::{
    collections::BTreeSet,
    io::{Cursor, Read as _},
};

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use zip::ZipArchive;

use super::{Shared, state::Article};
use crate::{
    channels::toutiao::{COVER_MODES, SMALLEST_COVER, TITLE, covers_of, package::DATA},
    text::{characters, find_contacts},
};

/// The largest file of a package.
const LARGEST: u64 = 20 << 20;
/// What the platform takes off for a cover that breaks its rules.
const PENALTY: &str = "扣 10 分";

/// An article as the package's data has it.
#[derive(Debug, Deserialize)]
struct Pasted {
    title: String,
    html: String,
    #[serde(default)]
    tags: Vec<String>,
    cover_mode: String,
    covers: Vec<String>,
    pictures: Vec<String>,
    #[serde(default)]
    source: String,
}

type Archive = ZipArchive<Cursor<Bytes>>;

fn file(archive: &mut Archive, name: &str) -> Option<Bytes> {
    let file = archive.by_name(name).ok()?;
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes.into())
}

pub async fn paste(toutiao: Shared, body: web::Bytes) -> HttpResponse {
    let refuse =
        |problems: Vec<String>| HttpResponse::BadRequest().json(json!({ "problems": problems }));
    let Ok(mut archive) = ZipArchive::new(Cursor::new(body)) else {
        return refuse(vec!["不是一个压缩包".to_owned()]);
    };
    let data = file(&mut archive, DATA);
    let Some(pasted) = data.and_then(|data| serde_json::from_slice::<Pasted>(&data).ok()) else {
        return refuse(vec![format!("没有 {DATA}，或读不懂")]);
    };
    let mut problems = Vec::new();
    words(&pasted, &mut problems);
    let mut kept = Vec::new();
    covers(&pasted, &mut archive, &mut kept, &mut problems);
    pictures(&pasted, &mut archive, &mut kept, &mut problems);
    if !problems.is_empty() {
        return refuse(problems);
    }
    let now = toutiao.now();
    let id = toutiao.change(|state| {
        let article = Article {
            id: state.next_number(),
            title: pasted.title,
            html: pasted.html,
            tags: pasted.tags,
            covers: pasted.covers,
            source: pasted.source,
            created_at: now,
            is_deleted: false,
        };
        let id = article.id.clone();
        state.articles.push(article);
        id
    });
    for (name, bytes) in kept {
        toutiao.files.keep(format!("{id}-{name}"), bytes);
    }
    HttpResponse::Ok()
        .json(json!({ "article_id": id, "url": format!("https://www.toutiao.com/article/{id}/") }))
}

fn words(pasted: &Pasted, problems: &mut Vec<String>) {
    let length = characters(&pasted.title);
    if !(TITLE.0 as usize..=TITLE.1 as usize).contains(&length) {
        problems.push(format!(
            "标题有 {length} 字，要 {} 到 {} 字",
            TITLE.0, TITLE.1
        ));
    }
    if !pasted.title.chars().any(char::is_alphanumeric) {
        problems.push("标题全是符号".to_owned());
    }
    if !find_contacts(&pasted.title).is_empty() {
        problems.push("标题里有联系方式或网址".to_owned());
    }
    if pasted.html.trim().is_empty() {
        problems.push("没有正文".to_owned());
    }
    if pasted.html.contains("<a ") || pasted.html.contains("href=") {
        problems.push("正文里有链接".to_owned());
    }
}

/// As many as the mode says, large enough, 16:9, each another.
fn covers(
    pasted: &Pasted,
    archive: &mut Archive,
    kept: &mut Vec<(String, Bytes)>,
    problems: &mut Vec<String>,
) {
    let mode = pasted.cover_mode.as_str();
    if !COVER_MODES.iter().any(|known| known.zh == mode) {
        problems.push(format!("没有「{mode}」这种封面"));
    } else if pasted.covers.len() != covers_of(mode) {
        let (wanted, given) = (covers_of(mode), pasted.covers.len());
        problems.push(format!("「{mode}」要 {wanted} 张封面，给了 {given} 张"));
    }
    let mut seen = BTreeSet::new();
    for name in &pasted.covers {
        let Some(bytes) = file(archive, name) else {
            problems.push(format!("没有封面 {name}"));
            continue;
        };
        let (width, height) = size(&bytes).unwrap_or_default();
        if width < SMALLEST_COVER.0 || height < SMALLEST_COVER.1 {
            problems.push(format!("封面 {name} 只有 {width}×{height}（{PENALTY}）"));
        } else if (f64::from(width) / f64::from(height) - 16.0 / 9.0).abs() > 0.03 {
            problems.push(format!(
                "封面 {name} 是 {width}×{height}，不是 16:9（{PENALTY}）"
            ));
        }
        if !seen.insert(bytes.clone()) {
            problems.push(format!("封面 {name} 与另一张相同（{PENALTY}）"));
        }
        kept.push((name.clone(), bytes));
    }
}

/// Pictures are uploaded; what links elsewhere would be dropped.
fn pictures(
    pasted: &Pasted,
    archive: &mut Archive,
    kept: &mut Vec<(String, Bytes)>,
    problems: &mut Vec<String>,
) {
    for name in &pasted.pictures {
        match file(archive, name).filter(|bytes| size(bytes).is_some()) {
            Some(bytes) => kept.push((name.clone(), bytes)),
            None => problems.push(format!("没有图片 {name}")),
        }
    }
    for rest in pasted.html.split("<img src=\"").skip(1) {
        let name = rest.split('"').next().unwrap_or_default();
        if !pasted.pictures.iter().any(|known| known == name) {
            problems.push(format!("正文里的图片 {name} 不在包里"));
        }
    }
}

fn size(bytes: &Bytes) -> Option<(u32, u32)> {
    let reader = image::ImageReader::new(Cursor::new(bytes));
    reader.with_guessed_format().ok()?.into_dimensions().ok()
}
