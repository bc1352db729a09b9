//! Blocks that show something: pictures, films, sounds, files, embeds.

use std::borrow::Cow;

use async_graphql::{Object, Result, SimpleObject};
use domain::body::{
    AspectRatio as DomainRatio, Embed as DomainEmbed, Image, Inline, MediaRef,
    Track as DomainTrack, Video,
};

use super::{Assets, Within, text::InlineText};
use crate::graphql::{enums::EmbedProvider, media::Asset};

/// A picture.
pub(crate) struct ImageBlock<'a> {
    pub(super) within: Within<'a>,
    pub(super) image: &'a Image,
}

/// A picture.
#[Object]
impl ImageBlock<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// Its address.
    async fn src(&self) -> String {
        self.within.assets.address(&self.image.src)
    }

    /// The asset behind it, if it is one of this site.
    async fn asset(&self) -> Option<&Asset> {
        self.within.assets.get(&self.image.src)
    }

    /// What is to be seen, for those who cannot; empty for mere decoration.
    async fn alt(&self) -> &str {
        &self.image.alt
    }

    /// What stands below it.
    async fn caption(&self) -> Option<InlineText<'_>> {
        InlineText::new(&self.image.caption, self.within.assets)
    }

    /// Width in pixels, where the author gave it.
    async fn width(&self) -> Option<u32> {
        self.image.width
    }

    /// Height in pixels, where the author gave it.
    async fn height(&self) -> Option<u32> {
        self.image.height
    }

    /// Where a click on it leads.
    async fn link_href(&self) -> Option<Cow<'_, str>> {
        self.image
            .link_href
            .as_deref()
            .map(|href| self.within.assets.plain(href))
    }
}

/// Several pictures shown as one group.
pub(crate) struct GalleryBlock<'a> {
    pub(super) within: Within<'a>,
    pub(super) items: &'a [Image],
    pub(super) caption: &'a Inline,
}

/// Several pictures shown as one group.
#[Object]
impl GalleryBlock<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// The pictures, in order.
    async fn items(&self) -> Result<Vec<ImageBlock<'_>>> {
        let within = self.within;
        within.assets.budget().items(self.items.len())?;
        Ok(self
            .items
            .iter()
            .map(|image| ImageBlock { within, image })
            .collect())
    }

    /// What stands below the group.
    async fn caption(&self) -> Option<InlineText<'_>> {
        InlineText::new(self.caption, self.within.assets)
    }
}

/// A film.
pub(crate) struct VideoBlock<'a> {
    pub(super) within: Within<'a>,
    pub(super) video: &'a Video,
}

/// A film.
#[Object]
impl VideoBlock<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// Its address.
    async fn src(&self) -> String {
        self.within.assets.address(&self.video.src)
    }

    /// The asset behind it, if it is one of this site.
    async fn asset(&self) -> Option<&Asset> {
        self.within.assets.get(&self.video.src)
    }

    /// The address of the still shown before it plays.
    async fn poster(&self) -> Option<String> {
        self.video
            .poster
            .as_ref()
            .map(|poster| self.within.assets.address(poster))
    }

    /// Subtitles and the like.
    async fn tracks(&self) -> Vec<Track<'_>> {
        self.video
            .tracks
            .iter()
            .map(|track| Track {
                track,
                assets: self.within.assets,
            })
            .collect()
    }

    /// Width in pixels, where the author gave it.
    async fn width(&self) -> Option<u32> {
        self.video.width
    }

    /// Height in pixels, where the author gave it.
    async fn height(&self) -> Option<u32> {
        self.video.height
    }

    /// What stands below it.
    async fn caption(&self) -> Option<InlineText<'_>> {
        InlineText::new(&self.video.caption, self.within.assets)
    }
}

/// A timed text track of a film.
pub(crate) struct Track<'a> {
    track: &'a DomainTrack,
    assets: &'a Assets,
}

/// A timed text track of a film.
#[Object]
impl Track<'_> {
    /// Its address.
    async fn src(&self) -> String {
        self.assets.address(&self.track.src)
    }

    /// `subtitles`, `captions`, `descriptions`, `chapters` or `metadata`.
    async fn kind(&self) -> &str {
        &self.track.kind
    }

    /// Its language (BCP 47).
    async fn lang(&self) -> Option<&str> {
        self.track.lang.as_deref()
    }

    /// What viewers choose it by.
    async fn label(&self) -> Option<&str> {
        self.track.label.as_deref()
    }
}

/// A sound.
pub(crate) struct AudioBlock<'a> {
    pub(super) within: Within<'a>,
    pub(super) src: &'a MediaRef,
    pub(super) caption: &'a Inline,
}

/// A sound.
#[Object]
impl AudioBlock<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// Its address.
    async fn src(&self) -> String {
        self.within.assets.address(self.src)
    }

    /// The asset behind it, if it is one of this site.
    async fn asset(&self) -> Option<&Asset> {
        self.within.assets.get(self.src)
    }

    /// What stands below it.
    async fn caption(&self) -> Option<InlineText<'_>> {
        InlineText::new(self.caption, self.within.assets)
    }
}

/// A file offered for download.
pub(crate) struct FileBlock<'a> {
    pub(super) within: Within<'a>,
    pub(super) src: &'a MediaRef,
    pub(super) name: &'a str,
}

/// A file offered for download.
#[Object]
impl FileBlock<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// Its address.
    async fn src(&self) -> String {
        self.within.assets.address(self.src)
    }

    /// The asset behind it, if it is one of this site.
    async fn asset(&self) -> Option<&Asset> {
        self.within.assets.get(self.src)
    }

    /// What readers see as its name.
    async fn name(&self) -> &str {
        self.name
    }
}

/// Something shown from another site.
pub(crate) struct Embed<'a> {
    pub(super) within: Within<'a>,
    pub(super) embed: &'a DomainEmbed,
}

/// Something shown from another site: always a link, never a frame or a script.
#[Object]
impl Embed<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// The site it comes from.
    async fn provider(&self) -> EmbedProvider {
        self.embed.provider.into()
    }

    /// Its canonical address, always https.
    async fn url(&self) -> &str {
        &self.embed.url
    }

    /// What the author or the site called it.
    async fn title(&self) -> Option<&str> {
        self.embed.title.as_deref()
    }

    /// The shape to reserve for it.
    async fn aspect_ratio(&self) -> Option<AspectRatio> {
        self.embed.aspect_ratio.map(AspectRatio::from)
    }

    /// What stands below it.
    async fn caption(&self) -> Option<InlineText<'_>> {
        InlineText::new(&self.embed.caption, self.within.assets)
    }
}

/// Width to height, in lowest terms.
#[derive(SimpleObject)]
pub(crate) struct AspectRatio {
    /// The width.
    width: u32,
    /// The height.
    height: u32,
}

impl From<DomainRatio> for AspectRatio {
    fn from(ratio: DomainRatio) -> Self {
        Self {
            width: ratio.width,
            height: ratio.height,
        }
    }
}
