//! More stories out of few: the same length and make, with words that change places between stories.

use crate::{
    content::{Body, Content as _, Item, NewItem, StoryContent},
    text,
};

use super::stage::Stage;

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

/// Adds published stories until there are so many, then brings the index of the measured server up to date.
pub async fn multiply(
    stage: &Stage,
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
    let filler = stage.filler().await?;
    let mut dice = Dice::new(1);
    for number in stories.len()..until {
        let base = number % stories.len();
        let (title, body) = &cut_up[base];
        let mut content = stories[base].content.clone();
        content.title = exchange(title, &vocabulary, &mut dice)
            .chars()
            .take(120)
            .collect();
        let lines: Vec<String> = body
            .iter()
            .map(|line| exchange(line, &vocabulary, &mut dice))
            .collect();
        content.body = Body::from_markdown(&lines.join("\n\n"), &|_| None).body;
        let new = NewItem {
            content,
            slug: Some(format!("story-{number}")),
            source_id: None,
        };
        let story = filler.content.create(&stage.actor, new).await?;
        filler
            .content
            .publish::<StoryContent>(&stage.actor, story.id)
            .await?;
        progress(number + 1, until);
    }
    Ok(())
}
