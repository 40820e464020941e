//! The queue of work that is safe to repeat: taken in with its transaction, tried again, given up, taken over.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use fenfa::{
    error::{Error, ErrorKind, Result},
    id::SiteId,
    jobs::{Carrier, Job, JobError, JobWorker, Kinds, Try},
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::harness::TestApp;

/// A job that says what it is to do.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Errand {
    name: String,
    site: Option<SiteId>,
    lane: Option<String>,
    key: Option<String>,
}

impl Errand {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    fn in_lane(name: &str, lane: &str) -> Self {
        Self {
            lane: Some(lane.to_owned()),
            ..Self::named(name)
        }
    }
}

impl Job for Errand {
    const KIND: &'static str = "errand";
    const MOST_ATTEMPTS: i32 = 3;

    fn site(&self) -> Option<SiteId> {
        self.site
    }

    fn lane(&self) -> Option<String> {
        self.lane.clone()
    }

    fn unique_key(&self) -> Option<String> {
        self.key.clone()
    }
}

/// Does what the name says, and remembers it.
#[derive(Clone, Default)]
struct Runner {
    done: Arc<Mutex<Vec<String>>>,
    buried: Arc<Mutex<Vec<String>>>,
    at_once: Arc<AtomicUsize>,
    most_at_once: Arc<AtomicUsize>,
    stuck: Arc<Notify>,
}

impl Runner {
    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    async fn open(&self, app: &TestApp) -> JobWorker {
        let kinds = Kinds::default().register::<Errand>(self.clone());
        JobWorker::open(&app.app.jobs, &app.app.config.database, kinds)
            .await
            .unwrap()
    }
}

#[async_trait]
impl Carrier<Errand> for Runner {
    async fn carry_out(&self, job: Errand, this: &Try) -> Result<(), JobError> {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        self.done.lock().unwrap().push(job.name.clone());
        match job.name.as_str() {
            "away" => Err(Error::new(ErrorKind::Unavailable, "the other end is away").into()),
            "wrong" => Err(Error::invalid("name", "is wrong").into()),
            "panics" => panic!("on purpose"),
            "stuck once" if this.number == 1 => {
                self.stuck.notified().await;
                Err(JobError::Fail(Error::precondition("too late to say so")))
            }
            "stuck" => std::future::pending().await,
            _ => Ok(()),
        }
    }

    async fn bury(&self, job: Errand, error: &str) -> Result<()> {
        self.buried
            .lock()
            .unwrap()
            .push(format!("{}: {error}", job.name));
        Ok(())
    }
}

async fn enqueue(app: &TestApp, errand: &Errand) -> bool {
    app.app
        .jobs
        .enqueue(app.app.db.write(), errand)
        .await
        .unwrap()
}

