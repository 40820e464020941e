//! Recurring jobs: when they run, what they do, and what is seen of them.

use std::time::Duration;

use fenfa::{
    auth::Role,
    background::{
        Digest, NewRecurringJob, PullStatistics, RecurringChanges, RecurringJob, Run, RunState,
        SubmitChanged, Work,
    },
    clock::Timestamp,
    content::{ItemChanges, StoryContent},
    delivery::{DeliveryFilter, Metric},
    error::ErrorKind,
    jobs::JobWorker,
    page::PageRequest,
    tailoring::SourceRef,
};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::harness::{BAIDU_SEARCH, DOUYIN, TestApp};

fn digest() -> Work {
    Work::Digest(Digest {
        title: "一周精选（{from} 至 {to}）".to_owned(),
        story_count: 2,
        day_count: 7,
        metric: Metric::Views,
    })
}

async fn make(app: &TestApp, work: Work, expression: &str, zone: &str) -> RecurringJob {
    let new = NewRecurringJob {
        name: format!("夜间 {}", uuid::Uuid::now_v7()),
        work,
        expression: expression.to_owned(),
        zone: Some(zone.to_owned()),
    };
    let actor = app.system().await;
    app.app
        .background
        .create_recurring_job(&actor, new)
        .await
        .unwrap()
}

/// The runs that were, oldest first.
async fn runs(app: &TestApp, job: &RecurringJob) -> Vec<Run> {
    let actor = app.system().await;
    let found = app.app.background.runs_of(&actor, &[job.id]).await.unwrap();
    let mut runs = found.get(&job.id).cloned().unwrap_or_default();
    runs.reverse();
    runs
}

async fn next(app: &TestApp) -> Option<String> {
    let at = app.app.background.next_due().await.unwrap();
    at.map(|at| at.to_string())
}

/// Moves the clock to the next run and works off everything that it leads to at once.
async fn run_next(app: &TestApp, jobs: &JobWorker) {
    app.clock
        .set(app.app.background.next_due().await.unwrap().unwrap());
    jobs.run_until_idle().await.unwrap();
}

async fn sent(app: &TestApp) -> usize {
    let actor = app.system().await;
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let all = app
        .app
        .delivery
        .deliveries(&actor, &DeliveryFilter::default(), &page)
        .await
        .unwrap();
    all.edges.len()
}

