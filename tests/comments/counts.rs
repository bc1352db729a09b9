//! Counts that stay right, whatever is done in whatever order.

use std::collections::{BTreeSet, HashMap};

use application::{comments, entries};
use domain::{
    Error,
    comments::{Comment, CommentDraft, CommentQuery, CommentStatus, CommentSubmission, Verdict},
    content::Parts,
    id::{CommentId, EntryId},
    paging::PageArgs,
    settings::CommentPolicy,
};

use super::Site;

/// Numbers that look random and are the same each time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % sides
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.roll(of.len())].clone())
    }
}

/// All comments of an entry, as somebody sees them.
async fn all(site: &Site, as_reader: bool) -> Vec<Comment> {
    let cx = if as_reader {
        site.server.reader()
    } else {
        site.server.system()
    };
    let query = CommentQuery {
        entry: Some(EntryId::from(site.article)),
        ..CommentQuery::default()
    };
    let page = PageArgs::first(100);
    let page = comments::list(&cx, &query, &page).await.unwrap();
    page.nodes().cloned().collect()
}

/// Whether a comment is approved and all above it are, going by statuses alone.
fn is_shown(id: CommentId, known: &HashMap<CommentId, Comment>) -> bool {
    let comment = &known[&id];
    comment.status == CommentStatus::Approved
        && comment.parent.is_none_or(|parent| is_shown(parent, known))
}

async fn check(site: &Site) {
    let known: HashMap<CommentId, Comment> = all(site, false)
        .await
        .into_iter()
        .map(|comment| (comment.id, comment))
        .collect();
    let shown: BTreeSet<CommentId> = known
        .keys()
        .copied()
        .filter(|id| is_shown(*id, &known))
        .collect();
    let seen: BTreeSet<CommentId> = all(site, true)
        .await
        .into_iter()
        .map(|comment| comment.id)
        .collect();
    assert_eq!(seen, shown);
    let entry = EntryId::from(site.article);
    let found = entries::by_ids(&site.server.reader(), &[entry], Parts::NONE)
        .await
        .unwrap();
    let domain::content::Content::Article(article) = &found[&entry] else {
        panic!("not an article")
    };
    assert_eq!(article.comment_count, i64::try_from(shown.len()).unwrap());
    for id in &shown {
        let answers = known.values().filter(|one| one.parent == Some(*id));
        let answers = answers.filter(|one| shown.contains(&one.id)).count();
        assert_eq!(known[id].reply_count, i64::try_from(answers).unwrap());
    }
}

async fn act(site: &Site, dice: &mut Dice) -> Result<(), Error> {
    let cx = site.server.system();
    let known = all(site, false).await;
    let ids: Vec<CommentId> = known.iter().map(|comment| comment.id).collect();
    match dice.roll(10) {
        0..=2 if known.len() < 60 => {
            let draft = CommentDraft {
                entry: site.article.into(),
                parent: dice.pick(&ids),
                status: dice.pick(&CommentStatus::ALL).unwrap(),
                author_name: "Ada".to_owned(),
                author_email: None,
                author_url: None,
                body: "Well".to_owned(),
                created_at: None,
            };
            comments::create(&cx, draft).await.map(drop)
        }
        3 if known.len() < 60 => {
            let submission = CommentSubmission {
                entry: site.article.into(),
                parent: dice.pick(&ids),
                author_name: "Ada".to_owned(),
                author_email: None,
                author_url: None,
                body: "Well".to_owned(),
                honeypot: None,
            };
            comments::submit(&site.server.reader(), submission)
                .await
                .map(drop)
        }
        4 => {
            let some: Vec<CommentId> = (0..3).filter_map(|_| dice.pick(&ids)).collect();
            let verdict = dice.pick(&Verdict::ALL).unwrap();
            comments::moderate(&cx, &some, verdict).await
        }
        5 => match dice.pick(&known) {
            Some(comment) => comments::purge(&cx, comment.id, comment.version).await,
            None => Ok(()),
        },
        _ => match dice.pick(&known) {
            Some(comment) => {
                let verdict = dice.pick(&Verdict::ALL).unwrap();
                comments::judge(&cx, comment.id, comment.version, verdict).await
            }
            None => Ok(()),
        },
    }
}

#[tokio::test]
async fn counts_are_right_after_whatever_is_done() {
    for seed in [1, 20_261_122, 0x00c0_ffee] {
        let site = Site::with(CommentPolicy::After).await;
        let mut dice = Dice(seed);
        for number in 0..120 {
            match act(&site, &mut dice).await {
                Ok(()) | Err(Error::Conflict { .. } | Error::Invalid(_)) => {}
                Err(other) => panic!("seed {seed}, step {number}: {other}"),
            }
            check(&site).await;
        }
        assert!(!all(&site, false).await.is_empty());
    }
}

#[tokio::test]
async fn counts_are_right_though_many_act_at_once() {
    let site = Site::with(CommentPolicy::After).await;
    let server = &site.server;
    let mut threads = Vec::new();
    for _ in 0..4 {
        threads.push(server.comment(site.article, None, "First").await);
    }
    let work = (0..24).map(async |number: usize| {
        let thread = threads[number % 4];
        if number.is_multiple_of(3) {
            let verdict = Verdict::ALL[number / 3 % 4];
            comments::moderate(&server.system(), &[thread], verdict).await
        } else {
            let submission = CommentSubmission {
                entry: site.article.into(),
                parent: Some(thread),
                author_name: "Ada".to_owned(),
                author_email: None,
                author_url: None,
                body: "Well".to_owned(),
                honeypot: None,
            };
            comments::submit(&server.reader(), submission)
                .await
                .map(drop)
        }
    });
    for done in futures::future::join_all(work).await {
        assert!(
            matches!(
                done,
                Ok(()) | Err(Error::Conflict { .. } | Error::Invalid(_))
            ),
            "{done:?}"
        );
    }
    check(&site).await;
}
