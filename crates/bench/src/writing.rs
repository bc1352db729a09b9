//! Measures writes: articles made and published over REST by many clients at once, what readers
//! meet meanwhile, and beside it the same rows written by bare SQL on the same database.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use application::{
    App, AppOptions, Durability, Store, StoreOptions, SystemClock, SystemIds, auth, keys, users,
};
use domain::{
    access::{Actor, Grant, Role},
    users::{Email, Password, UserDraft},
};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    Result, bare_writes, fault, http,
    load::{Loader, Sample, Watched, float},
    note, postgres,
    publication::{self, Publication},
    report::{Line, Section},
    requests::Requests,
    servers::Tools,
    serving::{Engines, Pace},
    words::LANGUAGES,
};

/// Clients that write at the same time, each on a connection it keeps.
pub(crate) const CLIENTS: usize = 16;

const EMAIL: &str = "bench@gazette.example";
const PASSWORD: &str = "a clock that strikes again";

/// How many articles were made and published, and how long one took.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) times: Vec<Duration>,
    pub(crate) elapsed: Duration,
}

impl Written {
    pub(crate) fn per_second(&self) -> f64 {
        float(u64::try_from(self.times.len()).unwrap_or_default()) / self.elapsed.as_secs_f64()
    }

    /// The time that so many of a hundred stay below, in milliseconds.
    fn percentile(&self, percent: usize) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        let place = times.len().saturating_sub(1) * percent / 100;
        times.get(place).map_or(f64::NAN, Duration::as_secs_f64) * 1e3
    }

    fn text(&self) -> String {
        format!(
            "{:.0}/s, p50 {:.1} ms, p99 {:.1} ms",
            self.per_second(),
            self.percentile(50),
            self.percentile(99)
        )
    }
}

/// Measures each engine on a copy of its store.
pub(crate) async fn measure(
    tools: &Tools,
    engines: &Engines,
    server: Option<&str>,
    pace: Pace,
) -> Result<Section> {
    let loader = Loader::find(&tools.directory, &tools.fleet)?;
    let mut lines = Vec::new();
    let url = copy_of_file(tools, engines)?;
    lines.extend(measure_one(tools, &loader, ("SQLite", &url), pace).await?);
    if let (Some(server), Some(template)) = (server, &engines.postgres) {
        let url = postgres::copy_of(server, template, "colophon_bench_writing").await?;
        lines.extend(measure_one(tools, &loader, ("PostgreSQL", &url), pace).await?);
    }
    Ok(Section {
        title: format!(
            "writes: articles of 4.5 kB made and then published over REST, {CLIENTS} clients, {} articles there",
            engines.articles
        ),
        lines,
    })
}

/// What is written is of no use to the next run.
fn copy_of_file(tools: &Tools, engines: &Engines) -> Result<String> {
    let path = tools.directory.join("writing.db");
    for suffix in ["-wal", "-shm"] {
        let left = PathBuf::from(format!("{}{suffix}", path.display()));
        if left.exists() {
            std::fs::remove_file(left)?;
        }
    }
    std::fs::copy(&engines.sqlite_path, &path)?;
    Ok(format!("sqlite:{}", path.display()))
}

async fn measure_one(
    tools: &Tools,
    loader: &Loader,
    (engine, url): (&str, &str),
    pace: Pace,
) -> Result<Vec<Line>> {
    make_owner(url).await?;
    let (mut own, mut bare, mut alone, mut beside) = (vec![], vec![], vec![], vec![]);
    for round in 0..pace.rounds {
        note(format_args!(
            "writing on {engine}, round {} of {}",
            round + 1,
            pace.rounds
        ));
        let server = tools.colophon("writing", url, "/readyz")?;
        let desk = Arc::new(Desk::at(server.address).await?);
        let reads = Requests::of(server.address)?;
        let [list, _] = &reads.list;
        let on = Watched {
            server: server.process.id(),
            database: None,
        };
        let read =
            |time| tokio::task::block_in_place(|| loader.run(server.address, list, time, on));
        read(pace.warm_up)?;
        alone.push(read(pace.time)?);
        own.push(write(&desk, pace.time).await?);
        // The writers are tasks of their own once the first of both was asked.
        let (written, sample) = tokio::join!(write(&desk, pace.time), async { read(pace.time) });
        written?;
        beside.push(sample?);
        drop(server);
        bare.push(bare_writes::run(url, CLIENTS, pace.time).await?);
    }
    let (own, bare) = (middle(own)?, middle(bare)?);
    let (alone, beside) = (Sample::median_of(&alone), Sample::median_of(&beside));
    Ok(vec![
        Line::ratio(
            format!("{engine}, made and published / bare SQL"),
            own.text(),
            own.per_second() / bare.per_second(),
        ),
        Line::plain(format!("{engine}, the same rows by bare SQL"), bare.text()),
        Line::ratio(
            format!("{engine}, p99 of L while that is written / alone"),
            format!(
                "{:.2} ms / {:.2} ms ({:.0}/s / {:.0}/s)",
                beside.p99_us / 1e3,
                alone.p99_us / 1e3,
                beside.per_second,
                alone.per_second
            ),
            beside.p99_us / alone.p99_us,
        ),
    ])
}