both_databases! {
    async fn a_run_is_made_with_the_one_before_and_there_is_one_of_each(app: TestApp) {
        let jobs = app.jobs().await;
        let job = make(&app, digest(), "30 2 * * *", "Asia/Shanghai").await;
        assert_eq!(next(&app).await.as_deref(), Some("2026-03-03T18:30:00Z"));

        app.set_time("2026-03-03T18:29:59Z");
        jobs.run_until_idle().await.unwrap();
        assert!(runs(&app, &job).await.is_empty());
        app.set_time("2026-03-03T18:30:00Z");
        jobs.run_until_idle().await.unwrap();
        jobs.run_until_idle().await.unwrap();

        let done = runs(&app, &job).await;
        assert_eq!(done.len(), 1);
        assert_eq!((done[0].state, done[0].is_manual), (RunState::Done, false));
        assert_eq!(next(&app).await.as_deref(), Some("2026-03-04T18:30:00Z"));
    }

    async fn of_several_missed_runs_only_the_newest_catches_up(app: TestApp) {
        let jobs = app.jobs().await;
        let job = make(&app, digest(), "30 2 * * *", "Asia/Shanghai").await;

        app.set_time("2026-03-10T12:00:00Z");
        jobs.run_until_idle().await.unwrap();

        let seen = runs(&app, &job).await;
        let states: Vec<_> = seen.iter().map(|run| (run.occurrence_at.to_string(), run.state)).collect();
        assert_eq!(states, [
            ("2026-03-03T18:30:00Z".to_owned(), RunState::Skipped),
            ("2026-03-09T18:30:00Z".to_owned(), RunState::Done),
        ]);
        assert_eq!(seen[0].report["caught_up_by"], "2026-03-09T18:30:00Z");
        assert_eq!(next(&app).await.as_deref(), Some("2026-03-10T18:30:00Z"));
    }

    async fn a_slot_keeps_its_wall_time_when_the_clocks_change(app: TestApp) {
        let jobs = app.jobs().await;
        app.set_time("2026-10-23T12:00:00Z");
        let job = make(&app, digest(), "30 2 * * *", "Europe/Berlin").await;

        for _ in 0..3 {
            run_next(&app, &jobs).await;
        }

        let at: Vec<_> = runs(&app, &job).await.iter().map(|run| run.occurrence_at.to_string()).collect();
        assert_eq!(at, ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    async fn a_paused_job_plans_nothing_and_goes_on_without_what_it_left_out(app: TestApp) {
        let jobs = app.jobs().await;
        let (actor, background) = (app.system().await, &app.app.background);
        let job = make(&app, digest(), "30 2 * * *", "Asia/Shanghai").await;

        let paused = background.pause_recurring_job(&actor, job.id).await.unwrap();
        assert!(paused.next_fire_times(app.clock.now(), 5).unwrap().is_empty());
        app.set_time("2026-03-06T00:00:00Z");
        jobs.run_until_idle().await.unwrap();
        assert!(runs(&app, &job).await.is_empty());
        background.resume_recurring_job(&actor, job.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        assert!(runs(&app, &job).await.is_empty());
        assert_eq!(next(&app).await.as_deref(), Some("2026-03-06T18:30:00Z"));
    }

    async fn a_changed_calendar_holds_from_the_next_run_on_and_a_stale_change_is_refused(app: TestApp) {
        let (actor, background) = (app.system().await, &app.app.background);
        let job = make(&app, digest(), "30 2 * * *", "Asia/Shanghai").await;
        let changes = RecurringChanges { expression: Some("0 4 * * 1".to_owned()), ..RecurringChanges::default() };

        let moved = background.update_recurring_job(&actor, job.id, 1, changes.clone()).await.unwrap();
        let stale = background.update_recurring_job(&actor, job.id, 1, changes).await.unwrap_err();

        assert_eq!(moved.version, 2);
        assert_eq!(stale.kind(), ErrorKind::Conflict);
        assert_eq!(next(&app).await.as_deref(), Some("2026-03-08T20:00:00Z"));
    }

    async fn a_person_runs_it_now_beside_its_calendar_and_deletes_it(app: TestApp) {
        let jobs = app.jobs().await;
        let (actor, background) = (app.system().await, &app.app.background);
        let job = make(&app, digest(), "30 2 * * *", "Asia/Shanghai").await;

        background.run_recurring_job(&actor, job.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();
        let seen = runs(&app, &job).await;
        assert_eq!((seen.len(), seen[0].state, seen[0].is_manual), (1, RunState::Done, true));
        assert_eq!(next(&app).await.as_deref(), Some("2026-03-03T18:30:00Z"));
        background.run_recurring_job(&actor, job.id).await.unwrap_err();
        app.clock.advance(Duration::from_secs(1));
        background.run_recurring_job(&actor, job.id).await.unwrap();
        background.delete_recurring_job(&actor, job.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        assert_eq!(next(&app).await, None);
        assert_eq!(background.recurring_job(&actor, job.id).await.unwrap_err().kind(), ErrorKind::NotFound);
    }

    async fn what_changed_goes_out_at_night_within_the_days_allowance_and_the_rest_the_next_night(app: TestApp) {
        let jobs = app.jobs().await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let account = app.connect("baidu", &[("quota.search_daily", "2")]).await;
        let mut stories = Vec::new();
        for tea in ["龙井", "毛尖", "普洱"] {
            stories.push(app.story(&format!("{tea}的冲泡要点与火候")).await);
        }
        let draft = StoryContent::new("没有发布的稿子");
        let draft = fenfa::content::NewItem { content: draft, slug: None, source_id: None };
        app.app.content.create(&actor, draft).await.unwrap();
        let work = Work::SubmitChanged(SubmitChanged { account: account.id, lane: "search".to_owned() });
        let job = make(&app, work, "30 2 * * *", "Asia/Shanghai").await;

        run_next(&app, &jobs).await;
        let first = runs(&app, &job).await.pop().unwrap();
        assert_eq!(first.state, RunState::Done, "{first:#?}");
        assert_eq!(first.report["submitted"], 2, "{first:#?}");
        assert_eq!((&first.report["allowance_left"], &first.report["is_cut_short"]), (&json!(2), &json!(true)));
        worker.run_until_idle().await.unwrap();
        run_next(&app, &jobs).await;
        let second = runs(&app, &job).await.pop().unwrap();
        assert_eq!((&second.report["submitted"], &second.report["is_cut_short"]), (&json!(1), &json!(false)));
        assert_eq!(sent(&app).await, 3);

        run_next(&app, &jobs).await;
        assert_eq!(runs(&app, &job).await.pop().unwrap().report["submitted"], 0, "nothing changed");
        let SourceRef::Story(id) = stories[0] else { panic!("a story") };
        let story = app.app.content.item::<StoryContent>(&actor, id).await.unwrap();
        let mut content = story.content.clone();
        "龙井的冲泡要点与水温".clone_into(&mut content.title);
        let changes = ItemChanges { base_version: story.version, content, slug: None };
        app.app.content.update(&actor, id, changes).await.unwrap();
        app.app.content.publish::<StoryContent>(&actor, id).await.unwrap();
        run_next(&app, &jobs).await;

        let last = runs(&app, &job).await.pop().unwrap();
        assert_eq!(last.state, RunState::Done, "{last:#?}");
        let looked_at = ["submitted", "unchanged", "refused"].map(|field| last.report[field].as_u64().unwrap());
        assert_eq!(looked_at.iter().sum::<u64>(), 1, "only what changed is looked at: {last:#?}");
    }

    async fn another_account_hears_of_everything(app: TestApp) {
        let jobs = app.jobs().await;
        let (actor, background) = (app.system().await, &app.app.background);
        let (first, second) = (app.connect("baidu", &[]).await, app.connect("baidu", &[]).await);
        let work = |account| Work::SubmitChanged(SubmitChanged { account, lane: "search".to_owned() });
        app.story("春茶的冲泡要点与火候").await;
        let job = make(&app, work(first.id), "30 2 * * *", "Asia/Shanghai").await;
        run_next(&app, &jobs).await;
        assert_eq!(runs(&app, &job).await.pop().unwrap().report["submitted"], 1);

        let changes = RecurringChanges { work: Some(work(second.id)), ..RecurringChanges::default() };
        background.update_recurring_job(&actor, job.id, job.version, changes).await.unwrap();
        run_next(&app, &jobs).await;

        assert_eq!(runs(&app, &job).await.pop().unwrap().report["submitted"], 1);
        assert_eq!(sent(&app).await, 2);
    }

    async fn the_list_costs_the_same_statements_with_many_jobs(app: TestApp) {
        let jobs = app.jobs().await;
        let editor = app.person(Role::Editor).await;
        let account = app.connect("baidu", &[]).await;
        let work = Work::SubmitChanged(SubmitChanged { account: account.id, lane: "search".to_owned() });
        let query = "{ recurringJobs { name submitChanged { account { name } } nextFireTimes runs { state report } } }";
        let cost = async || {
            app.admin_graphql(&editor, query, json!({})).await;
            let before = app.app.db.statement_count();
            let answer = app.admin_graphql(&editor, query, json!({})).await;
            (app.app.db.statement_count() - before, answer["data"]["recurringJobs"].as_array().unwrap().len())
        };
        make(&app, work.clone(), "30 2 * * *", "Asia/Shanghai").await;
        run_next(&app, &jobs).await;
        let one = cost().await;
        for _ in 0..9 {
            make(&app, work.clone(), "30 2 * * *", "Asia/Shanghai").await;
        }
        run_next(&app, &jobs).await;

        let many = cost().await;

        assert_eq!((one.1, many.1), (1, 10));
        assert_eq!(one.0, many.0);
    }

    async fn figures_are_kept_day_by_day_and_not_told_is_not_zero(app: TestApp) {
        let jobs = app.jobs().await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let (douyin, baidu) = (app.connect("douyin", &[]).await, app.connect("baidu", &[]).await);
        let video = app.send(DOUYIN, &douyin, "一杯绿茶").await;
        let story = app.send(BAIDU_SEARCH, &baidu, "春茶的冲泡要点与火候").await;
        for id in [video, story] {
            let delivery = app.settle(&worker, id).await;
            assert_eq!(delivery.state.as_str(), "published", "{delivery:#?}");
        }
        let has_id = app.delivery(story).await.external_id.is_some();
        let work = Work::PullStatistics(PullStatistics { channel: None, day_count: 30 });
        let job = make(&app, work, "0 6 * * *", "Asia/Shanghai").await;

        for _ in 0..4 {
            run_next(&app, &jobs).await;
            while app.next_job(&jobs).await {}
        }

        let since = "2026-03-01".parse().unwrap();
        let last = runs(&app, &job).await.pop().unwrap();
        assert_eq!(last.state, RunState::Done, "{last:#?}");
        let told = &last.report["accounts"][douyin.id.to_string()];
        assert_eq!((&told["asked"], &told["told"], &told["failed"]), (&json!(1), &json!(1), &json!(0)), "{last:#?}");
        let series = app.app.delivery.statistic_series(&actor, video, since).await.unwrap();
        let views: Vec<_> = series.iter().filter(|row| row.metric == Metric::Views).collect();
        assert_eq!(views.len(), 2, "{series:#?}");
        assert!(views.iter().all(|row| row.value.is_some()), "{views:#?}");
        // At six in the morning the platform tells of the day before yesterday.
        let lag = app.clock.now().to_utc().date_naive() - views[1].day;
        assert!((1..=2).contains(&lag.num_days()), "{views:#?}");
        let silent = app.app.delivery.statistic_series(&actor, story, since).await.unwrap();
        assert_eq!(!silent.is_empty(), has_id, "what has an id there is asked for");
        assert!(silent.iter().all(|row| row.value.is_none()), "not told is not zero: {silent:#?}");
    }

    async fn the_best_stories_of_the_week_become_a_draft_once(app: TestApp) {
        let jobs = app.jobs().await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let account = app.connect("baidu", &[]).await;
        let titles = ["龙井的冲泡要点与火候", "毛尖的冲泡要点与火候", "普洱的冲泡要点与火候"];
        // Views before the week, and in it.
        let views = [(9000, 9010), (100, 900), (0, 300)];
        for (title, (before, after)) in titles.iter().zip(views) {
            let id = app.send(BAIDU_SEARCH, &account, title).await;
            app.settle(&worker, id).await;
            for (day, value) in [("2026-03-01", before), ("2026-03-08", after)] {
                let id = match app.app.db.backend() {
                    sea_orm::DbBackend::Postgres => format!("'{id}'"),
                    _ => format!("x'{}'", id.0.simple()),
                };
                let sql = format!(
                    "INSERT INTO statistic (delivery_id, day, metric, site_id, value, asked_at) \
                     SELECT id, '{day}', 'views', site_id, {value}, 1 FROM delivery WHERE id = {id}"
                );
                app.app.db.write().execute_unprepared(&sql).await.unwrap();
            }
        }
        app.set_time("2026-03-08T00:00:00Z");
        let job = make(&app, digest(), "0 9 * * 1", "Asia/Shanghai").await;

        run_next(&app, &jobs).await;
        let run = runs(&app, &job).await.pop().unwrap();

        assert_eq!(run.state, RunState::Done, "{run:#?}");
        let draft = run.report["draft"].as_str().unwrap().parse().unwrap();
        let draft = app.app.content.item::<StoryContent>(&actor, draft).await.unwrap();
        assert_eq!(draft.published_revision, None, "a person publishes");
        assert_eq!(draft.content.title, "一周精选（2026-03-02 至 2026-03-09）");
        assert!(draft.content.cover.is_some());
        let text = serde_json::to_string(&draft.content.body).unwrap();
        let place = |title: &str| text.find(title);
        assert!(place(titles[1]).unwrap() < place(titles[2]).unwrap(), "the best first: {text}");
        assert_eq!(place(titles[0]), None, "it had its readers before: {text}");
        assert!(text.contains("/s/"), "{text}");
    }

    async fn without_figures_there_is_no_digest_and_the_report_says_so(app: TestApp) {
        let jobs = app.jobs().await;
        app.story("春茶的冲泡要点与火候").await;
        let job = make(&app, digest(), "0 9 * * 1", "Asia/Shanghai").await;

        run_next(&app, &jobs).await;

        let run = runs(&app, &job).await.pop().unwrap();
        assert_eq!(run.state, RunState::Done);
        assert!(run.report["draft"].is_null());
        assert!(run.report["note"].as_str().unwrap().contains("figures"), "{run:#?}");
    }

    async fn a_run_that_cannot_succeed_says_why(app: TestApp) {
        let jobs = app.jobs().await;
        let account = app.connect("baidu", &[]).await;
        let work = Work::SubmitChanged(SubmitChanged { account: account.id, lane: "search".to_owned() });
        let job = make(&app, work, "30 2 * * *", "Asia/Shanghai").await;
        app.app.db.write()
            .execute_unprepared("UPDATE recurring_job SET work = '{\"kind\":\"submit_changed\",\"account\":\"0190a5c4-7e2b-7c3d-8f10-112233445566\",\"lane\":\"search\"}'")
            .await
            .unwrap();

        run_next(&app, &jobs).await;

        let run = runs(&app, &job).await.pop().unwrap();
        assert_eq!(run.state, RunState::Failed);
        assert!(run.error.as_deref().unwrap().contains("does not exist"), "{run:#?}");
        assert!(app.app.background.next_due().await.unwrap() > Some(app.clock.now()), "the next one comes");
    }

    async fn the_list_shows_the_next_five_times_and_the_last_runs(app: TestApp) {
        let jobs = app.jobs().await;
        let editor = app.person(Role::Editor).await;
        let create = "mutation($input: CreateRecurringJobInput!) { createRecurringJob(input: $input) { recurringJob { id kind } } }";
        let digest = json!({ "title": "精选", "storyCount": 3 });
        let input = json!({ "input": { "name": "每周", "expression": "0 9 * * 1", "zone": "Asia/Shanghai", "digest": digest } });
        let made = app.admin_graphql(&editor, create, input).await;
        assert_eq!(made["data"]["createRecurringJob"]["recurringJob"]["kind"], "DIGEST", "{made}");
        run_next(&app, &jobs).await;

        let query = "{ recurringJobs { name zone digest { storyCount dayCount metric } nextFireTimes runs { state report } } }";
        let seen = app.admin_graphql(&editor, query, json!({})).await;
        let both = json!({ "input": { "name": "两样", "expression": "0 9 * * 1", "digest": digest, "pullStatistics": {} } });
        let refused = app.admin_graphql(&editor, create, both).await;

        let job = &seen["data"]["recurringJobs"][0];
        assert_eq!(job["digest"], json!({ "storyCount": 3, "dayCount": 7, "metric": "VIEWS" }), "{seen}");
        assert_eq!(job["nextFireTimes"], json!([
            "2026-03-16T01:00:00Z", "2026-03-23T01:00:00Z", "2026-03-30T01:00:00Z",
            "2026-04-06T01:00:00Z", "2026-04-13T01:00:00Z",
        ]));
        assert_eq!(job["runs"][0]["state"], "DONE");
        assert_eq!(refused["errors"][0]["extensions"]["field"], "input", "{refused}");
    }

    async fn parameters_that_cannot_be_meant_are_refused_naming_the_field(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let account = app.connect("baidu", &[]).await;
        let create = "mutation($input: CreateRecurringJobInput!) { createRecurringJob(input: $input) { recurringJob { id } } }";
        let good = json!({ "title": "精选" });

        for (input, field) in [
            (json!({ "name": "", "expression": "0 9 * * 1", "digest": good }), "input.name"),
            (json!({ "name": "a", "expression": "9 o'clock", "digest": good }), "input.expression"),
            (json!({ "name": "a", "expression": "0 0 30 2 *", "digest": good }), "input.expression"),
            (json!({ "name": "a", "expression": "0 9 * * 1", "zone": "Nowhere", "digest": good }), "input.zone"),
            (json!({ "name": "a", "expression": "0 9 * * 1" }), "input"),
            (json!({ "name": "a", "expression": "0 9 * * 1", "digest": { "title": "" } }), "input.digest.title"),
            (json!({ "name": "a", "expression": "0 9 * * 1", "digest": { "title": "a", "dayCount": 0 } }), "input.digest.dayCount"),
            (json!({ "name": "a", "expression": "0 9 * * 1", "pullStatistics": { "channel": "nowhere" } }), "input.pullStatistics.channel"),
            (json!({ "name": "a", "expression": "0 9 * * 1", "submitChanged": { "account": account.id, "lane": "moon" } }), "input.submitChanged.lane"),
        ] {
            let answer = app.admin_graphql(&editor, create, json!({ "input": input })).await;
            assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{input} {answer}");
        }
        let actor = app.system().await;
        assert!(app.app.background.recurring_jobs(&actor).await.unwrap().is_empty());
        assert_eq!(app.app.background.next_due().await.unwrap(), None::<Timestamp>);
    }
}
