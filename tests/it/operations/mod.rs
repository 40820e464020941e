//! What operators rely on: figures, health, several nodes, an orderly end.

mod alarm;
mod backup;
mod doctor;
mod evidence;
mod health;
mod metrics;
mod nodes;
mod shutdown;

use std::time::{Duration, Instant};

use fenfa::{
    delivery::{Delivery, DeliveryState, StepState},
    id::DeliveryId,
};

use crate::harness::TestApp;

/// Real time passes here, so everything that waits waits little.
const QUICK: &str = r"
    [delivery]
    tick_ms = 100
    lease_s = 3
    quiet_grace_s = 1
    reconcile_after_s = [0]
    backoff_base_s = 1
    observe_base_s = 1
    observe_cap_s = 1
";

/// Waits until a delivery, which processes beside this one work on, is as it should be.
async fn until(app: &TestApp, id: DeliveryId, is_so: impl Fn(&Delivery) -> bool) -> Delivery {
    let give_up = Instant::now() + Duration::from_mins(1);
    loop {
        let delivery = app.delivery(id).await;
        if is_so(&delivery) {
            return delivery;
        }
        assert!(Instant::now() < give_up, "it stays: {delivery:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until_published(app: &TestApp, id: DeliveryId) -> Delivery {
    until(app, id, |delivery| {
        delivery.state == DeliveryState::Published
    })
    .await
}

/// Waits until the call of the delivery that readers see is under way.
async fn until_armed(app: &TestApp, id: DeliveryId) {
    let give_up = Instant::now() + Duration::from_mins(1);
    let actor = app.system().await;
    loop {
        let steps = app.app.delivery.steps(&actor, id).await.unwrap();
        if steps.iter().any(|step| step.state == StepState::Armed) {
            return;
        }
        assert!(Instant::now() < give_up, "never armed: {steps:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
