//! The query of a feed's address: which page of it is wanted.

use domain::paging::{Cursor, Page, PageArgs, RawPageArgs};

use super::model::PageLinks;
use crate::error::{FieldProblem, Problem};

/// The page of a feed that a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FeedPage {
    /// Checked, for reading.
    pub args: PageArgs,
    raw: RawPageArgs,
}

impl FeedPage {
    /// Reads a query such as `first=50&after=…`. Every unknown, repeated or wrong parameter is named.
    pub(super) fn parse(query: Option<&str>) -> Result<Self, Problem> {
        let mut raw = RawPageArgs::default();
        let mut problems = Vec::new();
        let mut seen = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if seen.contains(&name) {
                problems.push(FieldProblem::parameter(
                    name,
                    FieldProblem::DUPLICATE,
                    "may be given once",
                ));
                continue;
            }
            let mut size = || {
                let size = value.parse().ok();
                if size.is_none() {
                    problems.push(FieldProblem::parameter(
                        name.clone(),
                        FieldProblem::INVALID,
                        "must be a whole number",
                    ));
                }
                size
            };
            match &*name {
                "first" => raw.first = size(),
                "last" => raw.last = size(),
                "after" => raw.after = Some(value.into_owned()),
                "before" => raw.before = Some(value.into_owned()),
                _ => problems.push(FieldProblem::parameter(
                    name.clone(),
                    FieldProblem::UNKNOWN,
                    "is not a parameter of feeds; there are first, after, last and before",
                )),
            }
            seen.push(name);
        }
        if !problems.is_empty() {
            return Err(Problem::validation(problems));
        }
        let args = PageArgs::new(raw.clone())?;
        Ok(Self { args, raw })
    }

    /// Refuses the parameters of an address that takes none.
    pub(super) fn refuse(query: Option<&str>) -> Result<(), Problem> {
        let names =
            url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).map(|(name, _)| name);
        let problems: Vec<_> = names
            .map(|name| {
                FieldProblem::parameter(
                    name,
                    FieldProblem::UNKNOWN,
                    "is not a parameter; there are none here",
                )
            })
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problem::validation(problems))
        }
    }

    /// The addresses of a page that was read and of its neighbours. A page of no items leads nowhere.
    pub(super) fn links<T>(&self, url: &str, page: &Page<T>) -> PageLinks {
        let size = self.raw.first.or(self.raw.last);
        let address = |size_name: &str, cursor: Option<(&str, String)>| {
            let size = size.map(|size| format!("{size_name}={size}"));
            let cursor = cursor.map(|(name, cursor)| format!("{name}={cursor}"));
            let query: Vec<String> = size.into_iter().chain(cursor).collect();
            if query.is_empty() {
                url.to_owned()
            } else {
                format!("{url}?{}", query.join("&"))
            }
        };
        let backward = self.args.backward;
        let own = self.args.cursor.as_ref().map(Cursor::encode);
        let own = own.map(|cursor| (if backward { "before" } else { "after" }, cursor));
        PageLinks {
            this: address(if backward { "last" } else { "first" }, own),
            first: address("first", None),
            next: page
                .edges
                .last()
                .filter(|_| page.has_next)
                .map(|edge| address("first", Some(("after", edge.cursor.encode())))),
            previous: page
                .edges
                .first()
                .filter(|_| page.has_previous)
                .map(|edge| address("last", Some(("before", edge.cursor.encode())))),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        id::ArticleId,
        paging::{Edge, Key},
        time::Timestamp,
    };

    use super::*;

    const URL: &str = "https://api.example/feeds/en/rss.xml";

    fn cursor(number: u8) -> Cursor {
        let id: ArticleId = format!("article_{number:026}").parse().unwrap();
        Cursor {
            order: "-publishedAt".to_owned(),
            key: Key::Time(Timestamp::UNIX_EPOCH),
            id: id.uuid(),
        }
    }

    fn page(has_next: bool, has_previous: bool) -> Page<()> {
        let edges = [1, 2]
            .map(|number| Edge {
                node: (),
                cursor: cursor(number),
            })
            .to_vec();
        Page {
            edges,
            has_next,
            has_previous,
            total: None,
        }
    }

    fn links(query: &str, page: &Page<()>) -> PageLinks {
        FeedPage::parse(Some(query)).unwrap().links(URL, page)
    }

    #[test]
    fn a_page_leads_to_its_neighbours() {
        let [one, two] = [1, 2].map(|number| cursor(number).encode());
        let whole = links("", &page(false, false));
        assert_eq!(
            whole,
            PageLinks {
                this: URL.to_owned(),
                first: URL.to_owned(),
                next: None,
                previous: None
            }
        );

        let middle = links(&format!("first=2&after={one}"), &page(true, true));
        assert_eq!(middle.this, format!("{URL}?first=2&after={one}"));
        assert_eq!(middle.first, format!("{URL}?first=2"));
        assert_eq!(middle.next.unwrap(), format!("{URL}?first=2&after={two}"));
        assert_eq!(
            middle.previous.unwrap(),
            format!("{URL}?last=2&before={one}")
        );

        let back = links(&format!("before={two}"), &page(true, false));
        assert_eq!(back.this, format!("{URL}?before={two}"));
        assert_eq!(back.first, URL);
        assert_eq!(back.next.unwrap(), format!("{URL}?after={two}"));
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        for (query, names) in [
            ("page=2&first=x", &["page", "first"][..]),
            ("first=1&first=2", &["first"]),
            ("first=101", &["first"]),
            ("after=nonsense", &["after"]),
            ("first=-1", &["first"]),
            ("%00=", &["\0"]),
        ] {
            let problem = FeedPage::parse(Some(query)).unwrap_err();
            assert_eq!(problem.status(), 400);
            let found: Vec<_> = problem
                .errors()
                .iter()
                .map(|error| serde_json::to_value(error).unwrap()["parameter"].clone())
                .collect();
            assert_eq!(found, names, "{query}");
        }
        assert!(FeedPage::refuse(Some("first=1")).is_err());
        assert!(FeedPage::refuse(Some("")).is_ok());
        assert!(FeedPage::refuse(None).is_ok());
    }
}
