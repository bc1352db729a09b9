//! The page of L as one SQL statement for each engine: what somebody writes who needs this page and
//! nothing else. A test of the bench compares its answers with those of the server.

/// One JSON value, made of JSON aggregates.
pub(crate) const SQLITE: &str = "
SELECT json_object('data', json_object('articles', json_object('nodes', json_group_array(json(node)))))
FROM (
  SELECT json_object(
    'title', e.title,
    'slug', e.slug,
    'excerpt', e.excerpt,
    'publishedAt', replace(e.published_at, '+00:00', 'Z'),
    'primaryCategory', (
      SELECT json_object('name', t.name, 'slug', t.slug) FROM term_text t
      WHERE t.term_id = a.primary_category_id AND t.edition_id = e.edition_id),
    'byline', (
      SELECT json_group_array(json_object('name', coalesce(c.name, t.name), 'author', json_object('slug', t.slug)))
      FROM (SELECT author_id, name FROM entry_contribution WHERE entry_id = e.id ORDER BY position) c
      LEFT JOIN author_text t ON t.author_id = c.author_id AND t.edition_id = e.edition_id),
    'tags', (
      SELECT json_group_array(json_object('name', t.name, 'slug', t.slug))
      FROM (SELECT term_id FROM entry_term WHERE entry_id = e.id AND is_direct ORDER BY position) x
      JOIN term_text t ON t.term_id = x.term_id AND t.edition_id = e.edition_id AND t.taxonomy = 'tag'),
    'hero', (
      SELECT json_object('alt', coalesce(x.alt, t.alt), 'asset', json_object('url', m.remote_url, 'width', m.width, 'height', m.height))
      FROM entry_asset x JOIN asset m ON m.id = x.asset_id
      LEFT JOIN asset_text t ON t.asset_id = m.id AND t.edition_id = e.edition_id
      WHERE x.entry_id = e.id AND x.role = 'hero')
  ) AS node
  FROM entry e JOIN article a ON a.entry_id = e.id
  WHERE e.kind = 'article' AND e.edition_id = $1 AND e.status = 'published'
  ORDER BY e.sort_at DESC, e.id DESC LIMIT 20
)";

/// The ids first, then everything else joined to them.
pub(crate) const POSTGRES: &str = "
WITH page AS MATERIALIZED (
  SELECT e.id, e.edition_id, e.title, e.slug, e.excerpt, e.published_at, e.sort_at
  FROM entry e WHERE e.kind = 'article' AND e.edition_id = $1 AND e.status = 'published'
  ORDER BY e.sort_at DESC, e.id DESC LIMIT 20
), byline AS (
  SELECT p.id, json_agg(json_build_object('name', coalesce(c.name, t.name), 'author', json_build_object('slug', t.slug)) ORDER BY c.position) AS list
  FROM page p JOIN entry_contribution c ON c.entry_id = p.id
  LEFT JOIN author_text t ON t.author_id = c.author_id AND t.edition_id = p.edition_id
  GROUP BY p.id
), tags AS (
  SELECT p.id, json_agg(json_build_object('name', t.name, 'slug', t.slug) ORDER BY x.position) AS list
  FROM page p JOIN entry_term x ON x.entry_id = p.id AND x.is_direct
  JOIN term_text t ON t.term_id = x.term_id AND t.edition_id = p.edition_id AND t.taxonomy = 'tag'
  GROUP BY p.id
)
SELECT json_build_object('data', json_build_object('articles', json_build_object('nodes', json_agg(json_build_object(
  'title', p.title,
  'slug', p.slug,
  'excerpt', p.excerpt,
  'publishedAt', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
  'primaryCategory', CASE WHEN c.term_id IS NULL THEN NULL ELSE json_build_object('name', c.name, 'slug', c.slug) END,
  'byline', coalesce(b.list, '[]'),
  'tags', coalesce(g.list, '[]'),
  'hero', CASE WHEN m.id IS NULL THEN NULL ELSE json_build_object('alt', coalesce(x.alt, mt.alt),
    'asset', json_build_object('url', m.remote_url, 'width', m.width, 'height', m.height)) END
) ORDER BY p.sort_at DESC, p.id DESC))))::text
FROM page p
JOIN article a ON a.entry_id = p.id
LEFT JOIN term_text c ON c.term_id = a.primary_category_id AND c.edition_id = p.edition_id
LEFT JOIN byline b ON b.id = p.id
LEFT JOIN tags g ON g.id = p.id
LEFT JOIN entry_asset x ON x.entry_id = p.id AND x.role = 'hero'
LEFT JOIN asset m ON m.id = x.asset_id
LEFT JOIN asset_text mt ON mt.asset_id = m.id AND mt.edition_id = p.edition_id";
