//! Simulators beside a server, and an account on each of them: to practise with, and for the demo to watch.

use std::{collections::BTreeMap, net::TcpListener, path::Path};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    app::App,
    auth::{Actor, SiteChanges},
    channels::{Simulators, find_channel},
    cli::simulators::http_server,
    clock::Clock,
    config::Config,
    delivery::NewAccount,
    id::AccountId,
    outbound,
};

/// Where the simulators of a server keep their state.
const FOLDER: &str = "data/simulators";

/// Running simulators, told about the site of a server.
pub struct Practice {
    server_url: String,
    url: String,
    /// What people beside the platforms call them with.
    pub http: reqwest::Client,
    /// The platforms.
    pub simulators: Simulators,
}

impl Practice {
    /// Serves the simulators at an address and lets the server call them.
    pub fn open(address: &str, config: &mut Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address)
            .with_context(|| format!("--simulators: cannot listen on {address}"))?;
        let allowed = &mut config.outbound.allow_private;
        // The crawlers read the server's pages.
        allowed.push(format!("{}:{}", config.server.host, config.server.port));
        allowed.push(listener.local_addr()?.to_string());
        Self::start(listener, Path::new(FOLDER), config)
    }

    /// Serves the simulators on a listener, with their state in a folder.
    pub fn start(listener: TcpListener, dir: &Path, config: &Config) -> anyhow::Result<Self> {
        let http = outbound::client(&config.outbound, &[])?;
        let url = format!("http://{}", listener.local_addr()?);
        let simulators = Simulators::new(&Clock::system(), Some(dir), &http);
        tokio::spawn(http_server(&simulators, listener)?);
        let practice = Self {
            server_url: config.server.base_url(),
            url,
            http,
            simulators,
        };
        practice.tell_site()?;
        Ok(practice)
    }

    /// Where the platforms are.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Tells the platforms about the site.
    fn tell_site(&self) -> anyhow::Result<()> {
        let url = &self.server_url;
        // Nobody wants to wait for days; the rest is as a new application has it.
        let baidu = json!({ "set": {
            "site": url,
            "page_template": format!("{url}/{{kind}}/{{id}}"),
            "search_daily": 1000,
            "baijiahao_posts": 1000,
            "crawl_delay_s": 0,
            // A machine that is busy with all of this is no reason to call a page poor.
            "page_patience_s": 60,
            "audit_delay_s": 0,
        } });
        self.ask("baidu", &baidu)?;
        let wechat = json!({ "set": { "search_access": "production", "search_delay_s": 0 } });
        self.ask("wechat", &wechat).map(|_| ())
    }

    fn ask(&self, channel: &str, command: &Value) -> anyhow::Result<Value> {
        let answer = self.simulators.control(channel, command);
        answer.map_err(anyhow::Error::msg)
    }

    /// An account on each channel's simulator; those of channels that have one already stay.
    pub async fn connect_all(
        &self,
        app: &App,
        actor: &Actor,
    ) -> anyhow::Result<BTreeMap<&'static str, AccountId>> {
        give_mini_programs(app, actor).await?;
        let known = app.delivery.accounts(actor).await?;
        let mut connected = BTreeMap::new();
        for channel in ["baidu", "douyin", "wechat", "alipay", "toutiao"] {
            let account = known.iter().find(|account| account.channel == channel);
            let id = if let Some(account) = account {
                account.id
            } else {
                let new = self.account_on(channel)?;
                let account = app.delivery.connect_account(actor, new).await?;
                if find_channel(channel).is_some_and(|channel| channel.signs_in) {
                    // The user of the simulated app agrees.
                    let code = self.ask(channel, &json!({ "authorize": true }))?;
                    let code = code["code"].as_str().unwrap_or_default();
                    app.delivery
                        .sign_in_with_code(actor, account.id, code)
                        .await?;
                }
                account.id
            };
            connected.insert(channel, id);
        }
        Ok(connected)
    }

    /// What a person would type into the channel's form, for an account on its simulator.
    fn account_on(&self, channel: &str) -> anyhow::Result<NewAccount> {
        let base = format!("{}/{channel}", self.url);
        let text =
            |answer: &Value, name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let (name, mut settings, credentials) = match channel {
            "baidu" => (
                "百度 · 演示",
                texts([
                    ("app_key", "AK_demo"),
                    ("site", &self.server_url),
                    ("openapi_url", &format!("{base}/openapi")),
                    ("push_url", &format!("{base}/zz")),
                    ("baijiahao_app_id", "BJH_demo"),
                    ("baijiahao_url", &format!("{base}/baijiahao")),
                    ("resend_delay_s", "2"),
                    ("listing_delay_s", "2"),
                    ("quota.search_daily", "1000"),
                    ("quota.baijiahao_posts", "1000"),
                ]),
                texts([
                    ("app_secret", "SK_demo"),
                    ("push_token", "0123456789abcdef"),
                    ("baijiahao_app_token", "bjh-token-demo"),
                ]),
            ),
            "douyin" => (
                "抖音 · 演示",
                texts([
                    ("client_key", "awsim0001"),
                    ("base_url", &base),
                    ("listing_delay_s", "2"),
                ]),
                texts([("client_secret", "sim-secret-0001")]),
            ),
            "toutiao" => (
                "今日头条 · 演示",
                texts([
                    ("client_key", "ttsim0001"),
                    ("base_url", &base),
                    ("listing_delay_s", "2"),
                ]),
                texts([("client_secret", "sim-secret-0002")]),
            ),
            "wechat" => (
                "微信公众号 · 演示",
                texts([
                    ("app_id", "wx0123456789abcdef"),
                    ("mini_app_id", "wxmini0123456789"),
                    ("reviewer_openid", "o_reviewer_sim"),
                    ("mass_to", "all"),
                    ("base_url", &base),
                    ("listing_delay_s", "2"),
                ]),
                texts([
                    ("app_secret", "0123456789abcdef0123456789abcdef"),
                    ("mini_app_secret", "fedcba9876543210fedcba9876543210"),
                ]),
            ),
            _ => {
                let keys = self.ask(channel, &json!({ "keys": true }))?;
                (
                    "支付宝 · 演示",
                    texts([
                        ("app_id", "2021000000000001"),
                        ("alipay_public_key", &text(&keys, "alipay_public_key")),
                        ("gateway_url", &format!("{base}/gateway.do")),
                        ("item_category_id", "C000002001"),
                        ("listing_delay_s", "2"),
                    ]),
                    texts([("private_key", &text(&keys, "app_private_key"))]),
                )
            }
        };
        settings.insert("call_deadline_s".to_owned(), "5".to_owned());
        Ok(NewAccount {
            channel: channel.to_owned(),
            name: name.to_owned(),
            settings,
            credentials,
            tokens: None,
        })
    }
}

/// The site's mini-programs, whose pages are submitted for search and attached to posts; those that it has stay.
async fn give_mini_programs(app: &App, actor: &Actor) -> anyhow::Result<()> {
    let site = app.auth.site(actor).await?;
    let mut programs = texts([("douyin", "tt0000sim"), ("alipay", "2021000000000001")]);
    programs.extend(site.mini_programs.clone());
    if programs == site.mini_programs {
        return Ok(());
    }
    let changes = SiteChanges {
        mini_programs: Some(programs),
        ..SiteChanges::default()
    };
    app.auth.update_site(actor, site.version, changes).await?;
    Ok(())
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}
