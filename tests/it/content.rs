//! The life of stories: stale writes, publishing, archive and restore, keys, autosave, texts in and out.

use fenfa::{
    auth::Role,
    content::{
        Body, ChangeKind, ContentState, ItemChanges, NewItem, Story, StoryContent, StoryText,
        TextFormat,
    },
    error::ErrorKind,
};
use serde_json::json;

use crate::harness::TestApp;

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
}
