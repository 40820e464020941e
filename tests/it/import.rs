//! Bringing a folder of stories, products, pictures and videos in.

use std::{collections::BTreeMap, future::Future as _, path::PathBuf, task::Poll};

use bytes::Bytes;
use fenfa::{
    content::{
        ContentState, CorpusFiles, ImportOptions, ImportReport, ItemFilter, StoryContent,
        VideoContent,
    },
    error::Result,
    page::PageRequest,
};

use crate::harness::TestApp;

/// A folder in memory.
struct Folder(BTreeMap<&'static str, Bytes>);

impl CorpusFiles for Folder {
    fn read(&self, path: &str) -> Result<Option<Bytes>> {
        Ok(self.0.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        let prefix = format!("{folder}/");
        let inside = self.0.keys().filter_map(|path| path.strip_prefix(&prefix));
        Ok(inside.map(ToOwned::to_owned).collect())
    }
}

fn media(name: &str) -> Bytes {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media");
    std::fs::read(dir.join(name)).unwrap().into()
}

const STORIES: &str = r##"{"source": "a.md", "title": "清蒸鲈鱼的做法", "category": "水产", "body_markdown": "# 清蒸鲈鱼的做法\n\n鲈鱼肉质白嫩、清香，没有腥味。\n\n![成品](images/bass.jpg)\n\n## 必备原料\n\n- 鲈鱼\n- 姜\n", "images": [{"file": "images/bass.jpg", "alt": "一条蒸好的鲈鱼"}], "products": ["1006002"]}
{"source": "b.md", "title": "凉拌黄瓜的做法", "category": "素菜", "body_markdown": "黄瓜拍碎，加蒜末。<script>alert(1)</script>", "images": []}
"##;
const PRODUCTS: &str = r#"{"sku": "1006002", "name": "轻奢纯棉刺绣水洗四件套", "category": "床品", "brief": "设计师原款，精致绣花", "retail_price_cny": "899.00", "attributes": [{"name": "材质", "value": "纯棉"}]}
"#;

fn folder() -> Folder {
    Folder(BTreeMap::from([
        ("stories.jsonl", STORIES.into()),
        ("products.jsonl", PRODUCTS.into()),
        ("images/bass.jpg", media("small.jpg")),
        ("videos/short.mp4", media("vertical-2s.mp4")),
        ("videos/short.webm", media("vertical.webm")),
        ("videos/cut.mp4", media("truncated.mp4")),
    ]))
}

async fn import(app: &TestApp, folder: &Folder) -> Result<ImportReport> {
    let options = ImportOptions { publish: true };
    let actor = app.system().await;
    app.app
        .content
        .import_corpus(&actor, folder, options, &mut |_| {})
        .await
}

both_databases! {
    async fn a_folder_comes_in_and_what_is_broken_is_named(app: TestApp) {
        let report = import(&app, &folder()).await.unwrap();

        assert_eq!(report.stories.created, 2);
        assert_eq!(report.products.created, 1);
        assert_eq!(report.pictures.created, 1);
        assert_eq!(report.videos.created, 2);
        assert_eq!(report.videos.refused, 1);
        assert_eq!(report.refusals.len(), 1);
        assert_eq!(report.refusals[0].source, "videos/cut.mp4");
        assert!(report.refusals[0].reason.contains("cut off"), "{}", report.refusals[0].reason);

        let actor = app.system().await;
        let found = app.app.content.find_by_source::<StoryContent>(&actor, "a.md").await.unwrap();
        let story = found.unwrap();
        assert_eq!(story.content.title, "清蒸鲈鱼的做法");
        assert_eq!(story.state(), ContentState::Published);
        assert!(story.content.cover.is_some(), "the first picture stands for the story");
        let product = app.app.content.find_product_by_sku(&actor, "1006002").await.unwrap().unwrap();
        assert_eq!(story.content.products, [product.id]);
        let hostile = app.app.content.find_by_source::<StoryContent>(&actor, "b.md").await.unwrap().unwrap();
        assert!(!serde_json::to_string(&hostile.content.body).unwrap().contains("script"));
    }

    async fn a_product_that_is_not_there_is_named_and_its_story_comes_in(app: TestApp) {
        let mut folder = folder();
        folder.0.remove("products.jsonl");

        let report = import(&app, &folder).await.unwrap();

        assert_eq!(report.stories.created, 2);
        let refusal = report.refusals.iter().find(|refusal| refusal.source == "a.md").unwrap();
        assert!(refusal.reason.contains("1006002"), "{}", refusal.reason);
    }

    async fn a_second_import_changes_nothing(app: TestApp) {
        import(&app, &folder()).await.unwrap();
        let actor = app.system().await;
        let content = &app.app.content;
        let page = PageRequest::new(Some(100), None).unwrap();
        let filter = ItemFilter::default();
        let stories = || content.list::<StoryContent>(&actor, &filter, &page);
        let before = stories().await.unwrap();
        let seen = content.changes_since(0, 1000).await.unwrap().len();

        let report = import(&app, &folder()).await.unwrap();

        assert_eq!((report.stories.created, report.stories.unchanged), (0, 2));
        assert_eq!((report.products.created, report.products.unchanged), (0, 1));
        assert_eq!((report.pictures.created, report.pictures.unchanged), (0, 1));
        assert_eq!((report.videos.created, report.videos.unchanged, report.videos.refused), (0, 2, 1));
        assert_eq!(stories().await.unwrap().edges, before.edges);
        assert_eq!(content.changes_since(0, 1000).await.unwrap().len(), seen);
        let videos = content.list::<VideoContent>(&actor, &filter, &page).await.unwrap();
        assert_eq!(videos.edges.len(), 2);
    }

    async fn a_line_that_cannot_be_read_is_refused_and_the_others_come_in(app: TestApp) {
        let mut folder = folder();
        let stories = format!("not json\n{STORIES}{}\n", r#"{"source": "c.md", "title": "", "body_markdown": "x"}"#);
        folder.0.insert("stories.jsonl", stories.into());
        folder.0.insert("products.jsonl", r#"{"sku": "1", "name": "杯", "retail_price_cny": "free"}"#.into());

        let report = import(&app, &folder).await.unwrap();

        assert_eq!((report.stories.created, report.stories.refused), (2, 2));
        assert_eq!(report.products.refused, 1);
        let sources: Vec<_> = report.refusals.iter().map(|refusal| refusal.source.as_str()).collect();
        assert!(sources.iter().any(|source| source.contains("stories.jsonl")), "{:?}", report.refusals);
        assert!(sources.contains(&"c.md"), "{:?}", report.refusals);
        assert!(report.refusals.iter().all(|refusal| !refusal.reason.is_empty()));
    }

    async fn an_import_that_was_cut_off_is_completed_by_the_next(app: TestApp) {
        let actor = app.system().await;
        let content = &app.app.content;
        let folder = folder();
        for steps in (1..400).step_by(9) {
            // Dropped in the middle of whatever it was doing, as a killed process would be.
            let mut running = std::pin::pin!(import(&app, &folder));
            let mut left = steps;
            let ended = std::future::poll_fn(|context| {
                left -= 1;
                match running.as_mut().poll(context) {
                    Poll::Ready(_) => Poll::Ready(true),
                    Poll::Pending if left == 0 => Poll::Ready(false),
                    Poll::Pending => Poll::Pending,
                }
            });
            if ended.await {
                break;
            }
        }

        import(&app, &folder).await.unwrap();

        let page = PageRequest::new(Some(100), None).unwrap();
        let stories = content.list::<StoryContent>(&actor, &ItemFilter::default(), &page).await.unwrap();
        let videos = content.list::<VideoContent>(&actor, &ItemFilter::default(), &page).await.unwrap();
        assert_eq!((stories.edges.len(), videos.edges.len()), (2, 2));
        assert!(stories.edges.iter().all(|(_, story)| story.state() == ContentState::Published && story.content.category.is_some()));
        assert!(videos.edges.iter().all(|(_, video)| video.state() == ContentState::Published));
        let products = content.list_published_products(&actor, &fenfa::content::ProductFilter::default(), &page).await.unwrap();
        assert_eq!(products.edges.len(), 1);
    }
}
