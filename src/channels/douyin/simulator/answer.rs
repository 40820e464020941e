//! The envelopes in which Douyin answers. Application errors are HTTP 200; a code stands in the body, in a place that
//! depends on the family of the call.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::Douyin;

/// Which envelope a call answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `/api/douyin/v1/video/*`, `/data/external/*`: the code stands in `data` and again in `extra`.
    Old,
    /// `/api/apps/v1/*`, `/api/douyin/v1/schema/*`: `err_no` outside.
    New,
}

/// Why a call is refused: the code and the words beside it.
pub type Refusal = (i64, &'static str);

impl Douyin {
    /// An answer that all went well.
    pub fn ok(&self, family: Family, data: Value) -> HttpResponse {
        self.answer(family, (0, ""), data)
    }

    /// A refusal.
    pub fn refuse(&self, family: Family, refusal: Refusal) -> HttpResponse {
        self.answer(family, refusal, json!({}))
    }

    fn answer(&self, family: Family, (code, text): Refusal, mut data: Value) -> HttpResponse {
        let (id, now) = (self.log_id(), self.now().unix_seconds());
        let body = match family {
            Family::Old => {
                data["error_code"] = json!(code);
                data["description"] = json!(text);
                let extra = json!({ "error_code": code, "description": text, "sub_error_code": 0, "sub_description": "", "logid": id, "now": now });
                if self.lock().settings.without_extra {
                    json!({ "data": data })
                } else {
                    json!({ "data": data, "extra": extra })
                }
            }
            Family::New => json!({ "err_no": code, "err_msg": text, "log_id": id, "data": data }),
        };
        self.send(body)
    }

    /// The new envelope with something beside `data`, as the check of pictures has it.
    pub fn ok_beside(&self, beside: &Value) -> HttpResponse {
        let mut body = json!({ "err_no": 0, "err_msg": "", "log_id": self.log_id() });
        if let (Some(body), Some(beside)) = (body.as_object_mut(), beside.as_object()) {
            body.extend(beside.clone());
        }
        self.send(body)
    }

    /// The envelope of `/oauth/*`: the code stands in `data` alone.
    pub fn grant_answer(&self, (code, text): Refusal, mut data: Value) -> HttpResponse {
        data["error_code"] = json!(code);
        data["description"] = json!(text);
        data["log_id"] = json!(self.log_id());
        if code != 0 {
            data["captcha"] = json!("");
            data["desc_url"] = json!("");
        }
        let message = if code == 0 { "success" } else { "error" };
        self.send(json!({ "data": data, "message": message }))
    }

    fn send(&self, mut body: Value) -> HttpResponse {
        if self.lock().settings.numbers_as_text {
            write_numbers_as_text(&mut body);
        }
        HttpResponse::Ok().json(body)
    }

    fn log_id(&self) -> String {
        let time = self.now().to_utc().format("%Y%m%d%H%M%S");
        let number = uuid::Uuid::now_v7().simple().to_string();
        format!("{time}SIM{}", &number[20..]).to_uppercase()
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

/// The page that the gateway shows in place of an answer.
pub fn too_large() -> HttpResponse {
    HttpResponse::PayloadTooLarge()
        .content_type("text/html")
        .body("<html><body><h1>413 Request Entity Too Large</h1></body></html>")
}
