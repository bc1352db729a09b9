//! What shortcodes become.

use super::super::content::{ContentContext, Normalised, normalise};

/// Content, the HTML it becomes, and the shortcodes counted in it.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, u32)]);

fn run(content: &str) -> Normalised {
    normalise(content, ContentContext::default())
}

#[test]
fn shortcodes_of_wordpress_become_what_they_show() {
    let cases = [
        (
            r#"[caption id="attachment_5" align="alignright" width="300"]<a href="/x"><img class="size-medium" src="a.jpg" /></a> Words <em>here</em>[/caption]"#,
            r#"<figure class="wp-caption alignright"><a href="/x"><img data-wp-id="5" class="size-medium" src="a.jpg" /></a><figcaption>Words <em>here</em></figcaption></figure>"#,
        ),
        (
            r#"[caption id="attachment_5" width="300" caption="Old &amp; <b>new</b>"]<img src="a.jpg">[/caption]"#,
            r#"<figure class="wp-caption"><img data-wp-id="5" src="a.jpg"><figcaption>Old & <b>new</b></figcaption></figure>"#,
        ),
        (
            "[caption]<img src=\"a.jpg\">one\ntwo[/caption]",
            "<figure class=\"wp-caption\"><img src=\"a.jpg\"><figcaption>one<br />two</figcaption></figure>",
        ),
        ("[caption]words[/caption]", "<p>words</p>"),
        (
            r#"[gallery ids="3, 4,x" columns="2" link="file"]"#,
            r#"<figure class="wp-block-gallery"><img data-wp-id="3"><img data-wp-id="4"></figure>"#,
        ),
        (
            "[gallery]",
            r#"<figure class="wp-block-gallery" data-wp-gallery="attached"></figure>"#,
        ),
        (
            "[embed width=\"3\"]https://v.example/?a=1&amp;b=2[/embed]",
            r#"<figure class="wp-block-embed">https://v.example/?a=1&amp;b=2</figure>"#,
        ),
        (
            "[audio mp3=\"a.mp3\"]",
            r#"<figure class="wp-block-audio"><audio controls src="a.mp3"></audio></figure>"#,
        ),
        (
            "[audio mp3=\"a.mp3\"][/audio]",
            r#"<figure class="wp-block-audio"><audio controls src="a.mp3"></audio></figure>"#,
        ),
        (
            "[audio https://x.example/a.mp3]",
            r#"<figure class="wp-block-audio"><audio controls src="https://x.example/a.mp3"></audio></figure>"#,
        ),
        (
            "[video mp4='v.mp4' poster='p.jpg' /]",
            r#"<figure class="wp-block-video"><video controls src="v.mp4" poster="p.jpg"></video></figure>"#,
        ),
        (
            "[video]https://x.example/v.mp4[/video]",
            r#"<figure class="wp-block-video"><video controls src="https://x.example/v.mp4"></video></figure>"#,
        ),
        (
            "one [gallery ids=1] two",
            "<p>one</p>\n<figure class=\"wp-block-gallery\"><img data-wp-id=\"1\"></figure>\n<p>two</p>",
        ),
        (
            "<p>[gallery ids=1]</p>",
            "<figure class=\"wp-block-gallery\"><img data-wp-id=\"1\"></figure>",
        ),
    ];
    for (content, html) in cases {
        let found = run(content);
        assert_eq!(found.html, html, "{content}");
        assert!(
            found.counts.shortcodes.is_empty(),
            "{content}: {:?}",
            found.counts
        );
    }
}

#[test]
fn what_is_not_understood_stays_visible() {
    let cases: [Case<'_>; 14] = [
        ("[foo a=1]", "<p>[foo a=1]</p>", &[("foo", 1)]),
        (
            "[foo]x[/foo] [foo]y[/foo]",
            "<p>[foo]x[/foo] [foo]y[/foo]</p>",
            &[("foo", 2)],
        ),
        ("[foo /]", "<p>[foo /]</p>", &[("foo", 1)]),
        (
            "[playlist ids=\"1\"]",
            "<p>[playlist ids=\"1\"]</p>",
            &[("playlist", 1)],
        ),
        (
            "[contact-form-7]",
            "<p>[contact-form-7]</p>",
            &[("contact-form-7", 1)],
        ),
        (
            "[youtube=https://y.example/1]",
            "<p>[youtube=https://y.example/1]</p>",
            &[("youtube", 1)],
        ),
        ("[/foo]", "<p>[/foo]</p>", &[("foo", 1)]),
        ("[caption]<img>", "<p>[caption]<img></p>", &[("caption", 1)]),
        ("[audio]", "<p>[audio]</p>", &[("audio", 1)]),
        (
            "word [sic] [1] […] [see below] [a <b>b</b>]",
            "<p>word [sic] [1] […] [see below] [a <b>b</b>]</p>",
            &[],
        ),
        (
            "[[gallery ids=\"1\"]] [[foo]]",
            "<p>[gallery ids=\"1\"] [foo]</p>",
            &[],
        ),
        (
            "<code>[gallery]</code>",
            "<p><code>[gallery]</code></p>",
            &[],
        ),
        (
            "<pre>[foo a=1]\n\n[[x]]</pre>",
            "<pre>[foo a=1]\n\n[[x]]</pre>",
            &[],
        ),
        (
            "<a title=\"[gallery]\">x</a>",
            "<p><a title=\"[gallery]\">x</a></p>",
            &[],
        ),
    ];
    for (content, html, counts) in cases {
        let found = run(content);
        assert_eq!(found.html, html, "{content}");
        let found: Vec<_> = found
            .counts
            .shortcodes
            .iter()
            .map(|(k, v)| (k.as_str(), *v))
            .collect();
        assert_eq!(found, counts, "{content}");
    }
}

#[test]
fn attachments_are_listed_once_and_in_order() {
    let found = run(
        "[gallery ids=\"9,2\"] <img class=\"x wp-image-7\" src=a.jpg> [caption id=\"attachment_2\"]<img src=b>[/caption]",
    );
    assert_eq!(found.attachment_ids, [9, 2, 7]);
}
