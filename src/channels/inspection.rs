//! What a platform says of a content before it is published, where it has a call for that.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Descriptor, Finding, Severity};
use crate::clock::Timestamp;

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
    /// What it thinks of all that it has looked at.
    pub opinion: Opinion,
    /// What it objects to, in words for people.
    pub objections: Vec<String>,
    /// What it does not look at, in words for people: never taken for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<String>,
    /// What it still looks at; it calls us when it knows.
    #[serde(skip)]
    pub awaited: Vec<AwaitedPart>,
}

/// A part of a content that a platform takes its time for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedPart {
    /// How the platform names it when it calls.
    pub reference: String,
    /// How people know it.
    pub name: String,
    /// After this instant nothing is expected any more, and it was not looked at.
    pub until: Timestamp,
}

impl Inspection {
    /// Nothing was found (yet).
    pub const fn passed() -> Self {
        Self::of(Opinion::Pass, Vec::new())
    }

    /// An opinion, and what it objects to.
    pub const fn of(opinion: Opinion, objections: Vec<String>) -> Self {
        Self {
            opinion,
            objections,
            unchecked: Vec::new(),
            awaited: Vec::new(),
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
        self.unchecked.extend(part.unchecked);
        self.awaited.extend(part.awaited);
        self
    }

    /// What a person should mend because of it, or know: parts of which nothing is known are told as such.
    pub fn findings(&self, channel: &Descriptor) -> Vec<Finding> {
        let finding = |code: &str, severity, reason: String, cure: &str| {
            Finding::new(code, severity, "body", reason, cure)
                .because("平台自己的内容检测")
                .with("channel", json!(channel.name))
        };
        let mut findings = Vec::new();
        let told = match self.opinion {
            Opinion::Pass => None,
            Opinion::Review => Some(("INSPECT-02", Severity::Warning, "内容检测建议人工复核")),
            Opinion::Block => Some(("INSPECT-01", Severity::Error, "内容检测不通过")),
        };
        if let Some((code, severity, said)) = told {
            let objections = self.objections.join("、");
            let reason = format!("{}{said}：{objections}。", channel.name.zh);
            let finding = finding(code, severity, reason, "修改后重新检测。");
            findings.push(finding.with("objections", objections));
        }
        if !self.awaited.is_empty() {
            let names: Vec<&str> = self.awaited.iter().map(|part| part.name.as_str()).collect();
            let parts = names.join("、");
            let reason = format!("{}还在检测：{parts}。", channel.name.zh);
            let finding = finding(
                "INSPECT-03",
                Severity::Warning,
                reason,
                "等结果出来再发布。",
            );
            findings.push(finding.with("parts", parts));
        }
        if !self.unchecked.is_empty() {
            let parts = self.unchecked.join("、");
            let reason = format!("{}没有检测：{parts}。", channel.name.zh);
            let finding = finding(
                "INSPECT-04",
                Severity::Warning,
                reason,
                "重新检测，或请人看过。",
            );
            findings.push(finding.with("parts", parts));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::CHANNELS;

    fn codes(inspection: &Inspection) -> Vec<(String, Severity)> {
        let findings = inspection.findings(CHANNELS[0]).into_iter();
        findings
            .map(|finding| (finding.code, finding.severity))
            .collect()
    }

    #[test]
    fn the_worst_part_counts_and_each_objection_is_told_once() {
        let part = |opinion, objection: &str| Inspection::of(opinion, vec![objection.to_owned()]);
        let whole = Inspection::passed()
            .and(part(Opinion::Block, "广告"))
            .and(part(Opinion::Review, "低俗"))
            .and(part(Opinion::Review, "广告"));

        assert_eq!(whole.opinion, Opinion::Block);
        assert_eq!(whole.objections, ["广告", "低俗"]);
        assert_eq!(codes(&whole), [("INSPECT-01".into(), Severity::Error)]);
        assert_eq!(codes(&Inspection::passed()), []);
    }

    #[test]
    fn what_nobody_has_looked_at_is_told_beside_an_opinion_on_the_rest() {
        let awaited = AwaitedPart {
            reference: "68aa".into(),
            name: "图片 1".into(),
            until: Timestamp(0),
        };
        let whole = Inspection {
            unchecked: vec!["图片 2".into()],
            awaited: vec![awaited],
            ..Inspection::passed()
        };

        let codes = codes(&whole);

        let warning = |code: &str| (code.to_owned(), Severity::Warning);
        assert_eq!(codes, [warning("INSPECT-03"), warning("INSPECT-04")]);
    }
}
