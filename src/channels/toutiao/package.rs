//! An article as somebody pastes it into the console: a page to copy from, its covers and pictures, and the same as data.

use serde_json::{Value, json};
use url::Url;

use super::{ARTICLE, BODY, COVER, covers_of};
use crate::{
    channels::{Intent, Media, PackedFile, Submission},
    text::escape_html,
};

/// Where a person publishes.
pub const CONSOLE: &str = "https://mp.toutiao.com/";
/// The page that is copied from, and the same as data.
const PAGE: &str = "article.html";
pub const DATA: &str = "article.json";

fn text<'s>(submission: &'s Submission, name: &str) -> &'s str {
    let value = submission.fields.get(name).and_then(Value::as_str);
    value.unwrap_or_default()
}

/// The files of a role under names of their own.
fn named(submission: &Submission, role: &str, name: &str, most: usize) -> Vec<(String, Media)> {
    let media = submission.media.iter().filter(|media| media.role == role);
    (1..)
        .zip(media.take(most))
        .map(|(number, media): (usize, _)| {
            let extension = if media.mime == "image/png" {
                "png"
            } else {
                "jpg"
            };
            (format!("{name}-{number}.{extension}"), media.clone())
        })
        .collect()
}

/// What goes into the package; nothing for what the API publishes.
pub fn files(submission: &Submission) -> Vec<PackedFile> {
    if submission.lane != ARTICLE || submission.intent != Intent::Publish {
        return Vec::new();
    }
    let mode = text(submission, "cover_mode");
    let covers = named(submission, COVER, "cover", covers_of(mode));
    let pictures = named(submission, BODY, "picture", usize::MAX);
    let mut body = text(submission, "html").to_owned();
    for (place, (name, _)) in pictures.iter().enumerate() {
        body = body.replace(&format!("\"{BODY}/{place}\""), &format!("\"{name}\""));
    }
    let title = text(submission, "title");
    let tags = submission.fields.get("tags").cloned().unwrap_or_default();
    let listed: Vec<&str> = tags
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let names = |files: &[(String, Media)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    let page = format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><title>{0}</title>\
         <style>body{{max-width:660px;margin:24px auto;font:16px/1.75 sans-serif}}img{{max-width:100%}}\
         header{{border-bottom:1px solid #ccc;margin-bottom:24px;color:#666}}</style>\
         <header><p>标题：<b>{0}</b></p><p>封面：{1} {2}</p><p>标签：{3}</p></header>\
         <article>{body}</article></html>",
        escape_html(title),
        escape_html(mode),
        names(&covers).join("、"),
        escape_html(&listed.join("、")),
    );
    let data = json!({
        "title": title,
        "html": body,
        "tags": tags,
        "cover_mode": mode,
        "covers": names(&covers),
        "pictures": names(&pictures),
        "source": submission.page_url,
    });
    let mut files = vec![
        PackedFile::Text {
            name: PAGE.to_owned(),
            text: page,
        },
        PackedFile::Text {
            name: DATA.to_owned(),
            text: format!("{data:#}"),
        },
    ];
    let all = covers.into_iter().chain(pictures);
    files.extend(all.map(|(name, media)| PackedFile::Media { name, media }));
    files
}

/// What somebody is asked to do, with the address of the package: this server also serves the reader page.
pub fn task(submission: &Submission) -> String {
    let path = format!("/admin/exports/{}.zip", submission.delivery_id);
    let address = Url::parse(&submission.page_url)
        .and_then(|page| page.join(&path))
        .map_or(path, String::from);
    let mode = text(submission, "cover_mode");
    let covers = match covers_of(mode) {
        0 => "选「无封面」".to_owned(),
        1 => "选「单图」并上传 cover-1".to_owned(),
        most => format!("选「{mode}」并上传 cover-1 到 cover-{most}"),
    };
    format!(
        "头条没有发布文章的接口：下载 {address} ，登录 {CONSOLE} 新建文章，从包里的 {PAGE} 复制标题和正文，{covers}\
         （封面里不能有二维码、电话、微信、QQ、邮箱和第三方推广，违者扣 10 分），发布后在这里确认并填写文章的链接"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::ContentKind;

    fn media(role: &str, key: &str) -> Media {
        Media {
            role: role.into(),
            key: key.into(),
            url: String::new(),
            mime: "image/jpeg".into(),
            sha256: String::new(),
            size_bytes: 1,
            width: 1280,
            height: 720,
            duration_ms: None,
        }
    }

    fn submission(mode: &str) -> Submission {
        let fields = [
            ("title", json!("清蒸鲈鱼 <二>")),
            (
                "html",
                json!("<p><img src=\"toutiao_body/0\" alt=\"\"></p>"),
            ),
            ("cover_mode", json!(mode)),
            ("tags", json!(["家常菜"])),
        ];
        Submission {
            delivery_id: "d1".into(),
            intent: Intent::Publish,
            lane: ARTICLE.into(),
            kind: ContentKind::Story,
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
            media: vec![
                media(COVER, "a"),
                media(COVER, "b"),
                media(COVER, "c"),
                media(BODY, "d"),
            ],
            page_url: "https://cms.example.cn/s/lu-yu".into(),
            first_published_at: None,
            updated_at: None,
            marker: "ff01".into(),
            external_id: None,
        }
    }

    fn names(submission: &Submission) -> Vec<String> {
        let name = |file| match file {
            PackedFile::Text { name, .. } | PackedFile::Media { name, .. } => name,
        };
        files(submission).into_iter().map(name).collect()
    }

    #[test]
    fn a_package_holds_a_page_to_copy_from_the_covers_of_the_mode_and_the_pictures() {
        assert_eq!(
            names(&submission("单图")),
            [
                "article.html",
                "article.json",
                "cover-1.jpg",
                "picture-1.jpg"
            ]
        );
        assert_eq!(names(&submission("三图")).len(), 6);
        let files = files(&submission("无封面"));
        let [
            PackedFile::Text { text: page, .. },
            PackedFile::Text { text: data, .. },
            ..,
        ] = files.as_slice()
        else {
            panic!("{files:?}");
        };
        assert!(page.contains("<b>清蒸鲈鱼 &lt;二&gt;</b>"), "{page}");
        assert!(page.contains("<img src=\"picture-1.jpg\""), "{page}");
        let data: Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(
            (&data["tags"][0], &data["covers"]),
            (&json!("家常菜"), &json!([]))
        );
    }

    #[test]
    fn what_the_api_publishes_and_what_is_taken_down_has_no_package() {
        let video = Submission {
            lane: "video".into(),
            ..submission("单图")
        };
        let takedown = Submission {
            intent: Intent::Takedown,
            ..submission("单图")
        };

        assert!(files(&video).is_empty() && files(&takedown).is_empty());
    }

    #[test]
    fn the_task_says_where_the_package_is_and_which_covers_to_choose() {
        let task = task(&submission("三图"));

        assert!(
            task.contains("https://cms.example.cn/admin/exports/d1.zip"),
            "{task}"
        );
        assert!(
            task.contains("cover-1 到 cover-3") && task.contains(CONSOLE),
            "{task}"
        );
    }
}
