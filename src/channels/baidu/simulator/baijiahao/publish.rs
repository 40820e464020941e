//! Publishing, changing, withdrawing and deleting posts.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::{
    super::{Baidu, call::Call, crawl, state::State},
    Refusal, admit, fields, get,
    post::{NEWS, Post, VIDEO},
    told,
};
use crate::{clock::Timestamp, text::characters};

const PARAMETER: i64 = 2;
const LONGEST: usize = 20_000;
const MOST_COVERS: usize = 3;
/// The smallest covers of articles and of videos.
const SMALLEST: (u32, u32) = (218, 146);
const SMALLEST_OF_VIDEO: (u32, u32) = (660, 370);
const MOST_TAGS: usize = 10;
const LONGEST_TAG: usize = 10;

fn wrong(what: impl Into<String>) -> Refusal {
    (PARAMETER, what.into())
}

/// What a call asks to be published, once it has been looked at.
struct Asked {
    kind: &'static str,
    title: String,
    content: String,
    origin_url: String,
    covers: Vec<String>,
    video_url: String,
    tags: Vec<String>,
    is_original: bool,
    problem: String,
    is_broken: bool,
}

impl Asked {
    fn write_to(self, post: &mut Post) {
        post.title = self.title;
        post.content = self.content;
        post.origin_url = self.origin_url;
        post.covers = self.covers;
        post.video_url = self.video_url;
        post.tags = self.tags;
        post.is_original = self.is_original;
        post.problem = self.problem;
        post.is_broken = self.is_broken;
    }
}

/// What the call itself refuses.
fn read(
    kind: &'static str,
    fields: &BTreeMap<String, String>,
    state: &State,
) -> Result<Asked, Refusal> {
    let settings = &state.settings;
    let (least, most) = if kind == NEWS {
        settings.news_title
    } else {
        settings.video_title
    };
    let title = get(fields, "title").trim();
    if !(least..=most).contains(&characters(title)) {
        return Err(wrong(format!("标题长度应为 {least} 到 {most} 字")));
    }
    let origin_url = get(fields, "origin_url");
    if kind == NEWS && url::Url::parse(origin_url).is_err() {
        return Err(wrong("origin_url is required"));
    }
    let content = get(fields, "content");
    if kind == NEWS && !(1..=LONGEST).contains(&characters(content)) {
        return Err(wrong("content 长度不符合要求"));
    }
    let video_url = get(fields, "video_url");
    let is_film = url::Url::parse(video_url)
        .is_ok_and(|url| !url.path().to_ascii_lowercase().ends_with(".m3u8"));
    if kind == VIDEO && !is_film {
        return Err(wrong("video_url 不是 mp4 地址"));
    }
    let tags: Vec<String> = get(fields, "tag")
        .split(',')
        .filter(|tag| !tag.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    if tags.len() > MOST_TAGS || tags.iter().any(|tag| characters(tag) > LONGEST_TAG) {
        return Err(wrong("tag 过多或过长"));
    }
    let covers = covers(get(fields, "cover_images"))?;
    let is_automatic = get(fields, "use_auto_cover") == "1";
    if kind == VIDEO && !(covers.len() == 1 || (covers.is_empty() && is_automatic)) {
        return Err(wrong("cover_images 应有 1 张"));
    }
    let text = format!("{title}\n{content}");
    let words = &settings.forbidden_words;
    let word = words.iter().find(|word| text.contains(word.as_str()));
    let problem = match settings.verdicts.get(origin_url).map(String::as_str) {
        Some("publish") => String::new(),
        Some(_) => "人工审核未通过".to_owned(),
        None => word.map_or_else(String::new, |word| format!("含违禁词：{word}")),
    };
    Ok(Asked {
        kind,
        title: title.to_owned(),
        content: content.to_owned(),
        origin_url: origin_url.to_owned(),
        covers,
        video_url: video_url.to_owned(),
        tags,
        is_original: get(fields, "is_original") == "1",
        problem,
        is_broken: false,
    })
}

/// `[{"src": "…"}]`, as a text.
fn covers(text: &str) -> Result<Vec<String>, Refusal> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let list: Option<Vec<Value>> = serde_json::from_str(text).ok();
    let covers: Option<Vec<String>> = list.and_then(|list| {
        let sources = list.iter().map(|cover| cover["src"].as_str());
        sources.map(|src| src.map(ToOwned::to_owned)).collect()
    });
    covers
        .filter(|covers| covers.len() <= MOST_COVERS)
        .ok_or_else(|| wrong("cover_images 格式不对"))
}

/// Fetches what a post names: bad covers are refused at once, bad pictures in the text and a bad file by the review.
async fn look(baidu: &Baidu, asked: &mut Asked) -> Result<(), Refusal> {
    let least = if asked.kind == NEWS {
        SMALLEST
    } else {
        SMALLEST_OF_VIDEO
    };
    for cover in &asked.covers {
        crawl::picture(baidu, cover, least)
            .await
            .map_err(|problem| {
                let code = if problem == crawl::NOT_THERE {
                    301_001
                } else {
                    301_002
                };
                (code, format!("封面图片{problem}"))
            })?;
    }
    for tag in asked.content.split("<img ").skip(1) {
        let source = tag
            .split_once("src=\"")
            .and_then(|(_, rest)| rest.split('"').next());
        let source = source.unwrap_or_default().replace("&amp;", "&");
        if let Err(problem) = crawl::picture(baidu, &source, (1, 1)).await
            && asked.problem.is_empty()
        {
            asked.problem = format!("正文图片{problem}");
        }
    }
    asked.is_broken = asked.kind == VIDEO && !is_mp4(baidu, &asked.video_url).await;
    Ok(())
}

