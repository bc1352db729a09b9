//! The life of an entry: which step leads from which status to which.

use crate::{
    access::Action,
    content::{Entry, Status},
    error::{Error, FieldError, Result},
    time::Timestamp,
};

/// A step in the life of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Hand a draft in.
    Submit,
    /// Send back what was handed in.
    RequestChanges,
    /// Make it, or its pending changes, public.
    Publish,
    /// Make it public, or take it back, at a set time.
    Schedule,
    /// Drop what was scheduled.
    Unschedule,
    /// Take it back.
    Unpublish,
    /// Take it off and keep it.
    Archive,
    /// Bring it back as a draft.
    Unarchive,
    /// Put it into the trash.
    Trash,
    /// Take it out of the trash, as a draft.
    Restore,
    /// Remove it for good.
    Purge,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Submit,
        Self::RequestChanges,
        Self::Publish,
        Self::Schedule,
        Self::Unschedule,
        Self::Unpublish,
        Self::Archive,
        Self::Unarchive,
        Self::Trash,
        Self::Restore,
        Self::Purge,
    ];

    /// The word REST paths use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::RequestChanges => "request-changes",
            Self::Publish => "publish",
            Self::Schedule => "schedule",
            Self::Unschedule => "unschedule",
            Self::Unpublish => "unpublish",
            Self::Archive => "archive",
            Self::Unarchive => "unarchive",
            Self::Trash => "trash",
            Self::Restore => "restore",
            Self::Purge => "purge",
        }
    }

    /// The word events use for what it did.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Submit => "submitted",
            Self::RequestChanges => "changes_requested",
            Self::Publish => "published",
            Self::Schedule => "scheduled",
            Self::Unschedule => "unscheduled",
            Self::Unpublish => "unpublished",
            Self::Archive => "archived",
            Self::Unarchive => "unarchived",
            Self::Trash => "trashed",
            Self::Restore => "restored",
            Self::Purge => "purged",
        }
    }

    /// In words, of what it is done to.
    const fn done(self) -> &'static str {
        match self {
            Self::Submit => "submitted",
            Self::RequestChanges => "sent back",
            Self::Publish => "published",
            Self::Schedule => "scheduled",
            Self::Unschedule => "unscheduled",
            Self::Unpublish => "unpublished",
            Self::Archive => "archived",
            Self::Unarchive => "unarchived",
            Self::Trash => "trashed",
            Self::Restore => "restored",
            Self::Purge => "purged",
        }
    }

    /// What the policy is asked for.
    pub const fn action(self) -> Action {
        match self {
            Self::Submit => Action::Submit,
            Self::RequestChanges => Action::Review,
            Self::Publish
            | Self::Schedule
            | Self::Unschedule
            | Self::Unpublish
            | Self::Archive
            | Self::Unarchive => Action::Publish,
            Self::Trash | Self::Restore => Action::Trash,
            Self::Purge => Action::Delete,
        }
    }

    /// Where it leads from a status; `None`: it cannot be done there. A purged entry is nowhere: its
    /// status is the last it had.
    pub fn leads(self, from: Status) -> Option<Status> {
        match (self, from) {
            (Self::Submit, Status::Draft) => Some(Status::InReview),
            (Self::Schedule, Status::Draft | Status::InReview | Status::Scheduled) => {
                Some(Status::Scheduled)
            }
            (
                Self::Publish,
                Status::Draft | Status::InReview | Status::Scheduled | Status::Published,
            )
            | (Self::Schedule | Self::Unschedule, Status::Published) => Some(Status::Published),
            (Self::RequestChanges, Status::InReview)
            | (Self::Unschedule, Status::Scheduled)
            | (Self::Unpublish, Status::Published)
            | (Self::Unarchive, Status::Archived)
            | (Self::Restore, Status::Trashed) => Some(Status::Draft),
            (Self::Archive, Status::Published | Status::Draft) => Some(Status::Archived),
            (
                Self::Trash,
                Status::Draft
                | Status::InReview
                | Status::Scheduled
                | Status::Published
                | Status::Archived,
            )
            | (Self::Purge, Status::Trashed) => Some(Status::Trashed),
            (
                Self::Submit
                | Self::RequestChanges
                | Self::Publish
                | Self::Schedule
                | Self::Unschedule
                | Self::Unpublish
                | Self::Archive
                | Self::Unarchive
                | Self::Trash
                | Self::Restore
                | Self::Purge,
                _,
            ) => None,
        }
    }
}

/// When an entry is to become public, and when it is to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Schedule {
    /// When it, or its pending changes, become public.
    pub publish_at: Option<Timestamp>,
    /// When it is taken back.
    pub unpublish_at: Option<Timestamp>,
}

/// A step that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What was done.
    pub verb: Verb,
    /// The status before.
    pub from: Status,
    /// The status after.
    pub to: Status,
}

