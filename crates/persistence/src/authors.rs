//! Authors.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Permit, ReadScope},
    authors::{Author, AuthorDraft, AuthorQuery, AuthorText},
    editions::Edition,
    events::{CacheTag, ContentEvent, RecordKind},
    id::{AuthorId, EditionId, Id},
    paging::{Key, ListOrder, Page, PageArgs},
    terms::TermOrder,
    text::{Localized, SortKeys},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    entries::best_text,
    field_filters::RecordFilters,
    lists::Order,
    sql::{IDS_PER_STATEMENT, Row, Sql},
    write_tx::Save,
};

impl Reader<'_> {
    /// A page of authors, with texts in the edition asked for or a fallback. The order by name holds
    /// those that have a name in that edition.
    pub async fn authors(
        &self,
        scope: &ReadScope,
        query: &AuthorQuery,
        edition: EditionId,
        page: &PageArgs,
    ) -> Result<Page<Author>> {
        scope.note(CacheTag::Records(RecordKind::Author));
        let fields = RecordFilters::new(RecordKind::Author, &query.custom_fields);
        let by_name = query.order == TermOrder::Name;
        let order = if by_name {
            Order {
                list: ListOrder::by_text("name"),
                key: "wt.name_key",
                id: "wt.author_id",
                descending: false,
            }
        } else {
            Order {
                list: ListOrder::by_time("createdAt"),
                key: if fields.lead() {
                    "x.created_at"
                } else {
                    "w.created_at"
                },
                id: if fields.lead() { "x.record_id" } else { "w.id" },
                descending: false,
            }
        };
        let mut from_where = Sql::new(match (by_name, fields.lead()) {
            (true, false) => " FROM author_text wt WHERE wt.edition_id = ",
            (true, true) => {
                " FROM record_field x JOIN author_text wt ON wt.author_id = x.record_id WHERE wt.edition_id = "
            }
            (false, false) => {
                " FROM author w WHERE EXISTS (SELECT 1 FROM author_text wt WHERE wt.author_id = w.id"
            }
            (false, true) => {
                " FROM record_field x JOIN author w ON w.id = x.record_id WHERE EXISTS (SELECT 1 FROM author_text wt WHERE wt.author_id = w.id"
            }
        });
        if by_name {
            from_where.bind(edition.uuid());
        } else if query.slug.is_some() {
            from_where
                .push(" AND wt.edition_id = ")
                .bind(edition.uuid());
        }
        if let Some(slug) = &query.slug {
            from_where.push(" AND wt.slug = ").bind(slug.clone());
        }
        if !by_name {
            from_where.push(")");
        }
        let of = if by_name { "wt.author_id" } else { "w.id" };
        fields.add(&mut from_where, scope, of);
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {}, {}", order.id, order.key));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        let ids = order.collect(page, rows, total, |row| {
            let id: Uuid = row.get()?;
            let key = if by_name {
                Key::Text(row.get()?)
            } else {
                Key::Time(row.time()?)
            };
            Ok((AuthorId::from_uuid(id), key, id))
        })?;
        let wanted: Vec<AuthorId> = ids.nodes().copied().collect();
        let mut authors = self.authors_by_ids(scope, &wanted, edition).await?;
        // What was deleted between the two statements is left out.
        Ok(ids.filter_map(|id| authors.remove(&id)))
    }

    /// Authors by id; absent ones are missing in the answer.
    pub async fn authors_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[AuthorId],
        edition: EditionId,
    ) -> Result<HashMap<AuthorId, Author>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut all = HashMap::with_capacity(ids.len());
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let found = self.authors_of(chunk, edition).await?;
            all.extend(found.into_iter().map(|author| (author.id, author)));
        }
        Ok(all)
    }

    /// Authors by id.
    pub(crate) async fn authors_of(&self, ids: &[Uuid], edition: EditionId) -> Result<Vec<Author>> {
        self.read_authors(edition, |sql| {
            sql.push("w.id IN ").id_list(ids);
        })
        .await
    }

    /// One author by slug.
    pub async fn author_by_slug(
        &self,
        scope: &ReadScope,
        slug: &str,
        edition: EditionId,
    ) -> Result<Option<Author>> {
        scope.note(CacheTag::Records(RecordKind::Author));
        let found = self
            .read_authors(edition, |sql| {
                sql.push("w.id = (SELECT n.author_id FROM author_text n WHERE n.edition_id = ")
                    .bind(edition.uuid());
                sql.push(" AND n.slug = ").bind(slug.to_owned()).push(")");
            })
            .await?;
        Ok(found.into_iter().next())
    }

    /// All texts of authors, in the order of the editions.
    pub async fn all_author_texts(
        &self,
        scope: &ReadScope,
        ids: &[AuthorId],
    ) -> Result<HashMap<AuthorId, Vec<Localized<AuthorText>>>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        self.author_texts(ids).await
    }

    /// The same, of authors whose ids a scope has let through.
    pub(crate) async fn author_texts(
        &self,
        ids: &[AuthorId],
    ) -> Result<HashMap<AuthorId, Vec<Localized<AuthorText>>>> {
        let mut all: HashMap<AuthorId, Vec<Localized<AuthorText>>> = HashMap::new();
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT wt.author_id, wt.edition_id, wt.name, wt.slug, wt.job_title, wt.bio FROM author_text wt JOIN edition d ON d.id = wt.edition_id WHERE wt.author_id IN ",
            );
            sql.id_list(chunk).push(" ORDER BY d.position, d.id");
            for row in &mut self.query(sql).await? {
                let id = Id::from_uuid(row.get()?);
                all.entry(id).or_default().push(read_text(row)?);
            }
        }
        Ok(all)
    }

    async fn read_authors(
        &self,
        edition: EditionId,
        condition: impl FnOnce(&mut Sql),
    ) -> Result<Vec<Author>> {
        let mut sql = Sql::new(
            "SELECT w.id, w.website, w.avatar_id, w.version, w.created_at, w.updated_at, wt.edition_id, wt.name, wt.slug, wt.job_title, wt.bio \
             FROM author w JOIN author_text wt ON wt.author_id = w.id WHERE ",
        );
        condition(&mut sql);
        sql.push(" ORDER BY w.id");
        let order = self.edition_set().await?.text_order(edition);
        let mut authors: Vec<Author> = Vec::new();
        for row in &mut self.query(sql).await? {
            let author = Author {
                id: Id::from_uuid(row.get()?),
                website: row.get()?,
                avatar: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
                version: row.get()?,
                created_at: row.get()?,
                updated_at: row.get()?,
                text: read_text(row)?,
            };
            match authors.last_mut().filter(|last| last.id == author.id) {
                Some(last) => {
                    if let Some(best) = best_text(vec![last.text.clone(), author.text], &order) {
                        last.text = best;
                    }
                }
                None => authors.push(author),
            }
        }
        Ok(authors)
    }
}