both_databases! {
    async fn a_job_is_queued_if_and_only_if_its_transaction_commits(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;

        let tx = app.app.db.begin().await.unwrap();
        app.app.jobs.enqueue(&tx, &Errand::named("never")).await.unwrap();
        drop(tx);
        let tx = app.app.db.begin().await.unwrap();
        app.app.jobs.enqueue(&tx, &Errand::named("once")).await.unwrap();
        tx.commit().await.unwrap();
        worker.run_until_idle().await.unwrap();

        assert_eq!(runner.done(), ["once"]);
        assert_eq!(app.app.jobs.next_due().await.unwrap(), None, "what is done is gone");
    }

    async fn a_job_that_fails_is_tried_again_later_and_then_kept_as_dead(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        let site = app.system().await.site();
        let errand = Errand { site: Some(site), ..Errand::named("away") };
        enqueue(&app, &errand).await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(runner.done().len(), 1, "not at once again");
        let due = app.app.jobs.next_due().await.unwrap().unwrap();
        assert!(due.since(app.clock.now()) <= Duration::from_secs(5), "{due}");
        while app.next_job(&worker).await {}

        assert_eq!(runner.done().len(), 3);
        assert_eq!(*runner.buried.lock().unwrap(), ["away: the other end is away"]);
        let dead = app.app.jobs.dead(site).await.unwrap();
        assert_eq!((dead.len(), dead[0].attempt_count), (1, 3));
        assert_eq!(dead[0].last_error.as_deref(), Some("the other end is away"));
        assert!(app.app.jobs.dead(SiteId::new()).await.unwrap().is_empty(), "another site sees nothing");
        app.app.jobs.discard(site, dead[0].id).await.unwrap();
        assert!(app.app.jobs.dead(site).await.unwrap().is_empty());
    }

    async fn what_a_person_has_to_change_is_not_tried_again(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        enqueue(&app, &Errand::named("wrong")).await;

        worker.run_until_idle().await.unwrap();

        assert_eq!(runner.done().len(), 1);
        assert_eq!(*runner.buried.lock().unwrap(), ["wrong: name: is wrong"]);
        assert_eq!(app.app.jobs.next_due().await.unwrap(), None);
    }

    async fn a_panic_is_a_failed_try_and_stops_nobody_else(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        enqueue(&app, &Errand::named("panics")).await;
        enqueue(&app, &Errand::named("fine")).await;

        worker.run_until_idle().await.unwrap();

        let mut done = runner.done();
        done.sort();
        assert_eq!(done, ["fine", "panics"]);
        assert!(app.app.jobs.next_due().await.unwrap().is_some(), "it is tried again");
    }

    async fn jobs_of_one_lane_run_one_after_another_in_order(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        let names: Vec<String> = (0..12).map(|number| format!("{number:02}")).collect();
        for name in &names {
            enqueue(&app, &Errand::in_lane(name, "a")).await;
        }

        worker.run_until_idle().await.unwrap();

        assert_eq!(runner.done(), names);
        assert_eq!(runner.most_at_once.load(Ordering::SeqCst), 1);
    }

    async fn a_stuck_lane_holds_up_no_other(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        for number in 0..30 {
            let name = if number == 0 { "stuck" } else { "behind" };
            enqueue(&app, &Errand::in_lane(name, "a")).await;
        }
        enqueue(&app, &Errand::in_lane("other", "b")).await;

        worker.tick().await.unwrap();
        while !runner.done().contains(&"other".to_owned()) {
            tokio::task::yield_now().await;
        }

        assert!(!runner.done().contains(&"behind".to_owned()));
    }

    async fn a_job_with_a_key_waits_once(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        let errand = Errand { key: Some("k".to_owned()), ..Errand::named("once") };

        assert!(enqueue(&app, &errand).await);
        assert!(!enqueue(&app, &errand).await);
        worker.run_until_idle().await.unwrap();
        assert_eq!(runner.done().len(), 1);
        assert!(enqueue(&app, &errand).await, "when it is done it may come again");
    }

    async fn a_worker_that_gave_no_sign_of_life_is_taken_over_and_changes_nothing_when_it_wakes(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        let site = app.system().await.site();
        enqueue(&app, &Errand { site: Some(site), ..Errand::named("stuck once") }).await;
        worker.tick().await.unwrap();
        while runner.done().is_empty() {
            tokio::task::yield_now().await;
        }

        app.clock.advance(Duration::from_secs(61));
        worker.tick().await.unwrap();
        assert_eq!(runner.done().len(), 1, "a lease that ended is for the sweep to find");
        let sweeping = worker.run_until_idle();
        let waking = async {
            while runner.done().len() < 2 {
                tokio::task::yield_now().await;
            }
            runner.stuck.notify_one();
        };
        let (swept, ()) = tokio::join!(sweeping, waking);
        swept.unwrap();

        assert_eq!(runner.done(), ["stuck once", "stuck once"]);
        assert!(app.app.jobs.dead(site).await.unwrap().is_empty(), "the late word was not heard");
        assert!(runner.buried.lock().unwrap().is_empty(), "nor passed on");
        assert_eq!(app.app.jobs.next_due().await.unwrap(), None, "it is done");
    }

    async fn a_job_at_which_workers_die_as_often_as_it_may_be_tried_is_dead(app: TestApp) {
        let runner = Runner::default();
        let worker = runner.open(&app).await;
        enqueue(&app, &Errand::named("stuck")).await;

        for died in 1..=3 {
            worker.tick().await.unwrap();
            while runner.done().len() < died {
                tokio::task::yield_now().await;
            }
            app.clock.advance(Duration::from_secs(61));
            worker.sweep().await.unwrap();
        }
        worker.tick().await.unwrap();

        assert_eq!(runner.done().len(), 3);
        assert_eq!(*runner.buried.lock().unwrap(), ["stuck: the worker gave no sign of life"]);
    }

    async fn a_claim_goes_by_its_partial_index_whatever_has_died_before(app: TestApp) {
        let db = app.app.db.write();
        let run = async |sql: &str| db.execute_unprepared(sql).await.unwrap();
        let series = match app.app.db.backend() {
            DbBackend::Postgres => "SELECT g AS n, gen_random_uuid() AS id FROM generate_series(1, 50000) g",
            _ => "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 50000) SELECT n, randomblob(16) AS id FROM g",
        };
        run(&format!(
            "INSERT INTO job (id, kind, payload, state, run_at, attempt, max_attempts, lease_token, created_at, updated_at, ended_at) \
             SELECT id, 'errand', '{{}}', CASE WHEN n % 500 = 0 THEN 'ready' ELSE 'dead' END, n, 1, 1, 1, 1, 1, 1 FROM ({series}) s"
        )).await;
        run("ANALYZE").await;
        let explain = match app.app.db.backend() {
            DbBackend::Postgres => "EXPLAIN",
            _ => "EXPLAIN QUERY PLAN",
        };
        let sql = format!(
            "{explain} SELECT j.id FROM job j WHERE j.state = 'ready' AND j.run_at <= 99 AND j.kind IN ('errand') \
             AND (j.lane IS NULL OR NOT EXISTS (SELECT 1 FROM job w WHERE w.lane = j.lane AND w.state = 'working')) \
             ORDER BY j.run_at, j.id LIMIT 1"
        );

        let rows = db.query_all_raw(Statement::from_string(app.app.db.backend(), sql)).await.unwrap();

        let column = if app.app.db.backend() == DbBackend::Postgres { "QUERY PLAN" } else { "detail" };
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("job_ready") && plan.contains("job_lane"), "{plan}");
    }
}
