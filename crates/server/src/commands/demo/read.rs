//! Reads the demo's files. What is wrong is told with the file and, where it is known, the key.

use std::path::Path;

use domain::{Error, Result};
use include_dir::{Dir, DirEntry};
use serde::de::DeserializeOwned;

use super::{
    keys::in_edition,
    model::{
        ArticleHead, Asset, AssetsFile, Author, AuthorsFile, CategoriesFile, Category, Collection,
        CollectionsFile, Comment, CommentsFile, Edition, GalleriesFile, Gallery, Issue, Menu,
        MenusFile, Newsletter, NewslettersFile, PageHead, Redirect, RedirectsFile, SiteFile, Tag,
        TagsFile,
    },
};

/// The whole publication.
#[derive(Debug)]
pub(super) struct Publication {
    pub(super) name: String,
    pub(super) editions: Vec<Edition>,
    pub(super) authors: Vec<Author>,
    pub(super) categories: Vec<Category>,
    pub(super) tags: Vec<Tag>,
    pub(super) assets: Vec<Asset>,
    pub(super) galleries: Vec<Gallery>,
    pub(super) articles: Vec<Document<ArticleHead>>,
    pub(super) pages: Vec<Document<PageHead>>,
    pub(super) newsletters: Vec<Newsletter>,
    pub(super) issues: Vec<Issue>,
    pub(super) collections: Vec<Collection>,
    pub(super) menus: Vec<Menu>,
    pub(super) redirects: Vec<Redirect>,
    pub(super) comments: Vec<Comment>,
}

/// An article or a page in one edition.
#[derive(Debug)]
pub(super) struct Document<H> {
    /// Its file, for messages.
    pub(super) file: String,
    /// What its translations share.
    pub(super) key: String,
    /// The code of its edition.
    pub(super) edition: String,
    pub(super) head: H,
    /// The text below the head.
    pub(super) text: String,
}

impl<H> Document<H> {
    /// Its key with its edition.
    pub(super) fn in_edition(&self) -> String {
        in_edition(&self.key, &self.edition)
    }
}

/// Reads all files.
pub(super) fn publication(files: &Dir<'_>) -> Result<Publication> {
    let SiteFile { name, editions } = table(files, "site.toml")?;
    let NewslettersFile {
        newsletters,
        issues,
    } = table(files, "newsletters.toml")?;
    let codes: Vec<&str> = editions
        .iter()
        .map(|edition| edition.code.as_str())
        .collect();
    Ok(Publication {
        authors: table::<AuthorsFile>(files, "authors.toml")?.authors,
        categories: table::<CategoriesFile>(files, "categories.toml")?.categories,
        tags: table::<TagsFile>(files, "tags.toml")?.tags,
        assets: table::<AssetsFile>(files, "assets.toml")?.assets,
        galleries: table::<GalleriesFile>(files, "galleries.toml")?.galleries,
        articles: documents(files, "articles", &codes)?,
        pages: documents(files, "pages", &codes)?,
        newsletters,
        issues,
        collections: table::<CollectionsFile>(files, "collections.toml")?.collections,
        menus: table::<MenusFile>(files, "menus.toml")?.menus,
        redirects: table::<RedirectsFile>(files, "redirects.toml")?.redirects,
        comments: table::<CommentsFile>(files, "comments.toml")?.comments,
        name,
        editions,
    })
}

fn table<T: DeserializeOwned>(files: &Dir<'_>, file: &str) -> Result<T> {
    toml::from_str(text(files, file)?).map_err(|error| wrong(file, error.to_string().trim()))
}

fn text<'a>(files: &Dir<'a>, file: &str) -> Result<&'a str> {
    let found = files
        .get_file(file)
        .ok_or_else(|| wrong(file, "is missing"))?;
    found
        .contents_utf8()
        .ok_or_else(|| wrong(file, "is not UTF-8"))
}

/// The bytes of a picture or another file.
pub(super) fn bytes<'a>(files: &Dir<'a>, file: &str) -> Result<&'a [u8]> {
    files
        .get_file(file)
        .map(include_dir::File::contents)
        .ok_or_else(|| wrong(file, "is missing"))
}

