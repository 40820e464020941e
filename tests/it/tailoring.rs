//! What a person does with a variant: overrides that outlast changes, findings that block and say where they stand.

use std::collections::BTreeSet;

use fenfa::{
    auth::Role,
    channels::{Finding, Severity},
    content::{ItemChanges, StoryContent},
    tailoring::SourceRef,
};
use serde_json::json;

use crate::{
    harness::{Person, TestApp},
    limits::line,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_live_pages_of_one_title_are_refused_until_one_is_gone() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    let first = app.story("清蒸鲈鱼的做法").await;
    let second = app.story("清蒸鲈鱼的做法").await;
    let service = &app.app.tailoring;

    let variant = service.variant(&actor, second, "baidu").await.unwrap();
    let refused = service.freeze(&actor, second, "baidu", "search").await;
    let feed = service.freeze(&actor, second, "baidu", "feed").await;

    assert_eq!(errors(&variant.findings), ["BD-T12"]);
    let codes: BTreeSet<&str> = variant
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert!(
        codes.contains("BD-D04") && codes.contains("BD-B05"),
        "{codes:?}"
    );
    let SourceRef::Story(id) = first else {
        unreachable!()
    };
    let slug = app
        .app
        .content
        .item::<StoryContent>(&actor, id)
        .await
        .unwrap()
        .slug;
    let finding = variant
        .findings
        .iter()
        .find(|one| one.code == "BD-T12")
        .unwrap();
    assert!(finding.reason.contains(&slug), "{}", finding.reason);
    assert!(
        refused.is_err() && feed.is_ok(),
        "a feed knows no page titles"
    );
    app.app
        .content
        .unpublish::<StoryContent>(&actor, id)
        .await
        .unwrap();
    service
        .freeze(&actor, second, "baidu", "search")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_of_ones_own_tells_two_pages_apart() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    app.story("清蒸鲈鱼的做法").await;
    let second = app.story("清蒸鲈鱼的做法").await;
    let site = app.app.auth.site(&actor).await.unwrap().name;
    let title = json!(format!("清蒸鲈鱼的做法（少油版）-{site}"));

    let variant = app
        .app
        .tailoring
        .set_override(&actor, second, "baidu", "title", title, 0)
        .await
        .unwrap();

    assert!(
        errors(&variant.findings).is_empty(),
        "{:?}",
        variant.findings
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_wrote_stays_when_the_story_changes_and_says_that_it_did() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    let story = app.story("清蒸鲈鱼的做法").await;
    let SourceRef::Story(id) = story else {
        unreachable!()
    };
    let service = &app.app.tailoring;

    let overridden = service
        .set_override(
            &actor,
            story,
            "baidu",
            "article_title",
            json!("八分钟蒸好一条鲈鱼"),
            0,
        )
        .await
        .unwrap();
    assert_eq!(line(&overridden, "article_title"), "八分钟蒸好一条鲈鱼");
    let before = app
        .app
        .content
        .item::<StoryContent>(&actor, id)
        .await
        .unwrap();
    let mut content = before.content.clone();
    content.title = "红烧鲈鱼的家常做法".to_owned();
    let changes = ItemChanges {
        content,
        base_version: before.version,
        slug: None,
    };
    app.app.content.update(&actor, id, changes).await.unwrap();
    let after = service.variant(&actor, story, "baidu").await.unwrap();
    let field = after
        .fields
        .iter()
        .find(|field| field.name == "article_title")
        .unwrap();

    assert_eq!(line(&after, "article_title"), "八分钟蒸好一条鲈鱼");
    assert!(field.source_changed);
    assert!(
        line(&after, "title").contains("红烧鲈鱼"),
        "what nobody touched follows the story"
    );
    let cleared = service
        .clear_override(&actor, story, "baidu", "article_title", after.version)
        .await
        .unwrap();
    assert!(line(&cleared, "article_title").contains("红烧鲈鱼"));
}

fn errors(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.code.as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contact_data_blocks_and_says_where_it_stands() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    let story = app.story("加微信 dishes8888 学做菜").await;

    let variant = app
        .app
        .tailoring
        .variant(&actor, story, "baidu")
        .await
        .unwrap();

    assert!(
        errors(&variant.findings).contains(&"BD-T06"),
        "{:?}",
        variant.findings
    );
    let finding = variant
        .findings
        .iter()
        .find(|finding| finding.code == "BD-T06")
        .unwrap();
    let (from, to) = finding.range.unwrap();
    let title: Vec<char> = line(&variant, "title").chars().collect();
    let found: String = title[from as usize..to as usize].iter().collect();
    assert!(found.contains("dishes8888"), "{found}");
    assert!(!finding.cure.is_empty() && !finding.source.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_being_typed_is_tailored_for_its_author_before_it_is_saved() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let (wang, li) = (
        app.person(Role::Editor).await,
        app.person(Role::Editor).await,
    );
    let of = app.story("清蒸鲈鱼的做法与火候").await;
    let (content, tailoring) = (&app.app.content, &app.app.tailoring);
    let story = content
        .item::<StoryContent>(&wang.actor, of.item())
        .await
        .unwrap();
    let typed = StoryContent {
        title: "红烧鲈鱼的做法与火候".to_owned(),
        ..story.content
    };
    content
        .autosave(&wang.actor, story.id, story.version, typed)
        .await
        .unwrap();
    let title = async |person: &Person| {
        let variant = tailoring.typed_variant(&person.actor, of, "wechat").await;
        let fields = variant.unwrap().fields.into_iter();
        let mut titles = fields.filter(|field| field.name == "title");
        titles.next().unwrap().derived
    };

    assert_eq!(title(&wang).await, "红烧鲈鱼的做法与火候");
    assert_eq!(title(&li).await, "清蒸鲈鱼的做法与火候");
}
