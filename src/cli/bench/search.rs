//! Search over HTTP, one question after the other, each answered anew.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    corpus::{Dice, is_telling},
    http::{self, Connection},
    report::Report,
    stage::Stage,
};
use crate::{
    content::{Content as _, Item, StoryContent},
    text,
};

/// What a search page of a mini-program asks for.
const QUERY: &str = "query ($q: String!) { search(query: $q, first: 10) { nodes { kind slug titleHtml snippetHtml } } }";

/// How long answers took, in milliseconds, the quickest first.
pub struct Times(Vec<f64>);

impl Times {
    fn percentile(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(at).copied().unwrap_or(f64::NAN)
    }
}

/// What people type: a word of a title, or one together with a word of a text.
pub fn questions(stories: &[Item<StoryContent>], count: usize) -> Vec<String> {
    let words = |line: &str| -> Vec<String> {
        let cut = text::words(line).into_iter().map(|word| word.text);
        cut.filter(|word| is_telling(word))
            .map(ToOwned::to_owned)
            .collect()
    };
    let titles: Vec<String> = stories
        .iter()
        .flat_map(|story| words(story.content.title()))
        .collect();
    let texts: Vec<String> = stories
        .iter()
        .flat_map(|story| words(&story.content.body.to_plain_text()))
        .collect();
    let mut dice = Dice::new(2);
    (0..count)
        .filter(|_| !titles.is_empty() && !texts.is_empty())
        .map(|_| match dice.roll(3) {
            0 => dice.pick(&titles).clone(),
            1 => format!("{} {}", dice.pick(&titles), dice.pick(&texts)),
            _ => format!("{}{}", dice.pick(&titles), dice.pick(&titles)),
        })
        .collect()
}

/// Brings the index up to date and asks every question.
pub async fn measure(stage: &Stage, questions: &[String]) -> anyhow::Result<Times> {
    anyhow::ensure!(
        !questions.is_empty(),
        "the stories have no words to look for"
    );
    stage.fresh.search.catch_up().await?;
    let mut connection = Connection::open(stage.fresh_address).await?;
    let mut times = Vec::with_capacity(questions.len());
    // What is asked first finds everything cold; that is not what is measured.
    for (turn, question) in questions.iter().take(20).chain(questions).enumerate() {
        let request = http::post(
            stage.fresh_address,
            &stage.key,
            QUERY,
            &json!({ "q": question }),
            "",
        );
        let started = Instant::now();
        let answer = connection.ask(&request).await?;
        let took = started.elapsed().as_secs_f64() * 1000.0;
        let body: Value = serde_json::from_slice(answer.body)?;
        anyhow::ensure!(
            body["data"]["search"]["nodes"].is_array(),
            "no answer to {question}: {body}"
        );
        if turn >= questions.len().min(20) {
            times.push(took);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(Times(times))
}

/// Many stories against few, the same questions.
pub fn compare(small: &Times, large: &Times, report: &mut Report) {
    for percent in [50, 99] {
        report.add(
            format!("search_p{percent}"),
            format!(
                "a search over HTTP, one client, percentile {percent}, over the multiplied stories"
            ),
            "percentile 50 of the same searches over the unmultiplied ones",
            "ms",
            (large.percentile(percent), small.percentile(50)),
        );
    }
}
