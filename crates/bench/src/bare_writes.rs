//! What writing articles comes down to: the rows of one that is made, and of its publication, in two
//! transactions of plain SQL; no sign-in, no rights, no parsing, no checks, no answer. What the
//! writes of the server are held against.

use std::time::{Duration, Instant};

use application::{Clock as _, IdSource as _, SystemClock, SystemIds};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    Statement, TransactionTrait, Value,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    Result, fault,
    publication::{Article, Publication},
    writing::Written,
};

/// What the rows name.
#[derive(Debug, Clone)]
struct Named {
    edition: Uuid,
    terms: Vec<Uuid>,
    author: Uuid,
}

/// Writes for so long, by so many at once; SQLite has one that writes.
pub(crate) async fn run(url: &str, clients: usize, time: Duration) -> Result<Written> {
    let backend = if url.starts_with("sqlite:") {
        DbBackend::Sqlite
    } else {
        DbBackend::Postgres
    };
    let writers = match backend {
        DbBackend::Sqlite => 1,
        _ => clients,
    };
    let mut options = ConnectOptions::new(url);
    options.max_connections(u32::try_from(writers)?);
    let connection = Database::connect(options).await?;
    let store = Store {
        connection,
        backend,
    };
    let named = store.named().await?;
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for number in 0..writers {
        let (store, named) = (store.clone(), named.clone());
        running.spawn(async move {
            let small = Publication { articles: 10_000 };
            let (mut times, mut next) = (Vec::new(), number);
            while begun.elapsed() < time {
                let began = Instant::now();
                store.write(&named, &small.article(next)).await?;
                next += writers;
                times.push(began.elapsed());
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(times)
        });
    }
    let mut written = Written::default();
    while let Some(times) = running.join_next().await {
        written.times.extend(times??);
    }
    written.elapsed = begun.elapsed();
    store.connection.close().await?;
    Ok(written)
}

#[derive(Clone)]
struct Store {
    connection: DatabaseConnection,
    backend: DbBackend,
}

impl Store {
    async fn ids(&self, sql: &str) -> Result<Vec<Uuid>> {
        let statement = Statement::from_string(self.backend, sql);
        let rows = self.connection.query_all_raw(statement).await?;
        let ids: std::result::Result<Vec<Uuid>, _> =
            rows.iter().map(|row| row.try_get_by_index(0)).collect();
        Ok(ids?)
    }

    async fn named(&self) -> Result<Named> {
        let first = |ids: Vec<Uuid>| {
            ids.into_iter()
                .next()
                .ok_or_else(|| fault("an empty store"))
        };
        Ok(Named {
            edition: first(
                self.ids("SELECT id FROM edition ORDER BY code LIMIT 1")
                    .await?,
            )?,
            terms: self.ids("SELECT id FROM term ORDER BY id LIMIT 4").await?,
            author: first(
                self.ids("SELECT id FROM author ORDER BY id LIMIT 1")
                    .await?,
            )?,
        })
    }

    async fn run(
        &self,
        tx: &DatabaseTransaction,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<()> {
        tx.execute_raw(Statement::from_sql_and_values(self.backend, sql, values))
            .await?;
        Ok(())
    }

    async fn write(&self, named: &Named, article: &Article) -> Result<()> {
        let ids = SystemIds;
        let (id, group, edition) = (ids.next(), ids.next(), named.edition);
        let at = SystemClock.now();
        // Articles of several rounds have the same slugs.
        let slug = format!("{}-{}", article.slug, id.simple());
        let html = article.html();
        let tx = self.connection.begin().await?;
        self.run(
            &tx,
            "INSERT INTO translation_group (id, created_at) VALUES ($1, $2)",
            [group.into(), at.into()],
        )
        .await?;
        self.run(
            &tx,
            "INSERT INTO entry (id, kind, edition_id, group_id, slug_scope, slug, path, title, title_key, status, version, \
             has_pending_changes, sort_at, is_featured, derived_excerpt, word_count, reading_time_minutes, comments_open, comment_count, \
             created_at, updated_at) VALUES ($1, 'article', $2, $3, 'article', $4, $5, $6, $6, 'draft', 1, false, $7, false, $8, 700, 4, true, 0, $7, $7)",
            [
                id.into(),
                edition.into(),
                group.into(),
                slug.clone().into(),
                format!("/{slug}").into(),
                article.title.clone().into(),
                at.into(),
                article.excerpt.clone().into(),
            ],
        )
        .await?;
        self.run(
            &tx,
            "INSERT INTO entry_body (entry_id, parser_version, source_format, source, html, markdown, plain_text, blocks) \
             VALUES ($1, 1, 'html', $2, $2, $2, $2, $2)",
            [id.into(), html.into()],
        )
        .await?;
        self.run(
            &tx,
            "INSERT INTO article (entry_id, primary_category_id) VALUES ($1, $2)",
            [id.into(), named.terms.first().copied().into()],
        )
        .await?;
        for (position, term) in (0_i64..).zip(&named.terms) {
            self.run(
                &tx,
                "INSERT INTO entry_term (entry_id, term_id, position, is_direct, kind, edition_id, status, sort_at) \
                 VALUES ($1, $2, $3, true, 'article', $4, 'draft', $5)",
                [id.into(), (*term).into(), position.into(), edition.into(), at.into()],
            )
            .await?;
        }
        self.run(
            &tx,
            "INSERT INTO entry_contribution (entry_id, position, author_id, role, kind, edition_id, status, sort_at) \
             VALUES ($1, 0, $2, 'author', 'article', $3, 'draft', $4)",
            [id.into(), named.author.into(), edition.into(), at.into()],
        )
        .await?;
        self.told(&tx, id, "create").await?;
        tx.commit().await?;
        let tx = self.connection.begin().await?;
        for (table, column) in [
            ("entry", "id"),
            ("entry_term", "entry_id"),
            ("entry_contribution", "entry_id"),
        ] {
            let sql = format!(
                "UPDATE {table} SET status = 'published', sort_at = $1 WHERE {column} = $2"
            );
            self.run(&tx, &sql, [at.into(), id.into()]).await?;
        }
        self.run(
            &tx,
            "INSERT INTO route (edition_id, path, role, entry_id, is_permanent, version, created_at, updated_at) \
             VALUES ($1, $2, 'canonical', $3, true, 1, $4, $4)",
            [edition.into(), format!("/{slug}").into(), id.into(), at.into()],
        )
        .await?;
        self.told(&tx, id, "publish").await?;
        tx.commit().await?;
        Ok(())
    }

    /// The rows of the log and of the event.
    async fn told(&self, tx: &DatabaseTransaction, id: Uuid, action: &str) -> Result<()> {
        let at = SystemClock.now();
        self.run(
            tx,
            "INSERT INTO audit (at, actor, action, target_kind, target_id) VALUES ($1, 'bench', $2, 'article', $3)",
            [at.into(), action.into(), id.to_string().into()],
        )
        .await?;
        self.run(
            tx,
            "INSERT INTO outbox (at, name, target_id) VALUES ($1, $2, $3)",
            [at.into(), action.into(), id.to_string().into()],
        )
        .await
    }
}
