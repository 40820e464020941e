//! One function for each call to Baijiahao. Every body carries the author's id and token.

use serde_json::Value;

use super::super::{
    client::PATIENCE,
    error::{self, Endpoint},
    wire,
};
use crate::channels::{
    Account, ChannelError, ErrorClass, StepHost, Totals,
    http::{self, Evidence},
};

const BASE_URL: &str = "https://baijiahao.baidu.com";
/// Items on a page of the list (query/articleListall).
pub const PAGE: usize = 20;

/// Calls as one author.
pub struct Author<'a> {
    account: &'a Account,
}

/// What the platform tells of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub id: String,
    pub nid: String,
    pub title: String,
    pub status: String,
    /// Where readers see it.
    pub url: Option<String>,
    /// Why it was refused.
    pub reason: String,
    /// When it last changed, as the platform spells it.
    pub updated_at: String,
}

impl Told {
    fn read(id: &str, item: &Value) -> Self {
        let text = |name: &str| {
            let value = &item[name];
            if value.is_null() {
                String::new()
            } else {
                wire::text(value)
            }
        };
        let url = [text("url"), text("article_url")];
        Self {
            id: id.to_owned(),
            nid: text("nid"),
            title: text("title"),
            status: text("status"),
            url: url.into_iter().find(|url| !url.is_empty()),
            reason: text("msg"),
            updated_at: text("updated_at"),
        }
    }
}

impl<'a> Author<'a> {
    /// Whether an account has an author.
    pub fn is_given(account: &Account) -> bool {
        !account.setting("baijiahao_app_id", "").is_empty()
    }

    /// The author of an account.
    pub fn of(account: &'a Account) -> Result<Self, ChannelError> {
        if Self::is_given(account) {
            return Ok(Self { account });
        }
        let text = "这个账号没有填写百家号的 app_id，不能发百家号";
        Err(ChannelError::new(ErrorClass::Permission, text))
    }

    /// Publishes (`article/publish`, `video/publish`) or changes (`article/republish`) an item; its id and number.
    pub async fn send(
        &self,
        host: &dyn StepHost,
        call: &str,
        form: &[(&str, String)],
    ) -> Result<(String, String), ChannelError> {
        let data = self.post(host, call, form).await?;
        match wire::id(&data["article_id"]) {
            Some(id) => Ok((id, wire::id(&data["nid"]).unwrap_or_default())),
            None => Err(ChannelError::new(
                ErrorClass::SentUnknown,
                "百家号没有给出文章编号",
            )),
        }
    }

    /// Takes an item down (article/withdraw).
    pub async fn withdraw(&self, host: &dyn StepHost, id: &str) -> Result<(), ChannelError> {
        let form = [("article_id", id.to_owned())];
        self.post(host, "article/withdraw", &form).await.map(drop)
    }

    /// What became of an item (query/status); nothing when the platform knows none of this id.
    pub async fn status(
        &self,
        host: &dyn StepHost,
        id: &str,
    ) -> Result<Option<Told>, ChannelError> {
        let form = [("article_id", id.to_owned())];
        let data = self.post(host, "query/status", &form).await?;
        let found = data.get(id).filter(|item| item.is_object());
        Ok(found.map(|item| Told::read(id, item)))
    }

    /// A page of the items of a kind (`news`, `video`) of some days, spelled `2026-03-01` (query/articleListall).
    pub async fn items(
        &self,
        host: &dyn StepHost,
        kind: &str,
        (from, to): (&str, &str),
        page: usize,
    ) -> Result<Vec<Told>, ChannelError> {
        let form = [
            ("start_time", from.to_owned()),
            ("end_time", to.to_owned()),
            ("article_type", kind.to_owned()),
            ("page_no", page.to_string()),
            ("page_size", PAGE.to_string()),
        ];
        let data = self.post(host, "query/articleListall", &form).await?;
        // An object by id; a list where it is empty.
        match &data["items"] {
            Value::Object(items) => Ok(items
                .iter()
                .map(|(id, item)| Told::read(id, item))
                .collect()),
            Value::Array(none) if none.is_empty() => Ok(Vec::new()),
            _ => Err(ChannelError::new(
                ErrorClass::ProtocolDrift,
                "百家号的文章列表无法识别",
            )),
        }
    }

    /// What readers did with an item (query/articleStatistics); −1 is "could not be read".
    pub async fn totals(&self, host: &dyn StepHost, id: &str) -> Result<Totals, ChannelError> {
        let form = [("article_id", id.to_owned())];
        let data = self.post(host, "query/articleStatistics", &form).await?;
        let told = data.get(id).unwrap_or(&data);
        let count = |name: &str| {
            let count = wire::number(&told[name])?;
            u64::try_from(count).ok()
        };
        Ok(Totals {
            views: count("view_count"),
            likes: count("likes_count"),
            comments: count("comment_count"),
            shares: count("share_count"),
        })
    }

    async fn post(
        &self,
        host: &dyn StepHost,
        call: &str,
        form: &[(&str, String)],
    ) -> Result<Value, ChannelError> {
        let base = self.account.setting("baijiahao_url", BASE_URL);
        let url = format!("{base}/builderinner/open/resource/{call}");
        let author = [
            ("app_id", self.account.setting("baijiahao_app_id", "")),
            ("app_token", self.account.credential("baijiahao_app_token")),
        ];
        let fields = form.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<(&str, &str)> = author.into_iter().chain(fields).collect();
        let request = self.account.http.post(&url).timeout(PATIENCE).form(&all);
        let shown = form.iter().map(|(name, value)| format!("{name}={value}"));
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: shown.collect::<Vec<_>>().join("&"),
            request_id_header: None,
        };
        let answer = http::send(host, request, evidence).await?;
        Ok(error::read(Endpoint::Author, &answer)?.data)
    }
}
