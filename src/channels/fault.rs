//! Faults that a simulator can be told to show, and the script that says when.
//!
//! As JSON, over `POST /control/{channel}/faults`:
//! `{"path": "/create_video", "skip": 0, "times": 1, "fault": {"type": "accept_then_drop"}}`.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that goes wrong on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fault {
    /// No effect; the connection is closed without an answer.
    DropBefore,
    /// Full effect; the connection is closed without an answer.
    AcceptThenDrop,
    /// Full effect; status and headers arrive, then the connection is closed before the first byte of the body.
    AcceptThenHeaders,
    /// Full effect; the connection is closed after half of the body.
    AcceptThenHalf,
    /// Full effect; the answer comes so late that the client has given up.
    AcceptThenDelay {
        /// How late.
        millis: u64,
    },
    /// No effect; an HTTP status with an HTML page.
    StatusBefore {
        /// 413, 502, 504.
        status: u16,
    },
    /// Full effect; an HTTP status with an HTML page.
    StatusAfter {
        /// 502, 504.
        status: u16,
    },
    /// Full effect; 200 with this body in place of the real one (empty, HTML, truncated JSON).
    BodyAfter {
        /// The body.
        body: String,
    },
    /// No effect; 200 with this body (an error envelope of the platform).
    BodyBefore {
        /// The body.
        body: String,
    },
    /// Normal, but slow.
    Slow {
        /// How slow.
        millis: u64,
    },
    /// One of the platform's own switches is thrown just before the call: a token dies, an API goes offline, somebody
    /// posts by hand. Then the call goes its way.
    Control {
        /// What `POST /control/{channel}` takes.
        command: Value,
    },
}

/// When a fault shows: at calls whose path and query contain `path`, after `skip` of them, `times` times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Part of the path and query of the call.
    pub path: String,
    /// Let so many pass first.
    #[serde(default)]
    pub skip: u32,
    /// Then show it so often; 0 means from then on.
    #[serde(default = "once")]
    pub times: u32,
    /// What shows.
    pub fault: Fault,
}

const fn once() -> u32 {
    1
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub struct FaultScript {
    rules: Mutex<Vec<FaultRule>>,
}

impl FaultScript {
    /// Adds a rule.
    pub fn add(&self, rule: FaultRule) {
        self.lock().push(rule);
    }

    /// Forgets all rules.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The faults that are still to come, in the order in which they were added.
    pub fn pending(&self) -> Vec<FaultRule> {
        self.lock().clone()
    }

    /// The fault for this call, if one is due; counts the call.
    pub fn take(&self, address: &str) -> Option<Fault> {
        let mut rules = self.lock();
        for index in 0..rules.len() {
            let rule = &mut rules[index];
            if !address.contains(&rule.path) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            return Some(if rule.times == 1 {
                rules.remove(index).fault
            } else {
                rule.times = rule.times.saturating_sub(1);
                rule.fault.clone()
            });
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<FaultRule>> {
        self.rules
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(script: &FaultScript, paths: &[&str]) -> Vec<bool> {
        paths
            .iter()
            .map(|path| script.take(path).is_some())
            .collect()
    }

    fn rule(skip: u32, times: u32) -> FaultRule {
        FaultRule {
            path: "/create".into(),
            skip,
            times,
            fault: Fault::DropBefore,
        }
    }

    #[test]
    fn a_fault_shows_as_often_as_told_after_the_calls_to_skip() {
        let script = FaultScript::default();
        script.add(rule(1, 2));

        let seen = seen(
            &script,
            &["/create", "/list", "/create", "/create", "/create"],
        );

        assert_eq!(seen, [false, false, true, true, false]);
        assert!(script.pending().is_empty(), "a spent rule is gone");
    }

    #[test]
    fn a_lasting_fault_shows_until_it_is_cleared() {
        let script = FaultScript::default();
        script.add(rule(0, 0));

        assert_eq!(seen(&script, &["/create"; 3]), [true; 3]);
        script.clear();
        assert_eq!(seen(&script, &["/create"]), [false]);
    }

    #[test]
    fn a_rule_is_read_as_it_is_documented_and_a_misspelt_one_is_refused() {
        let read = |text: &str| serde_json::from_str::<FaultRule>(text);

        let rule = read(r#"{"path":"/create_video","fault":{"type":"accept_then_half"}}"#);
        assert_eq!(
            rule.expect("a rule"),
            FaultRule {
                path: "/create_video".into(),
                skip: 0,
                times: 1,
                fault: Fault::AcceptThenHalf
            }
        );
        assert!(read(r#"{"path":"/a","time":2,"fault":{"type":"drop_before"}}"#).is_err());
        assert!(read(r#"{"path":"/a","fault":{"type":"no_such_thing"}}"#).is_err());
    }
}
