//! What the reader makes of exports that are as they should be, or nearly so.

use super::super::{
    frame::wide,
    items::{Item, ItemTerm, Meta, Oddity, Record},
    reader::WxrReader,
};
use super::{HEAD, export, items, outline, read};

const FULL: &str = r#"<wp:author><wp:author_id>7</wp:author_id><wp:author_login><![CDATA[ada]]></wp:author_login><wp:author_email>ada@example.org</wp:author_email><wp:author_display_name><![CDATA[Ada L.]]></wp:author_display_name></wp:author>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>birds</wp:category_nicename><wp:category_parent>animals</wp:category_parent><wp:cat_name><![CDATA[Birds & bees]]></wp:cat_name></wp:category>
<wp:tag><wp:term_id>4</wp:term_id><wp:tag_slug>owl</wp:tag_slug><wp:tag_name><![CDATA[Owl]]></wp:tag_name></wp:tag>
<wp:term><wp:term_id>5</wp:term_id><wp:term_taxonomy>mood</wp:term_taxonomy><wp:term_slug>calm</wp:term_slug><wp:term_name>Calm</wp:term_name><wp:termmeta><wp:meta_key>c</wp:meta_key><wp:meta_value>1</wp:meta_value></wp:termmeta></wp:term>
<generator>https://wordpress.org/?v=6.5</generator>
<item>
<title>Owls &amp; larks</title><link>https://almanac.example/owls</link><pubDate>Tue, 02 Jan 2024 09:30:00 +0000</pubDate>
<dc:creator><![CDATA[ada]]></dc:creator><guid isPermaLink="false">https://almanac.example/?p=12</guid><description></description>
<content:encoded><![CDATA[<p>Hoo ]]]]><![CDATA[> hoo</p>]]></content:encoded><excerpt:encoded><![CDATA[Short]]></excerpt:encoded>
<wp:post_id>12</wp:post_id><wp:post_date>2024-01-02 10:30:00</wp:post_date><wp:post_date_gmt>2024-01-02 09:30:00</wp:post_date_gmt>
<wp:post_modified_gmt>2024-02-02 09:30:00</wp:post_modified_gmt><wp:comment_status>open</wp:comment_status><wp:ping_status>closed</wp:ping_status>
<wp:post_name>owls</wp:post_name><wp:status>publish</wp:status><wp:post_parent>0</wp:post_parent><wp:menu_order>2</wp:menu_order>
<wp:post_type>post</wp:post_type><wp:post_password>hunter2</wp:post_password><wp:is_sticky>1</wp:is_sticky>
<category domain="category" nicename="birds"><![CDATA[Birds & bees]]></category><category domain="post_format" nicename="post-format-aside"><![CDATA[Aside]]></category>
<wp:postmeta><wp:meta_key><![CDATA[_thumbnail_id]]></wp:meta_key><wp:meta_value><![CDATA[99]]></wp:meta_value></wp:postmeta>
<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author><![CDATA[Bob]]></wp:comment_author><wp:comment_author_email>b@example.org</wp:comment_author_email><wp:comment_author_url></wp:comment_author_url><wp:comment_author_IP>192.0.2.7</wp:comment_author_IP><wp:comment_date>2024-01-03 10:00:00</wp:comment_date><wp:comment_date_gmt>2024-01-03 09:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[Nice]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type><wp:comment_parent>0</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id><wp:commentmeta><wp:meta_key>x</wp:meta_key><wp:meta_value>y</wp:meta_value></wp:commentmeta></wp:comment>
</item>"#;