impl Status {
    /// In words.
    const fn in_words(self) -> &'static str {
        match self {
            Self::Draft => "a draft",
            Self::InReview => "in review",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Archived => "archived",
            Self::Trashed => "in the trash",
        }
    }

    /// What can be done with an entry of this status.
    fn possible(self) -> String {
        let verbs: Vec<&str> = Verb::ALL
            .into_iter()
            .filter(|verb| verb.leads(self).is_some())
            .map(Verb::as_str)
            .collect();
        verbs.join(", ")
    }
}

impl Entry {
    /// Whether it is public, or will be without anybody's doing.
    pub fn is_out(&self) -> bool {
        matches!(self.status, Status::Published | Status::Scheduled)
    }

    /// Whether readers could open it at some time before now.
    pub fn was_public(&self, now: Timestamp) -> bool {
        self.published_at.is_some_and(|at| at <= now)
    }

    /// Makes a step that needs nothing but the time. Publishing what is public makes its pending
    /// changes public.
    pub fn step(&mut self, verb: Verb, at: Timestamp) -> Result<Transition> {
        let transition = self.check_step(verb)?;
        match verb {
            Verb::Publish => {
                if transition.from == Status::Published && !self.has_pending_changes {
                    return Err(self.refuse(verb, "it has no pending changes"));
                }
                if self.published_at.is_none_or(|known| known > at) {
                    self.published_at = Some(at);
                    self.sort_at = at;
                }
                self.scheduled_at = None;
            }
            Verb::Schedule => {
                return Err(Error::internal("a schedule has times"));
            }
            Verb::Unschedule => {
                if transition.from == Status::Published
                    && self.scheduled_at.is_none()
                    && self.unpublish_at.is_none()
                {
                    return Err(self.refuse(verb, "nothing is scheduled for it"));
                }
                self.clear_schedule();
            }
            Verb::Submit | Verb::RequestChanges => {}
            Verb::Unpublish
            | Verb::Archive
            | Verb::Unarchive
            | Verb::Trash
            | Verb::Restore
            | Verb::Purge => self.clear_schedule(),
        }
        self.move_to(transition, at);
        Ok(transition)
    }

    /// Sets when it becomes public and when it is taken back.
    pub fn schedule(&mut self, schedule: Schedule, now: Timestamp) -> Result<Transition> {
        let transition = self.check_step(Verb::Schedule)?;
        let is_public = transition.from == Status::Published;
        let mut errors = Vec::new();
        if schedule.publish_at.is_none() && !(is_public && schedule.unpublish_at.is_some()) {
            errors.push(FieldError::new("publishAt", "is required"));
        }
        for (field, at) in [
            ("publishAt", schedule.publish_at),
            ("unpublishAt", schedule.unpublish_at),
        ] {
            if at.is_some_and(|at| at <= now) {
                errors.push(FieldError::new(field, "must be in the future"));
            }
        }
        if let (Some(publish), Some(unpublish)) = (schedule.publish_at, schedule.unpublish_at)
            && unpublish <= publish
        {
            errors.push(FieldError::new("unpublishAt", "must be after `publishAt`"));
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        if is_public && schedule.publish_at.is_some() && !self.has_pending_changes {
            return Err(self.refuse(
                Verb::Schedule,
                "it has no pending changes to publish; only `unpublishAt` can be set",
            ));
        }
        self.scheduled_at = schedule.publish_at.map(crate::time::to_micros);
        self.unpublish_at = schedule.unpublish_at.map(crate::time::to_micros);
        self.move_to(transition, now);
        Ok(transition)
    }

    fn check_step(&self, verb: Verb) -> Result<Transition> {
        let from = self.status;
        verb.leads(from)
            .map(|to| Transition { verb, from, to })
            .ok_or_else(|| self.refuse(verb, &format!("possible now: {}", from.possible())))
    }

    fn refuse(&self, verb: Verb, why: &str) -> Error {
        Error::conflict(format!(
            "the {} is {} and cannot be {}: {why}",
            self.id.kind,
            self.status.in_words(),
            verb.done()
        ))
    }

    fn clear_schedule(&mut self) {
        self.scheduled_at = None;
        self.unpublish_at = None;
    }

    /// What readers see changes when it enters or leaves what is public, or when its pending changes
    /// are published.
    fn move_to(&mut self, transition: Transition, at: Timestamp) {
        self.status = transition.to;
        let stays_public =
            transition.from == Status::Published && transition.to == Status::Published;
        if stays_public && transition.verb != Verb::Publish {
            self.live_version = self.live_version.or(Some(self.version));
        } else {
            self.updated_at = at;
            if !self.has_pending_changes {
                self.live_version = None;
            }
        }
        self.version += 1;
    }
}
