//! What is read out of custom fields and terms.

use super::super::{
    items::{Item, Meta, Term},
    meta::{
        NavTarget, attachment_meta, nav_menu_item, polylang_group, polylang_language,
        polylang_term_groups, strings,
    },
    php::PhpValue,
    seo::{SeoContext, seo_meta},
};
use super::items;

#[test]
fn serialised_php_is_read_even_when_a_length_is_wrong() {
    let parse = |text: &str| PhpValue::parse(text);
    assert_eq!(parse("i:-4;"), Some(PhpValue::Int(-4)));
    assert_eq!(parse("s:3:\"a\"b\";"), Some(PhpValue::Text("a\"b".into())));
    assert_eq!(
        parse("s:9:\"moved\";"),
        Some(PhpValue::Text("moved".into()))
    );
    assert_eq!(parse("s:2:\"é\";"), Some(PhpValue::Text("é".into())));
    let mixed =
        parse("a:3:{i:0;b:1;s:1:\"k\";d:1.5;i:2;O:8:\"stdClass\":1:{s:1:\"x\";N;}}").unwrap();
    assert_eq!(mixed.entries().len(), 3);
    assert_eq!(mixed.get("2").unwrap().get("x"), Some(&PhpValue::Null));
    for broken in [
        "",
        "a:1:{",
        "x",
        "i:;",
        "s:1:\"",
        "a:1:{a:0:{}i:1;}",
        "é:1",
        &"a:1:{i:0;".repeat(9999),
    ] {
        assert_eq!(parse(broken), None, "{broken}");
    }
}

#[test]
fn the_metadata_of_a_picture_is_typed() {
    let value = r#"a:5:{s:5:"width";i:800;s:6:"height";s:3:"600";s:4:"file";s:13:"2024/01/a.jpg";s:8:"filesize";i:12345;s:5:"sizes";a:1:{s:9:"thumbnail";a:4:{s:4:"file";s:13:"a-150x150.jpg";s:5:"width";i:150;s:6:"height";i:150;s:9:"mime-type";s:10:"image/jpeg";}}}"#;
    for value in [value.to_owned(), format!("s:{}:\"{value}\";", value.len())] {
        let meta = attachment_meta(&value).unwrap();
        assert_eq!(
            (meta.width, meta.height, meta.filesize),
            (Some(800), Some(600), Some(12345))
        );
        assert_eq!(meta.file.as_deref(), Some("2024/01/a.jpg"));
        let [size] = meta.sizes.as_slice() else {
            panic!("{meta:?}")
        };
        assert_eq!((size.name.as_str(), size.width), ("thumbnail", Some(150)));
        assert_eq!(size.mime.as_deref(), Some("image/jpeg"));
    }
    assert_eq!(attachment_meta("rubbish"), None);
}

fn item(meta: &[(&str, &str)]) -> Item {
    let meta = meta
        .iter()
        .map(|(k, v)| Meta {
            key: (*k).into(),
            value: (*v).into(),
        })
        .collect();
    Item {
        meta,
        title: "Owls".into(),
        post_type: "nav_menu_item".into(),
        ..Item::default()
    }
}

#[test]
fn menu_items_say_where_they_lead() {
    let base = [
        ("_menu_item_menu_item_parent", "7"),
        ("_menu_item_classes", "a:2:{i:0;s:0:\"\";i:1;s:3:\"big\";}"),
        ("_menu_item_object_id", "12"),
    ];
    let cases = [
        (
            "post_type",
            "page",
            "",
            Some(NavTarget::Post {
                post_type: "page".into(),
                id: 12,
            }),
        ),
        (
            "taxonomy",
            "category",
            "",
            Some(NavTarget::Term {
                taxonomy: "category".into(),
                id: 12,
            }),
        ),
        (
            "custom",
            "custom",
            "https://x.example",
            Some(NavTarget::Url("https://x.example".into())),
        ),
        (
            "post_type_archive",
            "book",
            "",
            Some(NavTarget::Archive {
                post_type: "book".into(),
            }),
        ),
        ("wpml", "x", "", None),
    ];
    for (kind, object, url, target) in cases {
        let mut meta = base.to_vec();
        meta.extend([
            ("_menu_item_type", kind),
            ("_menu_item_object", object),
            ("_menu_item_url", url),
        ]);
        let found = nav_menu_item(&item(&meta)).unwrap();
        assert_eq!(found.target, target);
        assert_eq!(
            (found.parent, found.classes.as_slice()),
            (Some(7), ["big".to_owned()].as_slice())
        );
    }
    assert_eq!(nav_menu_item(&Item::default()), None);
}

