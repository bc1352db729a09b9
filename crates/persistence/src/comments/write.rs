//! Changes of comments. Whoever changes those of an entry does it one transaction after the other:
//! its row is held first of all, so that no count is made from what another is about to change.

use domain::{
    Result,
    access::Permit,
    comments::{Comment, CommentDraft, CommentStatus},
    events::{ContentEvent, RecordKind},
    id::{CommentId, EditionId, EntryId, Id},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use super::SHOWN;
use crate::{
    WriteTx,
    sql::{Changes, Sql},
};

/// A comment as it is to be saved: its HTML sanitised, its entry looked up.
#[derive(Debug)]
pub struct CommentSave<'a> {
    /// Its id.
    pub id: CommentId,
    /// The edition of its entry.
    pub edition: EditionId,
    /// What was sent.
    pub draft: &'a CommentDraft,
    /// Whether one above it is not shown.
    pub is_below_hidden: bool,
    /// Sanitised HTML.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// What becomes of a comment's words.
#[derive(Debug)]
pub struct CommentEdit<'a> {
    /// The comment as it was.
    pub comment: &'a Comment,
    /// The name given.
    pub author_name: &'a str,
    /// The site given.
    pub author_url: Option<&'a str>,
    /// Sanitised HTML.
    pub html: &'a str,
    /// The same as plain text.
    pub text: &'a str,
    /// When.
    pub at: Timestamp,
}

impl WriteTx {
    /// Lets one transaction after the other change the comments under an entry.
    pub async fn hold_comments_under(&self, entry: EntryId) -> Result<()> {
        let mut sql = Sql::new("UPDATE entry SET comment_count = comment_count WHERE id = ");
        sql.bind(entry.uuid());
        self.execute(sql).await?;
        Ok(())
    }

    /// Saves a new comment and brings the counts in line.
    pub async fn insert_comment(&mut self, permit: &Permit, save: CommentSave<'_>) -> Result<()> {
        permit.covers(RecordKind::Comment, save.id)?;
        let draft = save.draft;
        let row = [
            Value::from(save.id.uuid()),
            draft.entry.uuid().into(),
            draft.entry.kind.as_str().into(),
            save.edition.uuid().into(),
            draft.parent.map(Id::uuid).into(),
            draft.status.as_str().into(),
            save.is_below_hidden.into(),
            draft.author_name.clone().into(),
            draft.author_email.clone().into(),
            draft.author_url.clone().into(),
            save.html.into(),
            save.text.into(),
            0_i64.into(),
            1_i64.into(),
            draft.created_at.unwrap_or(save.at).into(),
        ];
        let mut changes = self.changes();
        changes.insert(
            "comment (id, entry_id, entry_kind, edition_id, parent_id, status, is_below_hidden, author_name, author_email, author_url, body_html, body_text, reply_count, version, created_at)",
            [row],
        );
        if draft.status == CommentStatus::Approved {
            if !save.is_below_hidden {
                changes
                    .statement("UPDATE entry SET comment_count = comment_count + 1 WHERE id = ")
                    .bind(draft.entry.uuid());
            }
            if let Some(parent) = draft.parent {
                changes
                    .statement("UPDATE comment SET reply_count = reply_count + 1 WHERE id = ")
                    .bind(parent.uuid());
            }
        }
        self.run(changes).await?;
        self.record(
            permit,
            save.at,
            ContentEvent::new(RecordKind::Comment, "created", save.id, Some(save.edition)),
        );
        Ok(())
    }

