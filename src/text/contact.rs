//! Contact data in a text, also in disguise: what every platform's review refuses.

use super::{fold, fold_digits};

/// What kind of contact data it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKind {
    /// A phone number.
    Phone,
    /// A QQ number.
    Qq,
    /// A WeChat id.
    Wechat,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
}

/// The kinds of contact data that a text holds, each once.
pub fn find_contacts(text: &str) -> Vec<ContactKind> {
    let plain = fold(text);
    let digits = fold_digits(text);
    let mut found = Vec::new();
    if has_phone(&digits) {
        found.push(ContactKind::Phone);
    }
    if follows(&digits, &["qq", "扣扣", "企鹅号"], |rest| {
        leading(rest, |c| c.is_ascii_digit()) >= 5
    }) {
        found.push(ContactKind::Qq);
    }
    let id = |rest: &str| leading(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-') >= 5;
    if follows(
        &plain,
        &[
            "微信号",
            "微信",
            "薇信",
            "威信",
            "v信",
            "vx",
            "wechat",
            "wx",
            "加v",
        ],
        id,
    ) {
        found.push(ContactKind::Wechat);
    }
    if has_email(&plain) {
        found.push(ContactKind::Email);
    }
    if ["http://", "https://", "www."]
        .iter()
        .any(|mark| plain.contains(mark))
        || has_domain(&plain)
    {
        found.push(ContactKind::Url);
    }
    found
}

/// Where the first contact data of a text stands: its first character, and the one behind its last.
pub fn contact_range(text: &str) -> Option<(usize, usize)> {
    if find_contacts(text).is_empty() {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    let holds = |from: usize, to: usize| {
        let part: String = characters[from..to].iter().collect();
        !find_contacts(&part).is_empty()
    };
    // More text never hides what is there, so both edges can be looked for by halves.
    let mut end = edge(0, characters.len(), |end| holds(0, end));
    let mut start = edge(0, end, |start| !holds(start, end)) - 1;
    // The whole of an id, address or number, not the least that gives it away.
    let goes_on = |at: Option<usize>| {
        at.and_then(|at| characters.get(at))
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))
    };
    while goes_on(Some(end)) {
        end += 1;
    }
    while goes_on(start.checked_sub(1)) {
        start -= 1;
    }
    Some((start, end))
}

/// The first number in a range for which something holds that goes on holding; the range's end if it never does.
fn edge(mut from: usize, mut to: usize, holds: impl Fn(usize) -> bool) -> usize {
    while from < to {
        let middle = from.midpoint(to);
        if holds(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

/// A mobile number of mainland China, or a service number (400/800), standing alone.
fn has_phone(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let mut start = 0;
    while start < characters.len() {
        if !characters[start].is_ascii_digit() {
            start += 1;
            continue;
        }
        let length = characters[start..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let run: String = characters[start..start + length].iter().collect();
        let run = if length == 13 {
            run.strip_prefix("86").unwrap_or(&run)
        } else {
            &run
        };
        let is_mobile = run.len() == 11 && run.starts_with('1') && run.as_bytes()[1] >= b'3';
        let is_service = run.len() == 10 && (run.starts_with("400") || run.starts_with("800"));
        if is_mobile || is_service {
            return true;
        }
        start += length;
    }
    false
}

/// Whether, behind one of the marks and a few joints (`:`, `号`), something follows that looks like an id.
fn follows(text: &str, marks: &[&str], is_id: impl Fn(&str) -> bool) -> bool {
    marks.iter().any(|mark| {
        text.match_indices(mark).any(|(index, _)| {
            let rest = text[index + mark.len()..]
                .trim_start_matches([':', '：', '号', ' ', '=', '群', '-', '是']);
            is_id(rest)
        })
    })
}

fn leading(text: &str, accepts: impl Fn(char) -> bool) -> usize {
    text.chars()
        .take_while(|character| accepts(*character))
        .count()
}

fn has_email(text: &str) -> bool {
    text.match_indices('@').any(|(index, _)| {
        let before = text[..index]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_ascii_alphanumeric());
        let domain: String = text[index + 1..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == '-')
            .collect();
        before
            && domain
                .split_once('.')
                .is_some_and(|(name, rest)| !name.is_empty() && rest.len() >= 2)
    })
}

fn has_domain(text: &str) -> bool {
    [".com", ".cn", ".net", ".top", ".vip", ".shop"]
        .iter()
        .any(|end| {
            text.match_indices(end).any(|(index, _)| {
                let before = text[..index]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_ascii_alphanumeric());
                let after = text[index + end.len()..]
                    .chars()
                    .next()
                    .is_none_or(|c| !c.is_ascii_alphanumeric());
                before && after
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[ContactKind]) {
        assert_eq!(find_contacts(text), expected, "{text}");
    }

    #[test]
    fn contact_data_is_found_in_disguise() {
        check("咨询 13812345678", &[ContactKind::Phone]);
        check("咨询①③⑧一二三四五六七八", &[ContactKind::Phone]);
        check("电话 400-123-4567", &[ContactKind::Phone]);
        check("加ＱＱ：１２３４５６", &[ContactKind::Qq]);
        check("微信号：tea_house88", &[ContactKind::Wechat]);
        check(
            "写信到 a.b@example.com",
            &[ContactKind::Email, ContactKind::Url],
        );
        check("看 example.cn 就知道", &[ContactKind::Url]);
    }

    #[test]
    fn the_first_contact_is_shown_where_it_stands() {
        let shown = |text: &str| {
            let (start, end) = contact_range(text)?;
            Some(
                text.chars()
                    .skip(start)
                    .take(end - start)
                    .collect::<String>(),
            )
        };

        assert_eq!(
            shown("咨询 13812345678 转 8"),
            Some("13812345678".to_owned())
        );
        assert_eq!(
            shown("加微信 dishes8888 学做菜"),
            Some("微信 dishes8888".to_owned())
        );
        assert_eq!(
            shown("看 www.example.cn/a 就知道"),
            Some("www.example.cn".to_owned())
        );
        assert_eq!(shown("盐 3 克"), None);
    }

    #[test]
    fn innocent_numbers_stay_innocent() {
        check("盐 3 克，水 1500 毫升，180 度烤 25 分钟", &[]);
        check("微信小程序里也能看", &[]);
        check("2026年3月1日", &[]);
    }
}