#[test]
fn every_field_of_an_export_arrives_typed() {
    let text = export(FULL);
    let mut reader = WxrReader::new(text.as_bytes());
    let entries: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
    let [channel, author, category, tag, term, item] = entries.as_slice() else {
        panic!("{entries:?}")
    };
    let Record::Channel(site) = &channel.record else {
        panic!()
    };
    assert_eq!(channel.position.line, 4);
    assert_eq!(site.title, "Almanac");
    assert_eq!(site.language.as_deref(), Some("de-DE"));
    assert_eq!(site.wxr_version.as_deref(), Some("1.2"));
    assert_eq!(site.generator.as_deref(), Some("WordPress/6.5"));
    assert_eq!(
        site.base_blog_url.as_deref(),
        Some("https://almanac.example/blog")
    );
    assert_eq!(
        reader.site().generator.as_deref(),
        Some("https://wordpress.org/?v=6.5")
    );
    let Record::Author(author) = &author.record else {
        panic!()
    };
    assert_eq!((author.id, author.login.as_str()), (Some(7), "ada"));
    let Record::Category(category) = &category.record else {
        panic!()
    };
    assert_eq!(category.parent.as_deref(), Some("animals"));
    assert_eq!(category.name, "Birds & bees");
    let Record::Tag(tag) = &tag.record else {
        panic!()
    };
    assert_eq!(tag.slug, "owl");
    let Record::Term(term) = &term.record else {
        panic!()
    };
    assert_eq!((term.taxonomy.as_str(), term.meta.len()), ("mood", 1));
    let at = text.find("<item>").unwrap();
    assert_eq!(item.position.byte_offset, wide(at));
    assert_eq!(
        item.position.line,
        1 + wide(text[..at].matches('\n').count())
    );
    let Record::Item(item) = &item.record else {
        panic!()
    };
    assert_eq!(item.title, "Owls & larks");
    assert_eq!(item.content, "<p>Hoo ]]> hoo</p>");
    assert_eq!(item.excerpt, "Short");
    assert_eq!(
        (item.post_id, item.post_parent, item.menu_order),
        (Some(12), None, 2)
    );
    assert!(item.has_password && item.is_sticky && !item.guid_is_permalink);
    assert_eq!(
        item.published_at().unwrap().to_rfc3339(),
        "2024-01-02T09:30:00+00:00"
    );
    assert_eq!(item.post_format(), Some("aside"));
    assert_eq!(
        item.terms.first(),
        Some(&ItemTerm {
            domain: "category".into(),
            nicename: "birds".into(),
            name: "Birds & bees".into()
        })
    );
    assert_eq!(
        item.meta,
        [Meta {
            key: "_thumbnail_id".into(),
            value: "99".into()
        }]
    );
    let comment = item.comments.first().unwrap();
    assert_eq!(
        (comment.author.as_str(), comment.kind.as_str()),
        ("Bob", "comment")
    );
    assert_eq!(comment.author_url, None);
    let shown = format!("{item:?}");
    assert!(!shown.contains("192.0.2.7") && !shown.contains("hunter2"));
}

#[test]
fn namespaces_count_by_their_address_and_not_by_their_prefix() {
    for version in ["1.0", "1.1", "1.2"] {
        let text = format!(
            r#"<rss xmlns:x="http://wordpress.org/export/{version}/" xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:e="http://wordpress.org/export/{version}/excerpt/"><channel>
            <item><title>t</title><c:encoded>body</c:encoded><e:encoded>ex</e:encoded><x:post_id>5</x:post_id></item></channel></rss>"#
        );
        let entries = read(text.as_bytes());
        let Some(Ok(entry)) = entries.last() else {
            panic!()
        };
        let Record::Item(item) = &entry.record else {
            panic!()
        };
        assert_eq!((item.post_id, item.content.as_str()), (Some(5), "body"));
        assert_eq!(item.excerpt, "ex");
    }
}

#[test]
fn a_namespace_declared_on_the_item_itself_is_understood() {
    let item = items(
        r#"<item xmlns:own="http://wordpress.org/export/1.2/"><own:post_id>8</own:post_id></item>"#,
    );
    assert_eq!(item.first().unwrap().post_id, Some(8));
}

