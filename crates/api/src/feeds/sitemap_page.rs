//! The names of an edition's sitemaps: `2026-03`, `2026-03-05`, `pages`, `tags`, …

use std::{fmt, str::FromStr};

use chrono::{Days, Months, NaiveDate, NaiveTime};
use domain::{Error, Result, articles::ArchiveMonth, content::TimeRange, terms::Taxonomy};

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

    /// The sitemaps of a month's articles.
    pub(super) fn of_month(month: &ArchiveMonth) -> Vec<Self> {
        let Some(first) = NaiveDate::from_ymd_opt(month.year, month.month, 1) else {
            return Vec::new();
        };
        if month.count <= MAX_ARTICLES_A_MONTH {
            return vec![Self::Month(first)];
        }
        first
            .iter_days()
            .take_while(|day| *day < end_of_month(first))
            .map(Self::Day)
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

    fn month(count: u64) -> ArchiveMonth {
        ArchiveMonth {
            year: 2026,
            month: 2,
            count,
        }
    }

    #[test]
    fn a_full_month_is_cut_into_days() {
        let names = |count| {
            SitemapPage::of_month(&month(count))
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(1_000), ["2026-02"]);
        let days = names(1_001);
        assert_eq!(days.len(), 28);
        assert_eq!(
            (days[0].as_str(), days[27].as_str()),
            ("2026-02-01", "2026-02-28")
        );
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
