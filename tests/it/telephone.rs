//! What a reader's telephone shows of what was sent: the words, and every picture and video of the page.

use url::Url;

use crate::harness::{
    ALIPAY, BAIDU_FEED, BAIDU_WEBSITE, Backend, DOUYIN, DOUYIN_PICTURES, Route, TOUTIAO, TestApp,
    WECHAT,
};

const TITLE: &str = "明前龙井的冲泡要点";

/// A page, and where its pictures and videos are.
async fn look(app: &TestApp, path: &str) -> (String, Vec<Url>) {
    let address: Url = format!("{}{path}", app.simulators_url).parse().unwrap();
    let page = app.http.get(address.clone()).send().await.unwrap();
    assert_eq!(page.status(), 200, "{path}");
    let page = page.text().await.unwrap();
    let sources = page.split(" src=\"").skip(1);
    let sources = sources.map(|rest| rest.split('"').next().unwrap());
    let sources = sources.map(|src| address.join(src).unwrap()).collect();
    (page, sources)
}

/// Publishes something by a route; then the page shows its title, and whatever the page refers to is there.
async fn shows(app: &TestApp, route: Route, path: &str, kind: &str) {
    let account = app.connect(route.channel, &[]).await;
    let worker = app.worker().await;
    let id = app.send(route, &account, TITLE).await;
    app.settle(&worker, id).await;
    app.simulators.work(route.channel).await;

    let (page, sources) = look(app, path).await;

    assert!(page.contains(TITLE), "{path}: {page}");
    assert!(!sources.is_empty(), "{path} shows no {kind}: {page}");
    for source in sources {
        let file = app.http.get(source.clone()).send().await.unwrap();
        assert_eq!(file.status(), 200, "{source}");
        let mime = file.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(mime.starts_with(kind), "{source} is {mime}");
        assert!(!file.bytes().await.unwrap().is_empty(), "{source}");
    }
}

/// One sentence a page.
macro_rules! pages {
    ($($name:ident: $route:expr, $path:literal, $kind:literal;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let app = TestApp::start(Backend::Sqlite).await;
                shows(&app, $route, $path, $kind).await;
            }
        )+
    };
}

pages! {
    a_video_fills_the_screen_of_douyin: DOUYIN, "/douyin/feed", "video/";
    a_picture_post_fills_the_screen_of_douyin: DOUYIN_PICTURES, "/douyin/feed", "image/";
    a_video_is_a_card_in_toutiaos_stream: TOUTIAO, "/toutiao/", "video/";
    an_article_is_a_message_of_the_wechat_account: WECHAT, "/wechat/list", "image/";
    an_article_is_a_card_between_friends_on_wechat: WECHAT, "/wechat/chat", "image/";
    a_post_stands_in_the_list_of_alipays_account: ALIPAY, "/alipay/list", "image/";
    a_page_is_a_result_of_baidus_search: BAIDU_WEBSITE, "/baidu/results", "image/";
    material_is_a_card_in_baidus_stream: BAIDU_FEED, "/baidu/stream", "image/";
}
