//! Files: uploads, what is refused, renditions, serving.

use fenfa::{
    auth::Role,
    content::{ChangeKind, ItemChanges, NewItem, NewProduct, StoryContent},
    error::ErrorKind,
    media::{
        Asset, AssetChanges, AssetFilter, AssetKind, FocalPoint, ImageFormat, NewAsset,
        find_named_size,
    },
    page::PageRequest,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestApp};

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/media/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// A small picture of one shade.
fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(300, 200, image::Rgb([shade, 128, 64]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn call(app: &TestApp, method: Method, path: &str, person: &Person) -> RequestBuilder {
    let (name, value) = person.cookie();
    app.http
        .request(method, format!("{}{path}", app.url))
        .header(name, value)
}

async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    (
        response.status(),
        response.json().await.unwrap_or(Value::Null),
    )
}

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = app.http.get(format!("{}{path}", app.url));
    headers
        .iter()
        .fold(request, |request, (name, value)| {
            request.header(*name, *value)
        })
        .send()
        .await
        .unwrap()
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

async fn keep(app: &TestApp, person: &Person, name: &str, bytes: Vec<u8>) -> Asset {
    let new = NewAsset {
        name: name.to_owned(),
        alt: String::new(),
        bytes: bytes.into(),
    };
    app.app
        .media
        .create_asset(&person.actor, new)
        .await
        .unwrap()
}

/// Sends a file in one go.
async fn send(app: &TestApp, person: &Person, name: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
    let request = call(app, Method::POST, "/admin/uploads", person)
        .query(&[("name", name)])
        .body(bytes);
    answer(request).await
}

both_databases! {
    async fn a_file_arrives_in_pieces_and_goes_on_where_it_broke_off(app: TestApp) {
        let author = app.person(Role::Author).await;
        let file = fixture("vertical-2s.mp4");

        let announce = call(&app, Method::POST, "/admin/uploads", &author)
            .json(&json!({ "name": "立春.mp4", "sizeBytes": file.len(), "mime": "video/mp4" }));
        let (status, upload) = answer(announce).await;
        assert_eq!((status, &upload["offset"]), (StatusCode::CREATED, &json!(0)), "{upload}");
        let path = format!("/admin/uploads/{}", upload["id"].as_str().unwrap());
        let piece = |from: usize, to: usize| {
            call(&app, Method::PATCH, &path, &author)
                .header("upload-offset", from)
                .body(file[from..to].to_vec())
        };

        let (status, _) = answer(piece(0, 60_000)).await;
        assert_eq!(status, StatusCode::OK);
        let (status, wrong) = answer(piece(0, 60_000)).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(wrong["error"]["details"]["offset"], 60_000);
        let (_, shown) = answer(call(&app, Method::GET, &path, &author)).await;
        assert_eq!(shown["offset"], 60_000);
        let complete = || call(&app, Method::POST, &format!("{path}/complete"), &author);
        let (status, early) = answer(complete()).await;
        assert_eq!((status, &early["error"]["code"]), (StatusCode::PRECONDITION_FAILED, &json!("FAILED_PRECONDITION")));
        let (status, _) = answer(piece(60_000, file.len())).await;
        assert_eq!(status, StatusCode::OK);
        let (status, asset) = answer(complete().json(&json!({ "alt": "一碗面" }))).await;

        assert_eq!(status, StatusCode::CREATED, "{asset}");
        assert_eq!(asset["name"], "立春.mp4");
        assert_eq!(asset["kind"], "VIDEO");
        assert_eq!((&asset["width"], &asset["height"]), (&json!(1080), &json!(1920)));
        assert_eq!(asset["video"]["videoCodec"], "h264");
        assert_eq!(asset["alt"], "一碗面");
        assert_eq!(asset["duplicate"], false);
        let admin = app.person(Role::Admin).await;
        let log = app.admin_graphql(&admin, "{ auditLog(action: \"upload\") { nodes { subject outcome } } }", json!({})).await;
        assert_eq!(log["data"]["auditLog"]["nodes"], json!([{ "subject": asset["id"], "outcome": "OK" }]), "{log}");
        let (status, _) = answer(complete()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "an upload is completed once");
        let left = std::fs::read_dir(app.dir().join("uploads")).unwrap().count();
        assert_eq!(left, 0, "nothing is left behind");
    }

    async fn of_two_pieces_for_the_same_place_one_is_kept(app: TestApp) {
        let author = app.person(Role::Author).await;
        let (media, actor) = (&app.app.media, &author.actor);
        let upload = media.begin_upload(actor, "a.jpg", 100_000).await.unwrap();

        let piece = |byte: u8| media.append_upload(actor, upload.id, 0, vec![byte; 50_000].into());
        let (first, second, third) = tokio::join!(piece(1), piece(2), piece(3));

        let kept = [first, second, third].into_iter().flatten().count();
        assert_eq!(kept, 1);
        assert_eq!(media.upload(actor, upload.id).await.unwrap().offset, 50_000);
    }

    async fn the_same_file_is_the_same_asset(app: TestApp) {
        let author = app.person(Role::Author).await;

        let (_, first) = send(&app, &author, "one.jpg", fixture("small.jpg")).await;
        let (status, second) = send(&app, &author, "two.jpg", fixture("small.jpg")).await;

        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(first["duplicate"], false, "{first}");
        assert_eq!(second["duplicate"], true);
        assert_eq!((&second["id"], &second["name"]), (&first["id"], &json!("one.jpg")));
    }

    async fn an_archived_file_comes_back_when_it_is_uploaded_again(app: TestApp) {
        let author = app.person(Role::Author).await;
        let media = &app.app.media;
        let asset = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        let count = async || {
            let page = PageRequest::new(None, None).unwrap();
            let listed = media.list_assets(&author.actor, &AssetFilter::default(), &page).await;
            listed.unwrap().edges.len()
        };

        media.archive_asset(&author.actor, asset.id).await.unwrap();
        assert_eq!(count().await, 0);
        let again = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;

        assert_eq!((again.id, again.archived_at), (asset.id, None));
        assert_eq!(count().await, 1);
    }

    async fn only_who_may_write_uploads(app: TestApp) {
        let viewer = app.person(Role::Viewer).await;
        let author = app.person(Role::Author).await;

        let (status, refused) = send(&app, &viewer, "a.jpg", fixture("small.jpg")).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::FORBIDDEN, &json!("FORBIDDEN")));
        let nobody = app.http.post(format!("{}/admin/uploads?name=a.jpg", app.url)).body(fixture("small.jpg"));
        assert_eq!(answer(nobody).await.0, StatusCode::UNAUTHORIZED);
        let elsewhere = call(&app, Method::POST, "/admin/uploads?name=a.jpg", &author)
            .header("origin", "https://evil.example")
            .body(fixture("small.jpg"));
        assert_eq!(answer(elsewhere).await.0, StatusCode::FORBIDDEN);
    }

    async fn what_a_file_is_called_does_not_matter(app: TestApp) {
        let author = app.person(Role::Author).await;
        let page = b"<!doctype html><script>alert(1)</script>".to_vec();
        let drawing = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#.to_vec();
        for (name, bytes) in [
            ("a.jpg", page.clone()),
            ("a.mp4", page),
            ("a.svg", drawing.clone()),
            ("a.png", drawing),
            ("a.jpg", b"MZ this is a program".to_vec()),
            ("a.pdf", b"%PDF-1.7 and so on".to_vec()),
        ] {
            let (status, refused) = send(&app, &author, name, bytes).await;
            assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{name}: {refused}");
            assert_eq!(refused["error"]["field"], "file");
        }

        let (status, kept) = send(&app, &author, "../../etc/a\u{0}b\r\n\"<b>.html", fixture("small.jpg")).await;

        assert_eq!(status, StatusCode::CREATED, "{kept}");
        assert_eq!((&kept["mime"], &kept["name"]), (&json!("image/jpeg"), &json!("ab\"<b>.html")));
    }

    async fn a_damaged_file_is_refused_with_a_cure(app: TestApp) {
        let author = app.person(Role::Author).await;
        let picture = fixture("small.jpg");
        for (bytes, word) in [
            (fixture("truncated.mp4"), "cut off"),
            (picture[..picture.len() / 2].to_vec(), "damaged"),
        ] {
            let (status, refused) = send(&app, &author, "file", bytes).await;

            assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("INVALID_INPUT")));
            assert!(refused["error"]["message"].as_str().unwrap().contains(word), "{refused}");
        }
        let left = std::fs::read_dir(app.dir().join("uploads")).unwrap().count();
        assert_eq!(left, 0, "nothing is left behind");
    }

    async fn more_bytes_than_announced_are_refused(app: TestApp) {
        let author = app.person(Role::Author).await;
        let announce = |body: Value| answer(call(&app, Method::POST, "/admin/uploads", &author).json(&body));

        let (status, huge) = announce(json!({ "name": "a.mp4", "sizeBytes": 1_u64 << 50 })).await;
        assert_eq!((status, &huge["error"]["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("TOO_LARGE")));
        let (_, upload) = announce(json!({ "name": "a.jpg", "sizeBytes": 10 })).await;
        let path = format!("/admin/uploads/{}", upload["id"].as_str().unwrap());
        let (status, _) = answer(
            call(&app, Method::PATCH, &path, &author).header("upload-offset", 0).body(vec![0; 11]),
        )
        .await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);

        for body in [
            json!({}),
            json!({ "name": "a.jpg" }),
            json!({ "name": "a.jpg", "sizeBytes": -1 }),
            json!({ "name": "a.jpg", "sizeBytes": "many" }),
            json!({ "name": "a.jpg", "sizeBytes": 0 }),
            json!({ "name": "a.jpg", "sizeBytes": 1, "what": 1 }),
            json!({ "name": "x".repeat(100_000), "sizeBytes": 1 }),
        ] {
            let (status, refused) = announce(body.clone()).await;
            assert!(status.is_client_error(), "{body}: {refused}");
        }
        let (status, _) = answer(call(&app, Method::GET, "/admin/uploads/nonsense", &author)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, refused) = answer(call(&app, Method::PATCH, &path, &author).body("a")).await;
        assert_eq!((status, &refused["error"]["field"]), (StatusCode::BAD_REQUEST, &json!("upload-offset")));
    }

    async fn an_upload_belongs_to_its_site(app: TestApp) {
        let author = app.person(Role::Author).await;
        let other = app.app.auth.create_site("other", "另一个").await.unwrap();
        let stranger = fenfa::auth::Actor::system(other.id);
        let media = &app.app.media;
        let upload = media.begin_upload(&author.actor, "a.jpg", 10).await.unwrap();
        let asset = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;

        let kinds = [
            media.upload(&stranger, upload.id).await.map(|_| ()),
            media.append_upload(&stranger, upload.id, 0, "a".into()).await.map(|_| ()),
            media.complete_upload(&stranger, upload.id, "").await.map(|_| ()),
            media.cancel_upload(&stranger, upload.id).await,
            media.asset(&stranger, asset.id).await.map(|_| ()),
            media.archive_asset(&stranger, asset.id).await.map(|_| ()),
        ]
        .map(|result| result.unwrap_err().kind());

        assert_eq!(kinds, [ErrorKind::NotFound; 6]);
    }

    async fn a_forgotten_upload_is_thrown_away(app: TestApp) {
        let author = app.person(Role::Author).await;
        let media = &app.app.media;
        let old = media.begin_upload(&author.actor, "old.jpg", 10).await.unwrap();

        app.set_time("2026-03-05T08:00:01Z");
        media.begin_upload(&author.actor, "new.jpg", 10).await.unwrap();

        let error = media.upload(&author.actor, old.id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(std::fs::read_dir(app.dir().join("uploads")).unwrap().count(), 1);
    }

    async fn a_video_is_served_in_parts(app: TestApp) {
        let author = app.person(Role::Author).await;
        let file = fixture("vertical-2s.mp4");
        let asset = keep(&app, &author, "a.mp4", file.clone()).await;
        let path = app.app.media.original_path(&asset);

        let whole = get(&app, &path, &[]).await;
        assert_eq!(whole.status(), StatusCode::OK);
        assert_eq!(header(&whole, "content-type"), "video/mp4");
        assert_eq!(header(&whole, "accept-ranges"), "bytes");
        assert_eq!(header(&whole, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header(&whole, "x-content-type-options"), "nosniff");
        let tag = header(&whole, "etag");
        assert_eq!(whole.bytes().await.unwrap(), file);

        let part = get(&app, &path, &[("range", "bytes=100-299")]).await;
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(header(&part, "content-range"), format!("bytes 100-299/{}", file.len()));
        assert_eq!(part.bytes().await.unwrap(), &file[100..300]);
        let end = get(&app, &path, &[("range", "bytes=-10")]).await;
        assert_eq!(end.bytes().await.unwrap(), &file[file.len() - 10..]);
        let outside = get(&app, &path, &[("range", "bytes=999999999-")]).await;
        assert_eq!(outside.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(header(&outside, "content-range"), format!("bytes */{}", file.len()));
        let known = get(&app, &path, &[("if-none-match", &tag)]).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let head = app.http.head(format!("{}{path}", app.url)).send().await.unwrap();
        assert_eq!(header(&head, "content-length"), file.len().to_string());
        assert_eq!(get(&app, &path.replace("original.mp4", "original.webm"), &[]).await.status(), StatusCode::NOT_FOUND);
    }

    async fn a_picture_is_served_in_named_sizes_only(app: TestApp) {
        let author = app.person(Role::Author).await;
        let asset = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        let media = &app.app.media;
        let thumb = find_named_size("thumb", ImageFormat::Webp).unwrap();
        let path = media.rendition_path(&asset, &thumb);

        let response = get(&app, &path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), "image/webp");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        let made = media.rendition(&asset, &thumb).await.unwrap();
        assert_eq!((made.width, made.height, &made.path), (160, 160, &path));
        assert_eq!(response.bytes().await.unwrap(), media.read(&made.key).await.unwrap());

        let stem = format!("/media/{}", asset.sha256);
        for path in [
            format!("{stem}/original.jpg"),
            format!("{stem}/thumb.webp"),
            format!("{stem}/thumb-000000000000.webp"),
            format!("{stem}/9999x9999.jpg"),
            format!("{stem}/..%2f..%2foriginals"),
            format!("{stem}/nothing"),
            format!("/media/{}/thumb.webp", "0".repeat(64)),
            "/media/%00/a.jpg".to_owned(),
            "/media/../../etc/passwd.jpg".to_owned(),
            path.replace(".webp", ".webp.json"),
        ] {
            assert_eq!(get(&app, &path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn a_moved_focal_point_makes_a_new_address_and_keeps_the_old(app: TestApp) {
        let author = app.person(Role::Author).await;
        let media = &app.app.media;
        let asset = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        let card = find_named_size("card", ImageFormat::Jpeg).unwrap();
        let before = media.rendition_path(&asset, &card);
        assert_eq!(get(&app, &before, &[]).await.status(), StatusCode::OK);

        let changes = AssetChanges {
            focal_point: Some(FocalPoint::new(0.1, 0.9).unwrap()),
            alt: None,
        };
        let moved = media.update_asset(&author.actor, asset.id, 1, changes).await.unwrap();
        let after = media.rendition_path(&moved, &card);

        assert_ne!(before, after);
        assert_eq!(get(&app, &after, &[]).await.status(), StatusCode::OK);
        assert_eq!(get(&app, &before, &[]).await.status(), StatusCode::OK);
    }

    async fn a_stale_description_is_refused_with_both_sides(app: TestApp) {
        let author = app.person(Role::Author).await;
        let media = &app.app.media;
        let asset = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        let changes = |alt: &str| AssetChanges {
            alt: Some(alt.to_owned()),
            focal_point: None,
        };

        media.update_asset(&author.actor, asset.id, 1, changes("一碗面")).await.unwrap();
        let stale = media.update_asset(&author.actor, asset.id, 1, changes("两碗面")).await.unwrap_err();
        let hostile = media.update_asset(&author.actor, asset.id, 2, changes("a\u{0}b")).await.unwrap_err();

        assert_eq!(stale.kind(), ErrorKind::Conflict);
        assert_eq!(stale.details().unwrap()["currentVersion"], 2);
        assert_eq!(stale.details().unwrap()["alt"], "一碗面");
        assert_eq!((hostile.kind(), hostile.field()), (ErrorKind::InvalidInput, Some("input.alt")));
    }

    async fn the_library_is_paged_and_searched(app: TestApp) {
        let author = app.person(Role::Author).await;
        let media = &app.app.media;
        let picture = keep(&app, &author, "Noodles_100%.jpg", fixture("small.jpg")).await;
        let video = keep(&app, &author, "noodles.mp4", fixture("vertical-2s.mp4")).await;
        let list = async |filter: AssetFilter, first: i32, after: Option<String>| {
            let page = PageRequest::new(Some(first), after.as_deref()).unwrap();
            media.list_assets(&author.actor, &filter, &page).await.unwrap()
        };
        let with_text = |text: &str| AssetFilter { text: Some(text.to_owned()), ..AssetFilter::default() };

        let first = list(AssetFilter::default(), 1, None).await;
        assert_eq!((first.edges[0].1.id, first.has_next), (video.id, true), "newest first");
        let second = list(AssetFilter::default(), 1, Some(first.edges[0].0.encode())).await;
        assert_eq!((second.edges[0].1.id, second.has_next), (picture.id, false));
        let videos = AssetFilter { kind: Some(AssetKind::Video), ..AssetFilter::default() };
        assert_eq!(list(videos, 20, None).await.edges.len(), 1);
        assert_eq!(list(with_text("NOODLES"), 20, None).await.edges.len(), 2);
        assert_eq!(list(with_text("s_100%"), 20, None).await.edges.len(), 1);
        assert_eq!(list(with_text("'; --\\"), 20, None).await.edges.len(), 0);
    }

    async fn pictures_that_nobody_described_are_a_list_of_their_own(app: TestApp) {
        let author = app.person(Role::Author).await;
        let media = &app.app.media;
        let small = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        keep(&app, &author, "b.mp4", fixture("vertical-2s.mp4")).await;
        let undescribed = async || {
            let page = PageRequest::new(Some(20), None).unwrap();
            let filter = AssetFilter { lacks_alt: true, ..AssetFilter::default() };
            let found = media.list_assets(&author.actor, &filter, &page).await.unwrap();
            found.edges.into_iter().map(|(_, asset)| asset.id).collect::<Vec<_>>()
        };

        assert_eq!(undescribed().await, [small.id], "a video needs no such text");
        let changes = AssetChanges { alt: Some("一碗面".to_owned()), focal_point: None };
        media.update_asset(&author.actor, small.id, small.version, changes).await.unwrap();
        assert!(undescribed().await.is_empty());
    }

    async fn what_shows_a_file_is_told_whether_it_is_live_or_a_draft(app: TestApp) {
        let system = app.system().await;
        let author = app.person(Role::Author).await;
        let content = &app.app.content;
        let used = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        let of = async |asset: &Asset| {
            let places = content.uses_of_asset(&system, asset.id).await.unwrap();
            places.into_iter().map(|place| (place.kind, place.title)).collect::<Vec<_>>()
        };
        assert!(of(&used).await.is_empty());

        let cover = StoryContent { cover: Some(used.id), ..StoryContent::new("龙井") };
        let new = NewItem { content: cover, slug: None, source_id: None };
        let story = content.create(&system, new).await.unwrap();
        let story = content.publish::<StoryContent>(&system, story.id).await.unwrap();
        // The draft shows it no more; readers still see it.
        let changes = ItemChanges { base_version: story.version, content: StoryContent::new("龙井"), slug: None };
        content.update(&system, story.id, changes).await.unwrap();
        let product = NewProduct { sku: "A-1".into(), name: "茶".into(), pictures: vec![used.id], ..NewProduct::default() };
        content.create_product(&system, product).await.unwrap();

        let expected = [(ChangeKind::Product, "茶".to_owned()), (ChangeKind::Story, "龙井".to_owned())];
        assert_eq!(of(&used).await, expected);
    }

    async fn a_new_file_takes_the_place_of_the_old_and_old_addresses_stay_good(app: TestApp) {
        let author = app.person(Role::Author).await;
        let (media, content) = (&app.app.media, &app.app.content);
        let asset = keep(&app, &author, "tea.jpg", fixture("small.jpg")).await;
        let changes = AssetChanges { alt: Some("一杯茶".to_owned()), focal_point: Some(FocalPoint::new(0.2, 0.3).unwrap()) };
        let asset = content.update_asset(&author.actor, asset.id, 1, changes).await.unwrap();
        let thumb = find_named_size("thumb", ImageFormat::Webp).unwrap();
        let before = media.rendition_path(&asset, &thumb);
        let new = keep(&app, &author, "tea-new.png", picture(10)).await;

        let replaced = content.replace_asset(&author.actor, asset.id, asset.version, new.id).await.unwrap();

        assert_eq!((replaced.id, replaced.name.as_str(), replaced.alt.as_str()), (asset.id, "tea.jpg", "一杯茶"));
        assert_eq!((&replaced.sha256, &replaced.mime, replaced.focal_point), (&new.sha256, &new.mime, asset.focal_point));
        let after = media.rendition_path(&replaced, &thumb);
        assert_ne!(after, before);
        for path in [&before, &after] {
            assert_eq!(get(&app, path, &[]).await.status(), StatusCode::OK, "{path}");
        }
        let former = media.asset(&author.actor, new.id).await.unwrap();
        assert_eq!((&former.sha256, former.alt.as_str(), former.archived_at.is_some()), (&asset.sha256, "一杯茶", true));
        // Bringing the former file in again brings it back as a file of its own.
        let again = keep(&app, &author, "tea.jpg", fixture("small.jpg")).await;
        assert_eq!((again.id, again.archived_at), (new.id, None));
    }

    async fn what_another_text_shows_or_is_of_another_kind_replaces_nothing(app: TestApp) {
        let system = app.system().await;
        let author = app.person(Role::Author).await;
        let content = &app.app.content;
        let asset = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        let video = keep(&app, &author, "b.mp4", fixture("vertical-2s.mp4")).await;
        let used = keep(&app, &author, "c.png", picture(10)).await;
        let cover = StoryContent { cover: Some(used.id), ..StoryContent::new("龙井") };
        content.create(&system, NewItem { content: cover, slug: None, source_id: None }).await.unwrap();
        let refused = async |base_version, with| {
            let error = content.replace_asset(&author.actor, asset.id, base_version, with).await.unwrap_err();
            (error.kind(), error.field().map(str::to_owned))
        };
        let with = Some("input.withId".to_owned());

        assert_eq!(refused(1, used.id).await, (ErrorKind::FailedPrecondition, with.clone()));
        assert_eq!(refused(1, video.id).await, (ErrorKind::InvalidInput, with.clone()));
        assert_eq!(refused(1, asset.id).await, (ErrorKind::InvalidInput, with));
        content.update_asset(&author.actor, asset.id, 1, AssetChanges { alt: Some("面".into()), focal_point: None }).await.unwrap();
        let new = keep(&app, &author, "d.png", picture(20)).await;
        assert_eq!(refused(1, new.id).await, (ErrorKind::Conflict, None));
        assert_eq!(app.app.media.asset(&author.actor, asset.id).await.unwrap().sha256, asset.sha256);
    }

    async fn calls_for_the_same_rendition_make_it_once(app: TestApp) {
        let author = app.person(Role::Author).await;
        let media = &app.app.media;
        let asset = keep(&app, &author, "a.jpg", fixture("small.jpg")).await;
        let wide = find_named_size("wide", ImageFormat::Jpeg).unwrap();

        let (a, b, c) = tokio::join!(
            media.rendition(&asset, &wide),
            media.rendition(&asset, &wide),
            media.rendition(&asset, &wide),
        );

        let (a, b, c) = (a.unwrap(), b.unwrap(), c.unwrap());
        assert!(std::sync::Arc::ptr_eq(&a, &b) && std::sync::Arc::ptr_eq(&b, &c));
        assert_eq!((a.width, a.height), (asset.width, asset.height), "never scaled up");
        assert_eq!(media.read(&a.key).await.unwrap().len() as u64, a.size_bytes);
    }
}