/// Whether the beginning of a file is that of an MP4.
async fn is_mp4(baidu: &Baidu, url: &str) -> bool {
    let patience = Duration::from_secs(baidu.lock().settings.page_patience_s);
    let request = baidu.context.http.get(url).header("range", "bytes=0-15");
    let Ok(mut response) = request.timeout(patience).send().await else {
        return false;
    };
    let is_there = response.status().is_success();
    let first = response.chunk().await.ok().flatten().unwrap_or_default();
    is_there && first.get(4..8) == Some(b"ftyp")
}

fn repeated(state: &State, origin_url: &str, but: &str) -> Option<Refusal> {
    let is_known =
        |post: &&Post| !origin_url.is_empty() && post.origin_url == origin_url && post.id != but;
    state.posts.iter().find(is_known)?;
    let settings = &state.settings;
    Some((settings.repeated_errno, settings.repeated_words.clone()))
}

async fn publish(baidu: &Baidu, call: &Call, kind: &'static str) -> Result<Value, Refusal> {
    let fields = fields(call);
    admit(baidu, &fields)?;
    let mut asked = read(kind, &fields, &baidu.lock())?;
    look(baidu, &mut asked).await?;
    let now = baidu.now();
    baidu.change(|state| {
        if state.left(POSTS, now) == 0 {
            return Err((60_001_009, "今日发文数已达上限".to_owned()));
        }
        if let Some(refusal) = repeated(state, &asked.origin_url, "") {
            let same = state
                .posts
                .iter_mut()
                .find(|post| post.origin_url == asked.origin_url);
            if let Some(post) = same {
                post.submissions += 1;
            }
            return Err(refusal);
        }
        state.count(POSTS, 1, now);
        let mut post = Post::new(state, kind, now);
        asked.write_to(&mut post);
        post.submit(state.settings.audit_delay_s, now);
        let data = json!({ "article_id": post.id, "nid": post.nid });
        state.posts.push(post);
        Ok(data)
    })
}

/// The allowance of a day.
const POSTS: &str = "baijiahao_posts";

/// `article/publish`.
pub async fn article(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    told(publish(&baidu, &call, NEWS).await)
}

/// `video/publish`.
pub async fn video(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    told(publish(&baidu, &call, VIDEO).await)
}

/// The post of a call: by its id, or by the number in its address.
fn find<'a>(
    state: &'a mut State,
    fields: &BTreeMap<String, String>,
) -> Result<&'a mut Post, Refusal> {
    let id = get(fields, "article_id");
    if id.is_empty() {
        return Err(wrong("article_id is required"));
    }
    let by_number = state.settings.withdraw_by_nid;
    let is_it = |post: &&mut Post| post.nid == id || (post.id == id && !by_number);
    let found = state.posts.iter_mut().find(is_it);
    found.ok_or_else(|| (80_000_107, "文章不存在".to_owned()))
}

const WRONG_STATE: i64 = 60_001_003;

/// `article/republish`: an article is changed, and reviewed again.
pub async fn again(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    told(republish(&baidu, &call).await)
}

async fn republish(baidu: &Baidu, call: &Call) -> Result<Value, Refusal> {
    let fields = fields(call);
    admit(baidu, &fields)?;
    let id = get(&fields, "article_id").to_owned();
    let mut asked = read(NEWS, &fields, &baidu.lock())?;
    look(baidu, &mut asked).await?;
    let now = baidu.now();
    baidu.change(|state| {
        if let Some(refusal) = repeated(state, &asked.origin_url, &id) {
            return Err(refusal);
        }
        let settings = state.settings.clone();
        let found = state.posts.iter_mut().find(|post| post.id == id);
        let post = found.ok_or_else(|| (80_000_107, "文章不存在".to_owned()))?;
        if post.kind != NEWS {
            return Err((300_016, "只支持修改图文".to_owned()));
        }
        if !["publish", "rejected", "draft"].contains(&post.status(now)) {
            return Err((WRONG_STATE, "当前状态不能修改".to_owned()));
        }
        if post.edits >= settings.edits_allowed {
            return Err((27012, "修改次数已用完".to_owned()));
        }
        post.edits += 1;
        post.submissions += 1;
        asked.write_to(post);
        post.submit(settings.audit_delay_s, now);
        Ok(json!({ "article_id": post.id, "nid": post.nid }))
    })
}

/// `article/withdraw`: what is published is taken down, unless the platform recommends it.
pub async fn withdraw(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    let fields = fields(&call);
    let now = baidu.now();
    let take_down = |state: &mut State| -> Result<Value, Refusal> {
        let post = find(state, &fields)?;
        if post.status(now) != "publish" || post.is_recommended {
            return Err((WRONG_STATE, "当前状态不能撤回".to_owned()));
        }
        "withdraw".clone_into(&mut post.gone);
        post.updated_at = now;
        Ok(json!({}))
    };
    told(admit(&baidu, &fields).and_then(|()| baidu.change(take_down)))
}

/// `article/delete`: drafts alone.
pub async fn delete(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    let fields = fields(&call);
    let (now, by): (Timestamp, _) = (baidu.now(), get(&fields, "article_id").to_owned());
    let delete = |state: &mut State| -> Result<Value, Refusal> {
        let found = state.posts.iter_mut().find(|post| post.id == by);
        let post = found.ok_or_else(|| (80_000_107, "文章不存在".to_owned()))?;
        if post.status(now) != "draft" {
            return Err((WRONG_STATE, "只能删除草稿".to_owned()));
        }
        "deleted".clone_into(&mut post.gone);
        Ok(json!({}))
    };
    told(admit(&baidu, &fields).and_then(|()| baidu.change(delete)))
}
