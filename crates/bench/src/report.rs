//! The table: what was measured, its ratio, what it must be.

use std::{fmt::Write as _, fs, path::Path};

use serde::Serialize;

use crate::Result;

/// What a ratio or a figure must be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Must {
    AtLeast(f64),
    AtMost(f64),
}

impl Must {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(bound) => figure >= bound,
            Self::AtMost(bound) => figure <= bound,
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::AtLeast(bound) => format!("≥ {bound}"),
            Self::AtMost(bound) => format!("≤ {bound}"),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    pub(crate) measured: String,
    pub(crate) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) must: Option<Must>,
    /// Whether it is what it must be; `None`: it need not be anything, or was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_met: Option<bool>,
}

impl Line {
    /// A figure that need not be anything.
    pub(crate) fn plain(measured: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            measured: measured.into(),
            value: value.into(),
            ratio: None,
            must: None,
            is_met: None,
        }
    }

    /// A figure with its ratio to another.
    pub(crate) fn ratio(measured: impl Into<String>, value: impl Into<String>, ratio: f64) -> Self {
        Self {
            ratio: Some(ratio),
            ..Self::plain(measured, value)
        }
    }

    /// A ratio that must be something.
    pub(crate) fn goal(
        measured: impl Into<String>,
        value: impl Into<String>,
        ratio: f64,
        must: Must,
    ) -> Self {
        Self {
            must: Some(must),
            is_met: Some(must.is_met(ratio)),
            ..Self::ratio(measured, value, ratio)
        }
    }

    /// A figure that must be something, without a ratio.
    pub(crate) fn bound(
        measured: impl Into<String>,
        value: impl Into<String>,
        figure: f64,
        must: Must,
    ) -> Self {
        Self {
            ratio: None,
            ..Self::goal(measured, value, figure, must)
        }
    }

    /// Something that could not be measured.
    pub(crate) fn not_available(measured: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::plain(measured, format!("not available: {why}"))
    }

    fn cells(&self) -> [String; 5] {
        let outcome = match self.is_met {
            None => "",
            Some(true) => "ok",
            Some(false) => "MISSED",
        };
        [
            self.measured.clone(),
            self.value.clone(),
            self.ratio.map(ratio_text).unwrap_or_default(),
            self.must.map(Must::in_words).unwrap_or_default(),
            outcome.to_owned(),
        ]
    }
}

fn ratio_text(ratio: f64) -> String {
    if ratio >= 0.1 {
        format!("{ratio:.2}")
    } else {
        format!("{ratio:.4}")
    }
}

/// A part of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
}

/// All that was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) machine: String,
    pub(crate) is_quick: bool,
    pub(crate) seconds: u64,
    pub(crate) sections: Vec<Section>,
}

const HEADINGS: [&str; 5] = ["measured", "value", "ratio", "must", ""];

impl Report {
    /// As a table of plain text.
    pub(crate) fn text(&self) -> String {
        let rows: Vec<[String; 5]> = self
            .sections
            .iter()
            .flat_map(|section| section.lines.iter().map(Line::cells))
            .collect();
        let mut widths = HEADINGS.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = format!("{}\n", self.machine);
        let mut line = |cells: &[String; 5]| {
            let mut row = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                let _infallible = write!(
                    row,
                    "{cell}{}  ",
                    " ".repeat(width.saturating_sub(cell.chars().count()))
                );
            }
            text.push_str(row.trim_end());
            text.push('\n');
        };
        line(&HEADINGS.map(str::to_owned));
        for section in &self.sections {
            line(&[
                format!("-- {}", section.title),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ]);
            for row in &section.lines {
                line(&row.cells());
            }
        }
        let missed = self.missed();
        let _infallible = match missed {
            0 => writeln!(
                text,
                "every goal that was measured is met; {} s in all",
                self.seconds
            ),
            _ => writeln!(text, "{missed} MISSED; {} s in all", self.seconds),
        };
        text
    }

    fn markdown(&self) -> String {
        let mut text = format!("# Benchmarks\n\n{}\n", self.machine);
        for section in &self.sections {
            let _infallible = write!(
                text,
                "\n## {}\n\n| {} |\n|{}\n",
                section.title,
                HEADINGS.join(" | "),
                "---|".repeat(HEADINGS.len())
            );
            for line in &section.lines {
                let _infallible = writeln!(
                    text,
                    "| {} |",
                    line.cells()
                        .map(|cell| cell.replace('|', "\\|"))
                        .join(" | ")
                );
            }
        }
        text
    }

    fn missed(&self) -> usize {
        self.sections
            .iter()
            .flat_map(|section| &section.lines)
            .filter(|line| line.is_met == Some(false))
            .count()
    }

    /// Writes `report.json` and `report.md`.
    pub(crate) fn save(&self, directory: &Path) -> Result<()> {
        fs::write(
            directory.join("report.json"),
            serde_json::to_string_pretty(self)?,
        )?;
        fs::write(directory.join("report.md"), self.markdown())?;
        Ok(())
    }
}
