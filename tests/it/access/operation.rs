//! The table: every operation of the admin API, the permission it needs, and variables with which it works.

use fenfa::{
    auth::{NewUser, Permission, Role},
    background::{Digest, NewRecurringJob, Work},
    content::{NewItem, NewProduct, StoryContent, VideoContent},
    delivery::Metric,
    id::{
        AccountId, ApiKeyId, AssetId, CategoryId, DeliveryId, ItemId, JobId, ProductId,
        RecurringJobId, RevisionId, TagId, UserId, WebhookId, WebhookMessageId,
    },
    webhooks::NewWebhook,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use crate::harness::{BAIDU_SEARCH, Person, TestApp};

/// Stands in every row of the fixture, so that a leak is seen.
pub const SECRET: &str = "绝密";

/// An operation.
pub struct Operation {
    pub name: &'static str,
    /// `None`: it needs no session.
    pub needs: Option<Permission>,
    /// Whether its variables name a row of the fixture's site.
    pub names_a_row: bool,
    pub variables: fn(&Fixture) -> Value,
}

/// A row of every noun.
pub struct Fixture {
    /// Whose stories and videos they are; other authors may not change them.
    pub author: Person,
    pub asset: AssetId,
    pub video_file: AssetId,
    pub story: ItemId,
    pub revision: RevisionId,
    pub video: ItemId,
    pub video_revision: RevisionId,
    pub product: ProductId,
    pub category: CategoryId,
    pub tag: TagId,
    pub user: UserId,
    pub api_key: ApiKeyId,
    pub account: AccountId,
    pub delivery: DeliveryId,
    pub recurring_job: RecurringJobId,
    pub dead_job: JobId,
    pub webhook: WebhookId,
    pub webhook_message: WebhookMessageId,
}

impl Fixture {
    pub async fn make(app: &TestApp) -> Self {
        let (system, services) = (app.system().await, &app.app);
        let author = app.person(Role::Author).await;
        let file =
            |name: &str| format!("{}/tests/fixtures/media/{name}", env!("CARGO_MANIFEST_DIR"));
        let keep = async |name: &str| {
            let named = format!("{SECRET}{name}");
            let kept = services
                .media
                .create_asset_from_file(&system, &named, SECRET, file(name).as_ref())
                .await;
            kept.unwrap().0.id
        };
        let (asset, video_file) = (keep("small.jpg").await, keep("vertical-2s.mp4").await);
        let content = &services.content;
        let category = content
            .ensure_category(&system, "secret", SECRET)
            .await
            .unwrap()
            .id;
        let tag = content.ensure_tag(&system, SECRET).await.unwrap().id;
        let story = StoryContent {
            lead: SECRET.to_owned(),
            cover: Some(asset),
            category: Some(category),
            tags: vec![tag],
            ..StoryContent::new(SECRET)
        };
        let new = NewItem {
            content: story,
            slug: None,
            source_id: None,
        };
        let story = content.create(&author.actor, new).await.unwrap();
        let new = NewItem {
            content: VideoContent::new(SECRET, video_file),
            slug: None,
            source_id: None,
        };
        let video = content.create(&author.actor, new).await.unwrap();
        let product = NewProduct {
            sku: "A-1".to_owned(),
            name: SECRET.to_owned(),
            price_fen: 9900,
            pictures: vec![asset],
            ..NewProduct::default()
        };
        let product = content.create_product(&system, product).await.unwrap().id;
        let user = NewUser {
            email: "somebody@example.com".to_owned(),
            name: SECRET.to_owned(),
            password: "correct horse battery".to_owned(),
            role: Role::Viewer,
        };
        let user = services.auth.create_user(&system, user).await.unwrap().id;
        let (api_key, _) = services.auth.create_api_key(&system, SECRET).await.unwrap();
        let account = app.connect(BAIDU_SEARCH.channel, &[]).await;
        let title = format!("{SECRET}的明前龙井冲泡要点与火候");
        let delivery = app.send(BAIDU_SEARCH, &account, &title).await;
        let digest = Digest {
            title: SECRET.to_owned(),
            story_count: 5,
            day_count: 7,
            metric: Metric::Views,
        };
        let new = NewRecurringJob {
            name: SECRET.to_owned(),
            work: Work::Digest(digest),
            expression: "0 9 * * 1".to_owned(),
            zone: None,
        };
        let background = &services.background;
        let recurring_job = background
            .create_recurring_job(&system, new)
            .await
            .unwrap()
            .id;
        let new = NewWebhook {
            name: SECRET.to_owned(),
            url: "https://example.com/hook".to_owned(),
            topics: vec!["story.published".to_owned()],
        };
        let (webhook, _) = services
            .webhooks
            .create_webhook(&system, new)
            .await
            .unwrap();
        let ping = services.webhooks.ping_webhook(&system, webhook.id).await;
        let dead_job = dead_job(app).await;
        Self {
            author,
            asset,
            video_file,
            story: story.id,
            revision: story.revision,
            video: video.id,
            video_revision: video.revision,
            product,
            category,
            tag,
            user,
            api_key: api_key.id,
            account: account.id,
            delivery,
            recurring_job,
            dead_job,
            webhook: webhook.id,
            webhook_message: ping.unwrap().id,
        }
    }
}

/// A job that was given up, as the queue leaves it.
async fn dead_job(app: &TestApp) -> JobId {
    let (id, site) = (JobId::new(), app.system().await.site());
    let sql = "INSERT INTO job (id, site_id, kind, payload, state, run_at, attempt, max_attempts, lease_token, \
               last_error, created_at, updated_at, ended_at) \
               VALUES ($1, $2, 'webhook.send', $3, 'dead', 1, 5, 5, 5, $4, 1, 1, 1)";
    let values = [id.into(), site.into(), json!({}).into(), SECRET.into()];
    let db = &app.app.db;
    let statement = Statement::from_sql_and_values(db.backend(), sql, values);
    db.write().execute_raw(statement).await.unwrap();
    id
}

const fn operation(
    name: &'static str,
    needs: Option<Permission>,
    names_a_row: bool,
    variables: fn(&Fixture) -> Value,
) -> Operation {
    Operation {
        name,
        needs,
        names_a_row,
        variables,
    }
}

use Permission::{
    ManageAccounts, ManageSite, ManageUsers, Publish, ReadContent, ReadPublished, Schedule,
    WriteContent,
};

fn story_content(fixture: &Fixture) -> Value {
    json!({
        "kind": "ARTICLE", "title": "立春", "lead": "一句话", "coverId": fixture.asset,
        "galleryIds": [fixture.asset], "byline": "编辑部", "categoryId": fixture.category,
        "tagIds": [fixture.tag], "productIds": [fixture.product], "videoIds": [fixture.video],
        "corePhrase": "立春", "locale": "zh-Hans", "custom": { "a": 1 },
        "body": { "type": "doc", "content": [
            { "type": "paragraph", "content": [{ "type": "text", "text": "春天来了。" }] },
        ] },
    })
}

fn video_content(fixture: &Fixture) -> Value {
    json!({
        "title": "春天", "caption": "一句话", "fileId": fixture.video_file, "posterId": fixture.asset,
        "categoryId": fixture.category, "tagIds": [fixture.tag], "productIds": [fixture.product],
        "storyId": fixture.story, "custom": { "a": 1 },
    })
}

fn product(sku: &str, fixture: &Fixture) -> Value {
    json!({
        "sku": sku, "name": "围巾", "brief": "暖和", "priceFen": 19900, "categoryId": fixture.category,
        "attributes": [{ "name": "材质", "value": "羊毛" }], "pictureIds": [fixture.asset],
        "paths": [{ "channel": "a", "path": "/p?id=1" }],
    })
}

fn id_of(id: impl serde::Serialize) -> Value {
    json!({ "input": { "id": id } })
}

/// Every operation.
pub static OPERATIONS: &[Operation] = &[
    operation("viewer", None, false, |_| json!({})),
    operation(
        "signIn",
        None,
        false,
        |_| json!({ "input": { "email": "nobody@example.com", "password": "wrong" } }),
    ),
    operation("needsSetUp", None, false, |_| json!({})),
    operation("setUp", None, false, |_| {
        json!({ "input": {
            "setUpCode": "wrong", "siteName": "茶山", "zone": "Asia/Shanghai",
            "email": "first@example.com", "name": "王编辑", "password": "correct horse battery",
        } })
    }),
    operation("signOut", None, false, |_| json!({})),
    operation(
        "changePassword",
        Some(ReadContent),
        false,
        |_| json!({ "input": { "currentPassword": "wrong", "newPassword": "correct horse battery 2" } }),
    ),
    operation("site", Some(ReadPublished), false, |_| json!({})),
    operation("updateSite", Some(ManageSite), false, |_| {
        json!({ "input": {
        "baseVersion": 77, "name": "新", "zone": "Asia/Shanghai", "baseUrl": "https://example.com", "isOfficial": true,
        "brandWords": ["新"], "pathTemplate": "/p?id={slug}", "miniPrograms": [{ "channel": "a", "appId": "1" }],
        "blackouts": [{ "from": "2026-03-04T00:00", "until": "2026-03-05T00:00", "reason": "哀悼日" }],
    } })
    }),
    operation("members", Some(ManageUsers), false, |_| json!({})),
    operation("createUser", Some(ManageUsers), false, |_| {
        json!({ "input": {
        "email": format!("{}@example.com", uuid::Uuid::now_v7()), "name": "新人", "password": "correct horse battery", "role": "VIEWER",
    } })
    }),
    operation(
        "setRole",
        Some(ManageUsers),
        true,
        |fixture| json!({ "input": { "userId": fixture.user, "role": "AUTHOR" } }),
    ),
    operation("apiKeys", Some(ManageUsers), false, |_| json!({})),
    operation(
        "createApiKey",
        Some(ManageUsers),
        false,
        |_| json!({ "input": { "name": "小程序" } }),
    ),
    operation("revokeApiKey", Some(ManageUsers), true, |fixture| {
        id_of(fixture.api_key)
    }),
    operation(
        "auditLog",
        Some(ManageUsers),
        false,
        |fixture| json!({ "userId": fixture.user, "action": "publishStory", "first": 5 }),
    ),
    operation(
        "asset",
        Some(ReadPublished),
        true,
        |fixture| json!({ "id": fixture.asset }),
    ),
    operation(
        "assets",
        Some(ReadContent),
        false,
        |_| json!({ "kind": "IMAGE", "q": "", "lacksAlt": false, "first": 5 }),
    ),
    operation(
        "assetUses",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.asset }),
    ),
    operation("updateAsset", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "id": fixture.asset, "baseVersion": 1, "alt": "面", "focalPoint": { "x": 0.5, "y": 0.5 },
    } })
    }),
    operation(
        "replaceAsset",
        Some(WriteContent),
        true,
        |fixture| json!({ "input": { "id": fixture.asset, "baseVersion": 1, "withId": fixture.asset } }),
    ),
    operation("archiveAsset", Some(WriteContent), true, |fixture| {
        id_of(fixture.asset)
    }),
    operation("categories", Some(ReadPublished), false, |_| json!({})),
    operation("tags", Some(ReadPublished), false, |_| json!({})),
    operation(
        "createCategory",
        Some(WriteContent),
        false,
        |_| json!({ "input": { "key": "food", "name": "美食" } }),
    ),
    operation(
        "createTag",
        Some(WriteContent),
        false,
        |_| json!({ "input": { "name": "美食" } }),
    ),
    operation(
        "product",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.product }),
    ),
    operation(
        "products",
        Some(ReadContent),
        false,
        |_| json!({ "q": "", "first": 5 }),
    ),
    operation("createProduct", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "product": product(&uuid::Uuid::now_v7().to_string(), fixture),
    } })
    }),
    operation("updateProduct", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "id": fixture.product, "baseVersion": 1, "product": product("A-1", fixture),
    } })
    }),
    operation("publishProduct", Some(Publish), true, |fixture| {
        id_of(fixture.product)
    }),
    operation("unpublishProduct", Some(Publish), true, |fixture| {
        id_of(fixture.product)
    }),
    operation("archiveProduct", Some(Publish), true, |fixture| {
        id_of(fixture.product)
    }),
    operation("restoreProduct", Some(WriteContent), true, |fixture| {
        id_of(fixture.product)
    }),
    operation(
        "story",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.story }),
    ),
    operation(
        "storyText",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.story, "format": "HTML" }),
    ),
    operation(
        "textBody",
        Some(WriteContent),
        false,
        |_| json!({ "format": "MARKDOWN", "text": "春茶" }),
    ),
    operation("attendStory", Some(ReadContent), true, |fixture| {
        id_of(fixture.story)
    }),
    operation("leaveStory", Some(ReadContent), true, |fixture| {
        id_of(fixture.story)
    }),
    operation(
        "stories",
        Some(ReadContent),
        false,
        |_| json!({ "q": "", "first": 5 }),
    ),
    operation(
        "storyRevisions",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.story }),
    ),
    operation(
        "storyAutosave",
        Some(WriteContent),
        false,
        |fixture| json!({ "id": fixture.story }),
    ),
    operation("createStory", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "content": story_content(fixture), "slug": null,
    } })
    }),
    operation(
        "importStory",
        Some(WriteContent),
        false,
        |_| json!({ "input": { "format": "MARKDOWN", "text": "# 立春\n\n吃春饼。", "slug": null } }),
    ),
    operation("updateStory", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "id": fixture.story, "baseVersion": 1, "content": story_content(fixture), "slug": "li-chun",
    } })
    }),
    operation("publishStory", Some(Publish), true, |fixture| {
        id_of(fixture.story)
    }),
    operation("unpublishStory", Some(Publish), true, |fixture| {
        id_of(fixture.story)
    }),
    operation("archiveStory", Some(Publish), true, |fixture| {
        id_of(fixture.story)
    }),
    operation("restoreStory", Some(WriteContent), true, |fixture| {
        id_of(fixture.story)
    }),
    operation(
        "restoreStoryRevision",
        Some(WriteContent),
        true,
        |fixture| {
            json!({ "input": {
        "revisionId": fixture.revision, "baseVersion": 1,
    } })
        },
    ),
    operation("autosaveStory", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "id": fixture.story, "baseVersion": 1, "content": story_content(fixture),
    } })
    }),
    operation(
        "discardStoryAutosave",
        Some(WriteContent),
        true,
        |fixture| id_of(fixture.story),
    ),
    operation(
        "video",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.video }),
    ),
    operation(
        "videos",
        Some(ReadContent),
        false,
        |_| json!({ "q": "", "first": 5 }),
    ),
    operation(
        "videoRevisions",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.video }),
    ),
    operation(
        "videoAutosave",
        Some(WriteContent),
        false,
        |fixture| json!({ "id": fixture.video }),
    ),
    operation("createVideo", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "content": video_content(fixture), "slug": null,
    } })
    }),
    operation("updateVideo", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "id": fixture.video, "baseVersion": 1, "content": video_content(fixture), "slug": "chun-tian",
    } })
    }),
    operation("publishVideo", Some(Publish), true, |fixture| {
        id_of(fixture.video)
    }),
    operation("unpublishVideo", Some(Publish), true, |fixture| {
        id_of(fixture.video)
    }),
    operation("archiveVideo", Some(Publish), true, |fixture| {
        id_of(fixture.video)
    }),
    operation("restoreVideo", Some(WriteContent), true, |fixture| {
        id_of(fixture.video)
    }),
    operation(
        "restoreVideoRevision",
        Some(WriteContent),
        true,
        |fixture| {
            json!({ "input": {
        "revisionId": fixture.video_revision, "baseVersion": 1,
    } })
        },
    ),
    operation("autosaveVideo", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "id": fixture.video, "baseVersion": 1, "content": video_content(fixture),
    } })
    }),
    operation(
        "discardVideoAutosave",
        Some(WriteContent),
        true,
        |fixture| id_of(fixture.video),
    ),
    operation("channels", Some(ReadContent), false, |_| json!({})),
    operation(
        "channel",
        Some(ReadContent),
        false,
        |_| json!({ "id": "douyin" }),
    ),
    operation("variant", Some(ReadContent), true, |fixture| {
        json!({
            "source": { "kind": "STORY", "id": fixture.story }, "channel": "baidu", "typed": false,
        })
    }),
    operation("setOverride", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "source": { "kind": "STORY", "id": fixture.story }, "channel": "baidu", "field": "title",
        "value": "春天的第一天", "baseVersion": 0,
    } })
    }),
    operation("inspectVariant", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "source": { "kind": "STORY", "id": fixture.story }, "channel": "alipay",
    } })
    }),
    operation("clearOverride", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "source": { "kind": "STORY", "id": fixture.story }, "channel": "baidu", "field": "title", "baseVersion": 1,
    } })
    }),
    operation(
        "appLinks",
        Some(ReadContent),
        false,
        |fixture| json!({ "source": { "kind": "STORY", "id": fixture.story }, "channel": "baidu" }),
    ),
    operation("makeAppLink", Some(WriteContent), true, |fixture| {
        json!({ "input": {
        "source": { "kind": "STORY", "id": fixture.story }, "accountId": fixture.account, "kind": "tieba",
    } })
    }),
    operation("accounts", Some(ReadContent), false, |_| json!({})),
    operation(
        "account",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.account }),
    ),
    operation("connectAccount", Some(ManageAccounts), false, |_| {
        json!({ "input": {
        "channel": "baidu", "name": uuid::Uuid::now_v7().to_string(),
        "settings": [{ "name": "app_key", "value": "key" }, { "name": "site", "value": "https://example.com" }],
        "credentials": [{ "name": "app_secret", "value": "secret" }, { "name": "push_token", "value": "token" }],
    } })
    }),
    operation("updateAccount", Some(ManageAccounts), true, |fixture| {
        json!({ "input": {
        "id": fixture.account, "baseVersion": 77, "name": "新",
        "settings": [{ "name": "app_key", "value": "key" }], "credentials": [{ "name": "app_secret", "value": "secret" }],
    } })
    }),
    operation("pauseAccount", Some(ManageAccounts), true, |fixture| {
        id_of(fixture.account)
    }),
    operation("resumeAccount", Some(ManageAccounts), true, |fixture| {
        id_of(fixture.account)
    }),
    operation("checkAccount", Some(ManageAccounts), true, |fixture| {
        id_of(fixture.account)
    }),
    operation(
        "accountSignIn",
        Some(ManageAccounts),
        true,
        |fixture| json!({ "id": fixture.account }),
    ),
    operation(
        "startAccountSignIn",
        Some(ManageAccounts),
        true,
        |fixture| json!({ "input": { "accountId": fixture.account } }),
    ),
    operation(
        "confirmAccountSignIn",
        Some(ManageAccounts),
        true,
        |fixture| id_of(fixture.account),
    ),
    operation(
        "disconnectionOutlook",
        Some(ReadContent),
        true,
        |fixture| json!({ "account": fixture.account }),
    ),
    operation(
        "removals",
        Some(ReadContent),
        true,
        |fixture| json!({ "account": fixture.account }),
    ),
    operation(
        "makeRemovalFile",
        Some(Schedule),
        true,
        |fixture| json!({ "input": { "accountId": fixture.account } }),
    ),
    operation("completeRemovalFile", Some(Schedule), true, |fixture| {
        id_of(fixture.account)
    }),
    operation("disconnectAccount", Some(ManageAccounts), true, |fixture| {
        id_of(fixture.account)
    }),
    operation("reconnectAccount", Some(ManageAccounts), true, |fixture| {
        json!({ "input": {
        "id": fixture.account, "baseVersion": 77,
        "settings": [{ "name": "app_key", "value": "key" }], "credentials": [{ "name": "app_secret", "value": "secret" }],
    } })
    }),
    operation(
        "delivery",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.delivery }),
    ),
    operation("deliveries", Some(ReadContent), false, |fixture| {
        json!({
            "filter": {
                "states": ["SCHEDULED"], "channel": "baidu", "account": fixture.account, "source": null,
                "dueFrom": "2026-01-01T00:00:00Z", "dueBefore": "2027-01-01T00:00:00Z",
            },
            "first": 5,
        })
    }),
    operation(
        "deliveryStatistics",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.delivery }),
    ),
    operation(
        "quotaOutlook",
        Some(ReadContent),
        true,
        |fixture| json!({ "delivery": fixture.delivery }),
    ),
    operation("nextFreeSlot", Some(ReadContent), true, |fixture| {
        let destination = json!({ "account": fixture.account, "lane": "search" });
        json!({ "destinations": [destination], "after": "2026-03-04T08:00:00Z" })
    }),
    operation(
        "bestTime",
        Some(ReadContent),
        true,
        |fixture| json!({ "account": fixture.account }),
    ),
    operation(
        "deliveryDays",
        Some(ReadContent),
        false,
        |_| json!({ "from": "2026-03-01", "count": 7 }),
    ),
    operation(
        "accountOutlook",
        Some(ReadContent),
        true,
        |fixture| json!({ "account": fixture.account }),
    ),
    operation("scheduleDelivery", Some(Schedule), true, |fixture| {
        json!({ "input": {
        "source": { "kind": "STORY", "id": fixture.story }, "account": fixture.account, "lane": "search",
        "at": { "wallTime": "2026-03-04T08:00", "zone": "Asia/Shanghai" },
    } })
    }),
    operation("pauses", Some(ReadContent), false, |_| json!({})),
    operation("breakers", Some(ReadContent), false, |_| json!({})),
    operation(
        "missedRule",
        Some(ReadContent),
        true,
        |fixture| json!({ "source": { "kind": "STORY", "id": fixture.story } }),
    ),
    operation(
        "approval",
        Some(ReadContent),
        true,
        |fixture| json!({ "source": { "kind": "STORY", "id": fixture.story }, "channel": "baidu" }),
    ),
    operation(
        "pauseDeliveries",
        Some(ManageAccounts),
        true,
        |fixture| json!({ "input": { "scope": { "account": fixture.account }, "note": "春节" } }),
    ),
    operation(
        "resumeDeliveries",
        Some(ManageAccounts),
        true,
        |fixture| json!({ "input": { "scope": { "account": fixture.account } } }),
    ),
    operation("setMissedRule", Some(Schedule), true, |fixture| {
        json!({ "input": {
        "source": { "kind": "STORY", "id": fixture.story }, "policy": "ASK", "windowMinutes": 60,
    } })
    }),
    operation("approveVariant", Some(Publish), true, |fixture| {
        json!({ "input": {
        "source": { "kind": "STORY", "id": fixture.story }, "channel": "baidu", "contentHash": "0",
    } })
    }),
    operation("withdrawDelivery", Some(Schedule), true, |fixture| {
        id_of(fixture.delivery)
    }),
    operation(
        "withdrawEverywhere",
        Some(Schedule),
        true,
        |fixture| json!({ "input": { "source": { "kind": "STORY", "id": fixture.story } } }),
    ),
    operation("rescheduleDelivery", Some(Schedule), true, |fixture| {
        json!({ "input": {
        "id": fixture.delivery, "at": { "wallTime": "2026-03-04T08:00", "zone": "Asia/Shanghai" },
    } })
    }),
    operation("cancelDelivery", Some(Schedule), true, |fixture| {
        id_of(fixture.delivery)
    }),
    operation("retryDelivery", Some(Schedule), true, |fixture| {
        id_of(fixture.delivery)
    }),
    operation("resolveDelivery", Some(Schedule), true, |fixture| {
        json!({ "input": {
        "id": fixture.delivery, "resolution": "PUBLISHED", "externalId": "1", "externalUrl": "https://example.com/1",
    } })
    }),
    operation(
        "statisticSeries",
        Some(ReadContent),
        true,
        |fixture| json!({ "delivery": fixture.delivery, "since": "2026-01-01" }),
    ),
    operation("recurringJobs", Some(ReadContent), false, |_| json!({})),
    operation(
        "fireTimes",
        Some(ReadContent),
        false,
        |_| json!({ "input": { "expression": "0 9 * * 1", "zone": "Asia/Shanghai" } }),
    ),
    operation(
        "recurringJob",
        Some(ReadContent),
        true,
        |fixture| json!({ "id": fixture.recurring_job }),
    ),
    operation("createRecurringJob", Some(Schedule), true, |fixture| {
        json!({ "input": {
        "name": uuid::Uuid::now_v7().to_string(), "expression": "30 2 * * *", "zone": "Asia/Shanghai",
        "submitChanged": { "account": fixture.account, "lane": "search" },
    } })
    }),
    operation("updateRecurringJob", Some(Schedule), true, |fixture| {
        json!({ "input": {
        "id": fixture.recurring_job, "baseVersion": 77, "name": "新", "expression": "30 2 * * *", "zone": "UTC",
        "digest": { "title": "精选", "storyCount": 3, "dayCount": 7, "metric": "LIKES" },
    } })
    }),
    operation("pauseRecurringJob", Some(Schedule), true, |fixture| {
        id_of(fixture.recurring_job)
    }),
    operation("resumeRecurringJob", Some(Schedule), true, |fixture| {
        id_of(fixture.recurring_job)
    }),
    operation("runRecurringJob", Some(Schedule), true, |fixture| {
        id_of(fixture.recurring_job)
    }),
    operation("deleteRecurringJob", Some(Schedule), true, |fixture| {
        id_of(fixture.recurring_job)
    }),
    operation("deadJobs", Some(ManageSite), false, |_| json!({})),
    operation("discardJob", Some(ManageSite), true, |fixture| {
        id_of(fixture.dead_job)
    }),
    operation("webhooks", Some(ManageSite), false, |_| json!({})),
    operation("webhookTopics", Some(ManageSite), false, |_| json!({})),
    operation(
        "webhook",
        Some(ManageSite),
        true,
        |fixture| json!({ "id": fixture.webhook }),
    ),
    operation(
        "webhookMessages",
        Some(ManageSite),
        true,
        |fixture| json!({ "webhook": fixture.webhook, "state": "PENDING", "topic": "webhook.ping", "first": 5 }),
    ),
    operation("createWebhook", Some(ManageSite), false, |_| {
        json!({ "input": {
        "name": uuid::Uuid::now_v7().to_string(), "url": "https://example.com/hook", "topics": ["story.changed"],
    } })
    }),
    operation("updateWebhook", Some(ManageSite), true, |fixture| {
        json!({ "input": {
        "id": fixture.webhook, "baseVersion": 77, "name": "新", "url": "https://example.com/", "topics": ["story.changed"],
    } })
    }),
    operation("pauseWebhook", Some(ManageSite), true, |fixture| {
        id_of(fixture.webhook)
    }),
    operation("resumeWebhook", Some(ManageSite), true, |fixture| {
        id_of(fixture.webhook)
    }),
    operation("rotateWebhookSecret", Some(ManageSite), true, |fixture| {
        id_of(fixture.webhook)
    }),
    operation("testWebhook", Some(ManageSite), true, |fixture| {
        id_of(fixture.webhook)
    }),
    operation("replayWebhookMessage", Some(ManageSite), true, |fixture| {
        id_of(fixture.webhook_message)
    }),
    operation("replayWebhookSpan", Some(ManageSite), true, |fixture| {
        json!({ "input": {
        "id": fixture.webhook, "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
    } })
    }),
    operation("deleteWebhook", Some(ManageSite), true, |fixture| {
        id_of(fixture.webhook)
    }),
];
