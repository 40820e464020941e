//! Pages that crawlers read.

use fenfa::content::{Body, NewItem, StoryContent};

both_databases! {
    async fn a_published_story_has_a_page_with_its_structured_data(app: TestApp) {
        let actor = app.system().await;
        let mut content = StoryContent::new("清蒸鲈鱼 <b>的做法</b>");
        content.lead = "清蒸鲈鱼鲜嫩少刺。".into();
        content.body = Body::from_markdown("## 步骤\n\n1. 洗净\n2. 上锅蒸八分钟\n", &|_| None).body;
        let story = app.app.content.create(&actor, NewItem { content, slug: None, source_id: None }).await.unwrap();
        let url = format!("{}/s/{}", app.url, story.slug);
        assert_eq!(app.http.get(&url).send().await.unwrap().status(), 404);

        app.app.content.publish::<StoryContent>(&actor, story.id).await.unwrap();
        let page = app.http.get(&url).send().await.unwrap();

        assert_eq!(page.status(), 200);
        let tag = page.headers()["etag"].clone();
        let html = page.text().await.unwrap();
        assert!(html.contains("<h1>清蒸鲈鱼 &lt;b&gt;的做法&lt;/b&gt;</h1>"), "{html}");
        assert!(html.contains("\"pubDate\":\"2026-03-03T16:00:00\""), "{html}");
        assert!(html.contains("<time datetime=\"2026-03-03T16:00:00+08:00\">2026-03-03 16:00</time>"), "{html}");
        assert!(html.contains(&format!("<link rel=\"canonical\" href=\"{url}\">")), "{html}");
        assert!(html.contains("<li>上锅蒸八分钟</li>"), "{html}");
        let again = app.http.get(&url).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status(), 304);
    }

    async fn what_was_taken_back_is_gone_for_crawlers(app: TestApp) {
        let actor = app.system().await;
        let new = NewItem { content: StoryContent::new("旧闻"), slug: None, source_id: None };
        let story = app.app.content.create(&actor, new).await.unwrap();
        app.app.content.publish::<StoryContent>(&actor, story.id).await.unwrap();
        let sitemap = || async { app.http.get(format!("{}/sitemap.xml", app.url)).send().await.unwrap().text().await.unwrap() };
        assert!(sitemap().await.contains(&format!("{}/s/{}", app.url, story.slug)));

        app.app.content.unpublish::<StoryContent>(&actor, story.id).await.unwrap();

        let page = app.http.get(format!("{}/s/{}", app.url, story.slug)).send().await.unwrap();
        assert_eq!(page.status(), 410);
        assert!(!sitemap().await.contains("/s/"));
    }

    async fn robots_are_told_where_the_site_map_is(app: TestApp) {
        let robots = app.http.get(format!("{}/robots.txt", app.url)).send().await.unwrap().text().await.unwrap();

        assert!(robots.contains(&format!("Sitemap: {}/sitemap.xml", app.url)), "{robots}");
        assert!(robots.contains("Disallow: /admin"));
    }

    async fn a_page_shows_the_pictures_and_the_title_that_its_structured_data_names(app: TestApp) {
        let actor = app.system().await;
        let source = app.story("春茶上新第一口鲜").await;
        let site = app.app.auth.site(&actor).await.unwrap().name;
        let title = format!("春茶上新：第一口鲜怎么泡-{site}");
        let override_title = serde_json::json!(title);
        app.app.tailoring.set_override(&actor, source, "baidu", "title", override_title, 0).await.unwrap();
        let fields = app.app.tailoring.published_fields(&actor, source, "baidu").await.unwrap().unwrap();
        let url = fields["canonical"].as_str().unwrap();

        let html = app.http.get(url).send().await.unwrap().text().await.unwrap();

        assert!(html.contains(&format!("<title>{title}</title>")), "{html}");
        assert!(html.contains(&format!("\"title\":\"{title}\"")), "{html}");
        let images = fields["json_ld"]["images"].as_array().unwrap();
        assert_eq!(images.len(), 1);
        for image in images {
            assert!(html.contains(&format!("<img src=\"{}\"", image.as_str().unwrap())), "{html}");
        }
    }

    async fn an_index_page_lists_what_readers_see_newest_first(app: TestApp) {
        let actor = app.system().await;
        app.story("春茶上新第一口鲜").await;
        app.clock.advance(std::time::Duration::from_mins(1));
        let second = app.story("春茶上新第二口甜").await;
        app.video("春茶的冲泡").await;
        let list = async |page: &str| {
            let url = format!("{}/feeds/baidu/index{page}", app.url);
            app.http.get(url).send().await.unwrap()
        };
        let page: serde_json::Value = list("").await.json().await.unwrap();
        let titles: Vec<_> = page["list"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect();
        assert_eq!(titles.len(), 3);
        assert_eq!(titles[2], "春茶上新第一口鲜");
        assert_eq!((&page["currentPage"], &page["totalPage"]), (&1.into(), &1.into()));
        assert_eq!(list("?currentPage=2").await.status(), 404);
        assert_eq!(list("?currentPage=x").await.status(), 400);
        let nowhere = app.http.get(format!("{}/feeds/baidu/other", app.url)).send().await.unwrap();
        assert_eq!(nowhere.status(), 404);

        app.app.content.unpublish::<StoryContent>(&actor, second.item()).await.unwrap();

        let page: serde_json::Value = list("?currentPage=1").await.json().await.unwrap();
        assert_eq!(page["list"].as_array().unwrap().len(), 2, "{page}");
    }
}
