//! One suite for every lane of every channel, against the simulators over HTTP, on both databases: submission, lost and
//! broken answers, allowance, refusal, unknown codes, tokens, files, withdrawal. Numbers are those of the fault protocol.
//! Every test ends at the simulator's ledger: what readers see. A new channel says in [`wire`] how its platform speaks.

use std::{collections::BTreeSet, time::Duration};

use fenfa::{
    channels::{fault::Fault, find_channel},
    delivery::{ChannelAccount, DeliveryState, Reason, StepState},
};
use serde_json::{Value, json};

use crate::harness::{
    ALIPAY, ALIPAY_ARTICLE, ALIPAY_ITEM, BAIDU_BAIJIAHAO, BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE,
    BOARD, DOUYIN, DOUYIN_HAND_OFF, DOUYIN_PICTURES, DOUYIN_SEARCH, Route, TOUTIAO,
    TOUTIAO_ARTICLE, TestApp, WECHAT, WECHAT_DRAFT, WECHAT_MASS, WECHAT_PICTURES, WECHAT_SEARCH,
    channels,
};

const TITLE: &str = "明前龙井的冲泡要点与火候";

/// How a platform says something at the call that readers see, before it does anything.
enum Said {
    /// With this answer.
    Answer(&'static str),
    /// After this command to its simulator, since it signs what it says.
    Set(Value),
}

/// How a platform says what all platforms say.
struct Wire {
    /// The allowance of the day is used up.
    spent: Said,
    /// It does not want this.
    refused: Said,
    /// A code that no page names.
    unknown: &'static str,
    /// The command by which the token dies.
    death: Option<Value>,
    /// Parts of the paths of the calls that send files.
    upload: &'static [&'static str],
}