/// `FOLDER/KEY/EDITION.md`: by key, and for each key in the order of the editions.
fn documents<H: DeserializeOwned>(
    files: &Dir<'_>,
    folder: &str,
    editions: &[&str],
) -> Result<Vec<Document<H>>> {
    let root = files
        .get_dir(folder)
        .ok_or_else(|| wrong(folder, "is missing"))?;
    let mut keys: Vec<&Dir<'_>> = root.dirs().collect();
    keys.sort_by_key(|dir| dir.path());
    let mut documents = Vec::new();
    for dir in keys {
        let key = name(dir.path());
        for entry in dir.entries() {
            let known = match entry {
                DirEntry::File(file) => editions
                    .iter()
                    .any(|code| name(file.path()) == format!("{code}.md")),
                DirEntry::Dir(_) => false,
            };
            if !known {
                return Err(wrong(
                    &entry.path().display().to_string(),
                    "is not named after an edition, such as en.md",
                ));
            }
        }
        for code in editions {
            let file = format!("{folder}/{key}/{code}.md");
            if files.get_file(&file).is_some() {
                let (head, text) = split(text(files, &file)?).ok_or_else(|| {
                    wrong(&file, "must begin with a head between two lines of +++")
                })?;
                let head =
                    toml::from_str(head).map_err(|error| wrong(&file, error.to_string().trim()))?;
                documents.push(Document {
                    file,
                    key: key.clone(),
                    edition: (*code).to_owned(),
                    head,
                    text: text.to_owned(),
                });
            }
        }
    }
    Ok(documents)
}

fn split(document: &str) -> Option<(&str, &str)> {
    let (head, text) = document.strip_prefix("+++\n")?.split_once("\n+++\n")?;
    Some((head, text.trim_start_matches('\n')))
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Something in a file of the demo that cannot be used.
pub(super) fn wrong(file: &str, why: &str) -> Error {
    Error::invalid(format!("demo/{file}"), why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::demo::FILES;

    #[test]
    fn all_files_can_be_read() {
        let demo = publication(&FILES).unwrap();
        assert_eq!(
            demo.editions
                .iter()
                .map(|edition| edition.code.as_str())
                .collect::<Vec<_>>(),
            ["en", "fa", "ar", "sq"]
        );
        let keys: std::collections::BTreeSet<&str> = demo
            .articles
            .iter()
            .map(|article| article.key.as_str())
            .collect();
        assert!(keys.len() >= 40, "{} articles", keys.len());
        assert!(demo.pages.iter().any(|page| page.head.parent.is_some()));
        assert_eq!(
            demo.issues
                .iter()
                .filter(|issue| issue.newsletter == "thursday-letter")
                .count(),
            2
        );
        for asset in demo.assets.iter().filter_map(|asset| asset.file.as_deref()) {
            assert!(!bytes(&FILES, asset).unwrap().is_empty(), "{asset}");
        }
    }

    #[test]
    fn a_field_nobody_knows_is_refused_wherever_it_stands() {
        let flat = toml::from_str::<AuthorsFile>(
            "[[author]]\nkey = \"a\"\nwebsit = \"x\"\n[author.en]\nname = \"A\"",
        );
        assert!(flat.is_err());
        let text = toml::from_str::<AuthorsFile>(
            "[[author]]\nkey = \"a\"\n[author.en]\nname = \"A\"\nnick = \"B\"",
        );
        assert!(text.unwrap_err().to_string().contains("nick"));
        let head = toml::from_str::<PageHead>(
            "title = \"A\"\nslug = \"a\"\npublished_at = \"2026-01-01T00:00:00Z\"\nauthor = \"x\"",
        );
        assert!(head.unwrap_err().to_string().contains("author"));
    }

    #[test]
    fn a_head_is_split_from_its_text() {
        assert_eq!(
            split("+++\na = 1\n+++\n\ntext\n+++\n"),
            Some(("a = 1", "text\n+++\n"))
        );
        assert_eq!(split("a = 1"), None);
    }
}
