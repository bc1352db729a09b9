//! Connections that the database server ends.

use crate::harness::TestServer;

#[tokio::test]
async fn the_first_reads_after_a_restart_of_the_server_are_answered() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "River").await;
    // Several connections are open and none is in use.
    let query = "{ articles { nodes { title } } }";
    futures::future::join_all((0..6).map(|_| server.graphql(query))).await;
    server.lose_connections().await;
    for _ in 0..4 {
        let data = server.graphql(query).await;
        assert_eq!(data["articles"]["nodes"][0]["title"], "River");
    }
    server.article(site.en, "Stream").await;
}
