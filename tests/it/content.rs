//! The life of stories: stale writes, publishing, archive and restore, keys, autosave, texts in and out.

use std::time::Duration;

use fenfa::{
    auth::Role,
    content::{
        Body, ChangeKind, ContentState, GONE_AFTER, ItemChanges, NewItem, NewProduct,
        ProductChanges, Story, StoryContent, StoryText, TextFormat, VideoContent,
    },
    error::ErrorKind,
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::{Person, TestApp};

fn titled(title: &str) -> StoryContent {
    let mut content = StoryContent::new(title);
    content.body = Body::from_markdown("大火蒸八分钟。", &|_| None).body;
    content
}

async fn create(app: &TestApp, title: &str) -> Story {
    let new = NewItem {
        content: titled(title),
        slug: None,
        source_id: None,
    };
    app.app
        .content
        .create(&app.system().await, new)
        .await
        .unwrap()
}

fn changes(story: &Story, title: &str) -> ItemChanges<StoryContent> {
    ItemChanges {
        base_version: story.version,
        content: titled(title),
        slug: None,
    }
}

both_databases! {
    async fn a_stale_write_is_refused_with_both_sides_and_changes_nothing(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let story = create(&app, "清蒸鲈鱼").await;
        let theirs = content.update(&actor, story.id, changes(&story, "红烧鲈鱼")).await.unwrap();

        let refused = content.update(&actor, story.id, changes(&story, "糖醋鲈鱼")).await.unwrap_err();

        assert_eq!(refused.kind(), ErrorKind::Conflict);
        let details = refused.details().unwrap().to_string();
        assert!(details.contains("红烧鲈鱼") && details.contains("糖醋鲈鱼"), "{details}");
        let kept = content.item::<StoryContent>(&actor, story.id).await.unwrap();
        assert_eq!((kept.content.title, kept.version), (theirs.content.title, theirs.version));
    }

    async fn of_two_writers_at_once_one_wins(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let story = create(&app, "清蒸鲈鱼").await;

        let (one, two) = tokio::join!(
            content.update(&actor, story.id, changes(&story, "红烧鲈鱼")),
            content.update(&actor, story.id, changes(&story, "糖醋鲈鱼")),
        );

        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|won| **won).count(), 1);
        assert_eq!(content.revisions::<StoryContent>(&actor, story.id).await.unwrap().len(), 2);
    }

    async fn readers_see_what_was_published_until_it_is_published_again(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let story = create(&app, "清蒸鲈鱼").await;
        assert!(content.find_published::<StoryContent>(&actor, story.id).await.unwrap().is_none());

        let published = content.publish::<StoryContent>(&actor, story.id).await.unwrap();
        let changed = content.update(&actor, story.id, changes(&published, "红烧鲈鱼")).await.unwrap();
        let seen = content.find_published::<StoryContent>(&actor, story.id).await.unwrap().unwrap();
        assert_eq!(changed.state(), ContentState::Changed);
        assert_eq!(seen.content.title, "清蒸鲈鱼");
        content.publish::<StoryContent>(&actor, story.id).await.unwrap();
        let seen = content.find_published::<StoryContent>(&actor, story.id).await.unwrap().unwrap();
        assert_eq!(seen.content.title, "红烧鲈鱼");
        content.unpublish::<StoryContent>(&actor, story.id).await.unwrap();

        assert!(content.find_published::<StoryContent>(&actor, story.id).await.unwrap().is_none());
        let told = content.changes_since(0, 100).await.unwrap();
        let told: Vec<_> = told.iter().map(|change| (change.kind, change.is_published)).collect();
        let story = ChangeKind::Story;
        assert_eq!(told, [(story, true), (story, true), (story, false)], "one change for each, in order");
    }

    async fn what_is_put_away_is_gone_for_readers_and_comes_back_as_a_draft(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let story = create(&app, "清蒸鲈鱼").await;
        content.publish::<StoryContent>(&actor, story.id).await.unwrap();

        let archived = content.archive::<StoryContent>(&actor, story.id).await.unwrap();
        assert_eq!(archived.state(), ContentState::Archived);
        assert!(content.find_published::<StoryContent>(&actor, story.id).await.unwrap().is_none());
        let refused = content.update(&actor, story.id, changes(&archived, "红烧鲈鱼")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::FailedPrecondition);
        let restored = content.restore::<StoryContent>(&actor, story.id).await.unwrap();

        assert_eq!(restored.state(), ContentState::Draft);
        assert_eq!(restored.slug, story.slug);
    }

    async fn an_old_state_becomes_the_latest_again(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let story = create(&app, "清蒸鲈鱼").await;
        let changed = content.update(&actor, story.id, changes(&story, "红烧鲈鱼")).await.unwrap();

        let restored = content
            .restore_revision::<StoryContent>(&actor, story.revision, changed.version)
            .await
            .unwrap();

        assert_eq!(restored.content.title, "清蒸鲈鱼");
        let revisions = content.revisions::<StoryContent>(&actor, story.id).await.unwrap();
        let titles: Vec<_> = revisions.iter().map(|revision| revision.content.title.as_str()).collect();
        assert_eq!(titles, ["清蒸鲈鱼", "红烧鲈鱼", "清蒸鲈鱼"], "nothing is overwritten");
    }

    async fn what_is_being_typed_is_kept_once_for_each_person(app: TestApp) {
        let content = &app.app.content;
        let story = create(&app, "清蒸鲈鱼").await;
        let (wang, li) = (app.person(Role::Editor).await, app.person(Role::Editor).await);

        for title in ["红", "红烧", "红烧鲈鱼"] {
            content.autosave(&wang.actor, story.id, story.version, titled(title)).await.unwrap();
        }

        let kept = content.find_autosave::<StoryContent>(&wang.actor, story.id).await.unwrap().unwrap();
        assert_eq!(kept.content.title, "红烧鲈鱼");
        assert!(content.find_autosave::<StoryContent>(&li.actor, story.id).await.unwrap().is_none());
        let unchanged = content.item::<StoryContent>(&wang.actor, story.id).await.unwrap();
        assert_eq!(unchanged.content.title, "清蒸鲈鱼");
        content.update(&wang.actor, story.id, changes(&story, "红烧鲈鱼")).await.unwrap();
        assert!(content.find_autosave::<StoryContent>(&wang.actor, story.id).await.unwrap().is_none(), "it was saved");
    }

    async fn whoever_has_a_story_open_is_seen_by_the_others_until_they_leave_or_fall_silent(app: TestApp) {
        let content = &app.app.content;
        let story = create(&app, "清蒸鲈鱼").await.id;
        let (wang, li) = (app.person(Role::Editor).await, app.person(Role::Viewer).await);
        let attend = async |person: &Person| content.attend::<StoryContent>(&person.actor, story).await.unwrap();
        let (wang_id, li_id) = (wang.actor.user().unwrap(), li.actor.user().unwrap());

        assert_eq!(attend(&wang).await, []);
        assert_eq!(attend(&li).await, [wang_id]);
        assert_eq!(attend(&wang).await, [li_id]);

        content.leave::<StoryContent>(&li.actor, story).await.unwrap();
        assert_eq!(attend(&wang).await, [], "she said that she left");
        attend(&li).await;
        app.clock.advance(GONE_AFTER + Duration::from_secs(1));
        assert_eq!(attend(&wang).await, [], "nothing was heard of her");
        let refused = content.attend::<StoryContent>(&app.system().await, story).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
    }

    async fn what_is_pasted_becomes_a_body_and_nothing_is_kept(app: TestApp) {
        let actor = app.person(Role::Author).await.actor;
        let content = &app.app.content;
        let before = content.last_change().await.unwrap();
        let page = "<section><section><p>先<strong>洗净</strong>。</p></section><img src=\"data:,\" data-src=\"https://example.com/a.jpg\"></section>";

        let html = content.read_text(&actor, TextFormat::Html, page).unwrap();
        let markdown = content.read_text(&actor, TextFormat::Markdown, "先**洗净**。").unwrap();

        assert_eq!(html.body, markdown.body);
        assert_eq!(html.missing_pictures, ["https://example.com/a.jpg"]);
        let refused = content.read_text(&actor, TextFormat::Markdown, &"茶".repeat(400_000)).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::TooLarge, Some("text")));
        assert_eq!(content.last_change().await.unwrap(), before);
    }

    async fn keys_in_addresses_never_collide_and_are_never_empty(app: TestApp) {
        let mut slugs = std::collections::BTreeSet::new();
        let titles = ["清蒸鲈鱼", "清蒸鲈鱼", "清蒸鲈鱼", "🐟🐟🐟", "！！！", "🍵", "new", "a/b?c#d", "重庆火锅", "ＡＢＣ"];
        for title in titles {
            let story = create(&app, title).await;
            assert!(fenfa::text::is_slug(&story.slug), "{title}: {}", story.slug);
            assert!(slugs.insert(story.slug.clone()), "{title}: {}", story.slug);
        }
        assert!(slugs.contains("qing-zheng-lu-yu"), "{slugs:?}");
    }

    async fn a_markdown_text_with_front_matter_goes_in_and_out(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let text = "---\ntitle: 清蒸鲈鱼的做法\nlead: 肉质白嫩。\nauthor: 老王\ncategory: 水产\ntags: [蒸菜, 鲈鱼]\n---\n\n\
                    ## 步骤\n\n1. 洗净\n2. **大火**蒸 8 分钟\n\n<script>alert(1)</script>\n\n[看](javascript:alert(1))\n";
        let new = StoryText { format: TextFormat::Markdown, text: text.to_owned(), slug: None };

        let imported = content.import_story(&actor, new).await.unwrap();
        let out = content.story_markdown(&actor, &imported.story).await.unwrap();
        let again = StoryText { format: TextFormat::Markdown, text: out.clone(), slug: Some("again".to_owned()) };
        let again = content.import_story(&actor, again).await.unwrap();

        let story = &imported.story.content;
        assert_eq!((story.title.as_str(), story.lead.as_str()), ("清蒸鲈鱼的做法", "肉质白嫩。"));
        assert_eq!(story.byline.as_deref(), Some("老王"));
        assert_eq!(story.tags.len(), 2);
        assert!(out.contains("tags: [蒸菜, 鲈鱼]") && out.contains("**大火**"), "{out}");
        assert!(!out.contains("alert"), "{out}");
        assert_eq!(again.story.content, imported.story.content, "nothing is lost on the way");
    }

    async fn an_html_text_takes_its_title_from_the_first_heading(app: TestApp) {
        let actor = app.system().await;
        let html = "<h1>清蒸鲈鱼</h1><p onclick=\"x()\">洗净<img src=\"https://example.com/a.jpg\"></p>";
        let new = |text: &str| StoryText { format: TextFormat::Html, text: text.to_owned(), slug: None };

        let imported = app.app.content.import_story(&actor, new(html)).await.unwrap();
        let nameless = app.app.content.import_story(&actor, new("<p>洗净</p>")).await.unwrap_err();

        assert_eq!(imported.story.content.title, "清蒸鲈鱼");
        assert_eq!(imported.missing_pictures, ["https://example.com/a.jpg"]);
        assert_eq!(imported.story.content.body.to_plain_text().trim(), "洗净");
        assert_eq!(nameless.field(), Some("input.text"));
        let ask = r"query ($id: ID!) { storyText(id: $id, format: HTML) }";
        let editor = app.person(Role::Editor).await;
        let answer = app.admin_graphql(&editor, ask, json!({ "id": imported.story.id })).await;
        assert_eq!(answer["data"]["storyText"], "<p>洗净</p>\n", "{answer}");
    }

    async fn two_hundred_stories_of_one_title_have_two_hundred_keys(app: TestApp) {
        let mut slugs = std::collections::BTreeSet::new();
        for _ in 0..200 {
            slugs.insert(create(&app, "清蒸鲈鱼").await.slug);
        }

        assert_eq!(slugs.len(), 200);
        assert!(slugs.iter().all(|slug| fenfa::text::is_slug(slug)), "{slugs:?}");
    }

    async fn stories_made_at_once_under_one_title_get_keys_of_their_own(app: TestApp) {
        let made = futures_util::future::join_all((0..8).map(|_| create(&app, "清蒸鲈鱼"))).await;

        let slugs: std::collections::BTreeSet<_> = made.iter().map(|story| story.slug.clone()).collect();
        assert_eq!(slugs.len(), 8);
    }

    async fn a_video_lives_the_same_life_as_a_story(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let SourceRef::Video(id) = app.video("一杯绿茶").await else { unreachable!() };
        let video = content.item::<VideoContent>(&actor, id).await.unwrap();
        let write = |version: i32, title: &str| ItemChanges {
            base_version: version,
            content: VideoContent { title: title.to_owned(), ..video.content.clone() },
            slug: None,
        };

        let changed = content.update(&actor, id, write(video.version, "一杯红茶")).await.unwrap();
        let stale = content.update(&actor, id, write(video.version, "一杯白茶")).await.unwrap_err();
        let seen = content.find_published::<VideoContent>(&actor, id).await.unwrap().unwrap();
        assert_eq!(stale.kind(), ErrorKind::Conflict);
        assert_eq!((changed.state(), seen.content.title.as_str()), (ContentState::Changed, "一杯绿茶"));
        content.archive::<VideoContent>(&actor, id).await.unwrap();
        assert!(content.find_published::<VideoContent>(&actor, id).await.unwrap().is_none());
        let restored = content.restore::<VideoContent>(&actor, id).await.unwrap();

        assert_eq!((restored.state(), restored.slug), (ContentState::Draft, video.slug));
        let told = content.changes_since(0, 100).await.unwrap();
        let told: Vec<_> = told.iter().map(|change| (change.kind, change.is_published)).collect();
        assert_eq!(told, [(ChangeKind::Video, true), (ChangeKind::Video, false)]);
    }

    async fn a_product_is_shown_changed_and_put_away(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let tea = |name: &str| NewProduct { sku: "T-1".to_owned(), name: name.to_owned(), price_fen: 9900, ..NewProduct::default() };
        let product = content.create_product(&actor, tea("盖碗")).await.unwrap();
        let twice = content.create_product(&actor, tea("又一只盖碗")).await.unwrap_err();
        assert_eq!(twice.field(), Some("input.sku"), "{twice}");
        let write = |base_version: i32, name: &str| ProductChanges { base_version, product: tea(name) };

        let published = content.publish_product(&actor, product.id).await.unwrap();
        let changed = content.update_product(&actor, product.id, write(published.version, "青花盖碗")).await.unwrap();
        let stale = content.update_product(&actor, product.id, write(product.version, "白瓷盖碗")).await.unwrap_err();
        assert_eq!(stale.kind(), ErrorKind::Conflict);
        assert!(stale.details().unwrap().to_string().contains("青花盖碗"));
        let seen = content.published_products(&actor, &[product.id]).await.unwrap();
        assert_eq!(seen[&product.id].name, "青花盖碗", "products have no drafts");
        content.archive_product(&actor, product.id).await.unwrap();
        assert!(content.published_products(&actor, &[product.id]).await.unwrap().is_empty());
        assert!(content.publish_product(&actor, product.id).await.is_err());
        let restored = content.restore_product(&actor, product.id).await.unwrap();

        assert!(!restored.is_published && restored.archived_at.is_none());
        assert!(restored.version > changed.version);
        let told = content.changes_since(0, 100).await.unwrap();
        assert!(told.iter().all(|change| change.kind == ChangeKind::Product));
        assert_eq!(told.last().map(|change| change.is_published), Some(false));
    }

    async fn html_comes_back_as_it_went_in(app: TestApp) {
        let actor = app.system().await;
        let editor = app.person(Role::Editor).await;
        let html = "<h2>步骤</h2>\n<ol><li><p>洗净</p></li><li><p><strong>大火</strong>蒸 8 分钟</p></li></ol>\n\
                    <blockquote><p>少油，<em>多</em>姜。</p></blockquote>\n<pre><code>1 &lt; 2</code></pre>\n<hr>\n\
                    <p>见<a href=\"https://example.com/a?b=1&amp;c=2\">这里</a>。</p>\n";
        let ask = r"query ($id: ID!) { storyText(id: $id, format: HTML) }";
        let mut text = format!("<h1>清蒸鲈鱼</h1>{html}");
        let mut seen = Vec::new();

        for slug in ["first", "second"] {
            let new = StoryText { format: TextFormat::Html, text: text.clone(), slug: Some(slug.to_owned()) };
            let imported = app.app.content.import_story(&actor, new).await.unwrap();
            let answer = app.admin_graphql(&editor, ask, json!({ "id": imported.story.id })).await;
            let out = answer["data"]["storyText"].as_str().unwrap().to_owned();
            text = format!("<h1>清蒸鲈鱼</h1>{out}");
            seen.push((imported.story.content, out));
        }

        assert_eq!(seen[0], seen[1], "nothing is lost on the way");
        for part in ["<h2", "<ol>", "<strong>大火</strong>", "<blockquote>", "<em>多</em>", "1 &lt; 2", "<hr", "b=1&amp;c=2"] {
            assert!(seen[0].1.contains(part), "{part}: {}", seen[0].1);
        }
    }

    async fn hostile_html_leaves_words_alone(app: TestApp) {
        let actor = app.system().await;
        let hostile = [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href=\"java&#10;script:alert(1)\">点</a>",
            "<svg onload=alert(1)><circle/></svg>", "<iframe src=\"https://evil.example\"></iframe>",
            "<p style=\"background:url(javascript:alert(1))\">字</p>", "<a href=\"data:text/html,alert(1)\">点</a>",
            "<math><mtext><script>alert(1)</script></mtext></math>", "<style>*{display:none}</style>",
            "<p>\u{202e}反</p>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        ];
        let text = format!("<h1>清蒸鲈鱼</h1><p>洗净</p>{}", hostile.join(""));
        let new = StoryText { format: TextFormat::Html, text, slug: None };

        let story = app.app.content.import_story(&actor, new).await.unwrap().story;
        app.app.content.publish::<StoryContent>(&actor, story.id).await.unwrap();
        let page = app.http.get(format!("{}/s/{}", app.url, story.slug)).send().await.unwrap().text().await.unwrap();

        let body = page.split("<main").nth(1).unwrap();
        for wrong in ["<script>", "onerror=", "onload", "javascript:", "data:text", "<iframe", "<style", "style=\"background"] {
            assert!(!body.contains(wrong), "{wrong}: {body}");
        }
        assert!(body.contains("洗净") && body.contains('字'), "{body}");
    }

    async fn a_heading_that_is_not_the_title_stays_in_the_text(app: TestApp) {
        let actor = app.system().await;
        let read = async |text: &str| {
            let new = StoryText { format: TextFormat::Markdown, text: text.to_owned(), slug: None };
            app.app.content.import_story(&actor, new).await.unwrap().story.content
        };

        let other = read("---\ntitle: 清蒸鲈鱼\n---\n## 步骤\n\n洗净\n").await;
        let same = read("---\ntitle: 清蒸鲈鱼\n---\n# 清蒸鲈鱼\n\n洗净\n").await;
        let only = read("# 清蒸鲈鱼\n\n洗净\n").await;

        assert_eq!(other.body.paragraphs(), ["步骤", "洗净"]);
        assert_eq!((same.body.paragraphs(), only.body.paragraphs()), (vec!["洗净".to_owned()], vec!["洗净".to_owned()]));
        assert_eq!((other.title.as_str(), only.title.as_str()), ("清蒸鲈鱼", "清蒸鲈鱼"));
    }

    async fn nothing_is_left_of_a_text_that_is_refused(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let send = "mutation($input: ImportStoryInput!) { importStory(input: $input) { story { id } } }";
        let matter = |title: &str, more: &str| format!("---\ntitle: {title}\ncategory: 新分类\ntags: [新标签]\n{more}---\n正文\n");

        for (text, slug, field, says) in [
            (matter(&"长".repeat(300), ""), Value::Null, "input.text", "title"),
            (matter("鱼", "slug: \"A B\"\n"), Value::Null, "input.text", "slug"),
            (matter("鱼", ""), json!("A B"), "input.slug", "lower-case"),
            (matter("鱼", &format!("lead: {}\n", "长".repeat(600))), Value::Null, "input.text", "lead"),
            (matter("鱼", "") + "![x](asset:00000000-0000-0000-0000-000000000000)", Value::Null, "input.text", "does not exist"),
            (matter("鱼: 汤", ""), Value::Null, "input.text", "quotes"),
            ("正文".to_owned(), Value::Null, "input.text", "title"),
        ] {
            let input = json!({ "format": "MARKDOWN", "text": text, "slug": slug });
            let refused = app.admin_graphql(&editor, send, json!({ "input": input })).await;
            let error = &refused["errors"][0];
            assert_eq!(error["extensions"]["field"], field, "{refused}");
            assert!(error["message"].as_str().unwrap().contains(says), "{says}: {refused}");
        }

        let left = app.admin_graphql(&editor, "{ categories { key } tags { key } stories { nodes { id } } }", json!({})).await;
        assert_eq!(left["data"], json!({ "categories": [], "tags": [], "stories": { "nodes": [] } }));
    }

    async fn content_points_to_what_is_there_and_of_the_right_kind(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let media = &app.app.media;
        let keep = async |name: &str| {
            let file = format!("{}/tests/fixtures/media/{name}", env!("CARGO_MANIFEST_DIR"));
            media.create_asset_from_file(&editor.actor, name, "", file.as_ref()).await.unwrap().0.id.to_string()
        };
        let (picture, clip) = (keep("small.jpg").await, keep("vertical-2s.mp4").await);
        let nobody = "00000000-0000-0000-0000-000000000000";
        let image = |id: &str| json!({ "type": "doc", "content": [{ "type": "image", "attrs": { "asset": id } }] });
        let story = "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id } } }";
        let video = "mutation($input: CreateVideoInput!) { createVideo(input: $input) { video { id } } }";

        for (document, content, field) in [
            (story, json!({ "title": "a", "coverId": clip }), "coverId"),
            (story, json!({ "title": "a", "coverId": nobody }), "coverId"),
            (story, json!({ "title": "a", "galleryIds": [picture, nobody] }), "galleryIds"),
            (story, json!({ "title": "a", "body": image(&clip) }), "body"),
            (story, json!({ "title": "a", "productIds": [nobody] }), "productIds"),
            (story, json!({ "title": "a", "videoIds": [nobody] }), "videoIds"),
            (story, json!({ "title": "a", "tagIds": [nobody] }), "tagIds"),
            (story, json!({ "title": "a", "categoryId": nobody }), "categoryId"),
            (video, json!({ "title": "a", "fileId": picture }), "fileId"),
            (video, json!({ "title": "a", "fileId": clip, "posterId": clip }), "posterId"),
            (video, json!({ "title": "a", "fileId": clip, "storyId": nobody }), "storyId"),
        ] {
            let refused = app.admin_graphql(&editor, document, json!({ "input": { "content": content } })).await;
            assert_eq!(refused["errors"][0]["extensions"]["field"], format!("input.content.{field}"), "{content}: {refused}");
        }
        let taken = app.admin_graphql(&editor, story, json!({ "input": { "content": { "title": "a", "coverId": picture, "body": image(&picture) } } })).await;
        assert_eq!(taken.get("errors"), None, "{taken}");
    }

    async fn what_nobody_could_read_is_refused(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let send = "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id } } }";
        let image = |attrs: serde_json::Value| json!({ "type": "doc", "content": [{ "type": "image", "attrs": attrs }] });
        let asset = "00000000-0000-0000-0000-000000000000";

        for (content, field) in [
            (json!({ "title": "\u{200b}\u{feff}" }), "title"),
            (json!({ "title": "\u{202e}鱼" }), "title"),
            (json!({ "title": "两\n行" }), "title"),
            (json!({ "title": "鱼", "byline": "\u{0}" }), "byline"),
            (json!({ "title": "鱼", "body": image(json!({ "asset": asset, "alt": "\u{0}" })) }), "body"),
            (json!({ "title": "鱼", "body": image(json!({ "asset": asset, "caption": "长".repeat(501) })) }), "body"),
            (json!({ "title": "鱼", "body": { "type": "doc", "content": [{ "type": "codeBlock", "attrs": { "language": "\u{0}" } }] } }), "body"),
            (json!({ "title": "鱼", "body": { "type": "doc", "content": [{ "type": "script" }] } }), "body"),
            (json!({ "title": "鱼", "body": [] }), "body"),
            (json!({ "title": "鱼", "custom": { "\u{0}": 1 } }), "custom"),
            (json!({ "title": "鱼", "custom": "text" }), "custom"),
        ] {
            let refused = app.admin_graphql(&editor, send, json!({ "input": { "content": content } })).await;
            assert_eq!(refused["errors"][0]["extensions"]["field"], format!("input.content.{field}"), "{content}: {refused}");
        }
    }

    async fn lists_look_for_what_was_typed(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        for title in ["省 100% 的力气", "省 100 分", "iPhone_壳", "ＩＰ６８ 防水"] {
            create(&app, title).await;
        }
        let product = NewProduct { sku: "AB_1".to_owned(), name: "50%棉".to_owned(), price_fen: 1, ..NewProduct::default() };
        app.app.content.create_product(&editor.actor, product).await.unwrap();
        let count = async |list: &str, q: &str| {
            let query = format!("query($q: String) {{ {list}(q: $q) {{ nodes {{ id }} }} }}");
            let answer = app.admin_graphql(&editor, &query, json!({ "q": q })).await;
            answer["data"][list]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).len()
        };

        for (list, q, expected) in [
            ("stories", "100", 2), ("stories", "100%", 1), ("stories", "%", 1), ("stories", "_", 1), ("stories", "IPHONE", 1),
            ("stories", "ＩＰ", 1), ("stories", "\\", 0), ("stories", "'", 0), ("stories", "", 4),
            ("products", "%", 1), ("products", "ab_", 1), ("products", "ab%", 0),
        ] {
            assert_eq!(count(list, q).await, expected, "{list} {q:?}");
        }
    }
}