    /// Gives a comment another status: what is below it is shown or hidden with it, and all counts
    /// are made anew.
    pub async fn judge_comment(
        &mut self,
        permit: &Permit,
        comment: &Comment,
        (to, verb): (CommentStatus, &str),
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::Comment, comment.id)?;
        let mut changes = self.changes();
        changes
            .statement("UPDATE comment SET version = version + 1, status = ")
            .bind(to.as_str())
            .push(", updated_at = ")
            .bind(at)
            .push(" WHERE id = ")
            .bind(comment.id.uuid());
        let is_shown = to == CommentStatus::Approved && !comment.is_below_hidden;
        if is_shown != comment.is_shown() {
            if is_shown {
                show_below(&mut changes, comment.id);
            } else {
                hide_below(&mut changes, comment.id);
            }
        }
        recount(&mut changes, comment);
        self.run(changes).await?;
        let event = ContentEvent::new(RecordKind::Comment, verb, comment.id, Some(comment.edition));
        self.record(permit, at, event);
        Ok(())
    }

    /// Puts other words into a comment.
    pub async fn edit_comment(&mut self, permit: &Permit, edit: CommentEdit<'_>) -> Result<()> {
        let comment = edit.comment;
        permit.covers(RecordKind::Comment, comment.id)?;
        let mut sql = Sql::new("UPDATE comment SET version = version + 1, author_name = ");
        sql.bind(edit.author_name)
            .push(", author_url = ")
            .bind(edit.author_url.map(str::to_owned))
            .push(", body_html = ")
            .bind(edit.html)
            .push(", body_text = ")
            .bind(edit.text)
            .push(", updated_at = ")
            .bind(edit.at)
            .push(" WHERE id = ")
            .bind(comment.id.uuid());
        self.execute(sql).await?;
        let event = ContentEvent::new(
            RecordKind::Comment,
            "updated",
            comment.id,
            Some(comment.edition),
        );
        self.record(permit, edit.at, event);
        Ok(())
    }

    /// Removes a comment and all that is below it for good.
    pub async fn purge_comment(
        &mut self,
        permit: &Permit,
        comment: &Comment,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::Comment, comment.id)?;
        let mut sql = Sql::new(BELOW);
        sql.bind(comment.id.uuid()).push(BELOW_THESE);
        let mut gone: Vec<CommentId> = Vec::new();
        for row in &mut self.query(sql).await? {
            gone.push(Id::from_uuid(row.get()?));
        }
        let mut changes = self.changes();
        let mut ids: Vec<Uuid> = gone.iter().map(|id| id.uuid()).collect();
        ids.push(comment.id.uuid());
        changes
            .statement("DELETE FROM comment WHERE id IN ")
            .id_list(&ids);
        recount(&mut changes, comment);
        self.run(changes).await?;
        let purged = |id: CommentId| {
            ContentEvent::new(RecordKind::Comment, "purged", id, Some(comment.edition))
        };
        self.record(permit, at, purged(comment.id));
        for id in gone {
            self.tell(at, purged(id));
        }
        Ok(())
    }
}

/// Makes the counts anew that a comment is in.
fn recount(changes: &mut Changes, comment: &Comment) {
    if let Some(parent) = comment.parent {
        changes
            .statement("UPDATE comment SET reply_count = (SELECT count(*) FROM comment c WHERE c.parent_id = comment.id AND c.status = 'approved') WHERE id = ")
            .bind(parent.uuid());
    }
    changes
        .statement(&format!("UPDATE entry SET comment_count = (SELECT count(*) FROM comment c WHERE c.entry_id = entry.id AND {SHOWN}) WHERE id = "))
        .bind(comment.entry.uuid());
}

/// All that is below a comment, which stands between the two halves.
const BELOW: &str = "WITH RECURSIVE below (id) AS (SELECT c.id FROM comment c WHERE c.parent_id = ";
const BELOW_THESE: &str = " UNION ALL SELECT c.id FROM comment c JOIN below b ON c.parent_id = b.id) SELECT id FROM below";

/// Below a comment that is not shown nothing is.
fn hide_below(changes: &mut Changes, id: CommentId) {
    changes
        .statement("UPDATE comment SET is_below_hidden = TRUE WHERE id IN (")
        .push(BELOW)
        .bind(id.uuid())
        .push(BELOW_THESE)
        .push(")");
}

/// Below a comment that is shown, what answers it is below nothing that is hidden; nor is what
/// answers those of them that are approved, and so on.
fn show_below(changes: &mut Changes, id: CommentId) {
    changes
        .statement("UPDATE comment SET is_below_hidden = FALSE WHERE parent_id IN (WITH RECURSIVE shown (id) AS (SELECT c.id FROM comment c WHERE c.id = ")
        .bind(id.uuid())
        .push(" UNION ALL SELECT c.id FROM comment c JOIN shown s ON c.parent_id = s.id WHERE c.status = 'approved') SELECT id FROM shown)");
}
