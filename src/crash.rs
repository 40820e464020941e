//! Places where a test can pull the plug: `crash_point!("after_arm")` kills the process when `CRASH_AT` names it, and
//! a test that works within its own process can have its workers die there. Without the feature `crashpoints` they are
//! nothing at all.

/// Kills the process here with SIGKILL's effect (no destructor, no flush) when `CRASH_AT` is this name,
/// optionally at its nth passing (`CRASH_AT=after_arm:3`); with `CRASH_AT=after_arm:3:stop` it stands still instead,
/// as by SIGSTOP, until it is told to go on.
#[macro_export]
macro_rules! crash_point {
    ($name:expr) => {
        #[cfg(feature = "crashpoints")]
        $crate::crash::passing($name);
    };
}

#[cfg(feature = "crashpoints")]
pub use pulled::{passing, plug_in, pull};

#[cfg(feature = "crashpoints")]
mod pulled {
    use std::{
        cell::RefCell,
        process::Command,
        sync::{
            OnceLock,
            atomic::{AtomicU32, Ordering},
        },
    };

    /// Where the plug is pulled.
    struct Place {
        /// Any place, if there is no name.
        name: Option<String>,
        /// So many passings are still survived.
        left: u32,
    }

    thread_local! {
        static PULLED: RefCell<Option<Place>> = const { RefCell::new(None) };
    }

    /// From the nth passing on (of any place, or of one), whatever passes a place on this thread dies there, as a
    /// killed process would: nothing of it runs on.
    pub fn pull(name: Option<&str>, nth: u32) {
        let place = Place {
            name: name.map(ToOwned::to_owned),
            left: nth,
        };
        PULLED.set(Some(place));
    }

    /// Ends the dying on this thread; whether anything died.
    pub fn plug_in() -> bool {
        PULLED.take().is_some_and(|place| place.left == 0)
    }

    /// Dies at the place that `CRASH_AT` or [`pull`] ask for.
    pub fn passing(name: &str) {
        die_in_thread(name);
        die_as_process(name);
    }

    fn die_in_thread(name: &str) {
        let dies = PULLED.with_borrow_mut(|place| {
            let Some(place) = place else { return false };
            if place.left > 0 && place.name.as_deref().is_none_or(|wanted| wanted == name) {
                place.left -= 1;
            }
            place.left == 0
        });
        if dies && !std::thread::panicking() {
            // Without the panic hook: it is nobody's mistake.
            std::panic::resume_unwind(Box::new("the plug was pulled"));
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "set by tests for one process; not part of the configuration"
    )]
    fn die_as_process(name: &str) {
        static WANTED: OnceLock<Option<(String, u32, bool)>> = OnceLock::new();
        static PASSED: AtomicU32 = AtomicU32::new(0);

        let wanted = WANTED.get_or_init(|| {
            let text = std::env::var("CRASH_AT").ok()?;
            let mut parts = text.split(':');
            let name = parts.next()?.to_owned();
            let nth = parts.next().and_then(|nth| nth.parse().ok()).unwrap_or(1);
            Some((name, nth, parts.next() == Some("stop")))
        });
        if let Some((wanted, nth, only_stops)) = wanted
            && wanted == name
            && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth
        {
            if !only_stops {
                std::process::abort();
            }
            let itself = std::process::id().to_string();
            let stopped = Command::new("kill").args(["-STOP", &itself]).status();
            assert!(
                stopped.is_ok_and(|status| status.success()),
                "cannot stand still"
            );
        }
    }
}
