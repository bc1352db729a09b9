//! How the engines run the listed queries: by indexes, never through a big table from end to end.

use application::{
    articles,
    worker::{Handlers, WorkerOptions},
};
use domain::{
    articles::{ArticleDraft, ContributionDraft, ContributionRole},
    content::{Parts, Status},
    id::CategoryId,
    menus::MenuTarget,
    redirects::RedirectTarget,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::harness::{
    TestServer,
    builders::Editions,
    engine,
    records::{link, page},
};

/// How many articles each edition has.
const ARTICLES: usize = 150;

/// A page of articles, first or deep, and the index it must be read by on SQLite: nothing in its
/// statements may read a table or sort.
const LISTS: [(&str, &str, &str); 34] = [
    (
        "L",
        "entry_live|entry_status",
        "{ articles(first: 20, edition: \"en\") { nodes { title excerpt categories { name } tags { name } byline { name } hero { alt } } } }",
    ),
    (
        "L without an edition",
        "entry_live_all",
        "{ articles(first: 20) { nodes { title } } }",
    ),
    (
        "D",
        "entry_live|entry_status",
        "{ articles(first: 20, edition: \"en\", after: \"{deep}\") { nodes { title hero { alt } } } }",
    ),
    (
        "D backward",
        "entry_live|entry_status",
        "{ articles(last: 20, edition: \"en\", before: \"{deep}\") { nodes { title } } }",
    ),
    (
        "by title",
        "entry_live_title",
        "{ articles(first: 20, edition: \"en\", orderBy: { field: TITLE }) { nodes { title } } }",
    ),
    (
        "by the last change",
        "entry_live_updated",
        "{ articles(first: 20, edition: \"en\", orderBy: { field: UPDATED_AT }) { nodes { title } } }",
    ),
    (
        "C by slug",
        "entry_term_live",
        "{ articles(first: 20, edition: \"en\", filter: { category: { slug: \"news\" } }) { nodes { title } } }",
    ),
    (
        "C by id, deep",
        "entry_term_live",
        "{ articles(first: 20, edition: \"en\", after: \"{deep}\", filter: { category: { id: \"{category}\" } }) { nodes { title } } }",
    ),
    (
        "C in all editions",
        "entry_term_live_all",
        "{ articles(first: 20, filter: { category: { id: \"{category}\" } }) { nodes { title } } }",
    ),
    (
        "of a tag",
        "entry_term_live",
        "{ articles(first: 20, edition: \"en\", filter: { tag: { slug: \"bees\" } }) { nodes { title } } }",
    ),
    (
        "C by any of one",
        "entry_term_live",
        "{ articles(first: 20, edition: \"en\", filter: { category: { anyOf: [\"news\"] } }) { nodes { title } } }",
    ),
    (
        "C over REST",
        "entry_term_live",
        "/api/v1/articles?edition=en&filter[category]=news",
    ),
    (
        "of an author",
        "entry_contribution_live",
        "{ articles(first: 20, edition: \"en\", filter: { author: { slug: \"ada-moor\" } }) { nodes { title } } }",
    ),
    (
        "of a custom field",
        "entry_field_live",
        "{ articles(first: 20, edition: \"en\", filter: { customField: { name: \"mood\", eq: \"calm\" } }) { nodes { title } } }",
    ),
    (
        "of a custom field, deep",
        "entry_field_live",
        "{ articles(first: 20, edition: \"en\", after: \"{deep}\", filter: { customField: { name: \"mood\", eq: \"calm\" } }) { nodes { title } } }",
    ),
    (
        "of a custom field in all editions",
        "entry_field_live_all",
        "{ articles(first: 20, filter: { customField: { name: \"mood\", eq: \"calm\" } }) { nodes { title } } }",
    ),
    (
        "of a custom field over REST",
        "entry_field_live",
        "/api/v1/articles?edition=en&filter[customField.mood]=calm",
    ),
    (
        "categories of a custom field",
        "record_field_value",
        "{ categories(first: 20, edition: \"en\", orderBy: CREATED, filter: { customField: { name: \"color\", eq: \"red\" } }) { nodes { name customFields } } }",
    ),
    (
        "authors of a custom field",
        "record_field_value",
        "{ authors(first: 20, edition: \"en\", orderBy: CREATED, filter: { customField: { name: \"color\", eq: \"red\" } }) { nodes { name customFields } } }",
    ),
    (
        "assets of a custom field over REST",
        "record_field_value",
        "/api/v1/assets?first=20&filter[customField.color]=red",
    ),
    (
        "of a time",
        "entry_live|entry_status",
        "{ articles(first: 20, edition: \"en\", filter: { publishedAt: { gte: \"2026-01-01T00:00:00Z\", lt: \"2026-02-01T00:00:00Z\" } }) { nodes { title } } }",
    ),
    (
        "featured",
        "entry_live_featured",
        "{ articles(first: 20, edition: \"en\", filter: { isFeatured: true }) { nodes { title } } }",
    ),
    (
        "pages by title",
        "entry_live_title",
        "{ pages(first: 20, edition: \"en\") { nodes { title } } }",
    ),
    (
        "issues",
        "entry_live|entry_status",
        "{ issues(first: 20, edition: \"en\") { nodes { title } } }",
    ),
    (
        "comments",
        "comment_live_all",
        "{ comments(first: 20) { nodes { bodyText } } }",
    ),
    (
        "comments of an article",
        "comment_live|comment_entry",
        "{ article(by: { slug: \"number-1\" }, edition: \"en\") { comments(first: 20) { nodes { bodyText } } } }",
    ),
    (
        "comments of articles",
        "entry_live|entry_status|comment_live|comment_entry",
        "{ articles(first: 20, edition: \"en\") { nodes { comments(first: 20) { nodes { bodyText } } } } }",
    ),
    (
        "articles of categories by title",
        "entry_live_title|term_text_name",
        "{ categories(first: 20) { nodes { articles(first: 20, orderBy: { field: TITLE }) { nodes { title } } } } }",
    ),
    (
        "assets",
        "asset_created",
        "{ assets(first: 20) { nodes { url } } }",
    ),
    (
        "L over REST",
        "entry_live|entry_status",
        "/api/v1/articles?edition=en",
    ),
    (
        "D over REST",
        "entry_live|entry_status",
        "/api/v1/articles?edition=en&after={deep}&include=byline,hero,terms",
    ),
    ("comments over REST", "comment_live_all", "/api/v1/comments"),
    (
        "the feed of a category",
        "entry_term_live",
        "/feeds/en/category/news/rss.xml?first=20",
    ),
    (
        "the feed of an author",
        "entry_contribution_live",
        "/feeds/en/author/ada-moor/feed.json?first=20",
    ),
];

/// Other reads: nothing in their statements may read a big table from end to end.
const READS: [(&str, &str); 31] = [
    (
        "A by slug",
        "{ article(by: { slug: \"number-7\" }, edition: \"en\") { title body { html } related { title } comments { nodes { bodyText } } translations { entry { title } } } }",
    ),
    (
        "A by path",
        "{ article(by: { path: \"/2025/01/number-7\" }, edition: \"en\") { title } }",
    ),
    (
        "a route",
        "{ route(path: \"/2025/01/number-7\") { __typename } }",
    ),
    (
        "categories with their newest",
        "{ categories(first: 20) { nodes { name articleCount articles(first: 5) { nodes { title } } } } }",
    ),
    (
        "authors with their newest",
        "{ authors(first: 20) { nodes { name articles(first: 5) { nodes { title } } } } }",
    ),
    (
        "a range of a custom field",
        "{ articles(first: 20, edition: \"en\", filter: { customField: { name: \"rating\", gte: 2, lte: 3 } }) { nodes { title } } }",
    ),
    (
        "a range of a custom field of assets",
        "/api/v1/assets?first=20&filter[customField.size][gte]=2&filter[customField.color]=red",
    ),
    (
        "articles without a custom field",
        "{ articles(first: 20, edition: \"en\", filter: { customField: { name: \"rating\", isNull: true } }) { nodes { title } } }",
    ),
    (
        "two conditions",
        "{ articles(first: 20, edition: \"en\", filter: { category: { slug: \"news\" }, tag: { slug: \"bees\" } }) { nodes { title } } }",
    ),
    (
        "untranslated",
        "{ articles(first: 20, edition: \"en\", filter: { untranslatedIn: \"fa\" }) { nodes { title } } }",
    ),
    (
        "stale translations",
        "{ articles(first: 20, edition: \"fa\", filter: { isStaleTranslation: true }) { nodes { title } } }",
    ),
    (
        "translations that are not stale",
        "{ articles(first: 20, edition: \"fa\", filter: { isStaleTranslation: false }) { nodes { title } } }",
    ),
    (
        "with pictures",
        "{ articles(first: 20, edition: \"en\", filter: { hasMedia: IMAGE }) { nodes { title } } }",
    ),
    (
        "not featured",
        "{ articles(first: 20, edition: \"en\", filter: { not: { isFeatured: true } }) { nodes { title } } }",
    ),
    (
        "the number of a list",
        "{ articles(first: 1, edition: \"en\") { totalCount } }",
    ),
    (
        "the number of a category",
        "{ articles(first: 1, edition: \"en\", filter: { category: { slug: \"news\" } }) { totalCount } }",
    ),
    (
        "facets",
        "{ articles(first: 1, edition: \"en\") { facets(by: [CATEGORY, TAG, AUTHOR]) { buckets { count } } } }",
    ),
    ("the archive", "{ archive(edition: \"en\") { count } }"),
    (
        "comments",
        "{ comments(first: 20) { nodes { bodyText replies { bodyText } } } }",
    ),
    (
        "tags",
        "{ tags(first: 20, edition: \"en\") { nodes { name } } }",
    ),
    (
        "REST: L",
        "/api/v1/articles?edition=en&include=byline,hero,terms,related,translations",
    ),
    (
        "pages with their children",
        "{ pages(first: 20) { nodes { parent { title } children(first: 5) { nodes { title } } } } }",
    ),
    (
        "newsletters with their issues",
        "{ newsletters(first: 20) { nodes { issues(first: 5) { nodes { title } } } } }",
    ),
    (
        "assets with their users",
        "{ assets(first: 20) { nodes { alt usedBy { title } } } }",
    ),
    (
        "collections with their entries",
        "{ collections(first: 20) { nodes { items(first: 5) { nodes { title } } } } }",
    ),
    (
        "translations of one",
        "/api/v1/articles/by-slug/en/number-1?include=translations,related,attachments,galleries,body,seo",
    ),
    (
        "redirects of an edition",
        "{ redirects(first: 20, edition: \"en\") { nodes { from } } }",
    ),
    ("the feed of a tag", "/feeds/en/tag/bees/atom.xml"),
    ("a menu", "{ menus(edition: \"en\") { items { href } } }"),
    ("a feed", "/feeds/en/rss.xml"),
    ("a sitemap", "/feeds/en/sitemaps/2025-01/sitemap.xml"),
];

/// The tables that grow with the site, and what the statements call them.
const BIG: [(&str, &[&str]); 11] = [
    ("entry", &["e", "g"]),
    ("entry_field", &["x"]),
    ("record_field", &["x", "f"]),
    ("entry_term", &["x", "f"]),
    ("entry_contribution", &["x", "f", "y"]),
    ("entry_asset", &["x", "u"]),
    ("entry_body", &["b"]),
    ("article", &["a", "s"]),
    ("comment", &["c"]),
    ("route", &["r"]),
    ("asset", &["m"]),
];

fn numbered(draft: &ArticleDraft, number: usize) -> ArticleDraft {
    let mut draft = draft.clone();
    draft.entry.title = format!("Number {number}");
    let day = number / 24 % 28 + 1;
    let (month, hour) = (number / 672 + 1, number % 24);
    draft.entry.published_at = Some(
        format!("2025-{month:02}-{day:02}T{hour:02}:00:00Z")
            .parse()
            .unwrap(),
    );
    draft.entry.is_featured = number.is_multiple_of(10);
    let mood = if number.is_multiple_of(3) {
        "angry"
    } else {
        "calm"
    };
    let fields = &mut draft.entry.custom_fields;
    fields.insert("mood".to_owned(), mood.into());
    fields.insert("rating".to_owned(), (number % 5).into());
    if number.is_multiple_of(7) {
        draft.entry.status = Status::Draft;
    }
    draft
}

/// A store of some hundred articles; answers a category all of them stand in.
async fn fill(server: &TestServer) -> CategoryId {
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let bees = server.tag(site.en, "Bees").await;
    let ada = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "A river").await;
    let base = server
        .article(site.en, "x")
        .category(local)
        .tag(bees)
        .by(ada)
        .hero(picture);
    let mut english = base.draft.clone();
    english.byline.push(ContributionDraft {
        role: ContributionRole::Editor,
        author: None,
        name: Some("The desk".to_owned()),
    });
    let mut persian = english.clone();
    persian.entry.edition = site.fa;
    let ids = server
        .system()
        .write(async |tx| {
            let mut ids = Vec::new();
            for number in 0..ARTICLES {
                ids.push(articles::create_in(tx, &numbered(&english, number)).await?);
                articles::create_in(tx, &numbered(&persian, number)).await?;
            }
            Ok(ids)
        })
        .await
        .unwrap();
    for id in ids.into_iter().take(20) {
        let top = server.comment(id, None, "First").await;
        server.comment(id, Some(top), "Answer").await;
    }
    around(server, site, news).await;
    news
}

