//! Tailoring: variants a second, against passes a second that only cut the same texts into words.

use std::{hint::black_box, time::Instant};

use super::{
    Scale,
    report::{Report, median},
    stage::Stage,
};
use crate::{
    channels::CHANNELS,
    content::{Item, StoryContent},
    tailoring::SourceRef,
    text,
};

/// Each channel and the bare segmentation, in turns.
pub async fn measure(
    stage: &Stage,
    stories: &[Item<StoryContent>],
    scale: Scale,
    report: &mut Report,
) -> anyhow::Result<()> {
    let texts: Vec<String> = stories
        .iter()
        .map(|story| {
            let content = &story.content;
            format!(
                "{}\n{}\n{}",
                content.title,
                content.lead,
                content.body.to_plain_text()
            )
        })
        .collect();
    // The dictionary is loaded at the first use.
    black_box(text::words(&texts[0]));
    let mut segmented = Vec::new();
    let mut tailored = vec![Vec::new(); CHANNELS.len()];
    for _ in 0..scale.rounds {
        let started = Instant::now();
        let mut passes = 0_u32;
        while started.elapsed() < scale.turn {
            let at = usize::try_from(passes)? % texts.len();
            black_box(text::words(&texts[at]));
            passes += 1;
        }
        segmented.push(f64::from(passes) / started.elapsed().as_secs_f64());
        for (channel, rates) in CHANNELS.iter().zip(&mut tailored) {
            let started = Instant::now();
            let mut variants = 0_u32;
            while started.elapsed() < scale.turn {
                let at = usize::try_from(variants)? % stories.len();
                let source = SourceRef::Story(stories[at].id);
                let variant = stage
                    .app
                    .tailoring
                    .variant(&stage.actor, source, channel.id);
                black_box(variant.await?);
                variants += 1;
            }
            rates.push(f64::from(variants) / started.elapsed().as_secs_f64());
        }
    }
    let reference = median(segmented);
    for (channel, rates) in CHANNELS.iter().zip(tailored) {
        let what = format!(
            "{}: variants of stories, each read from the database, derived and checked",
            channel.name.en
        );
        report.add(
            format!("tailoring_{}", channel.id),
            what,
            "passes that only cut the same texts into words",
            "a second",
            (median(rates), reference),
        );
    }
    Ok(())
}
