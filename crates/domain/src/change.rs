//! What a command does to one field.

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