#[test]
fn dates_are_read_with_tolerance() {
    let cases = [
        (
            "<pubDate>Tue, 02 Jan 2024 09:30:00 +0000</pubDate>",
            Some("2024-01-02T09:30:00+00:00"),
        ),
        (
            "<pubDate>Mardi, 02 Jan 2024 10:30:00 +0100</pubDate>",
            Some("2024-01-02T09:30:00+00:00"),
        ),
        (
            "<pubDate>02 Jan 2024 09:30:00 UTC</pubDate>",
            Some("2024-01-02T09:30:00+00:00"),
        ),
        ("<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>", None),
        (
            "<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>",
            None,
        ),
        (
            "<wp:post_date_gmt>2024-01-02T09:30:00Z</wp:post_date_gmt>",
            Some("2024-01-02T09:30:00+00:00"),
        ),
        (
            "<wp:post_date_gmt>2024-01-02</wp:post_date_gmt>",
            Some("2024-01-02T00:00:00+00:00"),
        ),
        (
            "<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><pubDate>Tue, 02 Jan 2024 09:30:00 GMT</pubDate>",
            Some("2024-01-02T09:30:00+00:00"),
        ),
        (
            "<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><wp:post_date>2024-01-02 09:30:00</wp:post_date>",
            Some("2024-01-02T09:30:00+00:00"),
        ),
        ("<wp:post_date>yesterday</wp:post_date>", None),
        (
            "<wp:post_date_gmt>99999-01-01 00:00:00</wp:post_date_gmt>",
            None,
        ),
    ];
    for (xml, expected) in cases {
        let read = items(&format!("<item>{xml}</item>"));
        let date = read
            .first()
            .unwrap()
            .published_at()
            .map(|date| date.to_rfc3339());
        assert_eq!(date.as_deref(), expected, "{xml}");
    }
}

#[test]
fn text_written_by_many_hands_is_mended() {
    let title =
        |xml: &str| -> Item { items(&format!("<item><title>{xml}</title></item>")).remove(0) };
    assert_eq!(
        title("a&nbsp;b &hellip; &#8217; &#x41;").title,
        "a\u{a0}b … ’ A"
    );
    assert_eq!(title("R & D, a=1&b=2 &").title, "R & D, a=1&b=2 &");
    assert_eq!(title("a <b>bold</b> <br/>word").title, "a bold word");
    let unknown = title("x &bogus; y");
    assert_eq!(unknown.title, "x &bogus; y");
    assert_eq!(unknown.oddities, [Oddity::UnknownEntity("bogus".into())]);
    let control = title("be\u{8}ll&#7;\u{c}<![CDATA[\0!]]>");
    assert_eq!(control.title, "bell!");
    assert_eq!(control.oddities, [Oddity::ControlCharacters]);
    let raw =
        items("<item><content:encoded><p class=\"x\">Raw &amp; <br/></p></content:encoded></item>");
    assert_eq!(
        raw.first().unwrap().content,
        "<p class=\"x\">Raw & <br></p>"
    );
    let lines = items("<item><content:encoded><![CDATA[a\r\nb\rc]]></content:encoded></item>");
    assert_eq!(lines.first().unwrap().content, "a\nb\nc");
}

#[test]
fn text_about_exports_inside_of_cdata_does_not_end_an_item() {
    let inner = "<item><content:encoded><![CDATA[<item></item></channel></rss> <!-- ]]></content:encoded><title>one</title></item><!-- <item> --><item><!-- </item> <title>no</title> --><title>two</title></item>";
    let text = export(inner);
    assert_eq!(
        outline(text.as_bytes())
            .iter()
            .filter(|line| !line.starts_with('!'))
            .collect::<Vec<_>>(),
        ["one"]
    );
    let fine = export(&inner.replace("</item> <title>no</title>", "a note"));
    assert_eq!(outline(fine.as_bytes()), ["one", "two"]);
}

#[test]
fn a_byte_order_mark_and_blank_lines_before_the_declaration_do_no_harm() {
    let text = export("<item><title>t</title></item>");
    assert_eq!(outline(format!("\u{feff}{text}").as_bytes()), ["t"]);
    assert_eq!(outline(format!("\n\n  {text}").as_bytes()), ["t"]);
}

#[test]
fn an_export_without_items_still_tells_about_the_site() {
    let read = read(format!("{HEAD}</channel></rss>").as_bytes());
    assert_eq!(read.len(), 1);
    assert!(
        matches!(&read.first().unwrap().as_ref().unwrap().record, Record::Channel(site) if site.title == "Almanac")
    );
}

#[test]
fn a_login_has_no_angle_brackets_around_it() {
    let creator = |text: &str| {
        let item =
            format!("<item><dc:creator>{text}</dc:creator><wp:post_id>1</wp:post_id></item>");
        items(&item)[0].creator.clone()
    };
    assert_eq!(creator("&gt;ada").as_deref(), Some("ada"));
    assert_eq!(creator(">ada").as_deref(), Some("ada"));
    assert_eq!(creator("<![CDATA[<ada>]]>").as_deref(), Some("ada"));
    assert_eq!(creator(">"), None);
}
