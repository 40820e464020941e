//! A page of ours, as a mini-program's search finds it: it shows what readers may see, so it must be there first.

use std::time::Duration;

use super::{
    Account, ChannelError, ErrorClass, Outcome, StepContext, StepOutput,
    http::{self, Evidence},
};

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Looks whether the reader page of a submission answers.
pub async fn check_page(account: &Account, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
    let url = &ctx.submission.page_url;
    let request = account.http.get(url).timeout(PATIENCE);
    let evidence = Evidence {
        request: format!("GET {url}"),
        ..Evidence::default()
    };
    let status = http::send(ctx.host, request, evidence).await?.status;
    if status == 200 {
        return Ok(Outcome::Done(StepOutput::default()));
    }
    let text = format!("页面 {url} 没有正常打开（状态 {status}），先发布内容再提交");
    Err(ChannelError {
        http_status: Some(status),
        ..ChannelError::new(ErrorClass::MediaNotReady, text)
    })
}
