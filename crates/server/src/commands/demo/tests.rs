//! Tests of the demo in a real store.

use application::{articles, editions};
use domain::{
    body::{Reference, references},
    content::{ContentKind, EntryQuery, Parts},
    paging::PageArgs,
};

use super::*;

async fn empty_app(folder: &std::path::Path) -> Arc<App> {
    let mut config = Config::defaults().unwrap();
    config.data.directory = folder.to_owned();
    open(&config, BuildOptions::default()).await.unwrap()
}

#[tokio::test]
async fn it_is_loaded_once_and_told_from_other_content() {
    let folder = tempfile::tempdir().unwrap();
    let app = empty_app(folder.path()).await;
    assert!(is_empty(&app).await.unwrap() && !is_loaded(&app).await.unwrap());
    let loaded = load(&app).await.unwrap();
    assert!(loaded.articles > 80 && loaded.issues == 3, "{loaded:?}");
    assert!(!is_empty(&app).await.unwrap() && is_loaded(&app).await.unwrap());
    assert!(load(&app).await.is_err(), "loading twice must not work");
}

#[tokio::test]
async fn what_cannot_be_loaded_whole_is_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let app = empty_app(folder.path()).await;
    let mut demo = read::publication(&FILES).unwrap();
    // The name is written last, and may not be empty.
    demo.name = String::new();
    load::publication(&context(&app), &demo, &FILES)
        .await
        .unwrap_err();
    assert!(is_empty(&app).await.unwrap());
    load(&app).await.unwrap();
}

#[tokio::test]
async fn one_translation_is_stale_and_links_lead_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let app = empty_app(folder.path()).await;
    load(&app).await.unwrap();
    let cx = context(&app);
    let all = editions::list(&cx).await.unwrap();
    let mut links = 0;
    let mut stale = std::collections::BTreeSet::new();
    let mut made_from = 0;
    for edition in all.all() {
        let below = url::Url::parse(&edition.base_url)
            .unwrap()
            .path()
            .trim_end_matches('/')
            .to_owned();
        let query = EntryQuery {
            edition: Some(edition.id),
            ..EntryQuery::all(ContentKind::Article)
        };
        let page = articles::list(&cx, &query, &PageArgs::first(100), Parts::BODY)
            .await
            .unwrap();
        for article in page.into_nodes() {
            let others =
                application::entries::translations(&cx, &[article.entry.group], Parts::NONE)
                    .await
                    .unwrap();
            let others = others.values().flatten();
            stale.extend(
                others
                    .filter(|translation| translation.is_stale)
                    .map(|translation| translation.content.entry().title.clone()),
            );
            made_from += usize::from(article.entry.translated_from.is_some());
            for reference in references(&article.body.loaded().unwrap().derived.blocks) {
                match reference {
                    Reference::Entry(key) => panic!("{} links to entry:{key}", article.entry.path),
                    Reference::Url(link) if link.starts_with('/') => {
                        links += 1;
                        let path = link.strip_prefix(&below).expect("a path of the edition");
                        let route =
                            application::routes::resolve(&cx, edition.id, path, Parts::NONE)
                                .await
                                .unwrap();
                        assert!(route.is_some(), "{} links to {link}", article.entry.path);
                    }
                    Reference::Asset(_) | Reference::Url(_) => {}
                }
            }
        }
    }
    assert!(links > 20, "only {links} links");
    assert!(made_from > 20, "only {made_from} translations");
    let stale: Vec<String> = stale.into_iter().collect();
    assert_eq!(stale, ["هوای شهر ما، باز برای همه"]);
}
