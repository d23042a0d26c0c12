//! The figures: printed, kept in `tests/benches/results.json`, and shown in the README.

use std::{env, fmt::Write as _, fs, thread::available_parallelism};

use serde::{Deserialize, Serialize};

use super::{in_repository, process};

const RESULTS: &str = "tests/benches/results.json";
const README: &str = "README.md";

/// What stands around the tables in the README.
const MARKERS: [&str; 2] = [
    "<!-- Written by `cargo bench`. -->\n",
    "<!-- End of what `cargo bench` writes. -->\n",
];

/// All tables, in their order.
const NAMES: [&str; 11] = [
    "call",
    "allocations",
    "build",
    "operations",
    "check",
    "peers",
    "peers of the whole",
    "regeneration",
    "unchanged",
    "edit",
    "memory",
];

/// Figures that belong together.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Table {
    /// One of [`NAMES`].
    pub(crate) name: String,
    /// What the figures are of; two tables of one title are shown as one.
    pub(crate) title: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// What was not measured, and why.
    pub(crate) notes: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Row {
    /// What is measured, and its unit.
    pub(crate) what: String,
    /// What a figure should be.
    pub(crate) goal: String,
    pub(crate) cells: Vec<Option<Figure>>,
}

/// What was measured in several rounds.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Figure {
    rounds: usize,
    /// Median, least, most, as all spreads.
    value: Spread,
    /// What the value is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    baseline: Option<Spread>,
    /// Value : baseline, of each round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ratio: Option<Spread>,
}

/// Median, least, most.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Spread(f64, f64, f64);

#[derive(Debug, Default, Deserialize, Serialize)]
struct Results {
    machine: String,
    tables: Vec<Table>,
}

