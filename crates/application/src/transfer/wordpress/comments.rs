//! Comments: which are kept, and in an order in which answers come after what they answer.

use std::collections::{HashMap, HashSet};

use domain::{
    comments::{CommentDraft, CommentStatus},
    content::ContentKind,
    id::EntryId,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    dates,
    items::{Comment, Item},
    plain,
    report::{Kind, Tally, add},
};

/// The name shown for somebody who gave none, as WordPress does.
const NAMELESS: &str = "Anonymous";

/// A comment, ready to be written but for the ids of what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PreparedComment {
    /// Its id among the records of the import.
    pub(super) external_id: String,
    pub(super) digest: String,
    /// The place in the list of the one it answers.
    pub(super) parent: Option<usize>,
    pub(super) draft: CommentDraft,
}

/// The comments of an item that are kept, each after the one it answers. An answer to one that is
/// left out answers what that one answered; so does an approved answer to one that waits.
pub(super) fn prepare(item: &Item, tally: &mut Tally) -> Vec<PreparedComment> {
    let mut kept: Vec<(&Comment, CommentStatus)> = Vec::new();
    let mut ids = HashSet::new();
    for comment in &item.comments {
        let read = status(comment).and_then(|status| match comment.id {
            Some(id) if !ids.insert(id) => Err("with the id of another"),
            Some(_) | None => Ok(status),
        });
        match read {
            Ok(status) => kept.push((comment, status)),
            Err(reason) => {
                tally.counts(Kind::Comments).skipped += 1;
                add(&mut tally.reasons.skipped_comments, reason, 1);
            }
        }
    }
    let answered: HashMap<u64, Option<u64>> = item
        .comments
        .iter()
        .filter_map(|comment| Some((comment.id?, comment.parent)))
        .collect();
    let places = |is_wanted: &dyn Fn(CommentStatus) -> bool| -> HashMap<u64, usize> {
        kept.iter()
            .enumerate()
            .filter(|(_, (_, status))| is_wanted(*status))
            .filter_map(|(at, (comment, _))| Some((comment.id?, at)))
            .collect()
    };
    let (all, approved) = (
        places(&|_| true),
        places(&|status| status == CommentStatus::Approved),
    );
    let parents: Vec<Option<usize>> = kept
        .iter()
        .map(|(comment, status)| {
            // Below one that waits no reader would find it.
            let is_approved = *status == CommentStatus::Approved;
            let places = if is_approved { &approved } else { &all };
            parent(comment, &answered, places)
        })
        .collect();
    let order = order(&parents);
    let mut moved = vec![0; kept.len()];
    for (to, from) in order.iter().enumerate() {
        if let Some(slot) = moved.get_mut(*from) {
            *slot = to;
        }
    }
    order
        .iter()
        .enumerate()
        .filter_map(|(to, from)| {
            let (comment, status) = kept.get(*from)?;
            let parent = parents.get(*from).copied().flatten();
            let parent = parent.and_then(|parent| moved.get(parent).copied());
            // A circle of answers is broken where it would lead forward.
            let parent = parent.filter(|parent| *parent < to);
            Some(prepared(item, comment, *status, parent))
        })
        .collect()
}

/// Whether a comment is kept, and as what; else why not.
fn status(comment: &Comment) -> Result<CommentStatus, &'static str> {
    match comment.kind.as_str() {
        "" | "comment" | "review" => {}
        "pingback" => return Err("pingback"),
        "trackback" => return Err("trackback"),
        _ => return Err("of another type"),
    }
    if comment.content.trim().is_empty() {
        return Err("empty");
    }
    match comment.approved.as_str() {
        "1" | "approve" | "approved" => Ok(CommentStatus::Approved),
        "0" | "" | "hold" => Ok(CommentStatus::Pending),
        "spam" => Err("spam"),
        "trash" | "post-trashed" => Err("trash"),
        _ => Err("of another status"),
    }
}

/// The nearest kept comment above another.
fn parent(
    comment: &Comment,
    answered: &HashMap<u64, Option<u64>>,
    place: &HashMap<u64, usize>,
) -> Option<usize> {
    let mut above = comment.parent?;
    // Nobody answers that deep; whoever made such a file shall not make it costly.
    for _ in 0..1_000 {
        if Some(above) == comment.id {
            return None;
        }
        if let Some(at) = place.get(&above) {
            return Some(*at);
        }
        above = answered.get(&above).copied().flatten()?;
    }
    None
}

