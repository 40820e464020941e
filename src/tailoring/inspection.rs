//! What a platform said of a content: at once, and later of single parts.

use crate::{
    channels::{AwaitedPart, Inspection, Opinion},
    clock::Timestamp,
};

/// What a platform said of a content, and when it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// Its opinion by now.
    pub said: Inspection,
    /// When it was asked.
    pub at: Timestamp,
}

/// A part that it took its time for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is awaited, and until when.
    pub awaited: AwaitedPart,
    /// What it said of it; the first answer stays.
    pub said: Option<Inspection>,
}

/// What is known of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Everything was looked at, and nothing was found.
    Passed,
    /// Nothing was found so far; a part is still looked at.
    Awaited,
    /// Nothing was found; a part was not looked at.
    Unchecked,
    /// A person should look.
    Doubted,
    /// The platform would refuse it.
    Refused,
}

impl Inspected {
    /// What was said at once, and of the parts by now. A part of which nothing came in time was not looked at.
    pub fn of(said: Inspection, parts: Vec<Part>, at: Timestamp, now: Timestamp) -> Self {
        let mut all = said;
        for Part { awaited, said } in parts {
            let name = awaited.name.clone();
            all = all.and(match said {
                Some(said) => Inspection {
                    objections: said
                        .objections
                        .iter()
                        .map(|objection| format!("{name}：{objection}"))
                        .collect(),
                    ..said
                },
                None if awaited.until > now => Inspection {
                    awaited: vec![awaited],
                    ..Inspection::passed()
                },
                None => Inspection {
                    unchecked: vec![name],
                    ..Inspection::passed()
                },
            });
        }
        Self { said: all, at }
    }

    /// Whether asking again may tell more.
    pub fn is_worth_asking_again(&self) -> bool {
        !self.said.unchecked.is_empty()
    }

    /// What is known, in one word: an opinion on the rest is none on what nobody has looked at.
    pub fn standing(&self) -> Standing {
        match self.said.opinion {
            Opinion::Block => Standing::Refused,
            Opinion::Review => Standing::Doubted,
            Opinion::Pass if !self.said.awaited.is_empty() => Standing::Awaited,
            Opinion::Pass if !self.said.unchecked.is_empty() => Standing::Unchecked,
            Opinion::Pass => Standing::Passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn part(name: &str, until: i64, said: Option<Inspection>) -> Part {
        Part {
            awaited: AwaitedPart {
                reference: name.into(),
                name: name.into(),
                until: Timestamp(until),
            },
            said,
        }
    }

    fn inspected(parts: Vec<Part>) -> Inspected {
        Inspected::of(Inspection::passed(), parts, Timestamp(0), NOW)
    }

    #[test]
    fn a_part_is_awaited_until_its_time_and_was_not_looked_at_then() {
        let waiting = inspected(vec![part("图片 1", 1_001, None)]);
        assert_eq!(waiting.standing(), Standing::Awaited);
        assert!(!waiting.is_worth_asking_again());

        let silent = inspected(vec![part("图片 1", 1_000, None)]);
        assert_eq!(silent.standing(), Standing::Unchecked);
        assert_eq!(silent.said.unchecked, ["图片 1"]);
        assert!(silent.is_worth_asking_again());
    }

    #[test]
    fn what_was_said_of_a_part_counts_whenever_it_came_and_names_the_part() {
        let refused = Inspection::of(Opinion::Block, vec!["色情".into()]);
        let parts = vec![
            part("图片 1", 0, Some(Inspection::passed())),
            part("图片 2", 0, Some(refused)),
        ];

        let whole = inspected(parts);

        assert_eq!(whole.standing(), Standing::Refused);
        assert_eq!(whole.said.objections, ["图片 2：色情"]);
        let passed = inspected(vec![part("图片 1", 0, Some(Inspection::passed()))]);
        assert_eq!(passed.standing(), Standing::Passed);
    }
}
