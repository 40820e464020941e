//! The person at the other end of the lanes that no API publishes on: opens the link on a telephone, publishes the draft
//! in the console, carries the package over.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::practice::Practice;
use crate::{
    api::rest::export,
    app::App,
    auth::Actor,
    delivery::{Delivery, DeliveryState, Resolution},
    id::DeliveryId,
};

/// Somebody with a telephone and the platforms' consoles, who does each task once and looks first whether it was done
/// before the demo was killed.
pub struct Person<'p> {
    practice: &'p Practice,
    done: BTreeSet<DeliveryId>,
}

impl<'p> Person<'p> {
    /// Somebody who knows these platforms.
    pub fn new(practice: &'p Practice) -> Self {
        Self {
            practice,
            done: BTreeSet::new(),
        }
    }

    /// Does the tasks that wait for a person and were not done yet.
    pub async fn work(
        &mut self,
        app: &App,
        actor: &Actor,
        deliveries: &[Delivery],
    ) -> anyhow::Result<()> {
        for delivery in deliveries {
            let is_waiting = delivery.state == DeliveryState::WaitingUser;
            if !is_waiting || self.done.contains(&delivery.id) {
                continue;
            }
            match delivery.channel.as_str() {
                "douyin" => self.open_link(delivery).await,
                "wechat" => self.publish_draft(delivery),
                _ => self.carry_package(app, actor, delivery).await,
            }
            .with_context(|| format!("{} {}", delivery.channel, delivery.title))?;
            self.done.insert(delivery.id);
        }
        Ok(())
    }

    /// The link opens the app, where the work is published; the engine finds it by its marker.
    async fn open_link(&self, delivery: &Delivery) -> anyhow::Result<()> {
        if self.find(delivery, &delivery.lane).is_some() {
            return Ok(());
        }
        let task = delivery.reason_params["message"].as_str();
        let link = task.and_then(|task| task.find("snssdk1128://").map(|at| &task[at..]));
        let opened = json!({ "link": link.context("the task has no link")?, "publish": true });
        let url = format!("{}/douyin/phone", self.practice.url());
        sent(self.practice.http.post(url).json(&opened))
            .await
            .map(drop)
    }

    /// The draft is published in the console; the engine finds the article.
    fn publish_draft(&self, delivery: &Delivery) -> anyhow::Result<()> {
        let Some(draft) = self.find(delivery, "box") else {
            return Ok(());
        };
        let publish = json!({ "publish": draft["key"] });
        let published = self.practice.simulators.control("wechat", &publish);
        published.map(drop).map_err(anyhow::Error::msg)
    }

    /// The package goes into the console; the person says at which address the article is.
    async fn carry_package(
        &self,
        app: &App,
        actor: &Actor,
        delivery: &Delivery,
    ) -> anyhow::Result<()> {
        let article_id = if let Some(pasted) = self.find(delivery, &delivery.lane) {
            pasted["key"].clone()
        } else {
            let package = app.delivery.package(actor, delivery.id).await?;
            let console = format!("{}/{}/console", self.practice.url(), delivery.channel);
            let paste = self.practice.http.post(format!("{console}/article"));
            sent(paste.body(export::archive(&package)?)).await?["article_id"].clone()
        };
        let published = Resolution::Published {
            external_id: article_id.as_str().map(ToOwned::to_owned),
            external_url: None,
        };
        app.delivery.resolve(actor, delivery.id, published).await?;
        Ok(())
    }

    /// What the platform shows of a delivery on a lane.
    fn find(&self, delivery: &Delivery, lane: &str) -> Option<Value> {
        let ledger = self.practice.simulators.ledger_of(&delivery.channel)?;
        let mut items = ledger["items"].as_array()?.iter();
        let is_it = |item: &&Value| {
            let title = item["title"].as_str().unwrap_or_default();
            item["lane"] == lane && title.starts_with(&delivery.title)
        };
        items.find(is_it).cloned()
    }
}

/// What a console answers, unless it refuses.
async fn sent(request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
    let answer = request.send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    ensure!(status.is_success(), "{status}: {body}");
    Ok(serde_json::from_str(&body)?)
}
