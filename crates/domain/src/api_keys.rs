//! API keys: what programs show instead of signing in.

use std::str::FromStr;

use crate::{
    access::{Maker, Scope, Target},
    editions::EditionSet,
    error::{Error, FieldError, Result},
    events::RecordKind,
    id::{ApiKeyId, UserId},
    time::Timestamp,
};

/// The longest name, in characters.
const MAX_NAME: usize = 200;
/// The most scopes one key has.
const MAX_SCOPES: usize = 100;
/// The most requests a minute that can be set.
const MAX_REQUESTS: u32 = 1_000_000;

/// The kinds of record a scope can name, by the names their lists have.
const KINDS: [(&str, RecordKind); 13] = [
    ("articles", RecordKind::Article),
    ("pages", RecordKind::Page),
    ("issues", RecordKind::Issue),
    ("categories", RecordKind::Category),
    ("tags", RecordKind::Tag),
    ("authors", RecordKind::Author),
    ("assets", RecordKind::Asset),
    ("galleries", RecordKind::Gallery),
    ("collections", RecordKind::Collection),
    ("newsletters", RecordKind::Newsletter),
    ("menus", RecordKind::Menu),
    ("comments", RecordKind::Comment),
    ("redirects", RecordKind::Redirect),
];
/// Every kind of content.
const EVERY: &str = "*";
/// Another word for reading every draft.
const PREVIEW: &str = "preview";

/// A key as its maker sees it: the key itself is shown once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What its maker calls it.
    pub name: String,
    /// How it begins, to tell it from others.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Who made it; nobody: it was made on the command line.
    pub maker: Option<UserId>,
    /// How many requests a minute it has, if not as many as others.
    pub requests_per_minute: Option<u32>,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub used_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// The key as the policy sees it: its maker's.
    pub fn target(&self) -> Target {
        target(self.id, self.maker)
    }

    /// When it was saved last.
    pub fn updated_at(&self) -> Timestamp {
        self.revoked_at.unwrap_or(self.created_at)
    }
}

/// A key of somebody as the policy sees it.
pub fn target(id: ApiKeyId, maker: Option<UserId>) -> Target {
    Target {
        owner: maker,
        ..Target::shared(RecordKind::ApiKey, id)
    }
}

/// What a key is to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiKeyDraft {
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// How many requests a minute it has, if not as many as others.
    pub requests_per_minute: Option<u32>,
}

impl ApiKeyDraft {
    /// Every wrong field.
    pub fn faults(&self, now: Timestamp) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control)
        {
            wrong.push(FieldError::new(
                "name",
                format!("must be one line of at most {MAX_NAME} characters, and not empty"),
            ));
        }
        if self.scopes.len() > MAX_SCOPES {
            wrong.push(FieldError::new(
                "scopes",
                format!("must be at most {MAX_SCOPES}"),
            ));
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            wrong.push(FieldError::new("expiresAt", "must be in the future"));
        }
        if self
            .requests_per_minute
            .is_some_and(|requests| requests == 0 || requests > MAX_REQUESTS)
        {
            wrong.push(FieldError::new(
                "requestsPerMinute",
                format!("must be from 1 to {MAX_REQUESTS}"),
            ));
        }
        wrong
    }
}

/// What the store knows of whoever shows a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBearer {
    /// The key.
    pub id: ApiKeyId,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Who made it, with the roles they hold now.
    pub maker: Option<Maker>,
    /// How many requests a minute it has, if not as many as others.
    pub requests_per_minute: Option<u32>,
}

impl Scope {
    /// Reads a scope as people write it: `articles:write`, or `articles:write:fa` for one edition.
    pub fn read(field: &str, text: &str, editions: &EditionSet) -> Result<Self> {
        let mut parts = text.splitn(3, ':');
        let (kind, action) = (parts.next().unwrap_or_default(), parts.next());
        let mut scope = words(kind, action.unwrap_or_default())
            .ok_or_else(|| Error::invalid(field, must_be()))?;
        if let Some(code) = parts.next() {
            let edition = editions.by_code(code).ok_or_else(|| {
                let known = editions.all().iter().map(|edition| edition.code.as_str());
                let known = known.collect::<Vec<_>>().join(", ");
                Error::invalid(
                    field,
                    format!("names an edition that this site does not have; there are: {known}"),
                )
            })?;
            scope.edition = Some(edition.id);
        }
        Ok(scope)
    }

