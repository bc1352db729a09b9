//! Conditions on lists of articles, pages and issues.

use domain::{
    content::Status,
    media::{AssetKind, FigureDraft},
    terms::{Taxonomy, TermDraft, TermText},
    text::EditionText,
};

use crate::harness::{
    TestServer,
    builders::Editions,
    records::{page, remote_picture},
    texts,
};

/// The titles of the articles that match, by title.
async fn titles(server: &TestServer, filter: &str) -> Vec<String> {
    let query = format!(
        "{{ articles(edition: \"en\", orderBy: {{ field: TITLE }}, filter: {filter}) {{ totalCount nodes {{ title }} }} }}"
    );
    let data = server.graphql(&query).await;
    let titles = texts(&data["articles"]["nodes"], "title");
    assert_eq!(data["articles"]["totalCount"], titles.len(), "{filter}");
    titles.into_iter().map(str::to_owned).collect()
}

async fn topics(server: &TestServer) -> (Editions, [String; 4]) {
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let bees = server.tag(site.en, "Bees").await;
    let wax = server.tag(site.en, "Wax").await;
    server
        .article(site.en, "A both tags")
        .category(local)
        .tag(bees)
        .tag(wax)
        .await;
    server
        .article(site.en, "B bees")
        .category(news)
        .tag(bees)
        .featured()
        .await;
    server.article(site.en, "C wax").tag(wax).await;
    server.article(site.en, "D nothing").await;
    server
        .article(site.fa, "E Persian")
        .category(local)
        .tag(bees)
        .await;
    let ids = [
        news.to_string(),
        local.to_string(),
        bees.to_string(),
        wax.to_string(),
    ];
    (site, ids)
}

