//! The names of an edition's sitemaps: `2026-03`, `2026-03-05`, `pages`, `tags`, …

use std::{fmt, str::FromStr};

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime};
use domain::{Error, Result, articles::ArchiveDay, content::TimeRange, terms::Taxonomy};

/// Months with more articles than this have a sitemap for every day, so that the work for one
/// sitemap does not grow with the archive.
pub(super) const MAX_ARTICLES_A_MONTH: u64 = 1_000;

/// One sitemap of an edition. What belongs to it does not depend on what else there is, so an old
/// one changes only when one of its addresses does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SitemapPage {
    /// The articles published in a month, which is named by its first day.
    Month(NaiveDate),
    /// The articles published on a day.
    Day(NaiveDate),
    /// The front page, the pages.
    Pages,
    /// The issues of newsletters.
    Issues,
    /// The newsletters.
    Newsletters,
    /// The categories, or the tags.
    Terms(Taxonomy),
    /// The authors.
    Authors,
}

impl SitemapPage {
    /// Those that are not about a time.
    pub(super) const TIMELESS: [Self; 6] = [
        Self::Pages,
        Self::Terms(Taxonomy::Category),
        Self::Terms(Taxonomy::Tag),
        Self::Authors,
        Self::Newsletters,
        Self::Issues,
    ];

    /// The sitemaps of articles, and of each whether it names one for certain. A month is whole or
    /// cut by all that was published in it, so that no sitemap goes because of what is hidden.
    pub(super) fn of_archive(days: &[ArchiveDay]) -> Vec<(Self, bool)> {
        let month = |day: &ArchiveDay| (day.day.year(), day.day.month());
        let months = days.chunk_by(|one, next| month(one) == month(next));
        months
            .flat_map(|days| {
                let count: u64 = days.iter().map(|day| day.count).sum();
                let first = days.first().and_then(|day| day.day.with_day(1));
                match first {
                    Some(first) if count <= MAX_ARTICLES_A_MONTH => {
                        let has_listed = days.iter().any(|day| day.has_listed);
                        vec![(Self::Month(first), has_listed)]
                    }
                    _ => days
                        .iter()
                        .map(|day| (Self::Day(day.day), day.has_listed))
                        .collect(),
                }
            })
            .collect()
    }

    /// The time in which its articles were published.
    pub(super) fn published_in(self) -> Option<TimeRange> {
        let (from, to) = match self {
            Self::Month(first) => (first, end_of_month(first)),
            Self::Day(day) => (
                day,
                day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX),
            ),
            Self::Pages | Self::Issues | Self::Newsletters | Self::Terms(_) | Self::Authors => {
                return None;
            }
        };
        let midnight = |day: NaiveDate| Some(day.and_time(NaiveTime::MIN).and_utc());
        Some(TimeRange {
            gte: midnight(from),
            lt: midnight(to),
            ..TimeRange::default()
        })
    }
}

/// The first day of the month after.
fn end_of_month(first: NaiveDate) -> NaiveDate {
    first
        .checked_add_months(Months::new(1))
        .unwrap_or(NaiveDate::MAX)
}

impl fmt::Display for SitemapPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(first) => write!(f, "{}", first.format("%Y-%m")),
            Self::Day(day) => write!(f, "{}", day.format("%Y-%m-%d")),
            Self::Pages => f.write_str("pages"),
            Self::Issues => f.write_str("issues"),
            Self::Newsletters => f.write_str("newsletters"),
            Self::Terms(Taxonomy::Category) => f.write_str("categories"),
            Self::Terms(Taxonomy::Tag) => f.write_str("tags"),
            Self::Authors => f.write_str("authors"),
        }
    }
}

impl FromStr for SitemapPage {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let absent = || Error::not_found(format_args!("sitemap `{text}`"));
        if let Some(page) = Self::TIMELESS
            .into_iter()
            .find(|page| page.to_string() == text)
        {
            return Ok(page);
        }
        let date = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let page = match text.len() {
            7 => date(&format!("{text}-01")).map(Self::Month),
            10 => date(text).map(Self::Day),
            _ => None,
        };
        // Only the form we write ourselves, so that every sitemap has one address.
        page.filter(|page| page.to_string() == text)
            .ok_or_else(absent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_month_is_cut_into_the_days_that_have_articles() {
        let day = |text: &str, count, has_listed| ArchiveDay {
            day: text.parse().unwrap(),
            count,
            has_listed,
        };
        let names = |days: &[ArchiveDay]| {
            SitemapPage::of_archive(days)
                .iter()
                .map(|(page, has_listed)| format!("{page} {has_listed}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(&[
                day("2026-03-01", 1_000, false),
                day("2026-02-28", 999, false),
                day("2026-02-03", 1, true),
                day("2025-02-20", 1_000, true),
                day("2025-02-03", 1, false),
            ]),
            [
                "2026-03 false",
                "2026-02 true",
                "2025-02-20 true",
                "2025-02-03 false"
            ]
        );
        assert_eq!(names(&[]), [""; 0]);
    }

    #[test]
    fn a_name_survives_the_round_trip() {
        for name in [
            "2026-03",
            "2026-12-31",
            "0001-01",
            "pages",
            "issues",
            "newsletters",
            "categories",
            "tags",
            "authors",
        ] {
            assert_eq!(name.parse::<SitemapPage>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn other_names_are_not_found() {
        for name in [
            "",
            "2026",
            "2026-13",
            "2026-02-30",
            "2026-3",
            "+026-03",
            "2026-03 ",
            "2026-+3",
            "terms",
            "٢٠٢٦-٠٣",
            "Pages",
        ] {
            assert_eq!(
                name.parse::<SitemapPage>().unwrap_err().code(),
                "NOT_FOUND",
                "{name}"
            );
        }
    }

    #[test]
    fn months_and_days_cover_the_year_without_gaps() {
        let range = |name: &str| name.parse::<SitemapPage>().unwrap().published_in().unwrap();
        assert_eq!(range("2025-12").lt, range("2026-01").gte);
        assert_eq!(range("2024-02-29").lt, range("2024-03-01").gte);
        assert_eq!(range("2024-03").gte, range("2024-03-01").gte);
        assert!(
            "pages"
                .parse::<SitemapPage>()
                .unwrap()
                .published_in()
                .is_none()
        );
    }
}
