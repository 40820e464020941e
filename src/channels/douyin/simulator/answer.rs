//! The envelopes in which Douyin answers. Application errors are HTTP 200; a code stands in the body, in a place that
//! depends on the family of the call.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::Douyin;
use crate::channels::bytedance::simulator::envelope::{self, Refusal};

/// Which envelope a call answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `/api/douyin/v1/video/*`, `/data/external/*`: the code stands in `data` and again in `extra`.
    Old,
    /// `/api/apps/v1/*`, `/api/douyin/v1/schema/*`: `err_no` outside.
    New,
}

impl Douyin {
    /// An answer that all went well.
    pub fn ok(&self, family: Family, data: Value) -> HttpResponse {
        self.answer(family, (0, ""), data)
    }

    /// A refusal.
    pub fn refuse(&self, family: Family, refusal: Refusal) -> HttpResponse {
        self.answer(family, refusal, json!({}))
    }

    fn answer(&self, family: Family, (code, text): Refusal, data: Value) -> HttpResponse {
        let now = self.now();
        let body = match family {
            Family::Old => {
                let mut body = envelope::old((code, text), data, now);
                if self.lock().settings.without_extra
                    && let Some(body) = body.as_object_mut()
                {
                    body.remove("extra");
                }
                body
            }
            Family::New => {
                let id = envelope::log_id(now);
                json!({ "err_no": code, "err_msg": text, "log_id": id, "data": data })
            }
        };
        self.send(body)
    }

    /// The new envelope with something beside `data`, as the check of pictures has it.
    pub fn ok_beside(&self, beside: &Value) -> HttpResponse {
        let mut body =
            json!({ "err_no": 0, "err_msg": "", "log_id": envelope::log_id(self.now()) });
        if let (Some(body), Some(beside)) = (body.as_object_mut(), beside.as_object()) {
            body.extend(beside.clone());
        }
        self.send(body)
    }

    /// The envelope of `/oauth/*`: the code stands in `data` alone.
    pub fn grant_answer(&self, refusal: Refusal, data: Value) -> HttpResponse {
        self.send(envelope::grant(refusal, data, self.now()))
    }

    fn send(&self, mut body: Value) -> HttpResponse {
        if self.lock().settings.numbers_as_text {
            write_numbers_as_text(&mut body);
        }
        HttpResponse::Ok().json(body)
    }
}

fn write_numbers_as_text(value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.to_string()),
        Value::Array(list) => list.iter_mut().for_each(write_numbers_as_text),
        Value::Object(object) => object.values_mut().for_each(write_numbers_as_text),
        _ => {}
    }
}
