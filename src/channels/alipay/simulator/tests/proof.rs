//! How the two sides prove who they are: certificates and their change, and encrypted contents.

use std::time::Duration;

use super::*;
use crate::clock::Timestamp;

const FILES: [&str; 3] = [
    "app_certificate",
    "alipay_certificate",
    "alipay_root_certificate",
];
const DOWNLOAD: &str = "alipaycert.download";

/// Gives an account the console's certificates instead of the platform's bare key.
fn certify(account: &mut Account, console: &Value) {
    account.settings.remove("alipay_public_key");
    for name in FILES {
        let file = console[name].as_str().expect("a file").to_owned();
        account.settings.insert(name.to_owned(), file);
    }
}

fn encrypt(account: &mut Account, console: &Value) {
    let key = console["aes_key"].as_str().expect("a key").to_owned();
    account.credentials.insert("aes_key".to_owned(), key);
}

impl Stage {
    /// How often the certificate was fetched.
    fn fetches(&self) -> usize {
        let exchanges = self.host.exchanges.lock().expect("a lock");
        let calls = exchanges.iter();
        calls
            .filter(|exchange| exchange.request.contains(DOWNLOAD))
            .count()
    }

    /// The account as another step or another day would connect it.
    fn reconnect(&mut self) {
        self.channel = (CHANNEL.connect)(self.account.clone()).expect("a channel");
    }

