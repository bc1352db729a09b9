//! How many SQL statements reads cost: a stated number, whatever the length of the page; and what
//! a new article costs.

use domain::{
    id::{ArticleId, EntryId, NewsletterId},
    menus::MenuTarget,
    newsletters::{Section, SectionItem},
};
use serde_json::json;

use crate::harness::{
    TestServer, engine,
    records::{link, page},
    texts,
};

/// A read, and how many statements it costs on SQLite and on PostgreSQL. `{n}` is the size of the
/// page, and what is named after a size holds so many.
struct Read {
    name: &'static str,
    statements: [u64; 2],
    query: &'static str,
}

const fn read(name: &'static str, statements: [u64; 2], query: &'static str) -> Read {
    Read {
        name,
        statements,
        query,
    }
}

const LIST: &str = "nodes { title slug excerpt publishedAt primaryCategory { name } categories { name } tags { name } byline { name author { name } } hero { alt asset { url } } }";

/// GraphQL queries; `{LIST}` stands for what a list of articles shows.
const QUERIES: [Read; 38] = [
    read(
        "L: the latest articles",
        [1, 1],
        "{ articles(first: {n}, edition: \"en\") { {LIST} } }",
    ),
    read(
        "L with names from a fallback",
        [1, 1],
        "{ articles(first: {n}, edition: \"fa\") { {LIST} } }",
    ),
    read(
        "C: page three of a category",
        [1, 1],
        "{ articles(first: {n}, after: \"{third}\", edition: \"en\", filter: { category: { slug: \"all\" } }) { {LIST} } }",
    ),
    read(
        "D: a page near the end",
        [1, 1],
        "{ articles(first: {n}, after: \"{deep}\", edition: \"en\") { {LIST} } }",
    ),
    read(
        "A: one article with everything",
        [18, 18],
        "{ article(by: { slug: \"with-{n}\" }) { title body { html blocks { ... on ImageBlock { asset { url } } } } byline { name author { name avatar { url } } } categories { name } tags { name } hero { alt asset { url } } attachments { asset { url } } galleries { title items { asset { url } } } seo { title jsonLd image { url } } translations { edition { code } entry { title } } related { title hero { alt } } comments(first: {n}) { nodes { bodyText } } } }",
    ),
    read(
        "titles alone",
        [1, 1],
        "{ articles(first: {n}) { nodes { title } } }",
    ),
    read(
        "titles and their number",
        [2, 2],
        "{ articles(first: {n}) { totalCount nodes { title } } }",
    ),
    read(
        "bodies with their pictures",
        [2, 2],
        "{ articles(first: {n}) { nodes { body { html } } } }",
    ),
    read(
        "articles with corrections",
        [1, 1],
        "{ articles(first: {n}) { nodes { title corrections { at text } } } }",
    ),
    read(
        "articles with related ones",
        [7, 7],
        "{ articles(first: {n}) { nodes { related { title hero { alt } } } } }",
    ),
    read(
        "articles with translations",
        [2, 2],
        "{ articles(first: {n}) { nodes { translations { isStale entry { title } } } } }",
    ),
    read(
        "articles with galleries",
        [8, 8],
        "{ articles(first: {n}) { nodes { galleries { title items { asset { url } } } } } }",
    ),
    read(
        "facets of a list",
        [9, 9],
        "{ articles(first: {n}) { nodes { title } facets(by: [CATEGORY, TAG, AUTHOR]) { buckets { label count } } } }",
    ),
    read(
        "categories with their newest five",
        [6, 6],
        "{ categories(first: {n}) { nodes { name articles(first: 5) { nodes { title hero { alt } } } } } }",
    ),
    read(
        "categories with parents and children",
        [8, 8],
        "{ categories(first: {n}) { nodes { parent { name } children { name } articleCount } } }",
    ),
    read(
        "authors with their newest five",
        [6, 6],
        "{ authors(first: {n}) { nodes { name avatar { url } articles(first: 5) { nodes { title hero { alt } } } } } }",
    ),
    read(
        "tags with their numbers",
        [4, 4],
        "{ tags(first: {n}) { nodes { name articleCount } } }",
    ),
    read(
        "comments with answers to answers",
        [4, 4],
        "{ article(by: { slug: \"with-10\" }) { comments(first: {n}) { nodes { bodyText replies(first: 5) { bodyText replies(first: 5) { bodyText } } } } } }",
    ),
    read(
        "issues with their articles",
        [3, 3],
        "{ issues(first: {n}) { nodes { number newsletter { title } sections { items { article { title } } } } } }",
    ),
    read(
        "collections with their entries",
        [4, 4],
        "{ collection(by: { slug: \"with-{n}\" }) { items(first: {n}) { nodes { title ... on Article { hero { alt } } } } } }",
    ),
    read(
        "galleries with their pictures",
        [6, 6],
        "{ galleries(first: {n}) { nodes { title items { asset { url } } } } }",
    ),
    read(
        "a menu with its targets",
        [5, 5],
        "{ menu(location: \"with-{n}\") { items { label href target { ... on Article { title hero { alt } } ... on Category { name } ... on Author { name } } } } }",
    ),
    read(
        "redirects with their entries",
        [2, 2],
        "{ redirects(first: {n}) { nodes { from entry { title } } } }",
    ),
    read(
        "articles by their ids",
        [2, 2],
        "{ nodes(ids: [{articles}]) { ... on Article { title hero { alt } } } }",
    ),
    read(
        "categories by their ids",
        [2, 2],
        "{ nodes(ids: [{categories}]) { ... on Category { name } } }",
    ),
    read(
        "pages with parents",
        [2, 2],
        "{ pages(first: {n}) { nodes { title parent { title } ancestors { title } } } }",
    ),
    read(
        "the archive",
        [1, 1],
        "{ archive(edition: \"en\") { year month count } }",
    ),
    read(
        "what is at a path",
        [4, 4],
        "{ route(path: \"/2026/01/with-{n}\") { ... on Article { title categories { name } } } }",
    ),
    read(
        "articles with comments",
        [2, 2],
        "{ articles(first: {n}) { nodes { comments(first: 5) { nodes { bodyText } } } } }",
    ),
    read(
        "articles with revisions, of which a reader sees none",
        [2, 2],
        "{ articles(first: {n}) { totalCount nodes { title revisions { totalCount nodes { version } } } } }",
    ),
    read(
        "pages with parents and children",
        [3, 3],
        "{ pages(first: {n}) { nodes { title parent { title } children(first: 5) { nodes { title } } } } }",
    ),
    read(
        "newsletters with their issues",
        [2, 2],
        "{ newsletters(first: {n}) { nodes { title issues(first: 3) { nodes { title } } } } }",
    ),
    read(
        "assets with their users",
        [4, 4],
        "{ assets(first: {n}) { nodes { url alt usedBy { title } } } }",
    ),
    read(
        "comments by their ids",
        [1, 1],
        "{ nodes(ids: [{comments}]) { ... on Comment { bodyText } } }",
    ),
    read(
        "redirects by their ids",
        [1, 1],
        "{ nodes(ids: [{redirects}]) { ... on Redirect { href } } }",
    ),
    read(
        "pages with their second children",
        [4, 4],
        "{ pages(first: {n}) { nodes { title children(first: 1) { totalCount nodes { title } } all: children(last: 3) { nodes { title } } } } }",
    ),
    read(
        "authors with their articles by title",
        [5, 5],
        "{ authors(first: {n}) { nodes { articles(first: 2, orderBy: { field: TITLE, direction: ASC }, filter: { isFeatured: false }) { totalCount nodes { title } } } } }",
    ),
    read(
        "collections with their first entries",
        [3, 3],
        "{ collections(first: {n}) { nodes { title items(first: 3) { nodes { title } } } } }",
    ),
];

