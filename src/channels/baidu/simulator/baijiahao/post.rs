//! A post of an author, and its life: draft or review, published or refused, changed, withdrawn.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::state::State;
use crate::clock::Timestamp;

pub const NEWS: &str = "news";
pub const VIDEO: &str = "video";

/// An article or video.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Post {
    pub id: String,
    /// The number in its address.
    pub nid: String,
    pub kind: String,
    pub title: String,
    pub content: String,
    /// Under which address it was sent; empty for what a person wrote in the console.
    pub origin_url: String,
    pub covers: Vec<String>,
    pub video_url: String,
    pub tags: Vec<String>,
    pub is_original: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When the review says what it thinks.
    pub audit_at: Timestamp,
    pub is_draft: bool,
    /// What the review has against it.
    pub problem: String,
    /// The file of the video cannot be worked with.
    pub is_broken: bool,
    /// `withdraw`, `deleted` or `forbidden`.
    pub gone: String,
    /// Recommended posts cannot be withdrawn.
    pub is_recommended: bool,
    pub edits: u32,
    pub submissions: u32,
    /// Figures as the control plane set them.
    pub figures: BTreeMap<String, i64>,
}

impl Post {
    /// A post without content, numbered.
    pub fn new(state: &mut State, kind: &str, now: Timestamp) -> Self {
        state.posted += 1;
        Self {
            id: (1_790_000_000_000_000_000 + state.posted).to_string(),
            nid: (9_500_000_000_000_000_000 + state.posted).to_string(),
            kind: kind.to_owned(),
            title: String::new(),
            content: String::new(),
            origin_url: String::new(),
            covers: Vec::new(),
            video_url: String::new(),
            tags: Vec::new(),
            is_original: false,
            created_at: now,
            updated_at: now,
            audit_at: now,
            is_draft: false,
            problem: String::new(),
            is_broken: false,
            gone: String::new(),
            is_recommended: false,
            edits: 0,
            submissions: 1,
            figures: BTreeMap::new(),
        }
    }

    /// Its status in the platform's words.
    pub fn status(&self, now: Timestamp) -> &str {
        match () {
            () if !self.gone.is_empty() => &self.gone,
            () if self.is_draft => "draft",
            () if now < self.audit_at => "audit",
            () if self.is_broken => "videofail",
            () if !self.problem.is_empty() => "rejected",
            () => "publish",
        }
    }

    /// The part of the console in which it stands; nothing for what was deleted.
    pub fn collection(&self, now: Timestamp) -> Option<&'static str> {
        match self.status(now) {
            "deleted" => None,
            "draft" => Some("draft"),
            "rejected" | "videofail" => Some("rejected"),
            "withdraw" | "forbidden" => Some("withdraw"),
            _ => Some("publish"),
        }
    }

    pub fn is_seen(&self, now: Timestamp) -> bool {
        self.status(now) == "publish"
    }

    /// Sends it to the review, or, without a cover, to the drafts.
    pub fn submit(&mut self, audit_delay_s: u64, now: Timestamp) {
        self.is_draft = self.kind == NEWS && self.covers.is_empty();
        self.updated_at = now;
        self.audit_at = now.plus(Duration::from_secs(audit_delay_s));
    }
}

/// Something that a person does in the author console, or the platform by itself.
pub fn act(state: &mut State, asked: &Value, now: Timestamp) -> Result<Value, String> {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let id = text("article_id");
    let post = state.posts.iter_mut().find(|post| post.id == id);
    let post = post.ok_or_else(|| format!("there is no post {id}"))?;
    let gone = match text("do") {
        "publish" => {
            post.is_draft = false;
            post.updated_at = now;
            post.audit_at = now;
            ""
        }
        "draft" => {
            post.is_draft = true;
            ""
        }
        "recommend" => {
            post.is_recommended = true;
            ""
        }
        "withdraw" => "withdraw",
        "delete" => "deleted",
        "forbid" => "forbidden",
        other => return Err(format!("nobody can {other} a post")),
    };
    gone.clone_into(&mut post.gone);
    Ok(json!({ "status": post.status(now) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_goes_to_the_drafts_without_a_cover_and_to_the_review_with_one() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().expect("an instant");
        let later = now.plus(Duration::from_hours(2));
        let mut state = State::default();
        let mut post = Post::new(&mut state, NEWS, now);
        post.submit(7200, now);
        assert_eq!(
            (post.status(later), post.collection(later)),
            ("draft", Some("draft"))
        );

        post.covers.push("https://www.example.cn/a.jpg".into());
        post.submit(7200, now);
        assert_eq!((post.status(now), post.is_seen(now)), ("audit", false));
        assert_eq!((post.status(later), post.is_seen(later)), ("publish", true));
        post.problem = "含违禁词".into();
        assert_eq!(post.status(later), "rejected");
        post.gone = "deleted".into();
        assert_eq!(post.collection(later), None);
    }
}
