//! Makes everything but articles, terms and authors for tests.

use application::{
    collections, comments, entries, galleries, media, menus, newsletters, pages, redirects,
};
use bytes::Bytes;
use domain::{
    collections::CollectionDraft,
    comments::{CommentDraft, CommentStatus},
    content::Status,
    galleries::{GalleryDraft, GalleryItemDraft, GalleryText},
    id::{
        AssetId, CollectionId, CommentId, EditionId, EntryId, GalleryId, IssueId, MenuId,
        NewsletterId, PageId, RedirectId, TranslationGroupId,
    },
    media::{AssetDraft, AssetKind, AssetLocation, AssetText},
    menus::{MenuDraft, MenuItemDraft, MenuTarget},
    newsletters::{IssueDraft, NewsletterDraft, Section},
    pages::PageDraft,
    redirects::{RedirectDraft, RedirectTarget},
    text::EditionText,
};

use super::{TestServer, builders::entry};

/// A draft of a page.
pub fn page(edition: EditionId, title: &str) -> PageDraft {
    PageDraft {
        entry: entry(
            edition,
            title,
            &format!("<p>{title}, for years to come.</p>"),
        ),
        position: 0,
    }
}

/// A draft of an issue.
pub fn issue(edition: EditionId, newsletter: NewsletterId, number: i64) -> IssueDraft {
    IssueDraft {
        entry: entry(edition, &format!("Issue {number}"), "<p>Dear reader,</p>"),
        newsletter,
        number,
        outro: None,
        sections: Vec::new(),
        attachments: Vec::new(),
    }
}

/// A draft of a remote picture nobody made public.
pub fn remote_picture(edition: EditionId, alt: &str) -> AssetDraft {
    let value = AssetText {
        alt: Some(alt.to_owned()),
        ..AssetText::default()
    };
    AssetDraft {
        kind: AssetKind::Image,
        location: AssetLocation::Remote {
            url: "https://pictures.example/river.jpg".to_owned(),
        },
        file_name: "river.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size_bytes: Some(1234),
        width: Some(1200),
        height: Some(800),
        duration_ms: None,
        focal_point: None,
        licence: None,
        is_public: false,
        created_at: None,
        texts: vec![EditionText { edition, value }],
    }
}

/// A draft of a link in a menu.
pub fn link(label: &str, target: MenuTarget) -> MenuItemDraft {
    MenuItemDraft {
        label: label.to_owned(),
        target,
        hint: None,
        opens_new_window: false,
        children: Vec::new(),
    }
}

impl TestServer {
    /// An empty translation group.
    pub fn group(&self) -> TranslationGroupId {
        entries::new_group(&self.system())
    }

    /// A published page.
    pub async fn page(&self, edition: EditionId, title: &str) -> PageId {
        self.save_page(page(edition, title)).await
    }

    /// A page as drafted.
    pub async fn save_page(&self, draft: PageDraft) -> PageId {
        pages::create(&self.system(), draft).await.unwrap()
    }

    /// A remote picture nobody made public, with an alternative text in one edition.
    pub async fn picture(&self, edition: EditionId, alt: &str) -> AssetId {
        self.asset(remote_picture(edition, alt)).await
    }

    /// An asset as drafted.
    pub async fn asset(&self, draft: AssetDraft) -> AssetId {
        media::create(&self.system(), draft).await.unwrap()
    }

    /// A file that is stored here and that nobody made public.
    pub async fn file(&self, edition: EditionId, name: &str, bytes: &'static [u8]) -> AssetId {
        let cx = self.system();
        let stored = media::put_bytes(&cx, Bytes::from_static(bytes))
            .await
            .unwrap();
        let draft = AssetDraft {
            location: AssetLocation::Stored { key: stored.key },
            size_bytes: Some(stored.size_bytes),
            file_name: name.to_owned(),
            ..remote_picture(edition, name)
        };
        self.asset(draft).await
    }

    /// A newsletter.
    pub async fn newsletter(&self, edition: EditionId, title: &str) -> NewsletterId {
        let draft = NewsletterDraft {
            edition,
            slug: String::new(),
            title: title.to_owned(),
            description: None,
        };
        newsletters::create(&self.system(), draft).await.unwrap()
    }

    /// A published issue with sections.
    pub async fn issue(
        &self,
        edition: EditionId,
        newsletter: NewsletterId,
        number: i64,
        sections: Vec<Section>,
    ) -> IssueId {
        let draft = IssueDraft {
            sections,
            ..issue(edition, newsletter, number)
        };
        self.save_issue(draft).await
    }

    /// An issue as drafted.
    pub async fn save_issue(&self, draft: IssueDraft) -> IssueId {
        newsletters::create_issue(&self.system(), draft)
            .await
            .unwrap()
    }

    /// A draft of an issue.
    pub async fn draft_issue(
        &self,
        edition: EditionId,
        newsletter: NewsletterId,
        number: i64,
    ) -> IssueId {
        let mut draft = issue(edition, newsletter, number);
        draft.entry.status = Status::Draft;
        self.save_issue(draft).await
    }

    /// A comment that is shown.
    pub async fn comment(
        &self,
        entry: impl Into<EntryId>,
        parent: Option<CommentId>,
        body: &str,
    ) -> CommentId {
        self.comment_of(entry, parent, CommentStatus::Approved, body)
            .await
    }

    /// A comment of any status.
    pub async fn comment_of(
        &self,
        entry: impl Into<EntryId>,
        parent: Option<CommentId>,
        status: CommentStatus,
        body: &str,
    ) -> CommentId {
        let draft = CommentDraft {
            entry: entry.into(),
            parent,
            status,
            author_name: "A reader".to_owned(),
            author_email: Some("reader@mail.example".to_owned()),
            author_url: None,
            body: body.to_owned(),
            created_at: None,
        };
        comments::create(&self.system(), draft).await.unwrap()
    }

    /// A gallery of these pictures.
    pub async fn gallery(&self, edition: EditionId, title: &str, assets: &[AssetId]) -> GalleryId {
        let value = GalleryText {
            title: title.to_owned(),
            ..GalleryText::default()
        };
        let item = |asset: &AssetId| GalleryItemDraft {
            asset: *asset,
            captions: std::collections::BTreeMap::new(),
        };
        let draft = GalleryDraft {
            texts: vec![EditionText { edition, value }],
            items: assets.iter().map(item).collect(),
        };
        galleries::create(&self.system(), draft).await.unwrap()
    }

    /// A collection of these entries.
    pub async fn collection(
        &self,
        edition: EditionId,
        title: &str,
        items: Vec<EntryId>,
    ) -> CollectionId {
        let draft = CollectionDraft {
            edition,
            slug: String::new(),
            title: title.to_owned(),
            description: None,
            items,
        };
        collections::create(&self.system(), draft).await.unwrap()
    }

    /// A menu of these links.
    pub async fn menu(
        &self,
        edition: EditionId,
        location: &str,
        items: Vec<MenuItemDraft>,
    ) -> MenuId {
        let draft = MenuDraft {
            edition,
            location: location.to_owned(),
            name: location.to_owned(),
            items,
        };
        menus::create(&self.system(), draft).await.unwrap()
    }

    /// A permanent redirect.
    pub async fn redirect(&self, edition: EditionId, from: &str, to: RedirectTarget) -> RedirectId {
        let draft = RedirectDraft {
            edition,
            from: from.to_owned(),
            to,
            is_permanent: true,
        };
        redirects::create(&self.system(), draft).await.unwrap()
    }
}
