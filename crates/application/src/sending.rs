//! Every write can run in a handler: its future can move between threads. That this file compiles is
//! the test. What spoils it is an async closure below the use cases that borrows.
#![expect(dead_code, reason = "that it compiles is the test")]

use domain::{
    api_keys::ApiKeyDraft,
    articles::ArticleDraft,
    authors::{AuthorChange, AuthorDraft},
    change::{ArticleChange, IssueChange, PageChange},
    collections::{CollectionChange, CollectionDraft},
    comments::{CommentChange, CommentDraft, CommentSubmission, Verdict},
    editions::{EditionChange, EditionDraft},
    galleries::{GalleryChange, GalleryDraft},
    id::{
        ApiKeyId, ArticleId, AssetId, AuthorId, CollectionId, CommentId, EditionId, EntryId,
        GalleryId, Id, JobId, PageId, RedirectId, UserId,
    },
    idempotency::{IdempotencyKey, KeptAnswer},
    lifecycle::{Schedule, Verb},
    media::{AssetChange, AssetDraft, RemoteAsset},
    menus::{MenuChange, MenuDraft},
    newsletters::{IssueDraft, NewsletterChange, NewsletterDraft},
    pages::PageDraft,
    redirects::{RedirectChange, RedirectDraft},
    settings::{SiteChange, SiteDraft},
    terms::{TermChange, TermDraft, TermId},
    time::Timestamp,
    users::{Email, NewPassword, Password, UserChange, UserDraft},
};

use crate::{
    ActorContext, OnUse, api_keys,
    articles::{self, NewArticle, NewCorrection},
    auth::{self, FirstOwner},
    authors, batch, collections, comments, editions, entries, galleries,
    idempotency::{self, Claim},
    jobs,
    lifecycle::{self, Step},
    media, menus,
    newsletters::{self, NewIssue},
    pages::{self, NewPage},
    redirects, revisions, settings, terms, translation_groups,
    translations::{self, NewTranslation},
    users,
    worker::Worker,
    writing::{self, Ready},
};

fn sendable(_write: impl Future + Send) {}

fn write_accounts(cx: &ActorContext, id: UserId, key: ApiKeyId, draft: UserDraft) {
    sendable(api_keys::create(cx, ApiKeyDraft::default()));
    sendable(api_keys::revoke(cx, key, 1));
    sendable(users::create(cx, draft, None));
    sendable(users::change(cx, id, 1, UserChange::default()));
    sendable(users::sign_out(cx, id, 1));
}

fn write_passwords(cx: &ActorContext, email: &Email, current: Password, new: &NewPassword) {
    sendable(auth::change_password(cx, current, new.clone()));
    sendable(auth::request_reset(cx, email));
    sendable(auth::request_confirmation(cx));
    sendable(auth::reset(cx, "", new.clone()));
    sendable(auth::confirm_email(cx, ""));
    let owner = FirstOwner {
        email: email.clone(),
        display_name: String::new(),
        password: new.clone(),
    };
    sendable(auth::set_up(cx, "", owner));
}

fn write_articles(cx: &ActorContext, id: ArticleId, draft: &ArticleDraft) {
    sendable(articles::create(cx, draft.clone()));
    sendable(articles::update(cx, id, None, draft.clone()));
}

fn write_fields(cx: &ActorContext, id: EntryId, edition: EditionId) {
    let (article, page) = (Id::from_uuid(id.uuid()), Id::from_uuid(id.uuid()));
    let issue = Id::from_uuid(id.uuid());
    let new = NewArticle {
        edition,
        change: ArticleChange::default(),
    };
    sendable(articles::create_from(cx, new));
    sendable(articles::change(cx, article, 1, ArticleChange::default()));
    let correction = NewCorrection::default();
    sendable(articles::add_correction(cx, article, 1, correction));
    let new = NewPage {
        edition,
        change: PageChange::default(),
    };
    sendable(pages::create_from(cx, new));
    sendable(pages::change(cx, page, 1, PageChange::default()));
    let new = NewIssue {
        edition,
        change: IssueChange::default(),
    };
    sendable(newsletters::create_issue_from(cx, new));
    sendable(newsletters::change_issue(
        cx,
        issue,
        1,
        IssueChange::default(),
    ));
}

