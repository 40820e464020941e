//! What an account may do, found out by trying.

use std::collections::BTreeMap;

use super::{
    super::{HAND_OFF, PUBLISH, SEARCH, handoff},
    Douyin,
};
use crate::{
    channels::{
        AccountCheck, StepHost, Tokens, beijing,
        bytedance::{error::is_unreadable, grant},
    },
    clock::Timestamp,
};

/// Scopes that allow direct publishing; names are merged and renamed over time.
const PUBLISH_SCOPES: &str = "video.create.bind";

impl Douyin {
    /// Asks for what each lane needs.
    pub(super) async fn account_check(&self, host: &dyn StepHost) -> AccountCheck {
        let mut lanes = Vec::new();
        let mut barred = BTreeMap::new();
        let mut said = Vec::new();
        let mut open_id = self.client.account.setting("open_id", "").to_owned();
        let mut can_be_used = true;
        match host.token(None).await {
            Ok(tokens) => {
                if self.can_publish(&tokens) {
                    lanes.push(PUBLISH.to_owned());
                    said.push("可以直接发布".to_owned());
                } else {
                    let reason = "没有「代替用户发布」权限".to_owned();
                    barred.insert(PUBLISH.to_owned(), reason.clone());
                    said.push(reason);
                }
                said.push(match self.client.video_list(host, 0).await {
                    Ok(_) => "能查询作品，回执丢失时可以自动核对".to_owned(),
                    Err(error) if is_unreadable(&error) => {
                        format!("不能查询作品，回执丢失时需要人工核对：{error}")
                    }
                    Err(error) => format!("查询作品没有成功：{error}"),
                });
                if let Some(end) = tokens.refresh_expires_at {
                    let left = grant::MOST_RENEWALS.saturating_sub(tokens.renewals);
                    said.push(format!("授权到 {}，还能自动续期 {left} 次", day(end)));
                }
                open_id = tokens.external_id.unwrap_or(open_id);
            }
            Err(error) => {
                // An account for hand-off alone needs nobody's grant.
                can_be_used = grant::is_missing(&error);
                if can_be_used {
                    barred.insert(PUBLISH.to_owned(), error.message.clone());
                }
                said.push(format!("不能直接发布：{error}"));
            }
        }
        match handoff::check(&self.client, host).await {
            Ok(()) => {
                lanes.push(HAND_OFF.to_owned());
                said.push("可以扫码发布".to_owned());
            }
            Err(error) => {
                let reason = error.bars();
                barred.extend(reason.map(|reason| (HAND_OFF.to_owned(), reason)));
                said.push(format!("不能扫码发布：{error}"));
            }
        }
        // Whether pages may be submitted shows only when one is.
        lanes.push(SEARCH.to_owned());
        AccountCheck {
            ok: can_be_used && lanes.len() > 1,
            message: format!("{}。", said.join("；")),
            lanes,
            barred,
            external_id: Some(open_id).filter(|id| !id.is_empty()),
        }
    }

    /// Whether the grant allows direct publishing; a grant that names no scopes is believed.
    fn can_publish(&self, tokens: &Tokens) -> bool {
        let wanted = self
            .client
            .account
            .setting("publish_scopes", PUBLISH_SCOPES);
        tokens.scopes.is_empty()
            || wanted
                .split(',')
                .any(|wanted| tokens.scopes.iter().any(|scope| scope == wanted.trim()))
    }
}

/// The day in Beijing, as people write it.
fn day(at: Timestamp) -> String {
    beijing(at).format("%Y-%m-%d").to_string()
}
