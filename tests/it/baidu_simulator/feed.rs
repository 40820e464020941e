//! Materials of the feed: their review, their files, their end.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use super::{Baidu, DAY, HOUR, MATERIAL, material};
use crate::harness::BAIDU_FEED;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_material_is_reviewed_changed_and_deleted_for_ever() {
    let verdicts =
        json!({ "/pages/story/index?id=42": "投放中", "/pages/story/index?id=43": "审核失败" });
    let baidu = Baidu::start(json!({ "verdicts": verdicts, "feed_calls": 9 })).await;
    let token = baidu.good_token().await;
    let path = "/pages/story/index?id=42";
    let state = || {
        baidu
            .items(BAIDU_FEED)
            .get(path)
            .map(|item| item["state"].as_str().unwrap().to_owned())
    };

    let answer = baidu.call(MATERIAL, &token, &material(&[])).await;
    assert_eq!(answer, json!({ "errno": 0, "msg": "success", "data": "" }));
    assert_eq!(state().as_deref(), Some("审核中"));
    baidu.later(2 * HOUR).await;
    assert_eq!(state().as_deref(), Some("投放中"));
    assert_eq!(baidu.items(BAIDU_FEED)[path]["flow"], "small");
    baidu.later(DAY).await;
    assert_eq!(baidu.items(BAIDU_FEED)[path]["flow"], "full");
    baidu.call(MATERIAL, &token, &material(&[])).await;
    assert_eq!(state().as_deref(), Some("投放中"), "nothing changed");
    baidu.set(&json!({ "duplicate_errno": 40000 }));
    assert_eq!(
        baidu.call(MATERIAL, &token, &material(&[])).await["errno"],
        40000
    );
    baidu
        .call(MATERIAL, &token, &material(&[("body", "灶火又亮了。")]))
        .await;
    assert_eq!(
        state().as_deref(),
        Some("审核中"),
        "a change is reviewed again"
    );
    assert_eq!(
        baidu
            .call(MATERIAL, &token, &material(&[("title", "")]))
            .await["errno"],
        40001
    );
    baidu
        .call(
            MATERIAL,
            &token,
            &material(&[("path", "/pages/story/index?id=43")]),
        )
        .await;
    baidu.later(2 * HOUR).await;
    assert_eq!(
        baidu.items(BAIDU_FEED)["/pages/story/index?id=43"]["state"],
        "审核失败"
    );
    assert_eq!(
        baidu
            .call("access/deleteresource", &token, &[("path", path)])
            .await["errno"],
        0
    );
    assert_eq!(state(), None);
    baidu
        .call(MATERIAL, &token, &material(&[("body", "再来一次。")]))
        .await;
    assert_eq!(state(), None, "it never comes back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_materials_are_pulled_at_midnight() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;
    let files = baidu.files.clone();
    let link = |name: &str, kind: &'static str| {
        vec![
            ("desc", "故事".to_owned()),
            ("frequency", "3".to_owned()),
            ("type", kind.to_owned()),
            ("url", format!("{files}/{name}")),
        ]
    };
    let submit = async |name: &str, kind: &'static str| {
        let form = link(name, kind);
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        baidu.call("access/submitsitemap", &token, &form).await["errno"]
            .as_i64()
            .unwrap()
    };

    assert_eq!(submit("index.json", "1").await, 0);
    assert_eq!(submit("index.json?2", "1").await, 0);
    assert_eq!(submit("index.json?3", "1").await, 0);
    assert_eq!(
        submit("index.json?4", "1").await,
        40001,
        "three links at most"
    );
    let url = format!("{files}/index.json?3");
    baidu
        .call("access/deletesitemap", &token, &[("url", &url)])
        .await;
    assert_eq!(
        submit("index.json?4", "2").await,
        40001,
        "there is no such type"
    );
    baidu.simulators.work("baidu").await;
    assert!(baidu.items(BAIDU_FEED).is_empty(), "not before midnight");
    baidu.later(8 * HOUR).await;
    let items = baidu.items(BAIDU_FEED);
    assert_eq!(items["/pages/story/index?id=42"]["source"], "Sitemap提交");
    assert_eq!(submit("index.json?off", "0").await, 0);
    baidu.later(DAY).await;

    assert!(baidu.items(BAIDU_FEED).is_empty(), "taken offline");
}

/// An index and one file of materials.
pub fn serve_files(listener: TcpListener) {
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = HttpServer::new(move || {
        let index = json!({ "sitemapindex": [{ "sitemap": { "loc": format!("{address}/1.json"), "lastmod": "2026-03-01" } }] });
        let mut item: serde_json::Map<String, Value> = material(&[])
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        item["images"] = json!(["https://img.example.cn/a.jpg"]);
        item["ext"] = json!({ "publish_time": "2026年3月1日" });
        let file = json!([item]);
        App::new()
            .route(
                "/index.json",
                web::get().to(move || {
                    let index = index.clone();
                    async move { HttpResponse::Ok().json(index) }
                }),
            )
            .route(
                "/1.json",
                web::get().to(move || {
                    let file = file.clone();
                    async move { HttpResponse::Ok().json(file) }
                }),
            )
    });
    tokio::spawn(
        server
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run(),
    );
}
