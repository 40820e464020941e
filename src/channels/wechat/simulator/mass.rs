//! Sending to followers: a number of the caller's is remembered for a day, sendings are counted, run, and end.

use std::time::Duration;

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::mass,
    Refusal, event, fine, publish, refuse,
    state::{State, day},
};
use crate::{channels::beijing, clock::Timestamp};

/// A number of the caller's is remembered for so long; sooner than the other, its repeat is too soon.
const MEMORY: Duration = Duration::from_hours(24);
const TOO_SOON: Duration = Duration::from_mins(1);
/// Bytes of such a number.
const LONGEST: usize = 64;
/// An administrator must confirm within this time, where the account asks for it.
const PATIENCE: Duration = Duration::from_mins(30);
/// Ids of sendings are large numbers.
const FIRST: u64 = 1_000_000_000;

/// A sending.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sending {
    pub msg_id: u64,
    pub msg_data_id: u64,
    pub client_id: String,
    pub media_id: String,
    pub filter: Value,
    pub at: Timestamp,
    pub ends: Timestamp,
    /// `SENDING`, `SEND_SUCCESS`, `SEND_FAIL`, `DELETE`.
    pub status: String,
    /// Waits for an administrator.
    pub unconfirmed: bool,
}

impl Sending {
    /// By what the accounts that sent it know it.
    pub fn key(&self) -> String {
        let known = mass::Sending {
            msg_id: self.msg_id.to_string(),
            msg_data_id: Some(self.msg_data_id.to_string()),
            day: beijing(self.at).date_naive(),
        };
        known.to_string()
    }
}

pub fn send(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let filter = &body["filter"];
    let is_addressed = filter["is_to_all"] == true || filter["tag_id"].is_u64();
    if text("msgtype") != "mpnews" {
        return refuse(40008, "invalid message type");
    }
    if !is_addressed {
        return refuse(40050, "invalid tag id");
    }
    let media_id = body["mpnews"]["media_id"].as_str().unwrap_or_default();
    let given = text("clientmsgid");
    if given.len() > LONGEST {
        return refuse(45067, "clientmsgid size out of limit");
    }
    // Without one it is made of whom and what.
    let client_id = if given.is_empty() {
        format!("{filter}{media_id}")
    } else {
        given.to_owned()
    };
    let known = state
        .sendings
        .iter()
        .rfind(|one| one.client_id == client_id && now.since(one.at) < MEMORY);
    if let Some(known) = known {
        if now.since(known.at) < TOO_SOON {
            return refuse(45066, "same clientmsgid retry too fast");
        }
        return Ok(
            json!({ "errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": known.msg_id }),
        );
    }
    if !state.drafts.iter().any(|draft| draft.media_id == media_id) {
        return refuse(40007, "invalid media_id");
    }
    if is_spent(state, now) {
        return refuse(45028, "has no masssend quota");
    }
    let serial = state.next();
    let (msg_id, msg_data_id) = (FIRST + serial, publish::FIRST + serial);
    let needs_person = state.settings.mass_protection;
    state.sendings.push(Sending {
        msg_id,
        msg_data_id,
        client_id,
        media_id: media_id.to_owned(),
        filter: filter.clone(),
        at: now,
        ends: now.plus(if needs_person {
            PATIENCE
        } else {
            Duration::from_secs(state.settings.job_delay_s)
        }),
        status: "SENDING".into(),
        unconfirmed: needs_person,
    });
    Ok(
        json!({ "errcode": 0, "errmsg": "send job submission success", "msg_id": msg_id, "msg_data_id": msg_data_id }),
    )
}

/// Whether what the account may send is used up: a day's of a subscription account, a month's of a service account.
/// What failed does not count.
fn is_spent(state: &State, now: Timestamp) -> bool {
    let month = |at: Timestamp| {
        let local = beijing(at);
        (local.year(), local.month())
    };
    let settings = &state.settings;
    let counted = state
        .sendings
        .iter()
        .filter(|one| one.status != "SEND_FAIL");
    let (used, most) = if settings.kind == "service" {
        let of_month = counted.filter(|one| month(one.at) == month(now));
        (of_month.count(), settings.mass_per_month)
    } else {
        let of_day = counted.filter(|one| day(one.at) == day(now));
        (of_day.count(), settings.mass_per_day)
    };
    used >= most
}

