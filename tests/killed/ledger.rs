//! What a writer knows of a piece: what was acknowledged, and what was asked for last.

use std::time::{Duration, Instant};

use application::{Clock as _, SystemClock};
use domain::time::Timestamp;

/// An article as its writer knows it. Its text is a number that grows with each save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub id: String,
    pub version: i64,
    /// The number saved last.
    pub latest: u64,
    /// The number readers see.
    pub live: Option<u64>,
    /// When it is to be published.
    pub due: Option<Timestamp>,
    /// What the log must tell, the oldest first.
    pub events: Vec<String>,
    /// What was asked for and not answered yet.
    pub asked: Option<Deed>,
}

/// What is done to a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Save(u64),
    Publish,
    Schedule(Timestamp),
}

/// What the server shows of a piece.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub version: i64,
    pub latest: u64,
    pub live: Option<u64>,
}

impl Piece {
    /// One that was just created.
    pub fn created(id: String, number: u64) -> Self {
        Self {
            id,
            version: 1,
            latest: number,
            live: None,
            due: None,
            events: vec!["article.created".to_owned()],
            asked: None,
        }
    }

    /// What the server must show of it.
    pub fn seen(&self) -> Seen {
        Seen {
            version: self.version,
            latest: self.latest,
            live: self.live,
        }
    }

    /// The piece after what is done to it.
    pub fn after(&self, deed: Deed) -> Self {
        let mut next = self.clone();
        next.version += 1;
        next.asked = None;
        let event = match deed {
            Deed::Save(number) => {
                next.latest = number;
                if self.live.is_some() {
                    "article.revised"
                } else {
                    "article.updated"
                }
            }
            Deed::Publish => {
                next.live = Some(self.latest);
                next.due = None;
                "article.published"
            }
            Deed::Schedule(time) => {
                next.due = Some(time);
                "article.scheduled"
            }
        };
        next.events.push(event.to_owned());
        next
    }

    /// All it may have become: what was asked for last was done or was not, and so was what is
    /// scheduled.
    pub fn outcomes(&self) -> Vec<Self> {
        let left = Self {
            asked: None,
            ..self.clone()
        };
        let done = self.asked.map(|deed| self.after(deed));
        let told = std::iter::once(left).chain(done);
        told.flat_map(|piece| {
            let fired = piece.due.map(|_| piece.after(Deed::Publish));
            std::iter::once(piece).chain(fired)
        })
        .collect()
    }

    /// When its schedule must come true by the clock of a test, if the server was back at a moment.
    pub fn due_after(&self, back: Instant) -> Instant {
        let asked = match self.asked {
            Some(Deed::Schedule(time)) => Some(time),
            Some(Deed::Save(_) | Deed::Publish) | None => self.due,
        };
        let left = asked.and_then(|time| (time - SystemClock.now()).to_std().ok());
        back.max(Instant::now() + left.unwrap_or(Duration::ZERO))
    }
}