/// Pages, newsletters, a collection, a menu and redirects.
async fn around(server: &TestServer, site: Editions, news: CategoryId) {
    let parent = server.page(site.en, "Parent").await;
    for number in 0..30 {
        let mut child = page(site.en, &format!("Child {number}"));
        child.entry.parent = Some(parent.into());
        let child = server.save_page(child).await;
        server
            .redirect(
                site.en,
                &format!("/old/{number}"),
                RedirectTarget::Entry(child.into()),
            )
            .await;
    }
    let letter = server.newsletter(site.en, "Letter").await;
    for number in 0..30 {
        server.issue(site.en, letter, number, Vec::new()).await;
    }
    server
        .collection(site.en, "Front", vec![parent.into()])
        .await;
    let target = MenuTarget::Term(news.into());
    server
        .menu(site.en, "primary", vec![link("", target)])
        .await;
}

struct Scene {
    server: TestServer,
    category: CategoryId,
    deep: String,
}

impl Scene {
    async fn new() -> Self {
        let server = TestServer::start_with(|config| {
            let color = serde_json::json!({
                "color": { "type": "text", "filterable": true },
                "size": { "type": "number", "filterable": true },
            });
            let fields = serde_json::json!({
                "article": {
                    "mood": { "type": "text", "filterable": true },
                    "rating": { "type": "number", "filterable": true },
                },
                "category": color, "author": color, "asset": color,
            });
            config.fields = serde_json::from_value(fields).unwrap();
        })
        .await;
        let category = fill(&server).await;
        let data = server
            .graphql("{ articles(first: 100, edition: \"en\") { pageInfo { endCursor } } }")
            .await;
        let deep = data["articles"]["pageInfo"]["endCursor"]
            .as_str()
            .unwrap()
            .to_owned();
        Self {
            server,
            category,
            deep,
        }
    }