    async fn told(&self) -> (bool, String) {
        let check = self.channel.check_account(&self.host).await;
        (check.ok, check.message)
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[actix_web::test]
async fn a_post_goes_out_in_certificate_mode() {
    let mut stage = Stage::connect(certify);
    // The other way is shut.
    stage.control(&json!({ "set": { "app_public_key": "" } }));

    stage.publish(&pictures()).await.expect("published");

    assert_eq!((stage.live().len(), stage.fetches()), (1, 0));
    let (is_usable, told) = stage.told().await;
    assert!(is_usable, "{told}");
    for part in [
        "证书模式",
        "应用公钥证书 2121-01-01 到期",
        "支付宝公钥证书 2120-01-01 到期",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("注意"), "{told}");
}

#[actix_web::test]
async fn a_certificate_that_the_platform_changes_to_is_fetched_once_and_used() {
    let mut stage = Stage::connect(certify);
    stage.publish(&pictures()).await.expect("published");
    stage.control(&json!({ "rotate": true }));

    stage.outputs.clear();
    stage.publish(&pictures()).await.expect("published");

    assert_eq!((stage.live().len(), stage.fetches()), (2, 1));
    stage.reconnect();
    let (is_usable, told) = stage.told().await;
    assert!(is_usable && told.contains("已换用新的公钥证书"), "{told}");
    assert!(told.contains("支付宝公钥证书 2120-06-01 到期"), "{told}");
    // Replies that are late, and a platform that goes back, are understood as well.
    stage.control(&json!({ "rotate": true }));
    assert!(stage.told().await.0);
    assert_eq!(stage.fetches(), 1);
}

#[actix_web::test]
async fn a_change_in_the_middle_of_a_publish_call_that_cannot_be_followed_leaves_it_open() {
    let mut stage = Stage::connect(certify);
    let post = pictures();
    let plan = stage.channel.plan(&post);
    stage.step(&post, &plan[0]).await.expect("uploaded");
    stage.control(&json!({ "rotate": true }));
    stage.control(&json!({ "next": { "method": DOWNLOAD, "fault": "unknow_before" } }));

    let error = stage.step(&post, &plan[1]).await.expect_err("in doubt");

    assert_eq!(error.class, ErrorClass::SentUnknown, "{error}");
    assert!(error.message.contains("系统繁忙"), "{error}");
    stage.wait(3);
    let found = stage.find(&post, "publish_content").await;
    assert!(matches!(found, Found::One(_)), "{found:?}");
    assert_eq!((stage.live().len(), stage.fetches()), (1, 2));
}

#[actix_web::test]
async fn a_certificate_with_the_right_name_from_the_wrong_issuer_is_not_believed() {
    for fault in ["strange_certificate", "forged_certificate"] {
        let mut stage = Stage::connect(certify);
        stage.control(&json!({ "next": { "method": PUBLISH, "fault": fault } }));

        let error = stage.publish(&pictures()).await.expect_err(fault);

        assert_eq!(error.class, ErrorClass::SentUnknown, "{fault}: {error}");
        assert!(
            error.message.contains("不是账号设置里的根证书签发的"),
            "{error}"
        );
        assert_eq!(stage.fetches(), 1, "{fault}");
        stage.wait(3);
        let found = stage.find(&pictures(), "publish_content").await;
        assert!(matches!(found, Found::One(_)), "{fault}: {found:?}");
    }
}

#[actix_web::test]
async fn the_gateway_looks_at_both_numbers_and_at_the_end_of_a_certificate() {
    let check = async |stage: &Stage, sub_code: &str| {
        let (is_usable, told) = stage.told().await;
        assert!(!is_usable && told.contains(sub_code), "{sub_code}: {told}");
    };
    let stage = Stage::connect(certify);
    let ended = include_str!("../certificates/ended.pem");
    stage.control(&json!({ "set": { "app_certificate": ended } }));
    check(&stage, "isv.app-cert-not-exist").await;
    stage.control(&json!({ "set": { "app_certificate": "" } }));
    check(&stage, "isv.missing-signature-config").await;

    let stage = Stage::connect(|account, console| {
        certify(account, console);
        let roots = console["alipay_root_certificate"].as_str().expect("roots");
        // Without the last of them.
        let end = roots.rfind("-----BEGIN").expect("a root");
        let roots = roots[..end].to_owned();
        account
            .settings
            .insert("alipay_root_certificate".to_owned(), roots);
    });
    check(&stage, "isv.invalid-alipay-root-cert-sn").await;

    let stage = Stage::connect(certify);
    stage.clock.set(instant("2121-01-01T00:00:01Z"));
    check(&stage, "app-cert-expired").await;

    let stage = Stage::connect(certify);
    stage.control(&json!({ "set": { "app_id": "2021000000000009" } }));
    check(&stage, "isv.invalid-app-id").await;
}

#[actix_web::test]
async fn an_end_that_is_near_is_said_and_one_that_has_come_is_refused() {
    let mut stage = Stage::connect(certify);
    stage.clock.set(instant("2119-11-30T00:00:00Z"));
    let (is_usable, told) = stage.told().await;
    assert!(is_usable && !told.contains("注意"), "{told}");

    stage.clock.set(instant("2119-12-12T00:00:00Z"));
    let (is_usable, told) = stage.told().await;
    assert!(is_usable, "{told}");
    assert!(told.contains("注意：支付宝公钥证书 20 天后到期"), "{told}");

    stage.control(&json!({ "rotate": true }));
    let (is_usable, told) = stage.told().await;
    assert!(
        is_usable && !told.contains("注意"),
        "the next one lasts: {told}"
    );
    stage.clock.set(instant("2120-02-01T00:00:00Z"));
    stage.reconnect();
    assert!(stage.told().await.0, "known while the process runs");
    let fresh = Account {
        id: "fresh".into(),
        ..stage.account.clone()
    };
    let refused = (CHANNEL.connect)(fresh).err().expect("a refusal");
    assert_eq!(refused.field(), Some("input.settings.alipay_certificate"));
    assert!(refused.message().contains("2120-01-01"), "{refused}");
}

#[actix_web::test]
async fn certificates_that_cannot_be_used_are_refused_by_field_in_both_languages() {
    let stage = Stage::connect(certify);
    let good = stage.account;
    let file = |name: &str| good.settings[name].clone();
    let [app, alipay, roots] = FILES.map(file);
    let stranger = include_str!("../certificates/stranger_key.pem");
    let elliptic = &roots[..roots.find("-----END").expect("an end") + 25];
    let check = |field: &str, value: &str, at: &str, zh: &str, en: &str| {
        let mut account = good.clone();
        let (group, name) = field.split_once('.').expect("a group");
        let values = match group {
            "settings" => &mut account.settings,
            _ => &mut account.credentials,
        };
        values.insert(name.to_owned(), value.to_owned());
        let refused = (CHANNEL.connect)(account).err().expect(field);
        assert_eq!(
            refused.field(),
            Some(format!("input.{at}").as_str()),
            "{value}"
        );
        let message = refused.message();
        assert!(message.contains(zh) && message.contains(en), "{message}");
    };
    for name in FILES {
        let field = format!("settings.{name}");
        check(&field, " ", &field, "还空着", "is missing");
        let cut = &file(name)[..700];
        check(&field, cut, &field, "残缺", "damaged");
        check(&field, "no certificate", &field, "不是 PEM", "no PEM");
    }
    let (app_field, alipay_field) = ("settings.app_certificate", "settings.alipay_certificate");
    let ended = include_str!("../certificates/ended.pem");
    check(
        app_field,
        ended,
        app_field,
        "2022-01-01 到期",
        "ended on 2022-01-01",
    );
    check(
        "credentials.private_key",
        stranger,
        app_field,
        "不是一对",
        "does not belong",
    );
    check(
        alipay_field,
        &app,
        alipay_field,
        "应用自己的证书",
        "application's own",
    );
    check(
        alipay_field,
        elliptic,
        alipay_field,
        "不是 RSA",
        "no RSA key",
    );
    let roots_field = "settings.alipay_root_certificate";
    check(
        roots_field,
        elliptic,
        roots_field,
        "没有 RSA 签名",
        "no root",
    );
    check(
        "credentials.aes_key",
        "AAECAwQ=",
        "credentials.aes_key",
        "24",
        "24 characters",
    );
    check(
        "credentials.private_key",
        "no key",
        "credentials.private_key",
        "2048",
        "2048",
    );

    let mut bare = good.clone();
    for name in FILES {
        bare.settings.remove(name);
    }
    let refused = (CHANNEL.connect)(bare).err().expect("no key at all");
    assert_eq!(refused.field(), Some("input.settings.alipay_public_key"));
    // One after the other, and without line breaks.
    let mut joined = good.clone();
    for (name, text) in FILES.into_iter().zip([app, alipay, roots]) {
        joined
            .settings
            .insert(name.to_owned(), text.replace('\n', ""));
    }
    assert!((CHANNEL.connect)(joined).is_ok());
    let mut early = good;
    early.clock = Clock::fixed(instant("2019-12-31T00:00:00Z"));
    let refused = (CHANNEL.connect)(early).err().expect("not yet");
    assert!(
        refused.message().contains("begins on 2020-01-01"),
        "{refused}"
    );
}

#[actix_web::test]
async fn contents_go_and_come_encrypted() {
    for change in [encrypt, |account: &mut Account, console: &Value| {
        certify(account, console);
        encrypt(account, console);
    }] {
        let mut stage = Stage::connect(change);

        stage.publish(&pictures()).await.expect("published");

        assert_eq!(stage.live()[0]["title"], "明前龙井");
        let (is_usable, told) = stage.told().await;
        assert!(is_usable && told.contains("内容加密"), "{told}");
        let exchanges = stage.host.exchanges.lock().expect("a lock");
        let publish = exchanges.iter().find(|one| one.request.contains(PUBLISH));
        let reply = &publish.expect("a call").response_body;
        assert!(!reply.contains("content_id"), "{reply}");
    }
}

#[actix_web::test]
async fn a_wrong_key_of_contents_is_refused_and_nothing_is_made() {
    let mut stage = Stage::connect(|account, _| {
        let other = "AAECAwQFBgcICQoLDA0ODw==".to_owned();
        account.credentials.insert("aes_key".to_owned(), other);
    });

    let error = stage.publish(&pictures()).await.expect_err("a refusal");

    assert_eq!(error.code.as_deref(), Some("isv.decryption-error-unknown"));
    assert_eq!(error.class, ErrorClass::AuthRevoked);
    stage.control(&json!({ "set": { "aes_key": "" } }));
    let (is_usable, told) = stage.told().await;
    assert!(
        !is_usable && told.contains("isv.missing-encrypt-key"),
        "{told}"
    );
    assert!(stage.live().is_empty());
}

#[actix_web::test]
async fn an_answer_that_another_key_encrypted_leaves_it_open() {
    let mut stage = Stage::connect(encrypt);
    stage.control(&json!({ "next": { "method": PUBLISH, "fault": "strange_key" } }));

    let error = stage.publish(&pictures()).await.expect_err("in doubt");

    assert_eq!(error.class, ErrorClass::SentUnknown, "{error}");
    stage.clock.advance(Duration::from_secs(3));
    let found = stage.find(&pictures(), "publish_content").await;
    assert!(matches!(found, Found::One(_)), "{found:?}");
}

#[actix_web::test]
async fn a_message_that_the_next_certificate_signed_is_heard_once_it_is_known() {
    let stage = Stage::connect(certify);
    let key =
        super::super::super::sign::PrivateKey::read(include_str!("../certificates/next_key.pem"));
    let key = key.expect("a key");
    let content = r#"{"service_code":"1"}"#;
    let fields: BTreeMap<String, String> = [
        ("app_id", "2021000000000001"),
        ("biz_content", content),
        ("msg_method", "alipay.open.app.service.audit.notify"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let sign = key.sign(&super::super::super::sign::of_message(&fields));
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&fields)
        .append_pair("sign", &sign.expect("a signature"))
        .finish();
    let (query, headers) = (BTreeMap::new(), BTreeMap::new());
    let receive = || {
        stage.channel.receive(&crate::channels::Incoming {
            method: "POST",
            query: &query,
            headers: &headers,
            body: body.as_bytes(),
        })
    };
    assert!(receive().is_err(), "nobody knows it yet");

    stage.control(&json!({ "rotate": true }));
    assert!(stage.told().await.0);

    assert_eq!(receive().expect("a message").events.len(), 1);
}
