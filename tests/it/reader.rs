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
}