fn read_text(row: &mut Row) -> Result<Localized<AuthorText>> {
    Ok(Localized {
        edition: Id::from_uuid(row.get()?),
        value: AuthorText {
            name: row.get()?,
            slug: row.get()?,
            job_title: row.get()?,
            bio: row.get()?,
        },
    })
}

impl WriteTx {
    /// Saves a new author (`version` 1) or the whole of an existing one. The texts' slugs are final.
    pub async fn save_author(
        &mut self,
        permit: &Permit,
        save: Save<AuthorId>,
        draft: &AuthorDraft,
        editions: &[Edition],
    ) -> Result<()> {
        let Save { id, version, at } = save;
        permit.covers(RecordKind::Author, id)?;
        let mut sql = Sql::default();
        if version == 1 {
            sql.push("INSERT INTO author (id, website, avatar_id, version, created_at, updated_at) VALUES (");
            sql.bind_all([
                Value::from(id.uuid()),
                draft.website.clone().into(),
                draft.avatar.map(Id::uuid).into(),
                1_i64.into(),
                at.into(),
                at.into(),
            ]);
            sql.push(")");
        } else {
            sql.push("UPDATE author SET website = ")
                .bind(draft.website.clone())
                .push(", avatar_id = ")
                .bind(draft.avatar.map(Id::uuid));
            sql.push(", version = ")
                .bind(version)
                .push(", updated_at = ")
                .bind(at)
                .push(" WHERE id = ")
                .bind(id.uuid())
                .push(" AND version = ")
                .bind(version - 1);
        }
        if self.save_into("author", sql).await? == 0 {
            return Err(self.stale(RecordKind::Author, id.uuid()).await);
        }
        if version > 1 {
            self.clear("author_text", "author_id", id.uuid()).await?;
        }
        let mut rows = Vec::with_capacity(draft.texts.len());
        for text in &draft.texts {
            let edition = editions
                .iter()
                .find(|edition| edition.id == text.edition)
                .ok_or_else(|| Error::invalid("texts", "names an edition that does not exist"))?;
            let name_key = SortKeys::of(edition)
                .map(|keys| keys.key(&text.value.name))
                .unwrap_or_default();
            rows.push([
                Value::from(id.uuid()),
                text.edition.uuid().into(),
                text.value.name.clone().into(),
                name_key.into(),
                text.value.slug.clone().into(),
                text.value.job_title.clone().into(),
                text.value.bio.clone().into(),
            ]);
        }
        self.insert_rows(
            "author_text (author_id, edition_id, name, name_key, slug, job_title, bio)",
            rows,
        )
        .await?;
        let verb = if version == 1 { "created" } else { "updated" };
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Author, verb, id, None),
        );
        Ok(())
    }
}
