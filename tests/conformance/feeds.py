"""feeds.py DEMO_URL NEWS_URL: reads every feed and sitemap of a server with the demo as feed readers
and crawlers do, and the news of a server that has one article of today."""

import datetime
import json
import sys
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit

import feedparser
import lxml.etree
import lxml.html

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "sitemap": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
passed = 0
failures = []


def check(holds, what):
    """Counts one expectation, and names it when it does not hold."""
    global passed
    if holds:
        passed += 1
    else:
        failures.append(what)
        print(f"FAILED  {what}")
    return bool(holds)


def fetch(base, path, headers=None, method="GET"):
    """Status, headers and body; an answer that is no success is an answer too."""
    request = urllib.request.Request(base + path, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def graphql(base, query):
    body = json.dumps({"query": query}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    request = urllib.request.Request(f"{base}/graphql", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer).get("data") or {}
    except urllib.error.HTTPError as error:
        check(False, f"GraphQL {query}: {error.code} {error.read()[:300]!r}")
        return {}


def is_absolute(url):
    parts = urlsplit(url or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def is_date(text):
    try:
        datetime.datetime.fromisoformat((text or "").strip().replace("Z", "+00:00"))
        return True
    except ValueError:
        return False


def media_type(headers):
    return (headers.get("Content-Type") or "").split(";")[0].strip().lower()


def get(base, path, media_types):
    """The body of a cacheable document, or nothing when there is none."""
    status, headers, body = fetch(base, path)
    if not check(status == 200, f"{path}: answers 200 (was {status})"):
        return None
    check(media_type(headers) in media_types, f"{path}: is one of {media_types} (was {headers.get('Content-Type')})")
    tag = headers.get("ETag")
    if check(tag, f"{path}: has an ETag"):
        again, again_headers, again_body = fetch(base, path, {"If-None-Match": tag})
        check(again == 304 and not again_body, f"{path}: answers 304 to its own ETag (was {again})")
        check(again_headers.get("ETag") == tag, f"{path}: names the ETag in the 304 too")
        other, _, _ = fetch(base, path, {"If-None-Match": '"something-else"'})
        check(other == 200, f"{path}: answers 200 to another ETag (was {other})")
        head, head_headers, head_body = fetch(base, path, method="HEAD")
        check(head == 200 and not head_body and head_headers.get("ETag") == tag, f"{path}: HEAD is like GET")
    return body


def check_html(html, where):
    """The HTML of an entry is read far from its site: no relative address, nothing that runs."""
    fragment = lxml.html.fragment_fromstring(html, create_parent="div")
    links = [link for _, _, link, _ in fragment.iterlinks()]
    relative = [link for link in links if not urlsplit(link).scheme]
    check(not relative, f"{where}: has only absolute addresses in its content (not {relative[:3]})")
    running = [e.tag for e in fragment.iter("script", "style", "form")]
    check(not running, f"{where}: has nothing that runs in its content (not {running})")


def check_xml_feed(base, path, kind, edition, full):
    types = {"rss": ("application/rss+xml",), "atom": ("application/atom+xml",)}[kind]
    body = get(base, path, types)
    if body is None:
        return
    feed = feedparser.parse(body, resolve_relative_uris=False, sanitize_html=False)
    check(not feed.bozo, f"{path}: is well-formed ({feed.get('bozo_exception')})")
    expected = {"rss": "rss20", "atom": "atom10"}[kind]
    check(feed.version == expected, f"{path}: is {expected} (was {feed.version})")
    head = feed.feed
    check(head.get("title"), f"{path}: has a title")
    check(is_absolute(head.get("link")), f"{path}: has an absolute link (was {head.get('link')})")
    check((head.get("language") or "").lower() == edition.lower(), f"{path}: is in {edition} (was {head.get('language')})")
    own = [link.href for link in head.get("links", []) if link.get("rel") == "self"]
    check(len(own) == 1 and is_absolute(own[0]), f"{path}: names its own absolute address (was {own})")
    check(head.get("updated_parsed") or head.get("published_parsed"), f"{path}: has a date")
    if kind == "atom":
        root = lxml.etree.fromstring(body)
        check(root.get(XML_LANG), f"{path}: has xml:lang")
        check(head.get("id"), f"{path}: has an id")
    if not check(feed.entries, f"{path}: has entries"):
        return
    check(len({entry.get("id") for entry in feed.entries}) == len(feed.entries), f"{path}: no two entries have one id")
    for number, entry in enumerate(feed.entries, 1):
        where = f"{path} entry {number}"
        check(entry.get("title"), f"{where}: has a title")
        check(is_absolute(entry.get("link")), f"{where}: has an absolute link (was {entry.get('link')})")
        check(entry.get("id"), f"{where}: has a guid")
        check(entry.get("published_parsed"), f"{where}: has a date of publication")
        if kind == "atom":
            check(entry.get("updated_parsed"), f"{where}: has a date of change")
        contents = [content.value for content in entry.get("content", [])]
        check(contents or entry.get("summary"), f"{where}: has content or a summary")
        for html in contents:
            check_html(html, where)
        for enclosure in entry.get("enclosures", []):
            check(is_absolute(enclosure.get("href")), f"{where}: its enclosure has an absolute address")
            check(enclosure.get("type"), f"{where}: its enclosure has a type")
            if kind == "rss":
                check((enclosure.get("length") or "").isdigit(), f"{where}: its enclosure has a length")
        for media in entry.get("media_content", []):
            check(is_absolute(media.get("url")), f"{where}: its media has an absolute address")
    if full:
        entries = feed.entries
        check(any(entry.get("author") for entry in entries), f"{path}: an entry has an author")
        check(any(entry.get("content") for entry in entries), f"{path}: an entry has its whole content")
        check(any(entry.get("enclosures") or entry.get("media_content") for entry in entries), f"{path}: an entry has a picture or a file")
        check(any(entry.get("tags") for entry in entries), f"{path}: an entry has categories")


def check_json_feed(base, path, edition, full):
    body = get(base, path, ("application/feed+json",))
    if body is None:
        return
    feed = json.loads(body)
    check(feed.get("version") == "https://jsonfeed.org/version/1.1", f"{path}: is JSON Feed 1.1")
    check(feed.get("title"), f"{path}: has a title")
    check(is_absolute(feed.get("home_page_url")), f"{path}: has an absolute home page")
    check(is_absolute(feed.get("feed_url")), f"{path}: names its own absolute address")
    check((feed.get("language") or "").lower() == edition.lower(), f"{path}: is in {edition} (was {feed.get('language')})")
    items = feed.get("items") or []
    if not check(items, f"{path}: has items"):
        return
    check(all(isinstance(item.get("id"), str) for item in items), f"{path}: every id is a text")
    check(len({item.get("id") for item in items}) == len(items), f"{path}: no two items have one id")
    for number, item in enumerate(items, 1):
        where = f"{path} item {number}"
        check(is_absolute(item.get("url")), f"{where}: has an absolute address")
        check(item.get("title"), f"{where}: has a title")
        check(is_date(item.get("date_published")), f"{where}: has a date of publication")
        check("date_modified" not in item or is_date(item["date_modified"]), f"{where}: its date of change is one")
        check(item.get("content_html") is not None or item.get("content_text") is not None, f"{where}: has content")
        if item.get("content_html"):
            check_html(item["content_html"], where)
        for field in ("image", "banner_image", "external_url"):
            check(field not in item or is_absolute(item[field]), f"{where}: its {field} is an absolute address")
        for attachment in item.get("attachments", []):
            check(is_absolute(attachment.get("url")), f"{where}: its attachment has an absolute address")
            check(attachment.get("mime_type"), f"{where}: its attachment has a type")
    if full:
        check(any(item.get("authors") for item in items), f"{path}: an item has authors")
        check(any(item.get("image") or item.get("attachments") for item in items), f"{path}: an item has a picture or a file")


def check_feeds(base, folder, edition, full=False):
    check_xml_feed(base, f"{folder}/rss.xml", "rss", edition, full)
    check_xml_feed(base, f"{folder}/atom.xml", "atom", edition, full)
    check_json_feed(base, f"{folder}/feed.json", edition, full)


def parse_xml(body, path):
    try:
        return lxml.etree.fromstring(body)
    except lxml.etree.XMLSyntaxError as error:
        check(False, f"{path}: is well-formed ({error})")
        return None


def find(element, path):
    return element.xpath(path, namespaces=NAMESPACES)


def check_sitemap_page(base, path, xml_types):
    """Checks one page of a sitemap; answers how many of its addresses name translations."""
    alternates = 0
    body = get(base, path, xml_types)
    sitemap = parse_xml(body, path) if body else None
    if sitemap is not None:
        urls = find(sitemap, "sitemap:url")
        check(urls and len(urls) <= 50_000, f"{path}: has between 1 and 50000 addresses")
        places = find(sitemap, "sitemap:url/sitemap:loc/text()")
        check(len(places) == len(urls) and all(map(is_absolute, places)), f"{path}: every address is absolute")
        check(len(set(places)) == len(places), f"{path}: no address twice")
        check(all(map(is_date, find(sitemap, "sitemap:url/sitemap:lastmod/text()"))), f"{path}: has good dates")
        for url in urls:
            links = find(url, "xhtml:link[@rel='alternate'][@hreflang]")
            if not links:
                continue
            alternates += 1
            place = find(url, "string(sitemap:loc)")
            check(all(is_absolute(link.get("href")) for link in links), f"{path} {place}: its translations are absolute")
            check(place in [link.get("href") for link in links], f"{path} {place}: names itself among its translations")
            languages = [link.get("hreflang") for link in links]
            check(len(set(languages)) == len(languages), f"{path} {place}: one address for each language")
    return alternates


def check_sitemaps(base, edition):
    """Checks the edition's sitemaps; answers whether a page names its translations."""
    xml_types = ("application/xml", "text/xml")
    index_path = f"/feeds/{edition}/sitemap.xml"
    body = get(base, index_path, xml_types)
    index = parse_xml(body, index_path) if body else None
    if index is not None:
        check(index.tag == f"{{{NAMESPACES['sitemap']}}}sitemapindex", f"{index_path}: is a sitemap index")
        places = find(index, "sitemap:sitemap/sitemap:loc/text()")
        check(places and all(map(is_absolute, places)), f"{index_path}: names absolute sitemaps ({places[:2]})")
        check(all(map(is_date, find(index, "sitemap:sitemap/sitemap:lastmod/text()"))), f"{index_path}: has good dates")

    # The index names the pages where readers find them, below the edition's own address; here
    # they are served below the feeds.
    pages = [place.rstrip("/").split("/")[-2] for place in places] if index is not None else []
    alternates = sum(check_sitemap_page(base, f"/feeds/{edition}/sitemaps/{page}/sitemap.xml", xml_types) for page in pages)
    status, _, _ = fetch(base, f"/feeds/{edition}/sitemaps/99999/sitemap.xml")
    check(status == 404, f"/feeds/{edition}/sitemaps/99999/sitemap.xml: answers 404 (was {status})")

    check_news(base, edition)
    return alternates > 0


def check_news(base, edition):
    """Checks the edition's news sitemap; answers the headlines in it. It may well be empty, as only the last two days are news."""
    path = f"/feeds/{edition}/sitemap-news.xml"
    body = get(base, path, ("application/xml", "text/xml"))
    news = parse_xml(body, path) if body else None
    titles = []
    if news is not None:
        check(news.tag == f"{{{NAMESPACES['sitemap']}}}urlset", f"{path}: is a sitemap")
        for url in find(news, "sitemap:url"):
            place = find(url, "string(sitemap:loc)")
            check(is_absolute(place), f"{path} {place}: is absolute")
            for part in ("news:publication/news:name", "news:publication/news:language", "news:title"):
                check(find(url, f"string(news:news/{part})").strip(), f"{path} {place}: has {part}")
            check(is_date(find(url, "string(news:news/news:publication_date)")), f"{path} {place}: has a date")
            titles.append(find(url, "string(news:news/news:title)"))
    return titles


def check_opml(base, edition):
    path = f"/feeds/{edition}/opml.xml"
    body = get(base, path, ("text/x-opml", "application/xml", "text/xml", "text/x-opml+xml", "application/opml+xml"))
    opml = parse_xml(body, path) if body else None
    if opml is None:
        return
    check(opml.tag == "opml" and opml.get("version") == "2.0", f"{path}: is OPML 2.0")
    check(opml.xpath("string(head/title)"), f"{path}: has a title")
    outlines = opml.xpath("body//outline[@xmlUrl]")
    check(outlines, f"{path}: names feeds")
    for outline in outlines:
        check(outline.get("type") == "rss" and outline.get("text"), f"{path}: {outline.get('xmlUrl')} has a type and a text")
        check(is_absolute(outline.get("xmlUrl")), f"{path}: {outline.get('xmlUrl')} is absolute")


def check_robots(base, edition):
    path = f"/feeds/{edition}/robots.txt"
    body = get(base, path, ("text/plain",))
    if body is None:
        return
    lines = [line.partition(":") for line in body.decode("utf-8").splitlines()]
    fields = [(name.strip().lower(), value.strip()) for name, _, value in lines]
    check(any(name == "user-agent" for name, _ in fields), f"{path}: names a user agent")
    maps = [value for name, value in fields if name == "sitemap"]
    check(maps and all(map(is_absolute, maps)), f"{path}: names absolute sitemaps ({maps})")


def check_terms(base, edition, kind, plural):
    """The feed of one category, tag, author or newsletter that has entries."""
    found = graphql(base, f'{{ {plural}(first: 20, edition: "{edition}") {{ nodes {{ slug }} }} }}')
    slugs = [node["slug"] for node in (found.get(plural) or {}).get("nodes", [])]
    if not check(slugs, f"{edition} has {plural}"):
        return
    for slug in slugs:
        folder = f"/feeds/{edition}/{kind}/{quote(slug, safe='')}"
        status, _, body = fetch(base, f"{folder}/feed.json")
        if status == 200 and json.loads(body).get("items"):
            check_feeds(base, folder, edition)
            return
    check(False, f"{edition}: one of the {plural} {slugs} has a feed with entries")


def main(base, news_base):
    editions = [edition["code"] for edition in graphql(base, "{ editions { code } }").get("editions", [])]
    check({"en", "fa"} <= set(editions), f"the demo has the editions en and fa (has {editions})")
    translated = False
    for edition in editions or ["en", "fa"]:
        check_feeds(base, f"/feeds/{edition}", edition, full=True)
        check_opml(base, edition)
        check_robots(base, edition)
        translated = check_sitemaps(base, edition) or translated
        for kind, plural in (("category", "categories"), ("tag", "tags"), ("author", "authors")):
            check_terms(base, edition, kind, plural)
    check_terms(base, "en", "newsletter", "newsletters")
    titles = check_news(news_base, "en")
    check(titles == ["Of today"], f"the news of today is in the news sitemap, and nothing else (was {titles})")
    check(translated, "a page in a sitemap names its translations (hreflang)")
    for path in ("/feeds/xx/rss.xml", "/feeds/en/category/no-such-category/rss.xml"):
        status, _, _ = fetch(base, path)
        check(status == 404, f"{path}: answers 404 (was {status})")
    print(f"feeds: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/"), sys.argv[2].rstrip("/")))