/// Paths of the other faces.
const PATHS: [Read; 15] = [
    read(
        "REST: articles",
        [1, 1],
        "/api/v1/articles?first={n}&edition=en",
    ),
    read(
        "REST: L",
        [1, 1],
        "/api/v1/articles?first={n}&edition=en&include=byline,hero,terms",
    ),
    read(
        "REST: articles with corrections",
        [1, 1],
        "/api/v1/articles?first={n}&edition=en&include=corrections",
    ),
    read(
        "REST: articles with everything",
        [16, 16],
        "/api/v1/articles?first={n}&include=byline,hero,terms,body,seo,attachments,galleries,translations,related",
    ),
    read(
        "REST: one article with everything",
        [16, 16],
        "/api/v1/articles/by-slug/en/with-{n}?include=byline,hero,terms,body,seo,attachments,galleries,translations,related",
    ),
    read(
        "REST: pages",
        [2, 2],
        "/api/v1/pages?first={n}&include=hero,body",
    ),
    read(
        "REST: issues with their articles",
        [2, 2],
        "/api/v1/issues?first={n}&include=sections,hero",
    ),
    read("REST: categories", [3, 3], "/api/v1/categories?first={n}"),
    read(
        "REST: authors",
        [3, 3],
        "/api/v1/authors?first={n}&include=avatar",
    ),
    read("REST: assets", [2, 2], "/api/v1/assets?first={n}"),
    read(
        "REST: galleries with their pictures",
        [6, 6],
        "/api/v1/galleries?first={n}&include=items",
    ),
    read("REST: comments", [1, 1], "/api/v1/comments?first={n}"),
    read(
        "REST: a menu",
        [3, 3],
        "/api/v1/menus/by-location/en/with-{n}",
    ),
    read("the RSS feed", [3, 3], "/feeds/en/rss.xml?first={n}"),
    read(
        "the RSS feed of a newsletter",
        [6, 6],
        "/feeds/en/newsletter/letter-0/rss.xml?first={n}",
    ),
];

