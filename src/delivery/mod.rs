//! The life of a publication: connect an account, schedule, submit, reconcile.
//!
//! A delivery's row is the durable job. A worker claims it under a lease token, arms each commit step in the
//! database before its call, and stores the verdict with the next step in one transaction; what is uncertain is
//! looked up on the platform before anything is sent again.

mod account;
mod app_link;
mod approval;
mod breaker;
mod class;
mod core;
#[expect(
    clippy::module_inception,
    reason = "the capability and its main noun share the name"
)]
mod delivery;
mod engine;
mod event;
mod explain;
mod jump;
mod missed;
mod pace;
mod pause;
mod quota;
mod removal;
mod schedule;
mod service;
mod sign_in;
mod slot;
mod state;
mod statistic;
mod step;
mod store;

pub use account::{AccountChanges, ChannelAccount, Lane, NewAccount};
pub use app_link::MadeLink;
pub use approval::Approval;
pub use breaker::Breaker;
pub use delivery::{Delivery, DeliveryFilter};
pub use engine::{CRASH_POINTS, Worker};
pub use event::{DeliveryEvent, OutboxEvent};
pub use explain::{Action, Liveness, Next};
pub use missed::MissedRule;
pub use pause::{Pause, PauseScope};
pub use quota::{LaneOutlook, QuotaOutlook};
pub use removal::{RemovalFile, Removals};
pub use schedule::{Due, DueTime};
pub use service::{
    AccountFigures, AccountInspection, DeliveryService, Disconnection, DisconnectionOutlook,
    Figures, LaneFigures, Package, QuotaFigures, Resolution, ScheduleInput, Withdrawal,
    WithdrawalOutcome,
};
pub use sign_in::{Astray, Departure, Return, SignIn};
pub use slot::{BestHour, BestTime, DayFigures, Destination, Seen};
pub use state::{
    AccountStatus, DeliveryState, MissedPolicy, Reason, Sent, SignInOutcome, StepState, Verdict,
};
pub use statistic::{BestBy, Metric, Pulled, Statistic};
pub use step::{Attempt, DeliveryStep};
