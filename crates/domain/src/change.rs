//! What commands do to fields: what is left out stays, what is given is set, and what may be empty
//! can be cleared. The changes of entries, field by field.

mod entry;
mod faults;
mod kinds;
#[cfg(test)]
mod tests;

pub use entry::{CreditChange, EntryChange, FigureChange, SeoChange};
pub use faults::Faults;
pub use kinds::{ArticleChange, ContentChange, IssueChange, PageChange};

/// A field of a command: left as it is, or set. A field that can be cleared is a
/// `Change<Option<T>>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// The field stays as it is.
    #[default]
    Keep,
    /// The field becomes this.
    Set(T),
}

impl<T> Change<T> {
    /// What the field becomes, if it is set.
    pub const fn as_set(&self) -> Option<&T> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The same change of something made from the value.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Set(value) => Change::Set(make(value)),
        }
    }

    /// Sets a field; tells whether that made a difference.
    pub fn apply(self, to: &mut T) -> bool
    where
        T: PartialEq,
    {
        match self {
            Self::Set(value) if value != *to => {
                *to = value;
                true
            }
            Self::Set(_) | Self::Keep => false,
        }
    }
}

/// Makes the changes of one draft, and keeps the names of the fields that differ afterwards.
#[derive(Debug, Default)]
struct Differing(Vec<String>);

impl Differing {
    fn put<T: PartialEq>(&mut self, name: &str, change: Change<T>, slot: &mut T) {
        if change.apply(slot) {
            self.0.push(name.to_owned());
        }
    }

    /// The same for a text that may be missing: a blank one is none.
    fn put_text(&mut self, name: &str, change: Change<Option<String>>, slot: &mut Option<String>) {
        self.put(name, tidy(change), slot);
    }
}

/// A blank text is none.
fn tidy(change: Change<Option<String>>) -> Change<Option<String>> {
    change.map(|text| text.and_then(crate::text::non_empty))
}
