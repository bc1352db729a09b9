//! Redirects in CSV: `from,to,permanent`, all of them or none.

use std::collections::HashMap;

use domain::{
    FieldError, Result,
    access::{Action, Target},
    events::RecordKind,
    id::{EditionId, Id},
    redirects::{RedirectDraft, RedirectTarget},
};
use persistence::Standing;

use super::rules::{look_for_circles, look_for_records, look_for_targets};
use crate::{ActorContext, Tx, shared_records};

mod lines;

use lines::Line;

/// The largest text, in bytes.
pub const MAX_CSV_BYTES: usize = 5 * 1024 * 1024;
/// Enough to mend a text by; the rest is only counted.
const MOST_ERRORS: usize = 1000;

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// How many redirects were made.
    pub created: usize,
    /// How many were there already, just as the text has them.
    pub unchanged: usize,
}

/// Makes the redirects of a CSV text in an edition: all of them or, if any line is wrong, none; every
/// wrong line is named. Fields are `LINE.COLUMN`: `3.to`.
pub async fn import_csv(cx: &ActorContext, edition: EditionId, text: &[u8]) -> Result<Imported> {
    cx.write(async |tx| import_csv_in(tx, edition, text).await)
        .await
}

/// Makes the redirects of a CSV text in an edition, in a transaction.
pub async fn import_csv_in(tx: &mut Tx, edition: EditionId, text: &[u8]) -> Result<Imported> {
    // Who may not make one learns nothing of what is wrong.
    let cx = tx.cx().clone();
    let any = Id::<domain::id::kinds::Redirect>::from_uuid(cx.next_id());
    cx.authorize(
        Action::Create,
        Target::of_edition(RecordKind::Redirect, any, edition),
    )?;
    let (lines, mut wrong) = lines::read(text);
    let (numbers, drafts) = drafts(edition, lines, &mut wrong);
    let mut faults = look_for_targets(tx, &drafts).await?;
    faults.extend(look_for_circles(tx, &drafts, None).await?);
    faults.extend(look_for_records(tx, edition, &drafts).await?);
    let number = |index: usize| numbers.get(index).copied().unwrap_or_default();
    for fault in faults {
        wrong.push(number(fault.number), fault.field, fault.message);
    }
    let paths: Vec<String> = drafts.iter().map(|draft| draft.from.clone()).collect();
    let standing = tx.store_tx().standing_at(edition, &paths).await?;
    let mut imported = Imported::default();
    let mut new = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        match standing.get(&draft.from) {
            None => new.push(draft),
            Some(known) if is_same(known, &draft) => imported.unchanged += 1,
            Some(_) => wrong.push(
                number(index),
                "from",
                format!("the path {} is taken", draft.from),
            ),
        }
    }
    wrong.finish()?;
    let at = cx.now();
    let mut permits = Vec::with_capacity(new.len());
    for draft in &new {
        let id = Id::from_uuid(cx.next_id());
        let target = Target::of_edition(RecordKind::Redirect, id, edition);
        permits.push((cx.authorize(Action::Create, target)?, id, draft));
    }
    let new: Vec<_> = permits
        .iter()
        .map(|(permit, id, draft)| (permit, *id, *draft))
        .collect();
    tx.store_tx().insert_redirects(&new, at).await?;
    imported.created = new.len();
    Ok(imported)
}

fn is_same(known: &Standing, draft: &RedirectDraft) -> bool {
    known.to.as_ref() == Some(&draft.to)
        && (known.is_permanent == draft.is_permanent || draft.to == RedirectTarget::Gone)
}

/// The lines as drafts, and the numbers of the lines they stand in.
fn drafts(
    edition: EditionId,
    lines: Vec<Line>,
    wrong: &mut Wrong,
) -> (Vec<u64>, Vec<RedirectDraft>) {
    let mut known: HashMap<String, u64> = HashMap::with_capacity(lines.len());
    let mut numbers = Vec::with_capacity(lines.len());
    let mut drafts = Vec::with_capacity(lines.len());
    for Line { number, change } in lines {
        let faults = change.check_new();
        if !faults.is_empty() {
            for fault in faults {
                wrong.push(number, &fault.field, fault.message);
            }
            continue;
        }
        let mut draft = RedirectDraft {
            edition,
            from: String::new(),
            to: RedirectTarget::Gone,
            is_permanent: true,
        };
        change.apply(&mut draft);
        if let Some(before) = known.get(&draft.from) {
            wrong.push(number, "from", format!("stands in line {before} already"));
            continue;
        }
        known.insert(draft.from.clone(), number);
        numbers.push(number);
        drafts.push(draft);
    }
    (numbers, drafts)
}

/// What is wrong with a text, by lines.
#[derive(Debug, Default)]
struct Wrong {
    errors: Vec<(u64, FieldError)>,
}

impl Wrong {
    fn push(&mut self, line: u64, column: &str, message: impl Into<String>) {
        let place = if column.is_empty() {
            line.to_string()
        } else {
            format!("{line}.{column}")
        };
        self.errors.push((line, FieldError::new(place, message)));
    }

    fn finish(mut self) -> Result<()> {
        self.errors.sort_by_key(|(line, _)| *line);
        let all = self.errors.len();
        let mut errors: Vec<FieldError> = self
            .errors
            .into_iter()
            .take(MOST_ERRORS)
            .map(|(_, error)| error)
            .collect();
        if all > MOST_ERRORS {
            let more = all - MOST_ERRORS;
            errors.push(FieldError::new("", format!("and {more} more are wrong")));
        }
        shared_records::good(errors)
    }
}
