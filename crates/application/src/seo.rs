//! Structured data for search engines (schema.org).

use domain::{
    articles::{Contribution, Correction},
    content::{Content, Entry},
    editions::EditionSet,
    media::Figure,
    time::rfc3339,
};
use serde_json::{Map, Value, json};

use crate::{ActorContext, media};

/// The JSON-LD of an entry: `NewsArticle` for articles, `WebPage` for the rest. What an article
/// corrects is in it if the article was read with that.
pub fn json_ld(
    cx: &ActorContext,
    content: &Content,
    byline: &[Contribution],
    hero: Option<&Figure>,
    editions: &EditionSet,
) -> Value {
    let entry = content.entry();
    let mut data = Map::new();
    data.insert("@context".to_owned(), json!("https://schema.org"));
    let (kind, description) = match content {
        Content::Article(article) => ("NewsArticle", article.excerpt(None)),
        Content::Page(page) => ("WebPage", page.excerpt(None)),
        Content::Issue(_) => ("CreativeWork", String::new()),
    };
    data.insert("@type".to_owned(), json!(kind));
    data.insert("headline".to_owned(), json!(entry.title));
    if !description.is_empty() {
        data.insert("description".to_owned(), json!(description));
    }
    dates(&mut data, entry);
    if let Ok(edition) = editions.get(entry.edition) {
        let url = edition.url(&entry.path);
        data.insert("inLanguage".to_owned(), json!(edition.code));
        data.insert("url".to_owned(), json!(url));
        data.insert(
            "mainEntityOfPage".to_owned(),
            json!({ "@type": "WebPage", "@id": url }),
        );
        data.insert("publisher".to_owned(), json!({ "@type": "NewsMediaOrganization", "name": edition.title, "url": edition.base_url }));
    }
    let people: Vec<Value> = byline
        .iter()
        .map(|line| {
            let name = line.name.clone().or_else(|| {
                line.author
                    .as_ref()
                    .map(|author| author.text.value.name.clone())
            });
            let url = line.author.as_ref().and_then(|author| {
                Some(
                    editions
                        .get(author.text.edition)
                        .ok()?
                        .url(&crate::authors::path(editions, author)),
                )
            });
            match url {
                Some(url) => json!({ "@type": "Person", "name": name, "url": url }),
                None => json!({ "@type": "Person", "name": name }),
            }
        })
        .collect();
    if !people.is_empty() {
        data.insert("author".to_owned(), Value::Array(people));
    }
    if let Some(hero) = hero {
        let mut image = Map::new();
        image.insert("@type".to_owned(), json!("ImageObject"));
        image.insert("url".to_owned(), json!(media::url(cx, &hero.asset)));
        if let (Some(width), Some(height)) = (hero.asset.width, hero.asset.height) {
            image.insert("width".to_owned(), json!(width));
            image.insert("height".to_owned(), json!(height));
        }
        data.insert("image".to_owned(), Value::Object(image));
    }
    if let Content::Article(article) = content {
        data.insert("wordCount".to_owned(), json!(article.word_count));
        data.insert("commentCount".to_owned(), json!(article.comment_count));
        let corrections = article.corrections.loaded().map_or(&[][..], Vec::as_slice);
        if !corrections.is_empty() {
            let notices: Vec<Value> = corrections.iter().map(correction).collect();
            data.insert("correction".to_owned(), Value::Array(notices));
        }
    }
    Value::Object(data)
}

fn correction(correction: &Correction) -> Value {
    json!({
        "@type": "CorrectionComment",
        "datePublished": rfc3339(correction.at),
        "text": correction.text,
    })
}

fn dates(data: &mut Map<String, Value>, entry: &Entry) {
    if let Some(published) = entry.published_at {
        data.insert("datePublished".to_owned(), json!(rfc3339(published)));
    }
    data.insert("dateModified".to_owned(), json!(rfc3339(entry.updated_at)));
}
