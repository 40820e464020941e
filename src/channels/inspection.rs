//! What a platform says of a content before it is published, where it has a call for that.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Descriptor, Finding, Severity};

/// What a platform thinks of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// It found nothing.
    Pass,
    /// A person should look.
    Review,
    /// It would refuse it.
    Block,
}

/// A platform's opinion on a content. That it found nothing is no promise: its review of what was published decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// What it thinks.
    pub opinion: Opinion,
    /// What it objects to, in words for people.
    pub objections: Vec<String>,
}

impl Inspection {
    /// Nothing was found (yet).
    pub const fn passed() -> Self {
        Self {
            opinion: Opinion::Pass,
            objections: Vec::new(),
        }
    }

    /// Takes in the opinion on a further part: the worse one counts, and each objection once.
    #[must_use]
    pub fn and(mut self, part: Self) -> Self {
        self.opinion = self.opinion.max(part.opinion);
        for objection in part.objections {
            if !self.objections.contains(&objection) {
                self.objections.push(objection);
            }
        }
        self
    }

    /// What a person should mend because of it.
    pub fn finding(&self, channel: &Descriptor) -> Option<Finding> {
        let (code, severity, said) = match self.opinion {
            Opinion::Pass => return None,
            Opinion::Review => ("INSPECT-02", Severity::Warning, "内容检测建议人工复核"),
            Opinion::Block => ("INSPECT-01", Severity::Error, "内容检测不通过"),
        };
        let objections = self.objections.join("、");
        let reason = format!("{}{said}：{objections}。", channel.name.zh);
        let finding = Finding::new(code, severity, "body", reason, "修改后重新检测。");
        Some(
            finding
                .because("平台自己的内容检测")
                .with("channel", json!(channel.name))
                .with("objections", objections),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::CHANNELS;

    #[test]
    fn the_worst_part_counts_and_each_objection_is_told_once() {
        let part = |opinion, objection: &str| Inspection {
            opinion,
            objections: vec![objection.to_owned()],
        };
        let whole = Inspection::passed()
            .and(part(Opinion::Block, "广告"))
            .and(part(Opinion::Review, "低俗"))
            .and(part(Opinion::Review, "广告"));

        assert_eq!(whole.opinion, Opinion::Block);
        assert_eq!(whole.objections, ["广告", "低俗"]);
        let finding = whole.finding(CHANNELS[0]).expect("a finding");
        assert_eq!(
            (finding.code.as_str(), finding.severity),
            ("INSPECT-01", Severity::Error)
        );
        assert_eq!(Inspection::passed().finding(CHANNELS[0]), None);
    }
}
