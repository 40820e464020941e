//! More stories out of few: the same length and make, with words that change places between stories.

use crate::{
    auth::Actor,
    content::{Body, Content as _, ContentService, Item, ItemFilter, NewItem, StoryContent},
    page::PageRequest,
    text,
};

/// One word in this many is another story's.
const EXCHANGED: u64 = 4;

/// Numbers that look random and are the same in each run.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below a limit (SplitMix64).
    pub const fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let below = u64::try_from(of.len()).unwrap_or(u64::MAX);
        let at = usize::try_from(self.roll(below)).unwrap_or_default();
        &of[at]
    }
}

/// Words that can be looked for: no punctuation, no single characters.
pub fn is_telling(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
}

/// A text in words.
fn cut(line: &str) -> Vec<String> {
    text::words(line)
        .into_iter()
        .map(|word| word.text.to_owned())
        .collect()
}

/// A text with some of its telling words exchanged.
fn exchange(words: &[String], vocabulary: &[String], dice: &mut Dice) -> String {
    words
        .iter()
        .map(|word| {
            if is_telling(word) && dice.roll(EXCHANGED) == 0 {
                dice.pick(vocabulary).as_str()
            } else {
                word.as_str()
            }
        })
        .collect()
}

/// Adds published stories until there are so many.
pub async fn multiply(
    content: &ContentService,
    actor: &Actor,
    stories: &[Item<StoryContent>],
    until: usize,
    progress: impl Fn(usize, usize),
) -> anyhow::Result<()> {
    let cut_up: Vec<(Vec<String>, Vec<Vec<String>>)> = stories
        .iter()
        .map(|story| {
            let paragraphs = story.content.body.paragraphs();
            let body = paragraphs.iter().map(|line| cut(line)).collect();
            (cut(story.content.title()), body)
        })
        .collect();
    // As often as they stand in the texts, so that frequent words stay frequent.
    let vocabulary: Vec<String> = cut_up
        .iter()
        .flat_map(|(title, body)| title.iter().chain(body.iter().flatten()))
        .filter(|word| is_telling(word))
        .cloned()
        .collect();
    let mut dice = Dice::new(1);
    for number in stories.len()..until {
        let base = number % stories.len();
        let (title, body) = &cut_up[base];
        let mut text = stories[base].content.clone();
        // No two are called the same: channels refuse that.
        let words: String = exchange(title, &vocabulary, &mut dice)
            .chars()
            .take(100)
            .collect();
        text.title = format!("{words} {number}");
        let lines: Vec<String> = body
            .iter()
            .map(|line| exchange(line, &vocabulary, &mut dice))
            .collect();
        text.body = Body::from_markdown(&lines.join("\n\n"), &|_| None).body;
        let new = NewItem {
            content: text,
            slug: Some(format!("story-{number}")),
            source_id: None,
        };
        let story = content.create(actor, new).await?;
        content.publish::<StoryContent>(actor, story.id).await?;
        progress(number + 1, until);
    }
    Ok(())
}

/// Every story that is there, the oldest first.
pub async fn all_stories(
    content: &ContentService,
    actor: &Actor,
) -> anyhow::Result<Vec<Item<StoryContent>>> {
    let mut page = PageRequest {
        size: 100,
        after: None,
    };
    let mut stories = Vec::new();
    loop {
        let filter = ItemFilter::default();
        let found = content.list::<StoryContent>(actor, &filter, &page).await?;
        page.after = found.edges.last().map(|(cursor, _)| cursor.clone());
        stories.extend(found.edges.into_iter().map(|(_, story)| story));
        if !found.has_next {
            break;
        }
    }
    stories.sort_by_key(|story| story.id);
    Ok(stories)
}
