//! The rows behind a server, for what no face shows.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};

use super::{TestServer, engine};

impl TestServer {
    /// Where its database is, for another process.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Where its files are.
    pub fn files(&self) -> &str {
        self.files.path().to_str().unwrap()
    }

    /// A connection beside the server's own.
    pub async fn connect(&self) -> DatabaseConnection {
        self.database.connect().await
    }

    /// The rows of a statement, read beside the server.
    pub async fn rows(&self, statement: &str) -> Vec<QueryResult> {
        let backend = match engine().as_str() {
            "postgres" => DbBackend::Postgres,
            _ => DbBackend::Sqlite,
        };
        let connection = self.connect().await;
        let statement = Statement::from_string(backend, statement);
        let rows = connection.query_all_raw(statement).await.unwrap();
        connection.close().await.unwrap();
        rows
    }

    /// Ends all connections, as a restart of a database server does. A file has none to lose.
    pub async fn lose_connections(&self) {
        if engine() == "postgres" {
            // What has been in use a moment ago is not asked again whether it is still there.
            tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
            self.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
        }
    }

    /// The number a statement counts.
    pub async fn count(&self, statement: &str) -> i64 {
        self.rows(statement).await[0].try_get_by_index(0).unwrap()
    }
}
