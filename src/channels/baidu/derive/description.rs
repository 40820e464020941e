//! The summary that a search result may show: one or two whole sentences of the text itself.

use crate::{
    channels::Source,
    text::{
        characters, clauses, cut_to, find_contacts, has_chinese, has_emoji, is_balanced, is_prose,
        sentences,
    },
};

use super::{DESCRIPTION, plain};

/// What ends a sentence.
const ENDS: &[char] = &['。', '！', '？', '!', '?', '；', '…', '”', '」'];

/// Sentences of the lead, else of the text, in their order, until they are long enough. The core phrase is among them,
/// or leads in.
pub fn description(source: &Source, core: &str, title: &str) -> String {
    let texts: Vec<&str> = std::iter::once(source.lead.as_str())
        .chain(source.paragraphs.iter().map(String::as_str))
        .collect();
    let of_prose = texts.iter().copied().filter(|text| is_prose(text));
    let mut good = usable(of_prose, title);
    if good.is_empty() {
        good = usable(texts.iter().copied(), title);
    }
    let (least, most) = DESCRIPTION;
    let lead_in = match good.first() {
        Some(first) if !core.is_empty() && !first.contains(core) => format!("{core}："),
        _ => String::new(),
    };
    let mut text = lead_in.clone();
    for sentence in good {
        let room = most.saturating_sub(characters(&text));
        let part = whole_clauses(&sentence, room);
        if !part.is_empty() {
            text.push_str(&part);
        } else if text == lead_in {
            // One long clause: between words is better than nothing.
            let cut = cut_to(&sentence, room.saturating_sub(1), characters);
            text.push_str(cut.trim_end_matches(['，', ',', '、', '：', '；', '。']));
            text.push('。');
        }
        // What did not fit whole ends it: another sentence behind it would make no sense.
        if characters(&text) >= least || part != sentence {
            break;
        }
    }
    text
}

/// Sentences that say something to readers of a result.
fn usable<'a>(texts: impl Iterator<Item = &'a str>, title: &str) -> Vec<String> {
    texts
        .flat_map(|text| {
            let first = sentences(text).into_iter().take(4);
            first.map(plain).collect::<Vec<_>>()
        })
        .filter(|sentence| {
            has_chinese(sentence)
                && characters(sentence) >= 8
                && find_contacts(sentence).is_empty()
                && !has_emoji(sentence)
                && is_balanced(sentence)
                && !sentence.contains("点击")
                && !sentence.ends_with(['：', ':'])
                && sentence.trim_end_matches(ENDS) != title
        })
        .map(|sentence| {
            let inner = sentence.trim_end_matches(['）', ')', '』', '"']);
            if inner.ends_with(ENDS) {
                sentence
            } else {
                format!("{}。", sentence.trim_end_matches(['，', ',', '、']))
            }
        })
        .collect()
}

/// A sentence, or as many of its clauses as there is room for; each ends where a clause ends.
fn whole_clauses(sentence: &str, room: usize) -> String {
    if characters(sentence) <= room {
        return sentence.to_owned();
    }
    let mut end = 0;
    for clause in clauses(sentence) {
        let Some(at) = sentence[end..].find(clause) else {
            break;
        };
        let next = end + at + clause.len();
        // The last mark gives way to a full stop.
        if characters(&sentence[..next]) > room {
            break;
        }
        end = next;
    }
    let part = sentence[..end].trim_end_matches(['，', ',', '：', ':', '；', ';', '—', ' ']);
    if characters(part) < 8 || !is_balanced(part) {
        String::new()
    } else if part.ends_with(ENDS) {
        part.to_owned()
    } else {
        format!("{part}。")
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::source, *};

    fn check(lead: &str, core: &str, expected: &str) {
        assert_eq!(
            description(&source("水煮鱼的做法", lead), core, "水煮鱼的做法"),
            expected
        );
    }

    #[test]
    fn a_sentence_that_names_the_subject_stands_for_itself() {
        check(
            "水煮鱼是一道麻辣鲜香、鱼肉嫩滑的经典川菜。巴沙鱼富含优质蛋白且脂肪含量低，搭配时令蔬菜营养均衡。做法中等难度。",
            "水煮鱼",
            "水煮鱼是一道麻辣鲜香、鱼肉嫩滑的经典川菜。巴沙鱼富含优质蛋白且脂肪含量低，搭配时令蔬菜营养均衡。",
        );
    }

    #[test]
    fn else_the_core_leads_in() {
        check(
            "这道川味烤鱼麻辣鲜香，鱼肉外焦里嫩，配菜吸饱汤汁后格外下饭。草鱼富含优质蛋白，搭配多种蔬菜，营养均衡。",
            "江团",
            "江团：这道川味烤鱼麻辣鲜香，鱼肉外焦里嫩，配菜吸饱汤汁后格外下饭。草鱼富含优质蛋白，搭配多种蔬菜，营养均衡。",
        );
    }

    #[test]
    fn what_does_not_fit_ends_at_a_clause_and_nothing_is_skipped() {
        check(
            "这道鲁菜经典以咸甜交融的酱汁包裹整虾，成菜红亮油润，虾肉紧实弹嫩。虾本身富含优质蛋白与虾青素，脂肪含量低，是补充营养又不易增加负担的食材，老人与小孩都可以放心吃。预估卡路里：584 大卡。",
            "油焖大虾",
            "油焖大虾：这道鲁菜经典以咸甜交融的酱汁包裹整虾，成菜红亮油润，虾肉紧实弹嫩。虾本身富含优质蛋白与虾青素，脂肪含量低，是补充营养又不易增加负担的食材。",
        );
    }

    #[test]
    fn contact_data_and_lures_are_left_out() {
        check(
            "点击查看水煮鱼的全部做法。水煮鱼请加微信 dishes8888 学习。水煮鱼的鱼片要顺着纹路切，腌足二十分钟，下锅后等它自己浮起来，千万不要急着去翻动，一翻就碎了。",
            "水煮鱼",
            "水煮鱼的鱼片要顺着纹路切，腌足二十分钟，下锅后等它自己浮起来，千万不要急着去翻动，一翻就碎了。",
        );
    }
}