/// Sendings whose time has come end: the draft becomes an article that followers were told of, or stays.
pub fn settle(state: &mut State, now: Timestamp) {
    let is_due = |one: &Sending| one.status == "SENDING" && one.ends <= now;
    while let Some(at) = state.sendings.iter().position(is_due) {
        let sending = state.sendings[at].clone();
        let place = state
            .drafts
            .iter()
            .position(|draft| draft.media_id == sending.media_id);
        let is_refused = place.is_some_and(|place| publish::has_refused_word(state, place));
        let is_sent = !sending.unconfirmed && !is_refused && state.settings.job_status == 0;
        let (status, said) = match place {
            Some(place) if is_sent => {
                let ended = sending.ends.min(now);
                publish::publish(state, place, sending.msg_data_id, ended);
                if let Some(article) = state.articles.last_mut() {
                    article.msg_id = Some(sending.msg_id);
                }
                ("SEND_SUCCESS", "send success")
            }
            _ if is_refused => ("SEND_FAIL", "err(20008)"),
            _ => ("SEND_FAIL", "send fail"),
        };
        status.clone_into(&mut state.sendings[at].status);
        event::enqueue_sending(state, at, said, now);
    }
}

fn find<'s>(state: &'s mut State, body: &Value) -> Result<&'s mut Sending, Refusal> {
    let id = &body["msg_id"];
    let id = id
        .as_u64()
        .or_else(|| id.as_str().and_then(|id| id.parse().ok()));
    let found = state.sendings.iter_mut().find(|one| Some(one.msg_id) == id);
    found.ok_or((40059, "invalid msg id".to_owned()))
}

pub fn get(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    let sending = find(state, body)?;
    Ok(json!({ "msg_id": sending.msg_id, "msg_status": sending.status }))
}

/// Takes a sending away from those who have not read it.
pub fn delete(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    let sending = find(state, body)?;
    if sending.status == "SENDING" || sending.status == "SEND_FAIL" {
        return refuse(40059, "invalid msg id");
    }
    "DELETE".clone_into(&mut sending.status);
    let id = Some(sending.msg_id);
    if let Some(article) = state.articles.iter_mut().find(|one| one.msg_id == id) {
        article.deleted = true;
    }
    Ok(fine())
}

/// Sends a draft to one person; nothing is counted but the calls.
pub fn preview(state: &State, body: &Value) -> Result<Value, Refusal> {
    let media_id = body["mpnews"]["media_id"].as_str().unwrap_or_default();
    if !body["touser"].is_string() && !body["towxname"].is_string() {
        return refuse(40003, "invalid openid");
    }
    if !state.drafts.iter().any(|draft| draft.media_id == media_id) {
        return refuse(40007, "invalid media_id");
    }
    Ok(json!({ "errcode": 0, "errmsg": "preview success", "msg_id": FIRST }))
}

/// The pace of sendings, 0 (fast) to 4.
pub fn speed(state: &mut State, body: &Value, is_set: bool) -> Result<Value, Refusal> {
    /// Messages a minute, in ten thousands.
    const REAL: [u32; 5] = [80, 60, 45, 30, 10];

    if is_set {
        let speed = body["speed"].as_u64().filter(|speed| *speed < 5);
        state.mass_speed = speed.ok_or((45083, "invalid speed".to_owned()))?;
        return Ok(fine());
    }
    let real = usize::try_from(state.mass_speed).map_or(0, |speed| REAL[speed.min(4)]);
    Ok(json!({ "speed": state.mass_speed, "realspeed": real }))
}

/// The administrator confirms a sending.
pub fn confirm(state: &mut State, id: &Value, now: Timestamp) -> Result<Value, String> {
    let id = id.as_u64();
    let found = state.sendings.iter_mut().find(|one| Some(one.msg_id) == id);
    let sending = found.ok_or_else(|| format!("there is no sending {id:?}"))?;
    (sending.unconfirmed, sending.ends) = (false, now);
    Ok(json!({}))
}