#[tokio::test]
async fn a_category_stands_for_those_below_it_unless_told_otherwise() {
    let server = TestServer::start().await;
    let (_, [news, local, ..]) = topics(&server).await;
    for filter in [
        "{ category: { slug: \"news\" } }".to_owned(),
        format!("{{ category: {{ id: \"{news}\" }} }}"),
        format!("{{ category: {{ anyOf: [\"{local}\", \"{news}\"] }} }}"),
        "{ category: { anyOf: [\"news\"], includeDescendants: true } }".to_owned(),
    ] {
        assert_eq!(
            titles(&server, &filter).await,
            ["A both tags", "B bees"],
            "{filter}"
        );
    }
    for filter in [
        "{ category: { slug: \"news\", includeDescendants: false } }",
        "{ and: [{ category: { slug: \"news\", includeDescendants: false } }] }",
    ] {
        assert_eq!(titles(&server, filter).await, ["B bees"], "{filter}");
    }
    assert_eq!(
        titles(&server, "{ category: { slug: \"local\" } }").await,
        ["A both tags"]
    );
    assert!(
        titles(&server, "{ category: { slug: \"none\" } }")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn tags_are_matched_by_any_and_by_all() {
    let server = TestServer::start().await;
    let (_, [.., bees, wax]) = topics(&server).await;
    for (filter, expected) in [
        (
            "{ tag: { slug: \"bees\" } }".to_owned(),
            &["A both tags", "B bees"][..],
        ),
        (
            "{ tag: { anyOf: [\"bees\", \"wax\"] } }".to_owned(),
            &["A both tags", "B bees", "C wax"],
        ),
        (
            format!("{{ tag: {{ allOf: [\"{bees}\", \"{wax}\"] }} }}"),
            &["A both tags"],
        ),
        (
            "{ tag: { slug: \"bees\", allOf: [\"wax\"] } }".to_owned(),
            &["A both tags"],
        ),
        (
            "{ tag: { slug: \"bees\" }, category: { slug: \"news\", includeDescendants: false } }"
                .to_owned(),
            &["B bees"],
        ),
        ("{ tag: { slug: \"none\" } }".to_owned(), &[]),
    ] {
        assert_eq!(titles(&server, &filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn tags_of_a_namespace_are_apart_from_those_without() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let plain = server.tag(site.en, "Bees").await;
    let draft = TermDraft {
        taxonomy: Taxonomy::Tag,
        namespace: "genre".to_owned(),
        parent: None,
        position: 0,
        texts: vec![EditionText {
            edition: site.en,
            value: TermText {
                name: "Bees".to_owned(),
                ..TermText::default()
            },
        }],
    };
    let genre = application::terms::create(&server.system(), draft)
        .await
        .unwrap();
    server.article(site.en, "Plain").tag(plain).await;
    let genre_tag = domain::id::Id::from_uuid(genre.uuid());
    server.article(site.en, "Genre").tag(genre_tag).await;
    assert_eq!(
        titles(&server, "{ tag: { slug: \"bees\" } }").await,
        ["Plain"]
    );
    assert_eq!(
        titles(&server, "{ tag: { slug: \"bees\", namespace: \"genre\" } }").await,
        ["Genre"]
    );
    assert_eq!(
        titles(&server, "{ tag: { namespace: \"genre\" } }").await,
        ["Genre"]
    );
    // A category belongs to no set of tags.
    let news = server.category(site.en, "News", None).await;
    server.article(site.en, "Untagged").category(news).await;
    assert_eq!(
        titles(&server, "{ tag: { namespace: \"\" } }").await,
        ["Plain"]
    );
    for (namespace, expected) in [("genre", &["Genre"][..]), ("", &[]), ("nope", &[])] {
        for by in ["id: \"ID\"", "anyOf: [\"ID\"]", "allOf: [\"ID\"]"] {
            let by = by.replace("ID", &genre.to_string());
            let filter = format!("{{ tag: {{ {by}, namespace: \"{namespace}\" }} }}");
            assert_eq!(titles(&server, &filter).await, expected, "{filter}");
        }
    }
    let data = server
        .graphql("{ tags(filter: { namespace: \"genre\" }) { nodes { id namespace } } tag(by: { slug: \"bees\" }, namespace: \"genre\") { id } }")
        .await;
    assert_eq!(texts(&data["tags"]["nodes"], "id"), [genre.to_string()]);
    assert_eq!(data["tag"]["id"], genre.to_string());
}

#[tokio::test]
async fn an_author_is_found_in_any_role() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.author(site.en, "Ada Moor").await;
    let ben = server.author(site.en, "Ben Hale").await;
    server.article(site.en, "A alone").by(ada).await;
    server.article(site.en, "B together").by(ben).by(ada).await;
    server
        .article(site.en, "C twice")
        .by(ben)
        .with(|draft| {
            let mut pictures = draft.byline[0].clone();
            pictures.role = domain::articles::ContributionRole::Photographer;
            draft.byline.push(pictures);
        })
        .await;
    for (filter, expected) in [
        (
            "{ author: { slug: \"ada-moor\" } }".to_owned(),
            &["A alone", "B together"][..],
        ),
        (
            format!("{{ author: {{ id: \"{ben}\" }} }}"),
            &["B together", "C twice"],
        ),
        (
            "{ author: { allOf: [\"ada-moor\", \"ben-hale\"] } }".to_owned(),
            &["B together"],
        ),
    ] {
        assert_eq!(titles(&server, &filter).await, expected, "{filter}");
    }
    let data = server
        .graphql("{ articles(edition: \"en\", filter: { author: { slug: \"ben-hale\" } }) { totalCount nodes { title } } author(by: { slug: \"ben-hale\" }) { articles { totalCount nodes { title } } } }")
        .await;
    assert_eq!(
        data["articles"]["totalCount"], 2,
        "somebody who wrote it and took the pictures counts once"
    );
    assert_eq!(
        data["author"]["articles"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn times_have_open_and_closed_ends() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for day in 1..=4 {
        let time = format!("2026-05-0{day}T12:00:00Z");
        server
            .article(site.en, &format!("Day {day}"))
            .published_at(&time)
            .await;
    }
    for (range, expected) in [
        (
            "gte: \"2026-05-02T12:00:00Z\"",
            &["Day 2", "Day 3", "Day 4"][..],
        ),
        ("gt: \"2026-05-02T12:00:00Z\"", &["Day 3", "Day 4"]),
        ("lte: \"2026-05-02T12:00:00Z\"", &["Day 1", "Day 2"]),
        ("lt: \"2026-05-02T12:00:00Z\"", &["Day 1"]),
        (
            "gte: \"2026-05-02T14:00:00+02:00\", lt: \"2026-05-04T00:00:00Z\"",
            &["Day 2", "Day 3"],
        ),
    ] {
        let filter = format!("{{ publishedAt: {{ {range} }} }}");
        assert_eq!(titles(&server, &filter).await, expected, "{filter}");
    }
    let now = "2026-05-04T12:00:00Z";
    assert_eq!(
        titles(&server, &format!("{{ updatedAt: {{ lte: \"{now}\" }} }}"))
            .await
            .len(),
        4
    );
    assert!(
        titles(&server, &format!("{{ updatedAt: {{ gt: \"{now}\" }} }}"))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn media_are_found_wherever_they_stand() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.en, "A river").await;
    let sound = domain::media::AssetDraft {
        kind: AssetKind::Audio,
        ..remote_picture(site.en, "Bells")
    };
    let sound = server.asset(sound).await;
    server.article(site.en, "A hero").hero(picture).await;
    server
        .article(site.en, "B body")
        .body(&format!("<p><img src=\"asset:{picture}\"></p>"))
        .await;
    server
        .article(site.en, "C attached")
        .with(|draft| draft.attachments.push(FigureDraft::plain(sound)))
        .await;
    server.article(site.en, "D bare").await;
    assert_eq!(
        titles(&server, "{ hasMedia: IMAGE }").await,
        ["A hero", "B body"]
    );
    assert_eq!(titles(&server, "{ hasMedia: AUDIO }").await, ["C attached"]);
    assert!(titles(&server, "{ hasMedia: VIDEO }").await.is_empty());
}

#[tokio::test]
async fn translations_are_found_and_missed() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let english = server.article(site.en, "A translated").group(group).await;
    let persian = server.article(site.fa, "ترجمه").group(group).await;
    server.article(site.en, "B alone").await;
    let half = server.group();
    server.article(site.en, "C half").group(half).await;
    server
        .article(site.fa, "پیش‌نویس")
        .group(half)
        .status(Status::Draft)
        .await;
    assert_eq!(
        titles(&server, "{ untranslatedIn: \"fa\" }").await,
        ["B alone", "C half"]
    );
    assert!(
        titles(&server, "{ untranslatedIn: \"en\" }")
            .await
            .is_empty()
    );
    let of = |id: &dyn std::fmt::Display| format!("{{ translationOf: \"{id}\" }}");
    assert_eq!(titles(&server, &of(&persian)).await, ["A translated"]);
    assert!(titles(&server, &of(&english)).await.is_empty());
    let query = format!(
        "{{ articles(filter: {}) {{ nodes {{ id }} }} }}",
        of(&english)
    );
    let data = server.graphql(&query).await;
    assert_eq!(
        texts(&data["articles"]["nodes"], "id"),
        [persian.to_string()]
    );
}

#[tokio::test]
async fn conditions_can_be_joined_and_turned_round() {
    let server = TestServer::start().await;
    let _ids = topics(&server).await;
    for (filter, expected) in [
        ("{ isFeatured: true }", &["B bees"][..]),
        (
            "{ isFeatured: false }",
            &["A both tags", "C wax", "D nothing"],
        ),
        (
            "{ not: { tag: { slug: \"bees\" } } }",
            &["C wax", "D nothing"],
        ),
        (
            "{ or: [{ isFeatured: true }, { not: { tag: { anyOf: [\"bees\", \"wax\"] } } }] }",
            &["B bees", "D nothing"],
        ),
        (
            "{ and: [{ tag: { slug: \"bees\" } }, { tag: { slug: \"wax\" } }] }",
            &["A both tags"],
        ),
        (
            "{ tag: { slug: \"bees\" }, not: { or: [{ isFeatured: true }, { tag: { slug: \"none\" } }] } }",
            &["A both tags"],
        ),
        ("{ not: { not: { isFeatured: true } } }", &["B bees"]),
    ] {
        assert_eq!(titles(&server, filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn what_has_no_outlet_is_not_of_that_outlet() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ all: articles { totalCount } is: articles(filter: { source: { eq: \"The Spade and Barrow\" } }) { totalCount } \
               not: articles(filter: { not: { source: { eq: \"The Spade and Barrow\" } } }) { totalCount } \
               page(by: { slug: \"about\" }) { id } \
               absent: articles(filter: { not: { translationOf: \"article_00000000000000000000000000\" } }) { totalCount } }",
        )
        .await;
    let count = |name: &str| data[name]["totalCount"].as_u64().unwrap();
    assert_eq!(count("not"), count("all") - count("is"));
    assert_eq!(count("absent"), count("all"));
    let about = data["page"]["id"].as_str().unwrap();
    let pages = server
        .graphql(&format!("{{ all: pages {{ totalCount }} below: pages(filter: {{ parent: \"{about}\" }}) {{ totalCount }} not: pages(filter: {{ not: {{ parent: \"{about}\" }} }}) {{ totalCount }} }}"))
        .await;
    let count = |name: &str| pages[name]["totalCount"].as_u64().unwrap();
    assert_eq!(count("not"), count("all") - count("below"));
}

#[tokio::test]
async fn the_outlet_is_matched_exactly() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ is: articles(filter: { source: { eq: \"The Spade and Barrow\" } }) { nodes { slug } } \
               other: articles(filter: { source: { eq: \"the spade and barrow\" } }) { totalCount } \
               any: articles(filter: { source: { isNull: false } }) { totalCount } \
               none: articles(filter: { source: { isNull: true } }) { totalCount } \
               all: articles { totalCount } }",
        )
        .await;
    assert_eq!(
        texts(&data["is"]["nodes"], "slug"),
        ["an-allotment-diary-week-23"]
    );
    assert_eq!(data["other"]["totalCount"], 0);
    let count = |name: &str| data[name]["totalCount"].as_u64().unwrap();
    assert!(count("any") >= 1);
    assert_eq!(count("any") + count("none"), count("all"));
}

#[tokio::test]
async fn readers_see_published_articles_whatever_status_they_ask_for() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "Out").await;
    for status in [
        Status::Draft,
        Status::InReview,
        Status::Archived,
        Status::Trashed,
    ] {
        server
            .article(site.en, status.as_str())
            .status(status)
            .await;
    }
    assert_eq!(
        titles(&server, "{ status: { eq: PUBLISHED } }").await,
        ["Out"]
    );
    assert!(
        titles(
            &server,
            "{ status: { anyOf: [DRAFT, IN_REVIEW, ARCHIVED, TRASHED] } }"
        )
        .await
        .is_empty()
    );
    assert_eq!(
        titles(&server, "{ not: { status: { eq: DRAFT } } }").await,
        ["Out"]
    );
}

#[tokio::test]
async fn pages_are_found_by_their_place_in_the_tree() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let about = server.page(site.en, "About").await;
    let mut child = page(site.en, "History");
    child.entry.parent = Some(about.into());
    server.save_page(child).await;
    let data = server
        .graphql(&format!(
            "{{ roots: pages(filter: {{ rootsOnly: true }}) {{ nodes {{ title }} }} below: pages(filter: {{ parent: \"{about}\" }}) {{ nodes {{ title path parent {{ title }} ancestors {{ title }} }} }} }}"
        ))
        .await;
    assert_eq!(texts(&data["roots"]["nodes"], "title"), ["About"]);
    let below = &data["below"]["nodes"][0];
    assert_eq!(below["path"], "/about/history");
    assert_eq!(below["parent"]["title"], "About");
    assert_eq!(texts(&below["ancestors"], "title"), ["About"]);
}

#[tokio::test]
async fn issues_are_found_by_their_newsletter() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ newsletter(by: { slug: \"thursday-letter\" }) { id issues { nodes { number } } } }",
        )
        .await;
    assert_eq!(
        data["newsletter"]["issues"]["nodes"],
        serde_json::json!([{ "number": 2 }, { "number": 1 }])
    );
    let id = data["newsletter"]["id"].as_str().unwrap();
    let found = server
        .graphql(&format!("{{ issues(filter: {{ newsletter: \"{id}\" }}, orderBy: {{ field: NUMBER, direction: ASC }}) {{ nodes {{ number newsletter {{ id }} }} }} }}"))
        .await;
    let issues = found["issues"]["nodes"].as_array().unwrap();
    assert_eq!(issues.len(), 2);
    assert_eq!(issues[0]["number"], 1);
    assert_eq!(issues[0]["newsletter"]["id"], id);
}

#[tokio::test]
async fn categories_and_tags_can_be_narrowed() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ roots: categories(filter: { rootsOnly: true }) { nodes { id slug children { slug position } } } one: categories(filter: { slug: \"books\" }) { nodes { parent { slug } } } tag: tags(filter: { slug: \"bees\" }) { nodes { name } } author: authors(filter: { slug: \"maryam-dashti\" }) { nodes { name } } films: assets(filter: { kind: VIDEO }) { nodes { kind url } } }")
        .await;
    let mut roots = texts(&data["roots"]["nodes"], "slug");
    roots.sort_unstable();
    assert_eq!(roots, ["culture", "kitchen", "nature", "sport", "town"]);
    assert_eq!(data["one"]["nodes"][0]["parent"]["slug"], "culture");
    assert_eq!(texts(&data["tag"]["nodes"], "name"), ["Bees"]);
    assert_eq!(texts(&data["author"]["nodes"], "name"), ["Maryam Dashti"]);
    assert_eq!(
        texts(&data["films"]["nodes"], "url"),
        ["https://video.example/lindenford/weir-in-one-minute.mp4"]
    );
    let town = data["roots"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["slug"] == "town")
        .unwrap();
    assert_eq!(
        texts(&town["children"], "slug"),
        ["market", "local-history"]
    );
    let below = server
        .graphql(&format!(
            "{{ categories(filter: {{ parent: \"{}\" }}) {{ nodes {{ slug }} }} }}",
            town["id"].as_str().unwrap()
        ))
        .await;
    let mut slugs = texts(&below["categories"]["nodes"], "slug");
    slugs.sort_unstable();
    assert_eq!(slugs, ["local-history", "market"]);
}

#[tokio::test]
async fn wrong_conditions_are_named() {
    let server = TestServer::with_demo().await;
    for (filter, field) in [
        ("{ untranslatedIn: \"xx\" }", "filter.untranslatedIn"),
        ("{ translationOf: \"nonsense\" }", "filter.translationOf"),
        (
            "{ category: { id: \"tag_00000000000000000000000000\" } }",
            "filter.category.id",
        ),
        (
            "{ or: [{ category: { id: \"x\" } }] }",
            "filter.or.0.category.id",
        ),
    ] {
        let query = format!("{{ articles(filter: {filter}) {{ nodes {{ id }} }} }}");
        let error = server.graphql_error(&query).await;
        assert_eq!(
            error["extensions"]["code"], "VALIDATION",
            "{filter}: {error}"
        );
        assert_eq!(error["extensions"]["fields"][0]["field"], field, "{error}");
    }
    let many = "{ isFeatured: true }, ".repeat(60);
    let error = server
        .graphql_error(&format!(
            "{{ articles(filter: {{ or: [{many}] }}) {{ nodes {{ id }} }} }}"
        ))
        .await;
    assert_eq!(error["extensions"]["code"], "VALIDATION");
}

#[tokio::test]
async fn facets_count_the_whole_list() {
    let server = TestServer::start().await;
    let _ids = topics(&server).await;
    let data = server
        .graphql("{ articles(first: 1, edition: \"en\", filter: { not: { isFeatured: true } }) { totalCount facets(by: [CATEGORY, TAG, AUTHOR]) { field buckets { label slug count } } } }")
        .await;
    assert_eq!(data["articles"]["totalCount"], 3);
    assert_eq!(
        data["articles"]["facets"],
        serde_json::json!([
            { "field": "CATEGORY", "buckets": [{ "label": "Local", "slug": "local", "count": 1 }, { "label": "News", "slug": "news", "count": 1 }] },
            { "field": "TAG", "buckets": [{ "label": "Wax", "slug": "wax", "count": 2 }, { "label": "Bees", "slug": "bees", "count": 1 }] },
            { "field": "AUTHOR", "buckets": [] },
        ])
    );
}