fn write_fields_in_parts(cx: &ActorContext, id: EntryId, edition: EditionId, ready: &[Ready]) {
    sendable(cx.write(async |tx| {
        for ready in ready {
            tx.savepoint(async |tx| writing::create_in(tx, edition, ready).await)
                .await?;
            tx.savepoint(async |tx| Box::pin(writing::change_in(tx, id, 1, ready)).await)
                .await?;
        }
        Ok(())
    }));
    let new = NewTranslation {
        edition,
        copies_texts: true,
        note: None,
    };
    sendable(translations::create(cx, id, new));
}

fn move_entries(cx: &ActorContext, id: EntryId, step: &Step) {
    sendable(lifecycle::submit(cx, id, step.clone()));
    sendable(lifecycle::publish(cx, id, step.clone()));
    let schedule = Schedule::default();
    sendable(lifecycle::schedule(cx, id, step.clone(), schedule));
    sendable(lifecycle::purge(cx, id, step.clone(), OnUse::Refuse));
    sendable(lifecycle::discard_pending(cx, id, step.clone()));
    let revision = Id::from_uuid(id.uuid());
    sendable(revisions::restore(cx, id, revision, step.clone()));
    sendable(translations::mark_current(cx, id, step.clone()));
}

fn move_entries_in_parts(cx: &ActorContext, id: EntryId, step: &Step, at: Timestamp) {
    sendable(cx.write(async |tx| {
        tx.savepoint(async |tx| lifecycle::step_in(tx, id, Verb::Submit, step).await)
            .await?;
        tx.savepoint(async |tx| lifecycle::publish_due_in(tx, id, at).await)
            .await?;
        lifecycle::unpublish_due_in(tx, id, at).await
    }));
}

fn write_pages(cx: &ActorContext, id: PageId, draft: &PageDraft) {
    sendable(pages::create(cx, draft.clone()));
    sendable(pages::update(cx, id, None, draft.clone()));
}

fn write_issues(cx: &ActorContext, newsletter: NewsletterDraft, issue: IssueDraft) {
    let id = Id::from_uuid(newsletter.edition.uuid());
    let change = NewsletterChange::default();
    sendable(newsletters::create_from(
        cx,
        newsletter.edition,
        change.clone(),
    ));
    sendable(newsletters::change(cx, id, 1, change));
    sendable(newsletters::delete_at(cx, id, 1));
    sendable(newsletters::create(cx, newsletter));
    sendable(newsletters::create_issue(cx, issue));
}

fn delete_entries(cx: &ActorContext, id: EntryId) {
    sendable(entries::delete(cx, id, OnUse::Refuse));
}

fn write_terms(cx: &ActorContext, id: TermId, draft: &TermDraft) {
    sendable(terms::create(cx, draft.clone()));
    sendable(terms::update(cx, id, draft.clone()));
    sendable(terms::delete(cx, id, OnUse::Detach));
    let change = TermChange::default();
    sendable(terms::create_from(cx, id.taxonomy, change.clone()));
    sendable(terms::change(cx, id, 1, change));
    sendable(terms::delete_at(cx, id, 1, OnUse::Detach));
}

fn write_authors(cx: &ActorContext, id: AuthorId, draft: &AuthorDraft) {
    sendable(authors::create(cx, draft.clone()));
    sendable(authors::update(cx, id, draft.clone()));
    sendable(authors::delete(cx, id, OnUse::Detach));
    let change = AuthorChange::default();
    sendable(authors::create_from(cx, change.clone()));
    sendable(authors::change(cx, id, 1, change));
    sendable(authors::delete_at(cx, id, 1, OnUse::Detach));
}

fn write_media(cx: &ActorContext, id: AssetId, draft: &AssetDraft) {
    sendable(media::create(cx, draft.clone()));
    sendable(media::update(cx, id, draft.clone()));
    sendable(media::delete(cx, id, OnUse::Detach));
    sendable(media::create_remote(cx, RemoteAsset::default()));
    sendable(media::change(cx, id, 1, AssetChange::default()));
    let step = Step {
        expected: 1,
        note: None,
    };
    sendable(media::trash(cx, id, step.clone()));
    sendable(media::restore(cx, id, step.clone()));
    sendable(media::purge(cx, id, step, OnUse::Refuse));
}