#[test]
fn what_is_said_to_search_engines_is_one_type_for_both_plugins() {
    let context = SeoContext {
        site_name: "Almanac",
        site_description: "Notes",
        separator: "|",
    };
    let seo = |meta: &[(&str, &str)]| seo_meta(&item(meta), &context);
    let yoast = seo(&[
        (
            "_yoast_wpseo_title",
            "%%title%% %%page%% %%sep%% %%sitename%%",
        ),
        ("_yoast_wpseo_metadesc", "All about %%title%%, 100% true"),
        ("_yoast_wpseo_canonical", "https://x.example/a"),
        ("_yoast_wpseo_meta-robots-noindex", "1"),
        ("_yoast_wpseo_opengraph-image", "https://x.example/o.png"),
        ("_yoast_wpseo_primary_category", "4"),
    ])
    .unwrap();
    assert_eq!(yoast.title.as_deref(), Some("Owls | Almanac"));
    assert_eq!(
        yoast.description.as_deref(),
        Some("All about Owls, 100% true")
    );
    assert_eq!(
        (yoast.noindex, yoast.primary_category),
        (Some(true), Some(4))
    );
    assert!(yoast.canonical.is_some() && yoast.image.is_some());
    let rank = seo(&[
        (
            "rank_math_title",
            "%title% %sep% %mystery(x)% %sep% %sitename%",
        ),
        (
            "rank_math_robots",
            "a:2:{i:0;s:5:\"index\";i:1;s:8:\"nofollow\";}",
        ),
        ("rank_math_canonical_url", "https://x.example/b"),
        ("rank_math_primary_category", "9"),
    ])
    .unwrap();
    assert_eq!(rank.title.as_deref(), Some("Owls | Almanac"));
    assert_eq!(
        (rank.noindex, rank.primary_category),
        (Some(false), Some(9))
    );
    assert_eq!(seo(&[]), None);
    assert_eq!(seo(&[("_yoast_wpseo_title", "")]), None);
    let dropped = seo(&[
        ("_yoast_wpseo_title", "%%cf_x%%"),
        ("_yoast_wpseo_meta-robots-noindex", "2"),
    ]);
    assert_eq!(
        dropped.map(|seo| (seo.title, seo.noindex)),
        Some((None, Some(false)))
    );
}

#[test]
fn polylang_says_which_posts_are_translations_of_each_other() {
    let mut term = Term {
        taxonomy: "post_translations".into(),
        slug: "pll_5f".into(),
        description: Some(
            "a:3:{s:2:\"en\";i:10;s:2:\"de\";s:2:\"11\";s:4:\"sync\";a:1:{s:2:\"en\";s:2:\"de\";}}"
                .into(),
        ),
        ..Term::default()
    };
    let pairs = Some(vec![("en".to_owned(), 10), ("de".to_owned(), 11)]);
    assert_eq!(polylang_term_groups(&term), None);
    term.taxonomy = "term_translations".into();
    assert_eq!(polylang_term_groups(&term), pairs);
    let read = items(
        "<item><category domain=\"language\" nicename=\"de\">Deutsch</category><category domain=\"post_translations\" nicename=\"pll_5f\">pll_5f</category></item>",
    );
    let item = read.first().unwrap();
    assert_eq!(
        (polylang_language(item), polylang_group(item)),
        (Some("de"), Some("pll_5f"))
    );
    assert_eq!(strings("x"), Vec::<String>::new());
}
