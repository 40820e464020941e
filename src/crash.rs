//! Places where a test can pull the plug: `crash_point!("after_arm")` kills the process when `CRASH_AT` names it.
//! Without the feature `crashpoints` they are nothing at all.

/// Kills the process here with SIGKILL's effect (no destructor, no flush) when `CRASH_AT` is this name,
/// optionally at its nth passing (`CRASH_AT=after_arm:3`).
#[macro_export]
macro_rules! crash_point {
    ($name:expr) => {
        #[cfg(feature = "crashpoints")]
        $crate::crash::passing($name);
    };
}

/// Counts passings and aborts at the one that `CRASH_AT` asks for.
#[cfg(feature = "crashpoints")]
#[expect(
    clippy::disallowed_methods,
    reason = "set by tests for one process; not part of the configuration"
)]
pub fn passing(name: &str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };

    static WANTED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);

    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("CRASH_AT").ok()?;
        let (name, nth) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), nth.parse().unwrap_or(1)))
    });
    if let Some((wanted, nth)) = wanted
        && wanted == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth
    {
        std::process::abort();
    }
}