    /// The scope as people write it.
    pub fn write_for(&self, editions: &EditionSet) -> String {
        let edition = self.edition.map(|id| {
            editions
                .get(id)
                .map_or_else(|_gone| id.to_string(), |edition| edition.code.to_string())
        });
        self.with(edition)
    }

    fn with(&self, edition: Option<String>) -> String {
        let kind = KINDS
            .into_iter()
            .find(|(_, known)| Some(*known) == self.kind)
            .map_or(EVERY, |(word, _)| word);
        let action = if self.write { "write" } else { "read" };
        match edition {
            Some(edition) => format!("{kind}:{action}:{edition}"),
            None => format!("{kind}:{action}"),
        }
    }

    /// The scope as it is stored: editions by id, which never change.
    pub fn stored(&self) -> String {
        self.with(self.edition.map(|id| id.to_string()))
    }
}

/// Reads a stored scope.
impl FromStr for Scope {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, ':');
        let (kind, action) = (parts.next().unwrap_or_default(), parts.next());
        let scope = words(kind, action.unwrap_or_default())
            .ok_or_else(|| Error::internal(format!("a stored scope is `{text}`")))?;
        Ok(Self {
            edition: parts.next().map(str::parse).transpose()?,
            ..scope
        })
    }
}

fn words(kind: &str, action: &str) -> Option<Scope> {
    let write = match action {
        "read" => false,
        "write" if kind != PREVIEW => true,
        _ => return None,
    };
    let kind = if kind == EVERY || kind == PREVIEW {
        None
    } else {
        let (_, kind) = KINDS.into_iter().find(|(word, _)| *word == kind)?;
        Some(kind)
    };
    Some(Scope {
        kind,
        write,
        edition: None,
    })
}

fn must_be() -> String {
    let kinds = KINDS.map(|(word, _)| word).join(", ");
    format!(
        "must be a kind of record, `:` and `read` or `write`, and for one edition `:` and its code: `articles:write:en`; the kinds are {kinds} and * for all; `preview:read` reads every draft"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EditionId;

    fn none() -> EditionSet {
        EditionSet::new(Vec::new())
    }

    #[test]
    fn scopes_are_read_as_they_are_written() {
        for text in ["articles:read", "redirects:write", "*:write", "*:read"] {
            let scope = Scope::read("scopes.0", text, &none()).unwrap();
            assert_eq!(scope.write_for(&none()), text);
            assert_eq!(scope.stored().parse::<Scope>().unwrap(), scope);
        }
        let preview = Scope::read("scopes.0", "preview:read", &none()).unwrap();
        assert_eq!(preview.write_for(&none()), "*:read");
    }

    #[test]
    fn a_stored_scope_keeps_its_edition_by_id() {
        let scope = Scope {
            kind: Some(RecordKind::Tag),
            write: true,
            edition: Some(EditionId::from_uuid(uuid::Uuid::nil())),
        };
        assert_eq!(
            scope.stored(),
            "tags:write:edition_00000000000000000000000000"
        );
        assert_eq!(scope.stored().parse::<Scope>().unwrap(), scope);
    }

    #[test]
    fn what_is_no_scope_is_told_by_its_place() {
        for text in [
            "",
            "articles",
            "articles:",
            "articles:delete",
            "article:read",
            "users:read",
            "api-keys:write",
            "preview:write",
            "articles:write:xx",
            "articles:write:",
            "*",
            "ARTICLES:read",
        ] {
            let error = Scope::read("scopes.2", text, &none()).unwrap_err();
            assert_eq!(error.fields()[0].field, "scopes.2", "{text}");
        }
    }

    #[test]
    fn all_that_is_wrong_with_a_key_is_told() {
        let now = Timestamp::UNIX_EPOCH;
        let draft = ApiKeyDraft {
            name: " \n".to_owned(),
            scopes: Vec::new(),
            expires_at: Some(now),
            requests_per_minute: Some(0),
        };
        let fields: Vec<_> = draft.faults(now).into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["name", "expiresAt", "requestsPerMinute"]);
    }
}