/// A site with more than ten of everything, all of them different.
async fn crowd(server: &TestServer) -> Vec<ArticleId> {
    let site = server.small_site().await;
    let all = server.category(site.en, "All", None).await;
    let mut articles: Vec<ArticleId> = Vec::new();
    for number in 0..33 {
        let category = server
            .category(site.en, &format!("Category {number}"), Some(all))
            .await;
        let tag = server.tag(site.en, &format!("Tag {number}")).await;
        let author = server.author(site.en, &format!("Author {number}")).await;
        let picture = server.picture(site.en, &format!("Picture {number}")).await;
        let inner = server.picture(site.en, &format!("Inner {number}")).await;
        let gallery = server
            .gallery(site.en, &format!("Gallery {number}"), &[picture, inner])
            .await;
        let group = server.group();
        let article = server
            .article(site.en, &format!("Article {number}"))
            .group(group)
            .category(category)
            .tag(tag)
            .by(author)
            .hero(picture)
            .body(&format!(
                "<p>Text <img src=\"asset:{inner}\" alt=\"x\"></p>"
            ))
            .published_at(&format!("2026-04-{:02}T00:00:00Z", 1 + number % 28))
            .with(|draft| {
                draft.galleries.push(gallery);
                draft.related.extend(articles.last());
            })
            .await;
        // The names of its tag and its author come from the other edition.
        server
            .article(site.fa, &format!("ترجمه {number}"))
            .group(group)
            .tag(tag)
            .by(author)
            .published_at("2020-01-01T00:00:00Z")
            .await;
        let comment = server.comment(article, None, "First").await;
        server.comment(article, Some(comment), "Answer").await;
        articles.push(article);
    }
    for size in [2, 10] {
        with(server, site, size, &articles).await;
    }
    articles
}

/// An article, a collection and a menu that hold so many of everything; so many newsletters.
async fn with(
    server: &TestServer,
    site: crate::harness::builders::Editions,
    size: usize,
    articles: &[ArticleId],
) {
    let name = format!("with-{size}");
    let mut article = server
        .article(site.en, &name)
        .slug(&name)
        .published_at("2026-01-01T00:00:00Z");
    let mut body = String::new();
    for number in 0..size {
        let name = format!("{name} {number}");
        let picture = server.picture(site.en, &name).await;
        body.push_str(&format!("<p><img src=\"asset:{picture}\"></p>"));
        let gallery = server.gallery(site.en, &name, &[picture]).await;
        article = article
            .category(server.category(site.en, &name, None).await)
            .tag(server.tag(site.en, &name).await)
            .by(server.author(site.en, &name).await)
            .hero(picture);
        article = article.with(|draft| {
            draft.galleries.push(gallery);
            draft
                .attachments
                .push(domain::media::FigureDraft::plain(picture));
            draft.related.push(articles[number]);
        });
    }
    let id = article.body(&body).await;
    for _ in 0..size {
        let top = server.comment(id, None, "Top").await;
        let answer = server.comment(id, Some(top), "Answer").await;
        server
            .comment(id, Some(answer), "Answer to the answer")
            .await;
    }
    let entries: Vec<EntryId> = articles.iter().take(size).map(|id| (*id).into()).collect();
    let links = entries.iter().map(|id| link("", MenuTarget::Entry(*id)));
    server.menu(site.en, &name, links.collect()).await;
    server.collection(site.en, &name, entries).await;
    for number in 0..size {
        let parent = server
            .page(site.en, &format!("{name} parent {number}"))
            .await;
        let mut child = page(site.en, &format!("{name} child {number}"));
        child.entry.parent = Some(parent.into());
        server.save_page(child).await;
        let from = format!("/{name}/{number}");
        server
            .redirect(
                site.en,
                &from,
                domain::redirects::RedirectTarget::Entry(articles[number].into()),
            )
            .await;
        if size == 10 {
            letter(server, site, number, articles).await;
        }
    }
}

