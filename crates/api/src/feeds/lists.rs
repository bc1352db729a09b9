//! Lists that are read whole, page by page.

use domain::paging::{Page, PageArgs};

/// How many records one read brings: more than callers may ask for, as nobody sees these pages.
const BATCH: u32 = 500;

/// The reads that bring a whole list.
#[derive(Debug)]
pub(super) struct Batches {
    next: Option<PageArgs>,
}

impl Batches {
    /// From the beginning.
    pub(super) fn new() -> Self {
        Self {
            next: Some(PageArgs {
                size: BATCH,
                ..PageArgs::default()
            }),
        }
    }

    /// What to read next, if anything is left. What was read must be [noted](Self::note) before it
    /// is asked again.
    pub(super) fn next(&mut self) -> Option<PageArgs> {
        self.next.take()
    }

    /// Takes note of a page, to go on after it.
    pub(super) fn note<T>(&mut self, page: &Page<T>) {
        let last = page.edges.last().filter(|_| page.has_next);
        self.next = last.map(|edge| PageArgs {
            size: BATCH,
            cursor: Some(edge.cursor.clone()),
            ..PageArgs::default()
        });
    }
}