fn write_galleries(cx: &ActorContext, id: GalleryId, draft: GalleryDraft) {
    sendable(galleries::create(cx, draft));
    sendable(galleries::delete(cx, id, OnUse::Detach));
    sendable(galleries::create_from(cx, GalleryChange::default()));
    sendable(galleries::change(cx, id, 1, GalleryChange::default()));
    sendable(galleries::delete_at(cx, id, 1, OnUse::Detach));
}

fn write_the_site(cx: &ActorContext, id: EditionId, site: SiteDraft, edition: &EditionDraft) {
    sendable(settings::update(cx, site));
    sendable(settings::change(cx, 1, SiteChange::default()));
    sendable(editions::create_from(cx, EditionChange::default()));
    sendable(editions::change(cx, id, 1, EditionChange::default()));
    sendable(editions::delete_at(cx, id, 1));
    sendable(editions::create(cx, edition.clone()));
    sendable(editions::update(cx, id, edition.clone()));
}

fn write_lists(cx: &ActorContext, collection: CollectionDraft, menu: MenuDraft) {
    sendable(collections::create_from(
        cx,
        collection.edition,
        CollectionChange::default(),
    ));
    sendable(collections::create(cx, collection));
    let id = Id::from_uuid(menu.edition.uuid());
    sendable(menus::create_from(cx, menu.edition, MenuChange::default()));
    sendable(menus::change(cx, id, 1, MenuChange::default()));
    sendable(menus::delete_at(cx, id, 1));
    sendable(menus::create(cx, menu));
}

fn write_what_hangs_on_entries(cx: &ActorContext, comment: CommentDraft, redirect: RedirectDraft) {
    sendable(comments::create(cx, comment));
    sendable(redirects::create(cx, redirect));
}

fn write_batches(cx: &ActorContext, commands: Vec<batch::Command>) {
    sendable(batch::run(cx, commands, true));
}

fn write_once(cx: &ActorContext, key: IdempotencyKey, claim: &Claim, answer: &KeptAnswer) {
    sendable(idempotency::claim(cx, key, String::new()));
    sendable(claim.keep(answer));
}

fn write_comments(cx: &ActorContext, id: CommentId, submission: CommentSubmission) {
    sendable(comments::submit(cx, submission));
    sendable(comments::judge(cx, id, 1, Verdict::Approve));
    sendable(comments::moderate(cx, &[id], Verdict::Trash));
    sendable(comments::change(cx, id, 1, CommentChange::default()));
    sendable(comments::purge(cx, id, 1));
}

fn write_jobs(cx: &ActorContext, id: JobId, worker: Worker) {
    sendable(crate::custom_fields::follow_model(cx));
    sendable(jobs::retry(cx, id));
    sendable(jobs::discard(cx, id));
    sendable(worker.run(tokio_util::sync::CancellationToken::new()));
}

fn write_many_in_parts(cx: &ActorContext, drafts: &[ArticleDraft]) {
    sendable(cx.write(async |tx| {
        for draft in drafts {
            tx.savepoint(async |tx| articles::create_in(tx, draft).await)
                .await?;
        }
        Ok(())
    }));
}

fn write_by_hand(cx: &ActorContext, draft: &ArticleDraft) {
    sendable(async {
        let mut tx = cx.begin().await?;
        articles::create_in(&mut tx, draft).await?;
        tx.commit().await
    });
}

fn write_redirects(cx: &ActorContext, id: RedirectId, edition: EditionId, text: &[u8]) {
    sendable(redirects::create_from(
        cx,
        edition,
        RedirectChange::default(),
    ));
    sendable(redirects::change(cx, id, 1, RedirectChange::default()));
    sendable(redirects::delete_at(cx, id, 1));
    sendable(redirects::import_csv(cx, edition, text));
}

fn merge_records(cx: &ActorContext, term: TermId, author: AuthorId) {
    sendable(async move { terms::merge(cx, &[term], term, 1).await });
    sendable(async move { authors::merge(cx, &[author], author, 1).await });
}

fn link_translations(cx: &ActorContext, id: EntryId) {
    sendable(translation_groups::link(cx, id, 1, id));
    sendable(translation_groups::unlink(cx, id, 1));
}

fn change_collections(cx: &ActorContext, id: CollectionId) {
    sendable(collections::change(cx, id, 1, CollectionChange::default()));
    sendable(collections::delete_at(cx, id, 1));
}
