//! Terms and authors are kept in memory between reads; nobody may notice.

use application::{entries, terms};
use domain::{
    content::Parts,
    id::{EntryId, TagId},
    terms::{Taxonomy, TermDraft, TermText},
    text::EditionText,
};
use serde_json::{Value, json};

use crate::harness::{TestServer, builders::Editions, people::sql_id};

/// A site with one article that has a tag and an author.
struct Scene {
    server: TestServer,
    site: Editions,
    article: EntryId,
    bees: TagId,
}

fn named(site: &Editions, names: &[(&str, &str)]) -> TermDraft {
    let text = |(edition, name): &(&str, &str)| EditionText {
        edition: if *edition == "en" { site.en } else { site.fa },
        value: TermText {
            name: (*name).to_owned(),
            ..TermText::default()
        },
    };
    TermDraft {
        taxonomy: Taxonomy::Tag,
        namespace: String::new(),
        parent: None,
        position: 0,
        texts: names.iter().map(text).collect(),
    }
}

impl Scene {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let site = server.small_site().await;
        let bees = server.tag(site.en, "Bees").await;
        let ada = server.author(site.en, "Ada Moor").await;
        let article = server.article(site.en, "One").tag(bees).by(ada).await;
        Self {
            server,
            site,
            article: article.into(),
            bees,
        }
    }

    /// The names an article comes with: its tag and its author.
    async fn names(&self) -> Value {
        let data = self
            .server
            .graphql("{ articles(first: 1) { nodes { tags { name } byline { name } } } }")
            .await;
        let article = &data["articles"]["nodes"][0];
        json!([article["tags"][0]["name"], article["byline"][0]["name"]])
    }
}

#[tokio::test]
async fn a_new_name_is_shown_at_once_whoever_gave_it() {
    let scene = Scene::new().await;
    assert_eq!(scene.names().await, json!(["Bees", "Ada Moor"]));
    let wasps = named(&scene.site, &[("en", "Wasps")]);
    terms::update(&scene.server.system(), scene.bees.into(), wasps)
        .await
        .unwrap();
    assert_eq!(scene.names().await, json!(["Wasps", "Ada Moor"]));
    // As another process would.
    scene
        .server
        .rows("UPDATE author_text SET name = 'Ada Hill'")
        .await;
    assert_eq!(scene.names().await, json!(["Wasps", "Ada Hill"]));
    scene.server.rows("DELETE FROM entry_term").await;
    scene.server.rows("DELETE FROM term").await;
    assert_eq!(scene.names().await, json!([null, "Ada Hill"]));
}

#[tokio::test]
async fn a_name_that_was_taken_back_is_never_shown() {
    let scene = Scene::new().await;
    let cx = scene.server.system();
    let rehearsed = cx
        .rehearse(async |tx| {
            let hornets = named(&scene.site, &[("en", "Hornets")]);
            terms::update_in(tx, scene.bees.into(), &hornets).await?;
            let entries = [(scene.article, scene.site.en)];
            let scope = tx.cx().scope();
            tx.reader().relations(scope, &entries, Parts::TERMS).await
        })
        .await
        .unwrap();
    let inside = &rehearsed[&scene.article].terms[0];
    assert_eq!(inside.text.value.name, "Hornets");
    assert_eq!(scene.names().await[0], "Bees");
    let wasps = named(&scene.site, &[("en", "Wasps")]);
    terms::update(&cx, scene.bees.into(), wasps).await.unwrap();
    assert_eq!(scene.names().await[0], "Wasps");
}

#[tokio::test]
async fn a_name_from_another_edition_follows_the_fallback() {
    let scene = Scene::new().await;
    let both = named(&scene.site, &[("en", "Bees"), ("fa", "زنبورها")]);
    let cx = scene.server.system();
    terms::update(&cx, scene.bees.into(), both).await.unwrap();
    let rows = "INSERT INTO edition (id, code, name, direction, base_url, title, fallback_id, is_default, position, permalinks, slug_style, version, created_at, updated_at) SELECT {new}, 'sq', name, direction, 'https://sq.example', title, id, false, 9, permalinks, slug_style, version, created_at, updated_at FROM edition WHERE id = {en}";
    let albanian = sql_id(uuid::Uuid::from_u128(7));
    let (en, fa) = (sql_id(scene.site.en.uuid()), sql_id(scene.site.fa.uuid()));
    let insert = rows.replace("{new}", &albanian).replace("{en}", &en);
    scene.server.rows(&insert).await;
    let edition = domain::id::EditionId::from_uuid(uuid::Uuid::from_u128(7));
    let article: EntryId = scene
        .server
        .article(edition, "Bletët")
        .tag(scene.bees)
        .await
        .into();
    let name = async || {
        let read = scene.server.reader();
        let found = entries::relations(&read, &[article], Parts::TERMS).await;
        found.unwrap()[&article].terms[0].text.value.name.clone()
    };
    assert_eq!(name().await, "Bees");
    let other = format!("UPDATE edition SET fallback_id = {fa} WHERE code = 'sq'");
    scene.server.rows(&other).await;
    assert_eq!(name().await, "زنبورها");
}

#[tokio::test]
async fn what_is_kept_costs_no_statement() {
    let scene = Scene::new().await;
    scene.server.graphql("{ editions { code } }").await;
    let (first, _) = scene.server.statements(scene.names()).await;
    let (second, _) = scene.server.statements(scene.names()).await;
    // Terms and authors, each with the editions that say the order of texts.
    assert_eq!((first, second), (5, 1));
}