fn wire(route: Route) -> Wire {
    use Said::{Answer, Set};

    match route {
        BAIDU_WEBSITE => Wire {
            spent: Answer(r#"{"error":400,"message":"over quota"}"#),
            refused: Answer(r#"{"error":400,"message":"empty content"}"#),
            unknown: r#"{"error":499,"message":"?"}"#,
            death: None,
            upload: &[],
        },
        BAIDU_SEARCH | BAIDU_FEED => Wire {
            spent: Answer(r#"{"errno":30013,"msg":"over the quantity limit"}"#),
            refused: Answer(r#"{"errno":2002,"msg":"level not allowed"}"#),
            unknown: r#"{"errno":987654,"msg":"?"}"#,
            death: Some(json!({ "revoke_tokens": true })),
            upload: &[],
        },
        BAIDU_BAIJIAHAO => Wire {
            spent: Answer(r#"{"errno":60001009,"errmsg":"今日发文数已达上限"}"#),
            refused: Answer(r#"{"errno":2,"errmsg":"参数错误"}"#),
            unknown: r#"{"errno":987654,"errmsg":"?"}"#,
            death: None,
            upload: &[],
        },
        DOUYIN_SEARCH => Wire {
            spent: Answer(r#"{"err_no":28003017,"err_msg":"quota used up"}"#),
            refused: Answer(r#"{"err_no":2111001,"err_msg":"sensitive"}"#),
            unknown: r#"{"err_no":987654,"err_msg":"?"}"#,
            death: None,
            upload: &[],
        },
        DOUYIN | DOUYIN_PICTURES | TOUTIAO => Wire {
            spent: Answer(
                r#"{"data":{"error_code":2190001,"description":"quota"},"extra":{"error_code":2190001}}"#,
            ),
            refused: Answer(
                r#"{"data":{"error_code":2111001,"description":"sensitive"},"extra":{"error_code":2111001}}"#,
            ),
            unknown: r#"{"data":{"error_code":987654,"description":"?"},"extra":{"error_code":987654}}"#,
            death: Some(json!({ "expire": "access" })),
            upload: &["/upload_", "/video/upload", "/video/part"],
        },
        WECHAT | WECHAT_PICTURES | WECHAT_MASS => Wire {
            spent: Answer(r#"{"errcode":45009,"errmsg":"reach max api daily quota limit"}"#),
            refused: Answer(r#"{"errcode":53503,"errmsg":"this draft fails the publish check"}"#),
            unknown: r#"{"errcode":987654,"errmsg":"?"}"#,
            death: Some(json!({ "expire": "tokens" })),
            upload: &["/add_material"],
        },
        WECHAT_SEARCH => Wire {
            spent: Answer(r#"{"errcode":47006,"errmsg":"submitted pages reach the daily quota"}"#),
            refused: Answer(r#"{"errcode":40211,"errmsg":"invalid mainbody in data_list"}"#),
            unknown: r#"{"errcode":987654,"errmsg":"?"}"#,
            death: Some(json!({ "expire": "tokens" })),
            upload: &[],
        },
        ALIPAY | ALIPAY_ARTICLE | ALIPAY_ITEM => Wire {
            spent: Set(json!({ "next": { "method": route.commit, "fault": "limit" } })),
            refused: Set(json!({ "set": { "refused_words": ["龙井"] } })),
            unknown: r#"{"error_response":{"code":"99999","msg":"?"}}"#,
            death: None,
            upload: &["file.upload"],
        },
        BOARD => Wire {
            spent: Answer(r#"{"error":"full"}"#),
            refused: Answer(r#"{"error":"refused"}"#),
            unknown: r#"{"error":"?"}"#,
            death: None,
            upload: &[],
        },
        _ => unreachable!("a lane that is under test"),
    }
}

/// Makes the platform say something.
fn say(app: &TestApp, route: Route, said: Said) {
    match said {
        Said::Answer(body) => app.fault(
            route,
            route.commit,
            Fault::BodyBefore {
                body: body.to_owned(),
            },
        ),
        Said::Set(command) => {
            app.simulators.control(route.channel, &command).unwrap();
        }
    }
}

/// Whether the platform shows what it took, so that a lost call is found and not made again.
fn is_found_again(route: Route) -> bool {
    let is_silent = [
        BAIDU_SEARCH,
        BAIDU_FEED,
        BAIDU_WEBSITE,
        DOUYIN_SEARCH,
        WECHAT_MASS,
        WECHAT_SEARCH,
    ];
    !is_silent.contains(&route)
}

async fn connect(app: &TestApp, route: Route) -> ChannelAccount {
    if route == DOUYIN_SEARCH {
        app.give_mini_program().await;
    }
    app.connect(route.channel, &[("call_deadline_s", "2")])
        .await
}

/// How often the step that readers see was called, as attempts tell.
pub async fn commit_calls(app: &TestApp, id: fenfa::id::DeliveryId) -> usize {
    let actor = app.system().await;
    let steps = app.app.delivery.steps(&actor, id).await.unwrap();
    let commit = steps.iter().rfind(|step| step.is_commit()).unwrap();
    let attempts = app.app.delivery.attempts(&actor, id).await.unwrap();
    attempts
        .iter()
        .filter(|attempt| attempt.step == commit.step.name)
        .count()
}

async fn goes_out(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    let id = app.send(route, &account, TITLE).await;

    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert!(delivery.external_id.is_some());
    assert_eq!(app.live(route).len(), 1);
    assert_eq!(commit_calls(app, id).await, 1);
    let steps = app
        .app
        .delivery
        .steps(&app.system().await, id)
        .await
        .unwrap();
    assert!(steps.iter().all(|step| step.state == StepState::Done));
}

/// T2, T6: the effect happened, and what came back says nothing.
async fn is_found(app: &TestApp, route: Route, fault: Fault) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    app.fault(route, route.commit, fault);
    let id = app.send(route, &account, TITLE).await;

    worker.run_until_idle().await.unwrap();
    let delivery = app.delivery(id).await;
    assert_eq!(delivery.state, DeliveryState::Uncertain, "{delivery:#?}");
    assert_eq!(delivery.reason, Some(Reason::AnswerLost));
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1, "{:#?}", app.live(route));
    if is_found_again(route) {
        assert_eq!(
            commit_calls(app, id).await,
            1,
            "it was found, not sent again"
        );
    } else {
        assert_eq!(
            commit_calls(app, id).await,
            2,
            "one repeat that does no harm"
        );
    }
}

/// T4: nothing arrived.
async fn is_sent_again_once(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    app.fault(route, route.commit, Fault::DropBefore);
    let id = app.send(route, &account, TITLE).await;

    worker.run_until_idle().await.unwrap();
    assert_eq!(app.delivery(id).await.state, DeliveryState::Uncertain);
    assert_eq!(app.live(route).len(), 0);
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1);
    assert_eq!(commit_calls(app, id).await, 2);
}

/// T8: a worker stands still in the middle of its call; another takes over; the first one wakes up.
async fn a_stale_worker_writes_nothing(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    app.fault(route, route.commit, Fault::Slow { millis: 1500 });
    let id = app.send(route, &account, TITLE).await;
    let call = async {
        worker.tick().await.unwrap();
        worker.drain().await;
    };
    let takeover = async {
        // Until the call is under way.
        app.until_armed(id).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.clock.advance(Duration::from_mins(5));
        assert!(worker.sweep_leases().await.unwrap());
        app.delivery(id).await
    };

    let ((), taken_over) = tokio::join!(call, takeover);
    let after_waking = app.delivery(id).await;
    assert_eq!(taken_over.state, DeliveryState::Uncertain);
    assert_eq!(after_waking, taken_over, "its writes change nothing");
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1);
}

/// The allowance of the day is used up: it waits, and goes out once.
async fn is_held_back(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    say(app, route, wire(route).spent);
    let id = app.send(route, &account, TITLE).await;

    worker.run_until_idle().await.unwrap();
    let waiting = app.delivery(id).await;
    assert!(!waiting.state.is_final(), "{waiting:#?}");
    assert!(app.live(route).is_empty());
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1);
}

/// The platform does not want it.
async fn is_refused(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    say(app, route, wire(route).refused);
    let id = app.send(route, &account, TITLE).await;

    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Rejected, "{delivery:#?}");
    let message = delivery.reason_params["message"].as_str().unwrap();
    assert!(!message.is_ascii(), "{message}");
    assert!(app.live(route).is_empty(), "{:#?}", app.live(route));
}

/// A code of which no page tells, before anything happened: it is looked for and sent again, or a person is asked.
async fn is_doubted(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    say(app, route, Said::Answer(wire(route).unknown));
    let id = app.send(route, &account, TITLE).await;

    worker.run_until_idle().await.unwrap();
    assert_eq!(app.delivery(id).await.state, DeliveryState::Uncertain);
    let delivery = app.settle(&worker, id).await;

    let live = app.live(route).len();
    if [BAIDU_SEARCH, BAIDU_FEED, BAIDU_WEBSITE].contains(&route) {
        // It cannot be asked, and a refusal is never taken for accepted.
        assert_eq!(delivery.state, DeliveryState::NeedsReview, "{delivery:#?}");
        assert_eq!(live, 0);
    } else {
        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(live, 1);
    }
}

/// The token dies just before the call that readers see.
async fn outlives_its_token(app: &TestApp, route: Route) {
    let command = wire(route).death.unwrap();
    let account = connect(app, route).await;
    let worker = app.worker().await;
    app.fault(route, route.commit, Fault::Control { command });
    let id = app.send(route, &account, TITLE).await;

    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1);
}

/// A gateway that does not let the file through.
async fn is_too_large(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    for path in wire(route).upload {
        app.lasting_fault(route, path, Fault::StatusBefore { status: 413 });
    }
    let id = app.send(route, &account, TITLE).await;

    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Rejected, "{delivery:#?}");
    let message = delivery.reason_params["message"].as_str().unwrap();
    assert!(message.contains("413"), "{message}");
    assert!(app.live(route).is_empty());
}

/// Taken down where the platform has a call for it; else a person is told where to.
async fn is_withdrawn(app: &TestApp, route: Route) {
    let account = connect(app, route).await;
    let worker = app.worker().await;
    let id = app.send(route, &account, TITLE).await;
    app.settle(&worker, id).await;
    let actor = app.system().await;
    let channel = find_channel(route.channel).unwrap();
    let lane = channel.lanes.iter().find(|lane| lane.id == route.lane);

    let withdrawn = app.app.delivery.withdraw(&actor, id).await.unwrap();
    let takedown = withdrawn.takedown.unwrap();
    if lane.unwrap().can_withdraw {
        let takedown = app.settle(&worker, takedown.id).await;
        assert_eq!(takedown.state, DeliveryState::Published, "{takedown:#?}");
        assert!(app.live(route).is_empty());
    } else {
        worker.run_until_idle().await.unwrap();
        let asked = app.delivery(takedown.id).await;
        assert_eq!(asked.state, DeliveryState::WaitingUser, "{asked:#?}");
        assert_eq!(app.live(route).len(), 1);
    }
}

macro_rules! conform {
    ($($name:ident: $route:expr;)+) => {
        /// The lanes under test.
        const ROUTES: &[Route] = &[$($route),+];

        $(
            mod $name {
                use super::*;

                both_databases! {
                    async fn it_goes_out_once(app: TestApp) {
                        goes_out(&app, $route).await;
                    }

                    async fn t2_a_lost_answer_is_settled(app: TestApp) {
                        is_found(&app, $route, Fault::AcceptThenDrop).await;
                    }

                    async fn t2_an_answer_that_comes_too_late_is_settled(app: TestApp) {
                        is_found(&app, $route, Fault::AcceptThenDelay { millis: 8000 }).await;
                    }

                    async fn t4_a_request_that_never_arrived_is_sent_again_once(app: TestApp) {
                        is_sent_again_once(&app, $route).await;
                    }

                    async fn t6_a_server_error_after_the_effect_is_doubt(app: TestApp) {
                        is_found(&app, $route, Fault::StatusAfter { status: 502 }).await;
                    }

                    async fn t6_an_empty_answer_is_doubt(app: TestApp) {
                        is_found(&app, $route, Fault::BodyAfter { body: String::new() }).await;
                    }

                    async fn t6_a_page_in_place_of_an_answer_is_doubt(app: TestApp) {
                        let body = "<html><body>welcome</body></html>".to_owned();
                        is_found(&app, $route, Fault::BodyAfter { body }).await;
                    }

                    async fn t6_an_answer_that_is_cut_off_is_doubt(app: TestApp) {
                        let body = "{\"data\":{\"error_code\":".to_owned();
                        is_found(&app, $route, Fault::BodyAfter { body }).await;
                    }

                    async fn a_spent_allowance_is_waited_for(app: TestApp) {
                        is_held_back(&app, $route).await;
                    }

                    async fn what_the_platform_refuses_is_not_live_and_says_why(app: TestApp) {
                        is_refused(&app, $route).await;
                    }

                    async fn a_code_that_nobody_knows_is_doubt(app: TestApp) {
                        is_doubted(&app, $route).await;
                    }

                    async fn what_is_live_is_taken_back_or_a_person_is_asked(app: TestApp) {
                        is_withdrawn(&app, $route).await;
                    }

                    async fn t8_a_stale_worker_writes_nothing(app: TestApp) {
                        a_stale_worker_writes_nothing(&app, $route).await;
                    }
                }
            }
        )+
    };
}

conform! {
    douyin: DOUYIN;
    douyin_pictures: DOUYIN_PICTURES;
    douyin_search: DOUYIN_SEARCH;
    baidu_search: BAIDU_SEARCH;
    baidu_feed: BAIDU_FEED;
    baidu_website: BAIDU_WEBSITE;
    baidu_baijiahao: BAIDU_BAIJIAHAO;
    wechat: WECHAT;
    wechat_pictures: WECHAT_PICTURES;
    wechat_mass: WECHAT_MASS;
    wechat_search: WECHAT_SEARCH;
    alipay: ALIPAY;
    alipay_article: ALIPAY_ARTICLE;
    alipay_item: ALIPAY_ITEM;
    toutiao: TOUTIAO;
    board: BOARD;
}

/// A sentence that only some lanes can be asked, and which those are.
macro_rules! conform_where {
    ($sentence:ident, $course:ident: $($name:ident: $route:expr;)+) => {
        mod $sentence {
            use super::*;

            pub const ROUTES: &[Route] = &[$($route),+];

            both_databases! {
                $(
                    async fn $name(app: TestApp) {
                        $course(&app, $route).await;
                    }
                )+
            }
        }
    };
}

conform_where! {
    a_token_that_died_is_replaced, outlives_its_token:
    douyin: DOUYIN;
    douyin_pictures: DOUYIN_PICTURES;
    baidu_search: BAIDU_SEARCH;
    baidu_feed: BAIDU_FEED;
    wechat: WECHAT;
    wechat_pictures: WECHAT_PICTURES;
    wechat_mass: WECHAT_MASS;
    wechat_search: WECHAT_SEARCH;
    toutiao: TOUTIAO;
}

conform_where! {
    a_file_that_is_too_large_ends_it_with_the_reason, is_too_large:
    douyin: DOUYIN;
    douyin_pictures: DOUYIN_PICTURES;
    wechat: WECHAT;
    wechat_pictures: WECHAT_PICTURES;
    wechat_mass: WECHAT_MASS;
    alipay: ALIPAY;
    alipay_article: ALIPAY_ARTICLE;
    alipay_item: ALIPAY_ITEM;
    toutiao: TOUTIAO;
}

#[test]
fn every_lane_whose_token_dies_or_that_sends_files_is_asked_about_it() {
    type Names = BTreeSet<(&'static str, &'static str)>;
    let names = |routes: &[Route]| -> Names {
        let names = routes.iter().map(|route| (route.channel, route.commit));
        names.collect()
    };
    let of = |is_asked: fn(&Wire) -> bool| -> Names {
        let asked = ROUTES.iter().filter(|route| is_asked(&wire(**route)));
        asked.map(|route| (route.channel, route.commit)).collect()
    };

    let dying = names(a_token_that_died_is_replaced::ROUTES);
    assert_eq!(dying, of(|wire| wire.death.is_some()));
    let sending = names(a_file_that_is_too_large_ends_it_with_the_reason::ROUTES);
    assert_eq!(sending, of(|wire| !wire.upload.is_empty()));
}

/// Lanes on which a person publishes; their own tests follow what that person does.
const BY_HAND: &[Route] = &[DOUYIN_HAND_OFF, WECHAT_DRAFT, TOUTIAO_ARTICLE];

#[test]
fn every_lane_of_every_channel_is_under_test() {
    let tested: BTreeSet<_> = ROUTES
        .iter()
        .chain(BY_HAND)
        .map(|route| (route.channel, route.lane))
        .collect();
    let lanes = channels()
        .iter()
        .flat_map(|channel| channel.lanes.iter().map(|lane| (channel.id, lane.id)));

    assert_eq!(lanes.collect::<BTreeSet<_>>(), tested);
}
