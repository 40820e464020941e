//! What deliveries need before they can go out: accounts at the simulators, a story, a video, a worker.

use std::{collections::BTreeMap, time::Duration};

use fenfa::{
    auth::{Actor, SiteChanges},
    channels::fault::{Fault, FaultRule},
    content::{Body, Content, NewItem, NewProduct, StoryContent, VideoContent},
    delivery::{
        ChannelAccount, Delivery, DeliveryState, DeliveryStep, Due, NewAccount, ScheduleInput,
        StepState, Worker,
    },
    id::{AssetId, DeliveryId, ProductId},
    media::NewAsset,
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use super::{
    TestApp,
    route::{
        ALIPAY, ALIPAY_ARTICLE, ALIPAY_ITEM, DOUYIN, DOUYIN_HAND_OFF, DOUYIN_PICTURES, Route,
        TOUTIAO, WECHAT_PICTURES,
    },
};
use crate::board;

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// A file of `tests/fixtures/media`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/media/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// A video of about so many megabytes: the fixture with a box behind it that players skip.
pub fn large_file(megabytes: u32) -> Vec<u8> {
    let mut file = fixture("vertical-2s.mp4");
    let length = megabytes << 20;
    file.extend(length.to_be_bytes());
    file.extend(b"free");
    // No two stretches of it are alike.
    file.extend((8..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8));
    file
}

impl TestApp {
    /// Connects an account of a channel to its simulator.
    pub async fn connect(&self, channel: &str, settings: &[(&str, &str)]) -> ChannelAccount {
        let base = format!("{}/{channel}", self.simulators_url);
        let control = |command: Value| self.simulators.control(channel, &command).unwrap();
        let mut new = match channel {
            "douyin" | "toutiao" => {
                let (key, secret) = match channel {
                    "douyin" => ("awsim0001", "sim-secret-0001"),
                    _ => ("ttsim0001", "sim-secret-0002"),
                };
                NewAccount {
                    settings: texts(&[("client_key", key), ("base_url", &base)]),
                    credentials: texts(&[("client_secret", secret)]),
                    ..NewAccount::default()
                }
            }
            "wechat" => {
                control(json!({ "set": { "search_access": "production" } }));
                NewAccount {
                    settings: texts(&[
                        ("app_id", "wx0123456789abcdef"),
                        ("base_url", &base),
                        ("mass_to", "all"),
                        ("mini_app_id", "wxmini0123456789"),
                        ("reviewer_openid", "o_reviewer_sim"),
                    ]),
                    credentials: texts(&[
                        ("app_secret", "0123456789abcdef0123456789abcdef"),
                        ("callback_token", "simtoken"),
                        ("mini_app_secret", "fedcba9876543210fedcba9876543210"),
                        ("aes_key", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
                    ]),
                    ..NewAccount::default()
                }
            }
            "alipay" => {
                let keys = control(json!({ "keys": true }));
                let key = |name: &str| keys[name].as_str().unwrap();
                // A clock that stands still would count all calls as one second's.
                control(json!({ "set": { "calls_per_second": 0, "app_calls_per_second": 0 } }));
                NewAccount {
                    settings: texts(&[
                        ("app_id", "2021000000000001"),
                        ("alipay_public_key", key("alipay_public_key")),
                        ("gateway_url", &format!("{base}/gateway.do")),
                        ("item_category_id", "C000002001"),
                    ]),
                    credentials: texts(&[("private_key", key("app_private_key"))]),
                    ..NewAccount::default()
                }
            }
            "baidu" => {
                // A clock that stands still would count all calls as one second's.
                control(json!({ "set": {
                "site": self.url,
                "baijiahao_posts": 1000,
                "calls_per_second": 0,
                "crawl_delay_s": 0,
                "audit_delay_s": 0,
            } }));
                NewAccount {
                    settings: texts(&[
                        ("app_key", "AK_demo"),
                        ("site", &self.url),
                        ("openapi_url", &format!("{base}/openapi")),
                        ("push_url", &format!("{base}/zz")),
                        ("baijiahao_app_id", "BJH_demo"),
                        ("baijiahao_url", &format!("{base}/baijiahao")),
                        ("quota.baijiahao_posts", "10"),
                        ("resend_delay_s", "60"),
                    ]),
                    credentials: texts(&[
                        ("app_secret", "SK_demo"),
                        ("push_token", "0123456789abcdef"),
                        ("baijiahao_app_token", "bjh-token-demo"),
                        ("callback_token", "sandboxToken"),
                        ("aes_key", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
                    ]),
                    ..NewAccount::default()
                }
            }
            "board" => NewAccount {
                settings: texts(&[("base_url", &base)]),
                credentials: texts(&[("key", board::KEY)]),
                ..NewAccount::default()
            },
            unknown => panic!("nobody knows how to connect {unknown}"),
        };
        channel.clone_into(&mut new.channel);
        new.name = format!("{channel} {}", uuid::Uuid::now_v7());
        new.settings.extend(texts(settings));
        let actor = self.system().await;
        let connected = self.app.delivery.connect_account(&actor, new).await;
        let account = connected.unwrap();
        if !matches!(channel, "douyin" | "toutiao") {
            return account;
        }
        self.sign_in(&account).await;
        let signed_in = self.app.delivery.account(&actor, account.id).await;
        signed_in.unwrap()
    }

    /// Signs an account in: the user of the simulated platform agrees.
    pub async fn sign_in(&self, account: &ChannelAccount) {
        let agreed = json!({ "authorize": true });
        let code = self.simulators.control(&account.channel, &agreed).unwrap()["code"].clone();
        let (actor, delivery) = (self.system().await, &self.app.delivery);
        let signed_in = delivery.sign_in_with_code(&actor, account.id, code.as_str().unwrap());
        signed_in.await.unwrap();
    }

    /// Gives the site a mini-program on Douyin, which posts are tied to.
    pub async fn give_mini_program(&self) {
        let auth = &self.app.auth;
        let actor = self.system().await;
        let site = auth.site(&actor).await.unwrap();
        let programs = [("douyin".to_owned(), "tt0000sim".to_owned())];
        let changes = SiteChanges {
            mini_programs: Some(programs.into()),
            ..SiteChanges::default()
        };
        auth.update_site(&actor, site.version, changes)
            .await
            .unwrap();
    }

    async fn asset(&self, actor: &Actor, name: &str, bytes: Vec<u8>) -> AssetId {
        let new = NewAsset {
            name: name.to_owned(),
            alt: "盖碗与茶席".to_owned(),
            bytes: bytes.into(),
        };
        self.app.media.create_asset(actor, new).await.unwrap().id
    }

    async fn publish<C: Content>(&self, actor: &Actor, content: C) -> fenfa::id::ItemId {
        let new = NewItem {
            content,
            slug: None,
            source_id: None,
        };
        let item = self.app.content.create(actor, new).await.unwrap();
        let published = self.app.content.publish::<C>(actor, item.id);
        published.await.unwrap();
        item.id
    }

    /// A published story that every lane takes.
    pub async fn story(&self, title: &str) -> SourceRef {
        self.written(title, "").await
    }

    /// The same with its cover once more within the text.
    pub async fn illustrated(&self, title: &str) -> SourceRef {
        self.written(title, "\n\n![盖碗与茶席](cover.jpg)").await
    }

    async fn written(&self, title: &str, end: &str) -> SourceRef {
        let actor = self.system().await;
        let cover = self.asset(&actor, "small.jpg", fixture("small.jpg")).await;
        let text = "春茶的季节从清明前后开始，茶农在清晨采下一芽一叶，当天就要完成摊晾、杀青与揉捻。\
                    好的绿茶讲究火候，温度低了有青草气，温度高了又会焦边。冲泡时水温以八十五度为宜，\
                    先温杯，再投茶，沿着杯壁缓缓注水，茶叶舒展开来，香气清而不浮，滋味鲜爽回甘。";
        let body = format!("{text}\n\n{text}\n\n{text}{end}");
        let mut content = StoryContent::new(title);
        content.lead = text.to_owned();
        content.body = Body::from_markdown(&body, &|_| Some(cover)).body;
        content.cover = Some(cover);
        content.core_phrase = Some("绿茶冲泡".to_owned());
        SourceRef::Story(self.publish(&actor, content).await)
    }

    /// A published story with so many pictures of its own and no video.
    pub async fn gallery(&self, title: &str, pictures: u8) -> SourceRef {
        self.gallery_of(title, pictures, (600, 800)).await
    }

    /// The same with pictures of this size.
    pub async fn gallery_of(&self, title: &str, pictures: u8, size: (u32, u32)) -> SourceRef {
        self.gallery_about(title, pictures, size, Vec::new()).await
    }

    /// A published story about products of these names, for 268 yuan each, with pictures that are large enough for goods.
    pub async fn product_story(&self, title: &str, names: &[&str]) -> SourceRef {
        let actor = self.system().await;
        let mut products = Vec::new();
        for name in names {
            let new = NewProduct {
                sku: format!("SKU-{}", uuid::Uuid::now_v7().simple()),
                name: (*name).to_owned(),
                price_fen: 26_800,
                ..NewProduct::default()
            };
            let content = &self.app.content;
            let product = content.create_product(&actor, new).await.unwrap();
            let published = content.publish_product(&actor, product.id);
            published.await.unwrap();
            products.push(product.id);
        }
        self.gallery_about(title, 2, (800, 800), products).await
    }

    async fn gallery_about(
        &self,
        title: &str,
        pictures: u8,
        (width, height): (u32, u32),
        products: Vec<ProductId>,
    ) -> SourceRef {
        let actor = self.system().await;
        let mut content = StoryContent::new(title);
        content.products = products;
        content.lead = String::from("好的绿茶讲究火候，水温以八十五度为宜。");
        for shade in 0..pictures {
            let picture = image::RgbImage::from_pixel(width, height, image::Rgb([shade, 128, 64]));
            let mut bytes = std::io::Cursor::new(Vec::new());
            picture
                .write_to(&mut bytes, image::ImageFormat::Png)
                .unwrap();
            let asset = self.asset(&actor, "picture.png", bytes.into_inner()).await;
            content.gallery.push(asset);
        }
        content.cover = content.gallery.first().copied();
        SourceRef::Story(self.publish(&actor, content).await)
    }

    /// A published video.
    pub async fn video(&self, title: &str) -> SourceRef {
        self.video_of(title, fixture("vertical-2s.mp4")).await
    }

    /// A published video with this file.
    pub async fn video_of(&self, title: &str, file: Vec<u8>) -> SourceRef {
        let actor = self.system().await;
        let file = self.asset(&actor, "video.mp4", file).await;
        let mut content = VideoContent::new(title, file);
        content.caption = String::from("三分钟看懂一杯绿茶的冲泡：水温、投茶量和出汤时间。");
        SourceRef::Video(self.publish(&actor, content).await)
    }

    /// A published video with a still of its own.
    pub async fn video_with_poster(&self, title: &str) -> SourceRef {
        self.video_with_still(title, fixture("small.jpg")).await
    }

    /// A published video with this still.
    pub async fn video_with_still(&self, title: &str, still: Vec<u8>) -> SourceRef {
        let actor = self.system().await;
        let file = self
            .asset(&actor, "video.mp4", fixture("vertical-2s.mp4"))
            .await;
        let mut content = VideoContent::new(title, file);
        content.poster = Some(self.asset(&actor, "small.jpg", still).await);
        content.caption = String::from(
            "三分钟看懂一杯绿茶的冲泡：水温八十五度，三克茶配一百五十毫升水，沿杯壁缓缓注入，两分钟就可以出汤。",
        );
        SourceRef::Video(self.publish(&actor, content).await)
    }

    /// Something that a route takes, under a title of its own.
    pub async fn source_for(&self, route: Route, title: &str) -> SourceRef {
        match route {
            DOUYIN | DOUYIN_HAND_OFF | TOUTIAO => self.video(title).await,
            ALIPAY_ITEM => self.product_story(title, &[title]).await,
            ALIPAY | ALIPAY_ARTICLE | WECHAT_PICTURES | DOUYIN_PICTURES => {
                self.gallery(title, 2).await
            }
            _ => self.story(title).await,
        }
    }

    /// Schedules something that a route takes for now.
    pub async fn send(&self, route: Route, account: &ChannelAccount, title: &str) -> DeliveryId {
        let source = self.source_for(route, title).await;
        self.schedule(route, account, source).await
    }

    /// Schedules for now.
    pub async fn schedule(
        &self,
        route: Route,
        account: &ChannelAccount,
        source: SourceRef,
    ) -> DeliveryId {
        let input = ScheduleInput {
            source,
            account: account.id,
            lane: route.lane.to_owned(),
            due: Due::Now,
        };
        let actor = self.system().await;
        let scheduled = self.app.delivery.schedule(&actor, input).await;
        scheduled
            .unwrap_or_else(|error| panic!("{error}: {:?}", error.details()))
            .id
    }

    pub async fn worker(&self) -> Worker {
        Worker::open(&self.app.delivery).await.unwrap()
    }

    pub async fn delivery(&self, id: DeliveryId) -> Delivery {
        let actor = self.system().await;
        self.app.delivery.delivery(&actor, id).await.unwrap()
    }

    /// Works, and moves the clock from wake-up to wake-up, until the delivery waits for a person or is at its end.
    pub async fn settle(&self, worker: &Worker, id: DeliveryId) -> Delivery {
        for _ in 0..200 {
            worker.run_until_idle().await.unwrap();
            let delivery = self.delivery(id).await;
            let is_settled =
                delivery.state.is_final() || delivery.state == DeliveryState::NeedsReview;
            if is_settled {
                return delivery;
            }
            match self.app.delivery.next_wake_up().await.unwrap() {
                Some(at) if at > self.clock.now() => self.clock.set(at),
                Some(_) => {}
                None => return delivery,
            }
        }
        panic!("never settled: {:#?}", self.delivery(id).await)
    }

    /// Waits until a commit of the delivery is written down: its call is about to begin, or under way.
    pub async fn until_armed(&self, id: DeliveryId) -> DeliveryStep {
        let actor = self.system().await;
        let armed = async {
            loop {
                let steps = self.app.delivery.steps(&actor, id).await.unwrap();
                let armed = steps
                    .into_iter()
                    .find(|step| step.state == StepState::Armed);
                if let Some(step) = armed {
                    return step;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let armed = tokio::time::timeout(Duration::from_secs(20), armed).await;
        armed.expect("a commit is armed before it is sent")
    }

    /// A fault at the next call whose path holds this.
    pub fn fault(&self, route: Route, path: &str, fault: Fault) {
        let rule = FaultRule {
            path: path.to_owned(),
            skip: 0,
            times: 1,
            fault,
        };
        assert!(self.simulators.add_fault(route.channel, rule));
    }

    /// A fault at every call whose path holds this.
    pub fn lasting_fault(&self, route: Route, path: &str, fault: Fault) {
        let rule = FaultRule {
            path: path.to_owned(),
            skip: 0,
            times: 0,
            fault,
        };
        assert!(self.simulators.add_fault(route.channel, rule));
    }

    /// A page that people see, and how many pictures it has; each of them is there.
    pub async fn page(&self, url: &str) -> (String, usize) {
        let answer = self.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        let (base, page) = (answer.url().clone(), answer.text().await.unwrap());
        let sources = page.split("<img ").skip(1).map(|tag| {
            let (_, rest) = tag.split_once("src=\"").expect("an address");
            base.join(rest.split('"').next().unwrap()).unwrap()
        });
        let mut count = 0;
        for source in sources {
            let picture = self.http.get(source.clone()).send().await.unwrap();
            assert_eq!(picture.status(), 200, "{source} on {url}");
            assert_eq!(picture.headers()["content-type"], "image/jpeg", "{source}");
            count += 1;
        }
        (page, count)
    }

    /// What readers see on a route.
    pub fn live(&self, route: Route) -> Vec<Value> {
        let ledger = self.simulators.ledger_of(route.channel).unwrap();
        let items = ledger["items"].as_array().unwrap().iter();
        items
            .filter(|item| item["lane"] == route.lane)
            .cloned()
            .collect()
    }
}
