//! A simulator of Alipay's gateway (versions 2 and 3) for the content family, the goods of a mini-program and file upload,
//! over HTTP as the platform speaks.
//! Signatures are verified, in public-key mode and in certificate mode, contents may be encrypted, and answers are signed with
//! keys of its own.
//!
//! Mounted under `/alipay`: the gateway is `/alipay/gateway.do`, of version 3 `/alipay/v3/…`; `/alipay/list` and `/alipay/content/{id}` are what a
//! reader's phone shows of the account and of a published content, `/alipay/goods` and `/alipay/item/{id}` of the goods. Not
//! here: services, search, messages.
//!
//! Control, `POST /control/alipay`: `{"set": {…}}` (see `Settings`), `{"keys": true}` (what the console hands out: keys,
//! certificates, the key of encrypted contents), `{"rotate": true}` (the platform changes to its other certificate),
//! `{"next": {"method": "…publish", "fault": "unknow_after"}}` (a fault of the platform's own at the next call whose method ends
//! so: `unknow_before`, `unknow_after`, `bad_sign`, `no_sign`, `limit`, `token_expired`, `list_shift`, `rotate`,
//! `strange_certificate`, `forged_certificate`, `strange_key`), `{"review": {"content_id": "…", "verdict": "reject"}}` (or `pass`; or of an
//! `item_id`), `{"freeze": "item id"}`, `{"takedown": "content id"}`,
//! `{"insert_foreign": {"title": "…"}}`, `{"state": true}`.

mod admission;
mod content;
mod gateway;
mod goods;
mod identity;
mod item;
mod page;
mod state;
#[cfg(test)]
mod tests;
mod v3;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web;
use async_trait::async_trait;
use serde_json::{Value, json};

use self::{
    identity::Signer,
    state::{Content, Next, State},
};
use crate::{
    channels::{
        Simulator, SimulatorContext,
        alipay::ITEM,
        simulator::{Shelf, change_settings, load_state, save_state},
    },
    clock::Timestamp,
};

struct Alipay {
    context: SimulatorContext,
    state: Mutex<State>,
    signers: Vec<Signer>,
    /// Files for the pages that people look at.
    files: Shelf,
}

/// Starts it with the state of its last run, if it kept one.
pub fn start(context: SimulatorContext) -> Arc<dyn Simulator> {
    let state = Mutex::new(load_state(&context, "alipay"));
    Arc::new(Alipay {
        context,
        state,
        signers: identity::signers(),
        files: Shelf::default(),
    })
}

#[async_trait]
impl Simulator for Alipay {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(self))
            .route("/gateway.do", web::get().to(gateway::answer))
            .route("/gateway.do", web::post().to(gateway::answer))
            .route("/v3/{method:.*}", web::to(v3::answer))
            // What people see.
            .route("/list", web::get().to(page::list))
            .route("/content/{id}", web::get().to(page::show))
            .route("/goods", web::get().to(goods::list))
            .route("/item/{id}", web::get().to(goods::show))
            .route("/files/{name}", web::get().to(page::file))
            .route("/codes/{id}.png", web::get().to(page::code));
    }

    fn ledger(&self) -> Value {
        let now = self.now();
        let state = self.lock();
        let is_ours =
            |content: &&Content| !content.is_foreign && matches!(content.status(now), "0" | "1");
        let items = state.contents.iter().filter(is_ours).map(|content| {
            json!({
                "lane": content.lane,
                "key": content.id,
                "title": content.title,
                "text": content.text,
                "state": if content.status(now) == "1" { "已发布" } else { "审核中" },
                "link": content.source_link,
                "media": content.media,
                "permission": content.permission,
                "submissions": 1,
            })
        });
        let goods = state.items.iter().filter(|item| item.is_taken(now));
        let goods = goods.map(|item| {
            let is_seen = goods::shown(item, now).is_some();
            json!({
                "lane": ITEM,
                "key": item.id,
                "title": item.latest.text("title"),
                "text": item.latest.value("desc_info")["desc"],
                "state": if is_seen { "已上架" } else { "审核中" },
                "link": item.latest.text("path"),
                "submissions": 1,
            })
        });
        json!({ "items": items.chain(goods).collect::<Vec<_>>() })
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        let now = self.now();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if command.get("keys").is_some() {
            return Ok(identity::console(self.lock().certificate));
        }
        if command.get("state").is_some() {
            return serde_json::to_value(&*self.lock()).map_err(|error| error.to_string());
        }
        self.change(|state| {
            let by_id = |state: &mut State, id: &str, change: &dyn Fn(&mut Content)| {
                let content = state.contents.iter_mut().find(|known| known.id == id);
                content
                    .map(change)
                    .ok_or_else(|| format!("there is no content {id}"))
            };
            if let Some(new) = command.get("set") {
                change_settings(&mut state.settings, new)?;
            } else if let Some(next) = command.get("next") {
                let next: Next =
                    serde_json::from_value(next.clone()).map_err(|error| error.to_string())?;
                state.next.push(next);
            } else if command.get("rotate").is_some() {
                state.rotate();
                let present = self.signers.get(state.certificate);
                return Ok(json!({ "alipay_cert_sn": present.map(|signer| &signer.sn) }));
            } else if let Some(id) = command.get("takedown") {
                by_id(state, &text(id), &|content| content.is_taken_down = true)?;
            } else if let Some(review) = command.get("review") {
                let is_rejected = review["verdict"] == "reject";
                if let Some(id) = review["item_id"].as_str() {
                    let item = state.items.iter_mut().find(|known| known.id == id);
                    let item = item.ok_or_else(|| format!("there is no item {id}"))?;
                    item.latest.is_rejected = is_rejected;
                    item.latest.reviewed_at = now;
                    return Ok(json!({}));
                }
                by_id(state, &text(&review["content_id"]), &|content| {
                    content.is_rejected = is_rejected;
                    content.reviewed_at = now;
                })?;
            } else if let Some(id) = command.get("freeze") {
                let item = state.items.iter_mut().find(|known| id == known.id.as_str());
                let item = item.ok_or_else(|| format!("there is no item {id}"))?;
                item.is_frozen = true;
            } else if let Some(foreign) = command.get("insert_foreign") {
                let id = state.insert_foreign(&text(&foreign["title"]), now);
                return Ok(json!({ "content_id": id }));
            } else {
                return Err(
                    "known commands: set, keys, rotate, next, takedown, review, freeze, \
                            insert_foreign, state"
                        .to_owned(),
                );
            }
            Ok(json!({}))
        })
    }
}

impl Alipay {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.context.clock.now()
    }

    /// Changes the state and keeps it before the answer goes out.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        save_state(&self.context, "alipay", &*state);
        result
    }
}
