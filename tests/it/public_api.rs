//! What mini-programs read: published content only, quickly, and nothing of another site.

use fenfa::{
    auth::Actor,
    content::{Body, ItemChanges, NewItem, NewProduct, Story, StoryContent},
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::TestApp;

/// A mini-program with a key.
struct Reader<'a> {
    app: &'a TestApp,
    key: String,
}

impl<'a> Reader<'a> {
    async fn new(app: &'a TestApp, actor: &Actor) -> Self {
        let (_, key) = app
            .app
            .auth
            .create_api_key(actor, "mini-program")
            .await
            .unwrap();
        Self { app, key }
    }

    async fn send(&self, query: &str, variables: Value) -> reqwest::Response {
        self.app
            .http
            .post(format!("{}/graphql", self.app.url))
            .header("x-fenfa-key", &self.key)
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await
            .unwrap()
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        self.send(query, variables).await.json().await.unwrap()
    }

    async fn titles(&self) -> Vec<String> {
        let answer = self
            .ask("{ stories(first: 50) { nodes { title } } }", json!({}))
            .await;
        let nodes = answer["data"]["stories"]["nodes"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        nodes
            .iter()
            .map(|node| node["title"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn story(app: &TestApp, actor: &Actor, title: &str, publish: bool) -> Story {
    let mut content = StoryContent::new(title);
    content.lead = format!("{title}，鲜嫩可口，二十分钟就能上桌。");
    let new = NewItem {
        content,
        slug: None,
        source_id: None,
    };
    let story = app.app.content.create(actor, new).await.unwrap();
    if publish {
        app.app.content.publish(actor, story.id).await.unwrap()
    } else {
        story
    }
}

both_databases! {
    async fn a_draft_is_never_shown_counted_or_found(app: TestApp) {
        let actor = app.system().await;
        let reader = Reader::new(&app, &actor).await;
        story(&app, &actor, "清蒸鲈鱼的做法", true).await;
        let draft = story(&app, &actor, "秘密的鲈鱼", false).await;
        app.app.search.catch_up().await.unwrap();

        assert_eq!(reader.titles().await, ["清蒸鲈鱼的做法"]);
        let answer = reader.ask("query($slug: String!) { story(slug: $slug) { title } }", json!({ "slug": draft.slug })).await;
        assert_eq!(answer["data"]["story"], Value::Null);
        let answer = reader.ask("{ search(query: \"鲈鱼\") { nodes { title titleHtml snippetHtml } } }", json!({})).await;
        let hits = answer["data"]["search"]["nodes"].as_array().unwrap().clone();
        assert_eq!(hits.len(), 1, "{answer}");
        assert_eq!(hits[0]["titleHtml"], "清蒸<mark>鲈鱼</mark>的做法");
    }

    async fn a_change_that_is_not_published_stays_unseen(app: TestApp) {
        let actor = app.system().await;
        let reader = Reader::new(&app, &actor).await;
        let story = story(&app, &actor, "鸡蛋羹的做法", true).await;
        let mut content = story.content.clone();
        content.title = "鸡蛋羹的新做法".into();

        app.app.content.update(&actor, story.id, ItemChanges { base_version: story.version, content, slug: None }).await.unwrap();

        assert_eq!(reader.titles().await, ["鸡蛋羹的做法"]);
    }

    async fn an_answer_from_memory_gives_way_when_something_is_published(app: TestApp) {
        let actor = app.system().await;
        let reader = Reader::new(&app, &actor).await;
        let first = story(&app, &actor, "荔枝肉的做法", true).await;
        let query = "{ stories { nodes { title } } }";
        let tag = reader.send(query, json!({})).await.headers()["etag"].clone();
        let again = reader.send(query, json!({})).await;
        assert_eq!(again.headers()["etag"], tag);

        story(&app, &actor, "油焖大虾的做法", true).await;
        let changed = reader.send(query, json!({})).await;
        assert_ne!(changed.headers()["etag"], tag);
        app.app.content.unpublish::<StoryContent>(&actor, first.id).await.unwrap();

        assert_eq!(reader.titles().await, ["油焖大虾的做法"]);
    }

    async fn without_a_key_nothing_is_told(app: TestApp) {
        let unknown = Reader { app: &app, key: "fenfa_unknown".into() };
        let answer = unknown.send("{ stories { nodes { title } } }", json!({})).await;

        assert_eq!(answer.status(), 401);
    }

    async fn a_key_of_one_site_reads_nothing_of_another(app: TestApp) {
        let actor = app.system().await;
        let other = app.app.auth.create_site("other", "另一个品牌").await.unwrap();
        let other = Actor::system(other.id);
        let foreign = story(&app, &other, "别家的故事", true).await;
        story(&app, &actor, "自家的故事", true).await;
        app.app.search.catch_up().await.unwrap();
        let reader = Reader::new(&app, &actor).await;

        assert_eq!(reader.titles().await, ["自家的故事"]);
        let by_id = reader.ask("query($id: ID!) { story(id: $id) { title } }", json!({ "id": foreign.id.to_string() })).await;
        assert_eq!(by_id["data"]["story"], Value::Null);
        let found = reader.ask("{ search(query: \"故事\") { nodes { title } } }", json!({})).await;
        assert_eq!(found["data"]["search"]["nodes"], json!([{ "title": "自家的故事" }]));
    }

    async fn pages_follow_each_other_without_a_gap(app: TestApp) {
        let actor = app.system().await;
        for number in 1..=5 {
            app.clock.advance(std::time::Duration::from_mins(1));
            story(&app, &actor, &format!("第 {number} 篇"), true).await;
        }
        let reader = Reader::new(&app, &actor).await;
        let query = "query($after: String) { stories(first: 2, after: $after) { nodes { title } pageInfo { hasNextPage endCursor } } }";

        let mut titles = Vec::new();
        let mut after = Value::Null;
        loop {
            let answer = reader.ask(query, json!({ "after": after })).await;
            let list = &answer["data"]["stories"];
            titles.extend(list["nodes"].as_array().unwrap().iter().map(|node| node["title"].as_str().unwrap().to_owned()));
            if list["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = list["pageInfo"]["endCursor"].clone();
        }

        assert_eq!(titles, ["第 5 篇", "第 4 篇", "第 3 篇", "第 2 篇", "第 1 篇"]);
    }

    async fn any_text_may_be_searched_for(app: TestApp) {
        let actor = app.system().await;
        story(&app, &actor, "糖醋排骨的做法", true).await;
        app.app.search.catch_up().await.unwrap();
        let reader = Reader::new(&app, &actor).await;
        let long = "排".repeat(10_000);

        for text in ["", "\"", "title:", "排骨 AND (", "\u{0}\u{7}", "-", "*", "\\", "' OR 1=1 --", "<script>", "“排骨”", long.as_str()] {
            let answer = reader.ask("query($q: String!) { search(query: $q) { nodes { title } } }", json!({ "q": text })).await;
            assert_eq!(answer.get("errors"), None, "{text:?}: {answer}");
        }
    }

    async fn the_index_catches_up_from_where_it_stopped(app: TestApp) {
        let actor = app.system().await;
        story(&app, &actor, "第一篇鲈鱼", true).await;
        app.app.search.catch_up().await.unwrap();
        let second = story(&app, &actor, "第二篇鲈鱼", true).await;
        app.app.content.archive::<StoryContent>(&actor, second.id).await.unwrap();
        story(&app, &actor, "第三篇鲈鱼", true).await;

        // As a process that starts after a crash: the index is behind the cursor.
        let taken = app.app.search.catch_up().await.unwrap();
        assert_eq!(taken, 3);
        assert_eq!(app.app.search.catch_up().await.unwrap(), 0);
        let asked = || fenfa::search::SearchQuery { text: "鲈鱼".into(), limit: 10, ..Default::default() };
        let before = app.app.search.search(&actor, asked()).await.unwrap();
        assert_eq!(before.total, 2);

        app.app.search.rebuild().await.unwrap();
        let after = app.app.search.search(&actor, asked()).await.unwrap();
        assert_eq!(after.total, 2);
    }

    async fn what_is_found_follows_the_index_and_not_the_memory(app: TestApp) {
        let actor = app.system().await;
        let reader = Reader::new(&app, &actor).await;
        let query = "{ search(query: \"鲈鱼\") { nodes { title } } }";
        let titles = async || {
            let answer = reader.ask(query, json!({})).await;
            answer["data"]["search"]["nodes"].as_array().unwrap().len()
        };

        let story = story(&app, &actor, "清蒸鲈鱼", true).await;
        assert_eq!(titles().await, 0, "the index has not followed yet");
        app.app.search.catch_up().await.unwrap();
        assert_eq!(titles().await, 1);
        app.app.content.unpublish::<StoryContent>(&actor, story.id).await.unwrap();
        titles().await;
        app.app.search.catch_up().await.unwrap();

        assert_eq!(titles().await, 0);
    }

    async fn what_holds_no_word_finds_nothing(app: TestApp) {
        let actor = app.system().await;
        story(&app, &actor, "清蒸鲈鱼", true).await;
        app.app.search.catch_up().await.unwrap();
        let reader = Reader::new(&app, &actor).await;

        for (text, expected) in [("", 1), ("  ", 1), ("？！", 0), ("\"\"", 0), ("\u{200b}", 0), ("鲈鱼！", 1)] {
            let answer = reader.ask("query($q: String!) { search(query: $q) { nodes { title } } }", json!({ "q": text })).await;
            let found = answer["data"]["search"]["nodes"].as_array().unwrap().len();
            assert_eq!(found, expected, "{text:?}: {answer}");
        }
    }

    async fn whatever_stands_in_a_text_can_be_shown(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let file = format!("{}/tests/fixtures/media/small.jpg", env!("CARGO_MANIFEST_DIR"));
        let picture = app.app.media.create_asset_from_file(&actor, "a.jpg", "鱼", file.as_ref()).await.unwrap().0.id;
        let product = async |sku: &str, publish: bool| {
            let new = NewProduct { sku: sku.to_owned(), name: "盘子".to_owned(), price_fen: 9900, ..NewProduct::default() };
            let product = content.create_product(&actor, new).await.unwrap();
            if publish {
                content.publish_product(&actor, product.id).await.unwrap();
            }
            product.id
        };
        let (shown, hidden) = (product("A-1", true).await, product("A-2", false).await);
        let SourceRef::Video(video) = app.video("十二秒看完").await else { unreachable!() };
        let mut made = StoryContent::new("清蒸鲈鱼");
        made.body = Body::from_markdown(
            &format!("![](asset:{picture})\n\n![](product:{shown})\n\n![](product:{hidden})\n\n![](video:{video})\n"), &|_| None,
        ).body;
        let story = content.create(&actor, NewItem { content: made, slug: None, source_id: None }).await.unwrap();
        content.publish::<StoryContent>(&actor, story.id).await.unwrap();
        let reader = Reader::new(&app, &actor).await;

        let query = "query($slug: String!) { story(slug: $slug) { body pictures { id url(size: FEED) } products { id sku } videos { id title } } }";
        let answer = reader.ask(query, json!({ "slug": story.slug })).await;

        let seen = &answer["data"]["story"];
        assert_eq!(seen["pictures"][0]["id"], json!(picture), "{answer}");
        assert_eq!(seen["products"], json!([{ "id": shown, "sku": "A-1" }]));
        assert_eq!(seen["videos"], json!([{ "id": video, "title": "十二秒看完" }]));
        let named = seen["body"].to_string();
        assert!(named.contains(&picture.to_string()) && named.contains(&shown.to_string()), "{named}");
    }

    async fn lists_are_narrowed_by_category_and_tag(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let fish = content.ensure_category(&actor, "fish", "水产").await.unwrap();
        let spring = content.ensure_tag(&actor, "春").await.unwrap();
        for (title, category, tags) in [("甲", Some(fish.id), vec![spring.id]), ("乙", Some(fish.id), vec![]), ("丙", None, vec![spring.id])] {
            let mut made = StoryContent::new(title);
            (made.category, made.tags) = (category, tags);
            let made = content.create(&actor, NewItem { content: made, slug: None, source_id: None }).await.unwrap();
            content.publish::<StoryContent>(&actor, made.id).await.unwrap();
            app.clock.advance(std::time::Duration::from_mins(1));
        }
        content.ensure_category(&actor, "secret", "明年的新品").await.unwrap();
        let reader = Reader::new(&app, &actor).await;
        let shown = reader.ask("{ categories { key } }", json!({})).await;
        assert_eq!(shown["data"]["categories"], json!([{ "key": "fish" }]), "what holds drafts alone is not told");
        let query = "query($where: ItemWhere) { stories(where: $where, orderBy: OLDEST_FIRST) { nodes { title } } }";

        for (filter, expected) in [
            (json!({ "category": "fish" }), json!(["甲", "乙"])),
            (json!({ "tag": spring.key }), json!(["甲", "丙"])),
            (json!({ "category": "fish", "tag": spring.key }), json!(["甲"])),
            (json!({ "category": "nothing" }), json!([])),
            (json!({ "tag": "' OR 1=1 --" }), json!([])),
            (json!({ "category": "\u{0}" }), json!([])),
        ] {
            let answer = reader.ask(query, json!({ "where": filter })).await;
            let titles: Vec<_> = answer["data"]["stories"]["nodes"].as_array().unwrap_or_else(|| panic!("{filter}: {answer}"))
                .iter().map(|node| node["title"].clone()).collect();
            assert_eq!(json!(titles), expected, "{filter}");
        }
    }

    async fn pages_hold_while_stories_come_and_go(app: TestApp) {
        let actor = app.system().await;
        let mut made = Vec::new();
        for number in 1..=6 {
            app.clock.advance(std::time::Duration::from_mins(1));
            made.push(story(&app, &actor, &format!("第 {number} 篇"), true).await);
        }
        let reader = Reader::new(&app, &actor).await;
        let query = "query($after: String) { stories(first: 2, after: $after) { nodes { title } pageInfo { endCursor } } }";
        let page = async |after: Value| {
            let answer = reader.ask(query, json!({ "after": after })).await;
            let list = answer["data"]["stories"].clone();
            let titles: Vec<String> = list["nodes"].as_array().unwrap().iter().map(|node| node["title"].as_str().unwrap().to_owned()).collect();
            (titles, list["pageInfo"]["endCursor"].clone())
        };

        let (first, after) = page(Value::Null).await;
        app.clock.advance(std::time::Duration::from_mins(1));
        story(&app, &actor, "新的一篇", true).await;
        // The one that the cursor stands on, and the next: both are gone when it is used.
        app.app.content.unpublish::<StoryContent>(&actor, made[4].id).await.unwrap();
        app.app.content.archive::<StoryContent>(&actor, made[3].id).await.unwrap();
        let (second, after) = page(after).await;
        let (third, _) = page(after).await;

        assert_eq!((first, second, third), (
            vec!["第 6 篇".to_owned(), "第 5 篇".to_owned()],
            vec!["第 3 篇".to_owned(), "第 2 篇".to_owned()],
            vec!["第 1 篇".to_owned()],
        ));
    }

    async fn a_forged_cursor_is_refused_by_name(app: TestApp) {
        let actor = app.system().await;
        story(&app, &actor, "第一篇", true).await;
        let reader = Reader::new(&app, &actor).await;
        let encode = |json: &str| { use base64::Engine as _; base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json) };

        for list in ["stories", "videos", "products", "search"] {
            let arguments = if list == "search" { "query: \"篇\", " } else { "" };
            let query = format!("query($after: String) {{ {list}({arguments}after: $after) {{ edges {{ cursor }} }} }}");
            for cursor in ["", "x", "%%", "长".repeat(1000).as_str(), encode("[1]").as_str(), encode("[\"a\",\"b\"]").as_str(), encode("[{},\"00000000\"]").as_str()] {
                let answer = reader.ask(&query, json!({ "after": cursor })).await;
                assert_eq!(answer["errors"][0]["extensions"]["field"], "after", "{list} {cursor}: {answer}");
            }
            for far in [i64::MIN, -1, i64::MAX] {
                let cursor = encode(&format!("[{far},\"00000000-0000-0000-0000-000000000000\"]"));
                let answer = reader.ask(&query, json!({ "after": cursor })).await;
                let code = answer["errors"][0]["extensions"]["code"].as_str();
                assert!(matches!(code, None | Some("INVALID_INPUT")), "{list} {far}: {answer}");
            }
        }
        for first in [0, -1, 101, i32::MAX, i32::MIN] {
            let answer = reader.ask("query($n: Int) { stories(first: $n) { edges { cursor } } }", json!({ "n": first })).await;
            let error = &answer["errors"][0]["extensions"];
            assert!(error["field"] == "first" || error["code"] == "TOO_LARGE", "{first}: {answer}");
        }
    }

    async fn no_text_breaks_what_looks_for_it(app: TestApp) {
        let actor = app.system().await;
        story(&app, &actor, "清蒸鲈鱼", true).await;
        let reader = Reader::new(&app, &actor).await;
        let long = "x".repeat(100_000);

        for text in ["\u{0}", "a\u{0}b", "' OR 1=1 --", "\u{202e}", "../../x", "%", long.as_str(), ""] {
            for query in [
                "query($q: String!) { story(slug: $q) { title } }",
                "query($q: String!) { video(slug: $q) { title } }",
                "query($q: String!) { product(sku: $q) { name } }",
                "query($q: String!) { stories(where: { category: $q, tag: $q }) { nodes { title } } }",
                "query($q: String!) { products(category: $q) { nodes { name } } }",
                "query($q: String!) { search(query: $q, category: $q, tag: $q) { nodes { title } } }",
                "query($q: String!) { pageInfo(channel: \"baidu\", slug: $q) }",
                "query($q: String!) { variant(channel: $q, slug: $q) }",
                "query($q: ID!) { story(id: $q) { title } }",
            ] {
                let answer = reader.ask(query, json!({ "q": text })).await;
                let code = answer["errors"][0]["extensions"]["code"].as_str();
                assert!(matches!(code, None | Some("INVALID_INPUT")), "{query}: {answer}");
            }
        }
        for path in ["/s/%00", "/v/a%00b", "/s/%F0%9F", "/sitemap-%00.xml", "/media/%00/%00", "/s/..%2f..%2fetc"] {
            let status = app.http.get(format!("{}{path}", app.url)).send().await.unwrap().status();
            assert_eq!(status.as_u16() / 100, 4, "{path}: {status}");
        }
    }

    async fn deriving_many_variants_at_once_costs_too_much(app: TestApp) {
        let actor = app.system().await;
        let story = story(&app, &actor, "清蒸鲈鱼的做法", true).await;
        let reader = Reader::new(&app, &actor).await;
        let many = |count: usize| -> String {
            let fields: String = (0..count).map(|at| format!("a{at}: variant(channel: \"baidu\", slug: \"{}\") ", story.slug)).collect();
            format!("{{ {fields} }}")
        };

        let few = reader.ask(&many(2), json!({})).await;
        let lots = reader.ask(&many(50), json!({})).await;

        assert!(few["data"]["a1"].is_object(), "{few}");
        assert_eq!(lots["errors"][0]["extensions"]["code"], "TOO_LARGE", "{lots}");
    }
}

mod pace {
    use reqwest::StatusCode;
    use serde_json::json;

    use super::Reader;
    use crate::harness::{Backend, TestApp};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_key_that_asks_too_often_has_to_wait_and_others_do_not() {
        let app = TestApp::start_with(Backend::Sqlite, "[security]\npublic_per_second = 1\n").await;
        let actor = app.system().await;
        let (hasty, calm) = (
            Reader::new(&app, &actor).await,
            Reader::new(&app, &actor).await,
        );
        let queries: Vec<String> = (0..20)
            .map(|at| format!("{{ a{at}: categories {{ key }} }}"))
            .collect();
        hasty.send("{ categories { key } }", json!({})).await;

        let asked = queries.iter().map(|query| hasty.send(query, json!({})));
        let answers = futures_util::future::join_all(asked).await;
        let known = hasty.send("{ categories { key } }", json!({})).await;
        let other = calm.send("{ categories { key } }", json!({})).await;

        let refused = answers
            .into_iter()
            .find(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS);
        let refused = refused.expect("twenty at once are too many");
        assert_eq!(refused.headers()["retry-after"], "1");
        let body: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
        assert_eq!(known.status(), StatusCode::OK, "what is in memory is free");
        assert_eq!(other.status(), StatusCode::OK);
    }
}