/// The places in an order in which parents come first, otherwise as they were.
fn order(parents: &[Option<usize>]) -> Vec<usize> {
    let mut done = vec![false; parents.len()];
    let mut order = Vec::with_capacity(parents.len());
    for start in 0..parents.len() {
        let mut chain = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next {
            let is_done = done.get(at).copied().unwrap_or(true);
            if is_done {
                break;
            }
            if let Some(done) = done.get_mut(at) {
                *done = true;
            }
            chain.push(at);
            next = parents.get(at).copied().flatten();
        }
        order.extend(chain.into_iter().rev());
    }
    order
}

fn prepared(
    item: &Item,
    comment: &Comment,
    status: CommentStatus,
    parent: Option<usize>,
) -> PreparedComment {
    let name = plain::line(&comment.author);
    let written = comment.date.as_ref().map(dates::as_utc);
    let draft = CommentDraft {
        // The writer knows the entry once it has an id.
        entry: EntryId::new(ContentKind::Article, Uuid::nil()),
        parent: None,
        status,
        author_name: if name.is_empty() {
            NAMELESS.to_owned()
        } else {
            name
        },
        author_email: comment.author_email.clone(),
        author_url: comment.author_url.clone().filter(|url| is_web(url)),
        body: comment.content.clone(),
        created_at: comment.date_gmt.or(written).or(item.published_at()),
    };
    let digest = digest(&draft);
    let external_id = match comment.id {
        Some(id) => id.to_string(),
        None => format!("of {}: {digest}", item.post_id.unwrap_or_default()),
    };
    PreparedComment {
        external_id,
        digest,
        parent,
        draft,
    }
}

fn is_web(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn digest(draft: &CommentDraft) -> String {
    let mut hash = Sha256::new();
    for part in [
        draft.status.as_str(),
        &draft.author_name,
        draft.author_email.as_deref().unwrap_or_default(),
        draft.author_url.as_deref().unwrap_or_default(),
        &draft.body,
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    super::run::hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(id: u64, parent: Option<u64>, approved: &str) -> Comment {
        Comment {
            id: Some(id),
            parent,
            approved: approved.to_owned(),
            content: format!("text {id}"),
            author: format!("Reader &amp; {id}"),
            ..Comment::default()
        }
    }

    fn run(comments: Vec<Comment>) -> (Vec<(String, Option<usize>)>, Tally) {
        let item = Item {
            comments,
            ..Item::default()
        };
        let mut tally = Tally::default();
        let prepared = prepare(&item, &mut tally);
        let list = prepared
            .into_iter()
            .map(|comment| (comment.external_id, comment.parent))
            .collect();
        (list, tally)
    }

    fn named(list: &[(&str, Option<usize>)]) -> Vec<(String, Option<usize>)> {
        list.iter()
            .map(|(id, parent)| ((*id).to_owned(), *parent))
            .collect()
    }

    #[test]
    fn an_answer_comes_after_what_it_answers() {
        let (list, _) = run(vec![
            comment(3, Some(2), "1"),
            comment(1, None, "1"),
            comment(2, Some(1), "0"),
        ]);
        // The second waits: below it nobody would find the third.
        assert_eq!(list, named(&[("1", None), ("3", Some(0)), ("2", Some(0))]));
    }

    #[test]
    fn an_answer_to_spam_moves_up_and_spam_is_counted() {
        let mut ping = comment(9, None, "1");
        ping.kind = "pingback".to_owned();
        let (list, tally) = run(vec![
            comment(1, None, "1"),
            comment(2, Some(1), "spam"),
            comment(3, Some(2), "1"),
            comment(4, Some(77), "1"),
            ping,
        ]);
        assert_eq!(list, named(&[("1", None), ("3", Some(0)), ("4", None)]));
        assert_eq!(tally.kinds.comments.skipped, 2);
        assert_eq!(tally.reasons.skipped_comments["spam"], 1);
        assert_eq!(tally.reasons.skipped_comments["pingback"], 1);
    }

    #[test]
    fn of_two_comments_with_one_id_the_first_is_kept_and_the_other_counted() {
        let mut other = comment(1, None, "1");
        other.content = "other".to_owned();
        let (list, tally) = run(vec![
            comment(1, None, "spam"),
            comment(1, None, "1"),
            other,
            comment(2, Some(1), "1"),
        ]);
        assert_eq!(list, named(&[("1", None), ("2", Some(0))]));
        assert_eq!(tally.kinds.comments.skipped, 2);
        assert_eq!(tally.reasons.skipped_comments["with the id of another"], 1);
    }

    #[test]
    fn a_circle_of_answers_does_no_harm() {
        let (list, _) = run(vec![comment(1, Some(2), "1"), comment(2, Some(1), "1")]);
        assert_eq!(list.len(), 2);
        let (list, _) = run(vec![comment(1, Some(1), "1")]);
        assert_eq!(list, named(&[("1", None)]));
    }
}
