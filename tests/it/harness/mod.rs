//! What every test starts from: an own database, index, storage, clock, server and simulators.

mod app;
mod postgres;
mod process;
mod receiver;
mod route;
mod stage;

pub use app::{Backend, Person, TestApp, channels};
pub use postgres::{OwnPostgres, empty_database, new_database};
pub use process::merged;
pub use receiver::{Answer, Received, Receiver};
pub use route::{
    ALIPAY, ALIPAY_ARTICLE, ALIPAY_ITEM, BAIDU_BAIJIAHAO, BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE,
    BOARD, DOUYIN, DOUYIN_HAND_OFF, DOUYIN_PICTURES, DOUYIN_SEARCH, Route, TOUTIAO,
    TOUTIAO_ARTICLE, WECHAT, WECHAT_DRAFT, WECHAT_MASS, WECHAT_PICTURES, WECHAT_SEARCH,
};
pub use stage::{fixture, large_file};

/// Makes each sentence two tests, `sqlite::…` and `postgres::…`.
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {
        $(
            #[expect(unused_mut)]
            async fn $name(mut $app: $crate::harness::TestApp) $body
        )+

        mod sqlite {
            $(
                $(#[$meta])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::harness::TestApp::start($crate::harness::Backend::Sqlite).await).await;
                }
            )+
        }

        mod postgres {
            $(
                $(#[$meta])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::harness::TestApp::start($crate::harness::Backend::Postgres).await).await;
                }
            )+
        }
    };
}
