//! Faults that a simulator can be told to show, and the script that says when.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};

/// Something that goes wrong on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fault {
    /// No effect; the connection is closed without an answer.
    DropBefore,
    /// Full effect; the connection is closed without an answer.
    AcceptThenDrop,
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
}

/// When a fault shows: at calls whose path contains `path`, after `skip` of them, `times` times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    /// Part of the path of the call.
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

    /// The fault for this call, if one is due; counts the call.
    pub fn take(&self, path: &str) -> Option<Fault> {
        let mut rules = self.lock();
        let mut found = None;
        for rule in rules.iter_mut().filter(|rule| path.contains(&rule.path)) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else {
                found = Some(rule.fault.clone());
                if rule.times > 0 {
                    rule.times -= 1;
                    if rule.times == 0 {
                        // Marks it as spent; 0 would mean "for ever".
                        "\u{0}spent".clone_into(&mut rule.path);
                    }
                }
                break;
            }
        }
        rules.retain(|rule| rule.path != "\u{0}spent");
        found
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

    #[test]
    fn a_fault_shows_as_often_as_told_after_the_calls_to_skip() {
        let script = FaultScript::default();
        script.add(FaultRule {
            path: "/create".into(),
            skip: 1,
            times: 2,
            fault: Fault::DropBefore,
        });

        let seen: Vec<bool> = ["/create", "/list", "/create", "/create", "/create"]
            .iter()
            .map(|path| script.take(path).is_some())
            .collect();

        assert_eq!(seen, [false, false, true, true, false]);
    }
}