async fn letter(
    server: &TestServer,
    site: crate::harness::builders::Editions,
    number: usize,
    articles: &[ArticleId],
) {
    let newsletter: NewsletterId = server
        .newsletter(site.en, &format!("Letter {number}"))
        .await;
    let issues = if number == 0 { 10 } else { 2 };
    for issue in 0..issues {
        let items = [issue, issue + 1].map(|index| SectionItem {
            article: Some(articles[index]),
            ..SectionItem::default()
        });
        let section = Section {
            heading: None,
            items: items.into(),
        };
        server
            .issue(
                site.en,
                newsletter,
                i64::try_from(issue).unwrap(),
                vec![section],
            )
            .await;
    }
}

struct Scene {
    server: TestServer,
    third: String,
    deep: String,
    ids: Vec<(&'static str, Vec<String>)>,
}

impl Scene {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let articles = crowd(&server).await;
        let data = server
            .graphql("{ c: articles(first: 20, edition: \"en\", filter: { category: { slug: \"all\" } }) { pageInfo { endCursor } } d: articles(first: 22, edition: \"en\") { pageInfo { endCursor } } categories(first: 10) { nodes { id } } comments(first: 10) { nodes { id } } redirects(first: 10) { nodes { id } } }")
            .await;
        let cursor = |list: &str| {
            data[list]["pageInfo"]["endCursor"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let ids = |list: &'static str| {
            (
                list,
                texts(&data[list]["nodes"], "id")
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            )
        };
        Self {
            third: cursor("c"),
            deep: cursor("d"),
            ids: vec![
                (
                    "articles",
                    articles.iter().map(ToString::to_string).collect(),
                ),
                ids("categories"),
                ids("comments"),
                ids("redirects"),
            ],
            server,
        }
    }

    fn fill(&self, query: &str, size: usize) -> String {
        let mut query = query
            .replace("{LIST}", LIST)
            .replace("{n}", &size.to_string())
            .replace("{third}", &self.third)
            .replace("{deep}", &self.deep);
        for (name, ids) in &self.ids {
            let ids: Vec<String> = ids
                .iter()
                .take(size)
                .map(|id| format!("\"{id}\""))
                .collect();
            query = query.replace(&format!("{{{name}}}"), &ids.join(", "));
        }
        query
    }

    async fn cost(&self, read: &Read, size: usize) -> u64 {
        let query = self.fill(read.query, size);
        let ask = async || {
            if query.starts_with('/') {
                self.server.get_text(&query).await
            } else {
                self.server
                    .graphql_with(&query, json!({}))
                    .await
                    .to_string()
            }
        };
        // What is kept in memory is there after the first time.
        let answer = ask().await;
        assert!(answer.len() > 20, "{}: {answer}", read.name);
        self.server.statements(ask()).await.0
    }
}

async fn assert_costs(reads: &[Read]) {
    let scene = Scene::new().await;
    let engine = usize::from(engine() == "postgres");
    let mut wrong = Vec::new();
    for read in reads {
        let (few, many) = (scene.cost(read, 2).await, scene.cost(read, 10).await);
        let stated = read.statements[engine];
        if few != stated || many != stated {
            wrong.push(format!(
                "{}: {few} for a page of two, {many} for ten, stated are {stated}",
                read.name
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn graphql_queries_cost_what_is_stated_for_any_length_of_the_page() {
    assert_costs(&QUERIES).await;
}

#[tokio::test]
async fn rest_and_feeds_cost_what_is_stated_for_any_length_of_the_page() {
    assert_costs(&PATHS).await;
}

/// SQLite gets all rows of an article in one text.
#[tokio::test]
async fn a_new_article_is_written_with_few_statements() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.author(site.en, "Ada Moor").await;
    let news = server.category(site.en, "News", None).await;
    let article = server.article(site.en, "One").category(news).by(ada);
    let (cost, _) = server.statements(article.into_future()).await;
    // Editions, slug, path and categories are asked for; audit and outbox come last.
    let expected = if engine() == "postgres" { 14 } else { 7 };
    assert_eq!(cost, expected);
}