    /// The statements of a read.
    async fn statements(&self, query: &str) -> Vec<String> {
        let query = query
            .replace("{deep}", &self.deep)
            .replace("{category}", &self.category.to_string());
        self.server.app.store().record_statements();
        if query.starts_with('/') {
            self.server.get(&query).await.expect(200);
        } else {
            self.server.graphql(&query).await;
        }
        let statements = self.server.app.store().recorded_statements();
        assert!(!statements.is_empty());
        statements
    }

    /// How the engine would run a statement if it had to use indexes. A table of some hundred rows
    /// it would rather read whole, so PostgreSQL is told not to: what is left has no index.
    async fn plan(&self, statement: &str) -> Vec<String> {
        if engine() != "postgres" {
            return self.server.app.store().explain(statement).await.unwrap();
        }
        let connection = self.server.connect().await;
        for way in ["seqscan", "sort", "incremental_sort", "bitmapscan"] {
            connection
                .execute_unprepared(&format!("SET enable_{way} = off"))
                .await
                .unwrap();
        }
        let explain = Statement::from_string(
            DbBackend::Postgres,
            format!("EXPLAIN (COSTS OFF) {statement}"),
        );
        let rows = connection.query_all_raw(explain).await.unwrap();
        connection.close().await.unwrap();
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }
}