/// Of several rounds the one in the middle.
fn middle(mut rounds: Vec<Written>) -> Result<Written> {
    rounds.sort_by(|one, other| one.per_second().total_cmp(&other.per_second()));
    let place = rounds.len() / 2;
    rounds
        .into_iter()
        .nth(place)
        .ok_or_else(|| fault("no round"))
}

/// Makes somebody who may write.
async fn make_owner(url: &str) -> Result<()> {
    let store = Store::open(&StoreOptions {
        url: url.to_owned(),
        readers: 1,
        durability: Durability::PowerSafe,
    })
    .await?;
    let app = App::new(AppOptions {
        store: store.clone(),
        objects: Arc::new(object_store::memory::InMemory::new()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        public_url: "http://127.0.0.1".to_owned(),
        keys: keys::KeySet::default(),
        auth: auth::AuthOptions::default(),
        content_model: domain::fields::ContentModel::default(),
    });
    let draft = UserDraft {
        email: Email::parse("email", EMAIL)?,
        display_name: "Bench".to_owned(),
        is_active: true,
        grants: vec![Grant {
            role: Role::Owner,
            edition: None,
        }],
    };
    let password = Password::choose("password", PASSWORD, 10)?;
    let cx = app.context(Actor::System("bench"));
    users::create(&cx, draft, Some(password)).await?;
    drop((cx, app));
    Ok(store.close().await?)
}

/// Somebody signed in, and what their articles name.
#[derive(Debug)]
struct Desk {
    articles: String,
    token: String,
    categories: Vec<String>,
    tags: Vec<String>,
    authors: Vec<String>,
}

impl Desk {
    async fn at(server: SocketAddr) -> Result<Self> {
        let ids = |list: &str, count: usize| -> Result<Vec<String>> {
            let path = format!("/api/v1/{list}?edition={}&first={count}", LANGUAGES[0].code);
            let page: Value = serde_json::from_slice(&http::get(server, &path)?.body)?;
            let items = page.get("data").and_then(Value::as_array);
            let id = |item: &Value| Some(item.get("id")?.as_str()?.to_owned());
            Ok(items.into_iter().flatten().filter_map(id).collect())
        };
        Ok(Self {
            articles: format!("http://{server}/api/v1/articles"),
            token: sign_in(server).await?,
            categories: ids("categories", 1)?,
            tags: ids("tags", 3)?,
            authors: ids("authors", 1)?,
        })
    }

    fn article(&self, article: &publication::Article) -> Value {
        let byline = self.authors.iter().map(|id| json!({ "authorId": id }));
        json!({
            "edition": LANGUAGES[0].code,
            "title": article.title,
            "excerpt": article.excerpt,
            "body": { "html": article.html() },
            "categories": self.categories,
            "tags": self.tags,
            "byline": byline.collect::<Vec<Value>>(),
        })
    }
}

fn client() -> Result<Client> {
    Ok(Client::builder().build()?)
}

async fn sign_in(server: SocketAddr) -> Result<String> {
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let answer = client()?
        .post(format!("http://{server}/api/v1/auth/login"))
        .json(&body)
        .send()
        .await?
        .error_for_status()?;
    let tokens: Value = answer.json().await?;
    let token = tokens.get("accessToken").and_then(Value::as_str);
    token
        .map(str::to_owned)
        .ok_or_else(|| fault("a login without a token"))
}

/// Writes for so long, by all clients at once.
async fn write(desk: &Arc<Desk>, time: Duration) -> Result<Written> {
    let mut clients = JoinSet::new();
    let begun = Instant::now();
    for number in 0..CLIENTS {
        let writer = Writer {
            http: client()?,
            desk: Arc::clone(desk),
        };
        clients.spawn(async move { writer.run(number, begun + time).await });
    }
    let mut written = Written::default();
    while let Some(times) = clients.join_next().await {
        written.times.extend(times??);
    }
    written.elapsed = begun.elapsed();
    Ok(written)
}

struct Writer {
    http: Client,
    desk: Arc<Desk>,
}

impl Writer {
    async fn run(&self, number: usize, until: Instant) -> Result<Vec<Duration>> {
        let small = Publication { articles: 10_000 };
        let (mut times, mut next) = (Vec::new(), number * LANGUAGES.len());
        while Instant::now() < until {
            let body = self.desk.article(&small.article(next));
            next += CLIENTS * LANGUAGES.len();
            let begun = Instant::now();
            let made = self.send(&self.desk.articles, None, &body).await?;
            let id = made.get("id").and_then(Value::as_str).unwrap_or_default();
            let path = format!("{}/{id}/publish", self.desk.articles);
            self.send(&path, Some("\"1\""), &json!({})).await?;
            times.push(begun.elapsed());
        }
        Ok(times)
    }

    async fn send(&self, url: &str, version: Option<&str>, body: &Value) -> Result<Value> {
        let mut request = self.http.request(Method::POST, url).json(body);
        request = request.bearer_auth(&self.desk.token);
        if let Some(version) = version {
            request = request.header("if-match", version);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            return Err(fault(format!("{url}: {status}: {text}")));
        }
        Ok(serde_json::from_str(&text)?)
    }
}
