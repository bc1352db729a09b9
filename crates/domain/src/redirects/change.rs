//! What commands do to redirects.

use super::{RedirectDraft, RedirectTarget};
use crate::{
    FieldError,
    change::Change,
    checks::Checks,
    routes::stored_form,
    texts::{ChangedFields, all},
};

/// What a command does to a redirect.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RedirectChange {
    /// The old path.
    pub from: Change<String>,
    /// Where it leads.
    pub to: Change<RedirectTarget>,
    /// For good or for now.
    pub is_permanent: Change<bool>,
}

impl RedirectChange {
    /// What is wrong with it, whatever redirect it is for.
    pub fn check(&self) -> Vec<FieldError> {
        all(|checks| self.look(checks))
    }

    /// What is wrong with it as a new redirect.
    pub fn check_new(&self) -> Vec<FieldError> {
        all(|checks| {
            if self.from == Change::Keep {
                checks.wrong("from", "is required");
            }
            if self.to == Change::Keep {
                checks.wrong("to", "is required; null for what is gone for good");
            }
            self.look(checks);
        })
    }

    fn look(&self, checks: &mut Checks) {
        if let Change::Set(from) = &self.from {
            if !from.starts_with('/') {
                checks.wrong("from", "must be a path that begins with `/`");
            } else if let Err(error) = stored_form(from) {
                for wrong in error.fields() {
                    checks.wrong("from", wrong.message.clone());
                }
            }
        }
    }

    /// Changes a draft; answers the names of the fields that differ. The path gets the form it is
    /// stored in.
    pub fn apply(self, draft: &mut RedirectDraft) -> Vec<String> {
        let mut changed = ChangedFields::default();
        let from = self.from.map(|from| stored_form(&from).unwrap_or(from));
        changed.set("from", from, &mut draft.from);
        changed.set("to", self.to, &mut draft.to);
        changed.set("isPermanent", self.is_permanent, &mut draft.is_permanent);
        changed.into_names()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_with_a_redirect_is_told_at_once() {
        let fields = |wrong: Vec<FieldError>| {
            wrong
                .into_iter()
                .map(|wrong| wrong.field)
                .collect::<Vec<_>>()
        };
        let none = RedirectChange::default();
        assert_eq!(fields(none.check_new()), ["from", "to"]);
        assert_eq!(fields(none.check()), Vec::<String>::new());
        for bad in ["old", "/a/../b", "/%FF"] {
            let change = RedirectChange {
                from: Change::Set(bad.to_owned()),
                ..RedirectChange::default()
            };
            assert_eq!(fields(change.check()), ["from"], "{bad}");
        }
    }
}