/// The lines of a plan that read a big table from end to end. What is read in the order of an index
/// ends with the page, so that is none of them unless all of it is sorted afterwards.
fn scans(plan: &[String]) -> Vec<&String> {
    let is_sorted = !sorts(plan).is_empty();
    let reads_whole = |line: &str| {
        let line = line.trim_start_matches([' ', '-', '>']);
        BIG.iter().any(|(table, names)| {
            // SQLite calls a table by its alias, PostgreSQL by its name.
            names.iter().any(|name| {
                let is_derived = plan
                    .iter()
                    .any(|line| line.ends_with(&format!("CO-ROUTINE {name}")));
                let bare = format!("SCAN {name}");
                !is_derived
                    && (line == bare || (is_sorted && line.starts_with(&format!("{bare} USING"))))
            }) || line.starts_with(&format!("Seq Scan on {table} "))
        })
    };
    plan.iter().filter(|line| reads_whole(line)).collect()
}

/// The lines of a plan that put rows in order.
fn sorts(plan: &[String]) -> Vec<&String> {
    // The few rows of a page that was read are put in order once more.
    let is_of_page = |at: usize| {
        let mut near = plan.iter().skip(at).take(2);
        near.any(|line| line.contains("Sort Key: listed."))
    };
    plan.iter()
        .enumerate()
        .filter(|(at, line)| {
            let is_sort = line.trim_start_matches([' ', '-', '>']).starts_with("Sort");
            (is_sort && !is_of_page(*at)) || line.contains("TEMP B-TREE FOR")
        })
        .map(|(_, line)| line)
        .collect()
}

