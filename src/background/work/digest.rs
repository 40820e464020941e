//! Makes a draft of the stories that gained most in the last days, by the figures that the platforms told.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{
    BackgroundService,
    run::{Outcome, Running},
};
use crate::{
    content::{Body, NewItem, Published, StoryContent},
    delivery::{BestBy, Metric},
    error::{Error, Result},
    jobs::JobError,
    text::escape_html,
    zone::{local, parse_zone},
};

/// Makes a draft of the best stories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Title of the draft; `{from}` and `{to}` become the first and the last day.
    pub title: String,
    /// How many stories it names.
    pub story_count: u32,
    /// How many days it looks back.
    pub day_count: u32,
    /// What is counted.
    pub metric: Metric,
}

impl Digest {
    pub(super) fn check(&self) -> Result<()> {
        let refused =
            |field: &str, why: &str| Err(Error::invalid(format!("input.digest.{field}"), why));
        let length = self.title.trim().chars().count();
        if !(1..=150).contains(&length) || self.title.chars().any(char::is_control) {
            return refused("title", "must have 1 to 150 characters on one line");
        }
        if !(1..=20).contains(&self.story_count) {
            return refused("storyCount", "must be from 1 to 20");
        }
        if !(1..=92).contains(&self.day_count) {
            return refused("dayCount", "must be from 1 to 92");
        }
        Ok(())
    }
}

impl BackgroundService {
    /// Makes the draft, once per occurrence.
    pub(in crate::background) async fn make_digest(
        &self,
        running: &Running<'_>,
        work: &Digest,
    ) -> Result<Outcome, JobError> {
        let Running {
            actor, job, run, ..
        } = running;
        let zone = parse_zone("input.zone", &job.zone)?;
        let to = local(zone, run.occurrence_at).date();
        let from = to - chrono::Days::new(u64::from(work.day_count));
        let source_id = format!("digest/{}", run.id);
        let known = self
            .content
            .find_by_source::<StoryContent>(actor, &source_id)
            .await?;
        if let Some(draft) = known {
            return Ok(Outcome::Done(
                json!({ "draft": draft.id, "title": draft.content.title }),
            ));
        }
        let asked = BestBy {
            metric: work.metric,
            from,
            to,
            zone,
            // Some of the best may have been taken back since.
            limit: work.story_count * 3,
        };
        let best = self.delivery.best_stories(actor, &asked).await?;
        let ids: Vec<_> = best.iter().map(|(id, _)| *id).collect();
        let seen = self
            .content
            .published_many::<StoryContent>(actor, &ids)
            .await?;
        let mut chosen = Vec::new();
        for (id, gain) in best {
            if let Some(story) = seen.iter().find(|story| story.id == id) {
                chosen.push((story, gain));
            }
        }
        chosen.truncate(work.story_count as usize);
        if chosen.is_empty() {
            return Ok(Outcome::Done(json!({
                "draft": null, "from": from, "to": to,
                "note": "no platform told figures of a published story for these days, so there is nothing to choose by",
            })));
        }
        let title = work.title.trim().replace("{from}", &from.to_string());
        let mut content = StoryContent::new(title.replace("{to}", &to.to_string()));
        content.cover = chosen.iter().find_map(|(story, _)| story.content.cover);
        content.body = self.body(running, &chosen).await?;
        let new = NewItem {
            content,
            slug: None,
            source_id: Some(source_id),
        };
        let draft = self.content.create(actor, new).await?;
        let stories: Vec<_> = chosen
            .iter()
            .map(|(story, gain)| json!({ "id": story.id, "title": story.content.title, "gain": gain }))
            .collect();
        Ok(Outcome::Done(json!({
            "draft": draft.id, "title": draft.content.title, "from": from, "to": to,
            "metric": work.metric, "stories": stories,
        })))
    }

    /// A heading with a link, the picture and the lead of each story.
    async fn body(
        &self,
        running: &Running<'_>,
        chosen: &[(&Published<StoryContent>, i64)],
    ) -> Result<Body> {
        let site = self.auth.site(&running.actor).await?;
        let base = if site.base_url.is_empty() {
            &self.base_url
        } else {
            &site.base_url
        };
        let part = |(story, _): &(&Published<StoryContent>, i64)| {
            let content = &story.content;
            let (title, lead) = (escape_html(&content.title), escape_html(&content.lead));
            let cover = content.cover.map(|id| format!("<img src=\"asset:{id}\">"));
            let cover = cover.unwrap_or_default();
            let slug = &story.slug;
            format!("<h2><a href=\"{base}/s/{slug}\">{title}</a></h2>{cover}<p>{lead}</p>")
        };
        let html: String = chosen.iter().map(part).collect();
        let find = |address: &str| {
            address
                .strip_prefix("asset:")
                .and_then(|id| id.parse().ok())
        };
        Ok(Body::from_html(&html, &find).body)
    }
}
