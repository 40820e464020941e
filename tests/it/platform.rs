//! The platform underneath: the database on both backends.

use fenfa::db;

both_databases! {
    async fn a_started_app_has_no_pending_migrations(app: TestApp) {
        assert_eq!(db::pending(&app.app.db).await.unwrap(), Vec::<String>::new());
    }

    async fn migrating_again_changes_nothing(app: TestApp) {
        db::migrate(&app.app.db).await.unwrap();
        db::migrate(&app.app.db).await.unwrap();

        assert_eq!(db::pending(&app.app.db).await.unwrap(), Vec::<String>::new());
    }
}