impl Table {
    pub(crate) fn new(name: &str, title: &str, columns: &[&str]) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            columns: columns.iter().map(|&column| column.into()).collect(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, what: &str, goal: &str, cells: impl IntoIterator<Item = Option<Figure>>) {
        self.rows.push(Row {
            what: what.into(),
            goal: goal.into(),
            cells: cells.into_iter().collect(),
        });
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

impl Figure {
    /// What was measured in each round, compared with nothing.
    pub(crate) fn alone(values: &[f64]) -> Self {
        Self {
            rounds: values.len(),
            value: Spread::of(values.to_vec()),
            baseline: None,
            ratio: None,
        }
    }

    /// What was measured in each round, and what was measured in the same round to compare it with.
    pub(crate) fn compared(values: &[f64], baseline: &[f64]) -> Self {
        assert_eq!(values.len(), baseline.len(), "every round measures both");
        let ratios = values.iter().zip(baseline).map(|(value, baseline)| value / baseline);
        Self {
            baseline: Some(Spread::of(baseline.to_vec())),
            ratio: Some(Spread::of(ratios.collect())),
            ..Self::alone(values)
        }
    }

    fn text(&self) -> String {
        let Self {
            rounds,
            value,
            baseline,
            ratio,
        } = self;
        let between = |spread: &Spread, number: fn(f64) -> String| match rounds {
            1 => number(spread.0),
            _ => format!("{} ({}–{})", number(spread.0), number(spread.1), number(spread.2)),
        };
        match (ratio, baseline) {
            (Some(ratio), Some(baseline)) => {
                let ratio = between(ratio, |ratio| format!("{ratio:.2}"));
                format!("{ratio}; {} : {}", number(value.0), number(baseline.0))
            }
            _ => between(value, number),
        }
    }
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 0 {
            f64::midpoint(values[middle - 1], values[middle])
        } else {
            values[middle]
        };
        Self(short(median), short(values[0]), short(values[values.len() - 1]))
    }
}

/// Rounds to five digits: the others are noise.
fn short(number: f64) -> f64 {
    format!("{number:.4e}").parse().unwrap_or(number)
}

/// A number with as many digits as a person reads.
fn number(number: f64) -> String {
    let decimals = match number.abs() {
        _ if number.fract() == 0.0 => 0,
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let text = format!("{number:.decimals$}");
    let (digits, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// Prints tables, and puts them in the place of those of the same name in the results and the README.
pub(crate) fn publish(tables: Vec<Table>) {
    println!("\n{}", markdown(&tables.iter().collect::<Vec<_>>()));
    let path = in_repository(RESULTS);
    let earlier = fs::read_to_string(&path).unwrap_or_default();
    let mut results: Results = serde_json::from_str(&earlier).unwrap_or_default();
    let machine = machine();
    if results.machine != machine {
        // Figures of different machines say nothing together.
        results = Results {
            machine,
            tables: Vec::new(),
        };
    }
    let position = |name: &str| NAMES.iter().position(|known| *known == name).expect("a known table");
    results
        .tables
        .retain(|table| tables.iter().all(|new| new.name != table.name));
    results.tables.extend(tables);
    results.tables.sort_by_key(|table| position(&table.name));
    fs::write(&path, json(&results)).expect("the results");

    let path = in_repository(README);
    let readme = fs::read_to_string(&path).expect("the README");
    let parts = readme
        .split_once(MARKERS[0])
        .and_then(|(before, rest)| Some((before, rest.split_once(MARKERS[1])?.1)));
    let (before, after) = parts.expect("the markers in the README");
    let tables = markdown(&results.tables.iter().collect::<Vec<_>>());
    let [begin, end] = MARKERS;
    let machine = format!("On {}:\n\n", results.machine);
    fs::write(&path, format!("{before}{begin}\n{machine}{tables}{end}{after}")).expect("the README");
}

/// The machine, so that figures can be judged and nobody is named.
fn machine() -> String {
    let cores = available_parallelism().map_or(0, usize::from);
    let (system, architecture) = (env::consts::OS, env::consts::ARCH);
    let compiler = process::version("rustc", "--version").unwrap_or_default();
    let compiler = compiler.split(" (").next().unwrap_or_default();
    format!("{cores} cores, {system} on {architecture}, {compiler}")
}

/// The results with a line for each row, so that a diff of them can be read.
fn json(results: &Results) -> String {
    const ROW: &str = r#"{"what":"#;

    let text = serde_json::to_string(results).expect("JSON");
    text.replace(ROW, &format!("\n{ROW}")) + "\n"
}

/// Tables as text that people can read, and in the README as HTML.
fn markdown(tables: &[&Table]) -> String {
    let mut text = String::new();
    for of_one_title in tables.chunk_by(|a, b| a.title == b.title) {
        let first = of_one_title[0];
        let mut lines = vec![
            [std::slice::from_ref(&first.title), &first.columns[..], &["goal".into()]].concat(),
            vec!["---".into(); first.columns.len() + 2],
        ];
        for row in of_one_title.iter().flat_map(|table| &table.rows) {
            let figures = row.cells.iter();
            let figures = figures.map(|figure| figure.as_ref().map(Figure::text).unwrap_or_default());
            lines.push([vec![row.what.clone()], figures.collect(), vec![row.goal.clone()]].concat());
        }
        if of_one_title
            .iter()
            .flat_map(|table| &table.rows)
            .all(|row| row.goal.is_empty())
        {
            for line in &mut lines {
                line.pop();
            }
        }
        let widths = (0..lines[0].len()).map(|column| {
            let widths = lines.iter().map(|line| line[column].chars().count());
            widths.max().unwrap_or_default()
        });
        let widths = widths.collect::<Vec<_>>();
        for line in &lines {
            for (cell, width) in line.iter().zip(&widths) {
                let _ = write!(text, "| {cell:width$} ");
            }
            text.push_str("|\n");
        }
        text.push('\n');
        for note in of_one_title.iter().flat_map(|table| &table.notes) {
            let _ = write!(text, "{note}\n\n");
        }
    }
    text
}