#[tokio::test]
async fn a_page_of_articles_is_read_by_an_index_in_its_order() {
    let scene = Scene::new().await;
    let mut wrong = Vec::new();
    for (name, index, query) in LISTS {
        for statement in scene.statements(query).await {
            let plan = scene.plan(&statement).await;
            // A page of a nested list stands in a subquery of its own.
            let is_page = statement.contains(" LIMIT 21");
            let is_sorted = is_page && !sorts(&plan).is_empty();
            // With some hundred rows PostgreSQL takes any index of the right order.
            let is_by_index = !is_page
                || engine() != "sqlite"
                || plan.iter().any(|line| {
                    index.split('|').any(|index| {
                        let used = format!(" INDEX {index}");
                        line.ends_with(&used) || line.contains(&format!("{used} ("))
                    })
                });
            if !scans(&plan).is_empty() || is_sorted || !is_by_index {
                wrong.push(format!("{name}: {statement}\n  {}", plan.join("\n  ")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn no_listed_read_goes_through_a_big_table() {
    let scene = Scene::new().await;
    let mut wrong = Vec::new();
    for (name, query) in READS {
        for statement in scene.statements(query).await {
            let plan = scene.plan(&statement).await;
            if !scans(&plan).is_empty() {
                wrong.push(format!("{name}: {statement}\n  {}", plan.join("\n  ")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn sqlite_is_built_and_opened_as_it_must_be() {
    if engine() != "sqlite" {
        return;
    }
    let server = TestServer::start().await;
    let facts = server.app.store().engine_facts().await.unwrap();
    assert!(
        facts.iter().any(|fact| fact == "ENABLE_QPSG"),
        "bound statements would be prepared anew each time: {facts:?}"
    );
    assert!(facts.iter().any(|fact| fact == "wal"), "{facts:?}");
    assert!(
        !facts.iter().any(|fact| fact == "ENABLE_MEMORY_MANAGEMENT")
            && facts.iter().any(|fact| fact == "DEFAULT_MEMSTATUS=0"),
        "connections would wait for each other: {facts:?}"
    );
}

#[tokio::test]
async fn an_entry_named_by_its_slug_is_found_by_its_slug() {
    let scene = Scene::new().await;
    let query = "{ article(by: { slug: \"number-8\" }, edition: \"en\") { title } }";
    let mut by_slug = scene.statements(query).await;
    by_slug.retain(|statement| statement.contains("e.slug = "));
    assert_eq!(by_slug.len(), 1, "{by_slug:?}");
    if engine() == "postgres" {
        // What is autovacuum's to find out in a real store: how different slugs are.
        let connection = scene.server.connect().await;
        connection.execute_unprepared("ANALYZE").await.unwrap();
        connection.close().await.unwrap();
    }
    // An index that fits but for the slug would lead through everything published.
    let plan = scene.plan(&by_slug[0]).await;
    let is_by_slug = |line: &String| {
        line.contains("entry_slug (edition_id=? AND kind=? AND slug=?)")
            || line.contains("Index Scan using entry_slug")
    };
    assert!(plan.iter().any(is_by_slug), "\n{}", plan.join("\n"));
}

/// The lines of a plan that use an index.
fn uses(plan: &[String], index: &str) -> bool {
    let used = [format!("INDEX {index} ("), format!("using {index} on ")];
    plan.iter()
        .any(|line| used.iter().any(|used| line.contains(used.as_str())))
}

#[tokio::test]
async fn filters_of_translations_walk_the_list_in_its_order_and_look_each_up() {
    let scene = Scene::new().await;
    for filter in [
        "untranslatedIn: \"fa\"",
        "isStaleTranslation: true",
        "isStaleTranslation: false",
    ] {
        let query = format!(
            "{{ articles(first: 20, edition: \"en\", filter: {{ {filter} }}) {{ nodes {{ title }} }} }}"
        );
        for statement in scene.statements(&query).await {
            let plan = scene.plan(&statement).await;
            let told = plan.join("\n");
            assert!(scans(&plan).is_empty(), "{filter}: {statement}\n{told}");
            assert!(sorts(&plan).is_empty(), "{filter}: {statement}\n{told}");
        }
    }
}

#[tokio::test]
async fn the_past_of_an_entry_is_found_by_an_index() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").status(Status::Draft).await;
    for version in 1..40 {
        let change = domain::change::ArticleChange {
            subtitle: domain::change::Change::Set(Some(version.to_string())),
            ..domain::change::ArticleChange::default()
        };
        articles::change(&cx, id, version, change).await.unwrap();
    }
    let content = domain::content::Content::Article(
        articles::get(&cx, &application::entries::EntryGet::id(id), Parts::NONE)
            .await
            .unwrap()
            .unwrap(),
    );
    let scene = Scene {
        server,
        category: CategoryId::from_uuid(uuid::Uuid::nil()),
        deep: String::new(),
    };
    let store = scene.server.app.store();
    store.record_statements();
    application::revisions::as_of(&cx, content, cx.now(), Parts::NONE)
        .await
        .unwrap();
    let statements = store.recorded_statements();
    for (words, index) in [("v.kept_at", "revision_kept"), ("audit a", "audit_target")] {
        let statement = statements.iter().find(|text| text.contains(words));
        let plan = scene.plan(statement.unwrap()).await;
        assert!(uses(&plan, index), "{words}\n{}", plan.join("\n"));
        assert!(sorts(&plan).is_empty(), "{words}\n{}", plan.join("\n"));
    }
}

#[tokio::test]
async fn entries_with_a_time_set_are_found_by_an_index() {
    let scene = Scene::new().await;
    let store = scene.server.app.store();
    store.record_statements();
    let worker = scene
        .server
        .worker(Handlers::default(), WorkerOptions::default());
    worker.prepare().await.unwrap();
    let statements = store.recorded_statements();
    for index in ["entry_scheduled", "entry_unpublish"] {
        let column = index
            .replace("entry_", "")
            .replace("unpublish", "unpublish_at");
        let column = column.replace("scheduled", "scheduled_at");
        let statement = statements
            .iter()
            .find(|text| text.contains(&format!("{column} IS NOT NULL")));
        let plan = scene.plan(statement.unwrap()).await;
        let used = format!("INDEX {index}");
        let is_used = uses(&plan, index) || plan.iter().any(|line| line.ends_with(&used));
        assert!(
            is_used && sorts(&plan).is_empty(),
            "{index}\n{}",
            plan.join("\n")
        );
    }
}
