//! Menus: trees of links.

use domain::{content::Status, menus::MenuTarget};
use serde_json::json;

use crate::harness::{TestServer, records::link, texts};

#[tokio::test]
async fn a_menu_is_a_tree_with_real_addresses() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ menu(location: \"footer\") { name edition { code } items { label href url opensNewWindow target { __typename ... on Page { title } ... on Tag { slug } } children { label url } } } fa: menu(location: \"primary\", edition: \"fa\") { items { label url children { url } } } menus(edition: \"sq\") { location } }")
        .await;
    let items = &data["menu"]["items"];
    assert_eq!(
        texts(items, "label"),
        [
            "About",
            "Contact",
            "How we print",
            "Privacy",
            "Recipes",
            "Weather station"
        ]
    );
    assert_eq!(items[0]["target"]["__typename"], "Page");
    assert_eq!(items[0]["url"], "https://gazette.example/about");
    assert_eq!(texts(&items[0]["children"], "label"), ["Our history"]);
    assert_eq!(items[4]["href"], "/topic/recipes");
    assert_eq!(items[5]["target"], json!(null));
    assert_eq!(items[5]["url"], "https://rain-gauge.example");
    let first = &data["fa"]["items"][0];
    assert_eq!(first["label"], "شهر");
    assert_eq!(
        first["url"],
        "https://gazette.example/fa/%D8%A8%D8%AE%D8%B4/%D8%B4%D9%87%D8%B1"
    );
    let mut places = texts(&data["menus"], "location");
    places.sort_unstable();
    assert_eq!(places, ["footer", "primary"]);
}

#[tokio::test]
async fn links_to_what_is_hidden_are_left_out_with_what_is_below() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let shown = server.article(site.en, "Shown").await;
    let hidden = server
        .article(site.en, "Hidden")
        .status(Status::Draft)
        .await;
    let url = || MenuTarget::Url("https://elsewhere.example".to_owned());
    let mut parent = link("Hidden parent", MenuTarget::Entry(hidden.into()));
    parent.children = vec![link("Below hidden", url())];
    let mut visible = link("", MenuTarget::Entry(shown.into()));
    visible.children = vec![
        link("Hidden child", MenuTarget::Entry(hidden.into())),
        link("Shown child", url()),
    ];
    server
        .menu(site.en, "main", vec![parent, visible, link("Last", url())])
        .await;
    let data = server
        .graphql("{ menu(location: \"main\") { items { label href children { label } } } }")
        .await;
    assert_eq!(
        data["menu"]["items"],
        json!([
            { "label": "Shown", "href": "/2026/05/shown", "children": [{ "label": "Shown child" }] },
            { "label": "Last", "href": "https://elsewhere.example", "children": [] },
        ])
    );
}
