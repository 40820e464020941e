//! What was found: each figure beside what it is held against.

use serde::Serialize;

/// A figure and its reference, taken in the same run on the same machine.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// Stable name, for programs.
    pub name: String,
    /// What was measured.
    pub what: String,
    /// The figure divided by its reference.
    pub ratio: f64,
    /// The figure.
    pub value: f64,
    /// What it is held against.
    pub reference: f64,
    /// What the reference is.
    pub against: String,
    /// Unit of both.
    pub unit: &'static str,
}

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// A small run, whose figures say little.
    pub is_quick: bool,
    /// Without optimization every figure is of no use.
    pub is_optimized: bool,
    /// Cores that this process may use; the load, the simulators and the server share them.
    pub cores: usize,
    /// Stories in lists and searches.
    pub stories: usize,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Report {
    /// A report without figures.
    pub fn new(is_quick: bool, stories: usize) -> Self {
        Self {
            is_quick,
            is_optimized: !cfg!(debug_assertions),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            stories,
            figures: Vec::new(),
        }
    }

    /// Adds a figure.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        what: impl Into<String>,
        against: impl Into<String>,
        unit: &'static str,
        (value, reference): (f64, f64),
    ) {
        self.figures.push(Figure {
            name: name.into(),
            what: what.into(),
            ratio: value / reference,
            value,
            reference,
            against: against.into(),
            unit,
        });
    }

    /// The report for people.
    pub fn print(&self) {
        println!(
            "{} stories in lists and searches, {} cores, which server, load and simulators share",
            self.stories, self.cores
        );
        if !self.is_optimized {
            println!("built without optimization: these figures are of no use; take `make bench`");
        }
        if self.is_quick {
            println!("a quick run: these figures say little");
        }
        println!();
        for figure in &self.figures {
            println!(
                "{:<24} {:>8}   {}",
                figure.name,
                rounded(figure.ratio),
                figure.what
            );
            println!(
                "{:<24} {:>8}   {} {} against {} of {}",
                "",
                "",
                rounded(figure.value),
                figure.unit,
                rounded(figure.reference),
                figure.against
            );
        }
        println!(
            "\nThe first number is the ratio of the two figures of its second line, taken in turns within this run."
        );
        println!(
            "For rates more is better, for times less. Raw figures change with the machine and with what else it does."
        );
    }
}

/// Three digits that say something.
fn rounded(number: f64) -> String {
    match number.abs() {
        large if large >= 100.0 => format!("{number:.0}"),
        middle if middle >= 10.0 => format!("{number:.1}"),
        small if small >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

/// The middle one; of an even number the upper.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
