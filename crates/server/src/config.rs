//! What can be set: `config/default.toml` lists it all; a file, the environment and the command
//! line change it, in this order. Nothing else in the workspace reads configuration.

use std::{
    net::{AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

use api::AddressHeader;
use domain::{Error, Result};
use figment::{
    Figment, Profile,
    providers::{Env, Format as _, Serialized, Toml},
    value::{Dict, Map},
};
use ipnet::IpNet;
use serde::Deserialize;

mod check;
mod fields;
mod mistakes;
mod oidc;

pub(crate) use oidc::check_address;
pub use oidc::{Issuer, Oidc};

pub use fields::{Field, Fields};

/// The file that is read when none is named and it is there.
pub const FILE: &str = "colophon.toml";

/// Every setting with its default.
pub const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// Variables of the environment that are settings begin with this.
const PREFIX: &str = "COLOPHON_";

/// All settings.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How clients are served.
    pub server: Server,
    /// Where things are kept.
    pub data: Data,
    /// The content store.
    pub database: Database,
    /// The files of assets.
    pub media: Media,
    /// How people sign in.
    pub auth: Auth,
    /// Outside issuers whose tokens are taken.
    pub oidc: Oidc,
    /// What signs tokens.
    pub keys: Keys,
    /// The custom fields of articles, pages, issues, categories, tags, authors and assets.
    pub fields: Fields,
    /// What is sent to people.
    pub mail: Mail,
    /// How much whom.
    pub rate_limits: RateLimits,
    /// Whose pages may read the answers.
    pub cors: Cors,
    /// What GraphQL clients may ask for.
    pub graphql: Graphql,
    /// What is done later.
    pub jobs: Jobs,
    /// Figures for Prometheus.
    pub metrics: Metrics,
    /// What is told while running.
    pub log: Log,
    /// The demo publication.
    pub demo: Demo,
    /// The file that was read, if there was one.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// How clients are served.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where to listen.
    pub address: SocketAddr,
    /// How clients reach it; empty: by the address.
    pub public_url: String,
    /// The longest time a request may take.
    pub request_timeout_seconds: u64,
    /// The largest body of a request.
    pub max_body_bytes: usize,
    /// The largest body of a request about an entry over REST.
    pub max_entry_bytes: usize,
    /// How many connections are served at once.
    pub max_connections: usize,
    /// How long a client may take to send the head of a request.
    pub header_timeout_seconds: u64,
    /// How long a shutdown waits.
    pub shutdown_grace_seconds: u64,
    /// Who is believed about the address of a client: addresses and networks.
    pub trusted_proxies: Vec<String>,
    /// Where they say it.
    pub address_header: String,
}

impl Server {
    /// The networks of the proxies, or the first text that is none.
    pub(crate) fn proxies(&self) -> std::result::Result<Vec<IpNet>, &str> {
        let network = |text: &String| text.parse().or_else(|_| text.parse().map(IpAddr::into));
        self.trusted_proxies
            .iter()
            .map(|text| network(text).map_err(|_none: AddrParseError| text.as_str()))
            .collect()
    }

    /// The header of the proxies; none if there is no such.
    pub(crate) fn header(&self) -> Option<AddressHeader> {
        match self.address_header.to_ascii_lowercase().as_str() {
            "" => Some(AddressHeader::None),
            "x-forwarded-for" => Some(AddressHeader::XForwardedFor),
            "forwarded" => Some(AddressHeader::Forwarded),
            _ => None,
        }
    }
}

/// How much whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimits {
    /// Whether there are limits.
    pub enabled: bool,
    /// For each person, and each address without a token.
    pub requests_per_minute: NonZeroU32,
    /// For each address.
    pub address_requests_per_minute: NonZeroU32,
    /// Attempts to sign in, for each address.
    pub sign_in_per_minute: NonZeroU32,
    /// Wishes for a new password, for each address.
    pub reset_per_minute: NonZeroU32,
    /// Comments, for each person or address.
    pub comments_per_minute: NonZeroU32,
}

/// Whose pages may read the answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// Their origins; `*` for all.
    pub origins: Vec<String>,
}

/// Where things are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The folder for everything that has no setting of its own.
    pub directory: PathBuf,
}

/// The content store.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Its address, which may hold a password; empty: a file in the data folder.
    pub url: String,
    /// Connections that read; 0: as fits the machine.
    pub readers: u32,
    /// Whether the schema is brought up to date at start.
    pub migrate_at_start: bool,
}

/// Shows no password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("url", &without_password(&self.url))
            .field("readers", &self.readers)
            .field("migrate_at_start", &self.migrate_at_start)
            .finish()
    }
}

/// The files of assets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// Their folder; empty: in the data folder.
    pub directory: PathBuf,
}

/// How people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// How long an access token lasts.
    pub access_token_seconds: u64,
    /// How long a session goes on without being used.
    pub session_days: u32,
    /// The fewest characters of a new password.
    pub min_password_length: usize,
    /// Memory a hash of a password takes.
    pub argon2_memory_kib: u32,
    /// Passes over that memory.
    pub argon2_passes: u32,
    /// Lanes of the hash.
    pub argon2_lanes: u32,
    /// How many hashes are made at once; 0: as many as the machine has cores.
    pub max_hashes_at_once: usize,
}

impl Auth {
    pub(crate) fn hash_cost(&self, at_once: usize) -> application::HashCost {
        application::HashCost {
            memory_kib: self.argon2_memory_kib,
            passes: self.argon2_passes,
            lanes: self.argon2_lanes,
            at_once,
        }
    }
}

/// What signs tokens.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Their file; empty: in the data folder.
    pub file: PathBuf,
    /// The keys themselves; empty: those of the file.
    pub value: String,
}

/// Shows no key.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// What is sent to people.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The server of mail, which may hold a password; empty: nothing is sent.
    pub url: String,
    /// Whom mail is from.
    pub from: String,
    /// The page where a new password is chosen.
    pub reset_url: String,
    /// The page where an address is confirmed.
    pub confirm_url: String,
}

/// Shows no password.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("from", &self.from)
            .field("reset_url", &self.reset_url)
            .field("confirm_url", &self.confirm_url)
            .finish_non_exhaustive()
    }
}

/// What GraphQL clients may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graphql {
    /// Whether the schema is shown and names are suggested.
    pub introspection: bool,
    /// Whether browsers are shown the page that writes queries.
    pub graphiql: bool,
    /// How long a query may take.
    pub timeout_ms: u64,
    /// Whether a client may ask what its query costs.
    pub expose_cost: bool,
    /// The largest body of a request.
    pub max_body_bytes: usize,
    /// Room for the documents clients may name by their hash.
    pub max_persisted_bytes: usize,
    /// Documents clients may name by an id.
    pub trusted: Trusted,
    /// The most errors in one answer.
    pub max_errors: usize,
    /// The most bytes of bodies in one answer.
    pub max_content_bytes: usize,
    /// Bounds of a document.
    pub limits: GraphqlLimits,
}

/// Documents that GraphQL clients may name by an id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    /// The list of them; empty: none.
    pub file: PathBuf,
    /// Whether no other document is served.
    pub only: bool,
}

/// Bounds of a GraphQL document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphqlLimits {
    /// Length in bytes.
    pub max_document_bytes: usize,
    /// Size of all variable values.
    pub max_variables_bytes: usize,
    /// Lexical tokens.
    pub max_tokens: usize,
    /// Length of one name.
    pub max_name_bytes: usize,
    /// Brackets open at once.
    pub max_nesting: usize,
    /// Levels of fields.
    pub max_depth: usize,
    /// Fields, times the sizes of the lists around them.
    pub max_complexity: usize,
    /// Fields with another name.
    pub max_aliases: usize,
    /// Directives.
    pub max_directives: usize,
    /// Fields at the root.
    pub max_root_fields: usize,
    /// Operations.
    pub max_operations: usize,
    /// Fragments.
    pub max_fragments: usize,
    /// Variables.
    pub max_variables: usize,
    /// Selections with every fragment written out.
    pub max_expanded_selections: usize,
    /// Comparisons of fields.
    pub max_merge_work: usize,
    /// Bytes of arguments.
    pub max_argument_bytes: usize,
    /// Levels of fields below `__schema`.
    pub max_introspection_depth: usize,
    /// Lists within lists below `__schema`.
    pub max_introspection_lists: usize,
    /// `__schema` and `__type` fields.
    pub max_introspection_fields: usize,
}

/// What is done later.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    /// Whether `serve` does jobs.
    pub enabled: bool,
    /// How many at once.
    pub workers: usize,
    /// How often to look for those other processes wanted.
    pub poll_seconds: u64,
}

/// Figures for Prometheus.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Whether there are any.
    pub enabled: bool,
    /// Where they are shown.
    pub address: SocketAddr,
}

/// What is told while running.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How much, for all or by module.
    pub level: String,
    /// For whom.
    pub format: LogFormat,
}

/// For whom the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The demo publication.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Whether `serve` loads it into an empty store.
    pub load_when_empty: bool,
}

/// Where settings come from, beside the defaults and the environment.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file that was named; [`FILE`] otherwise, when it is there.
    pub file: Option<PathBuf>,
    /// What was said on the command line: the setting's name and its value.
    pub flags: Vec<(&'static str, String)>,
}

impl Config {
    /// The defaults alone, whatever the environment says: what tests begin with.
    pub fn defaults() -> Result<Self> {
        Self::from_figment(&Figment::from(Toml::string(DEFAULTS)))
    }

    /// Reads all sources and checks the result.
    pub fn load(sources: &Sources) -> Result<Self> {
        mistakes::in_variable_names(PREFIX)?;
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        let file = sources
            .file
            .clone()
            .or_else(|| Path::new(FILE).is_file().then(|| FILE.into()));
        if let Some(file) = &file {
            if !file.is_file() {
                return Err(Error::invalid(
                    "--config",
                    format!("there is no file {}", file.display()),
                ));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        // A variable without the two underscores is not a setting: the tests have some of that name.
        figment = figment.merge(
            Env::prefixed(PREFIX)
                .filter(|key| key.as_str().contains("__"))
                .split("__"),
        );
        for (setting, value) in &sources.flags {
            figment = figment.merge(Flag(Serialized::default(setting, value)));
        }
        Ok(Self {
            file,
            ..Self::from_figment(&figment)?
        })
    }

    fn from_figment(figment: &Figment) -> Result<Self> {
        let config: Self = figment.extract().map_err(mistakes::explain)?;
        config.check()?;
        Ok(config)
    }

    /// The store's address: what was set, or the file in the data folder.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!(
                "sqlite:{}",
                self.data.directory.join("colophon.db").display()
            )
        } else {
            self.database.url.clone()
        }
    }

    /// How many connections read.
    pub fn database_readers(&self) -> u32 {
        match self.database.readers {
            0 if self.database_url().starts_with("sqlite:") => std::thread::available_parallelism()
                .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1)),
            0 => 16,
            readers => readers,
        }
    }

    /// The file of the keys that sign tokens.
    pub fn keys_file(&self) -> PathBuf {
        if self.keys.file.as_os_str().is_empty() {
            self.data.directory.join("keys.json")
        } else {
            self.keys.file.clone()
        }
    }

    /// The folder of the assets' files.
    pub fn media_directory(&self) -> PathBuf {
        if self.media.directory.as_os_str().is_empty() {
            self.data.directory.join("media")
        } else {
            self.media.directory.clone()
        }
    }

    /// How clients reach the server, without a slash at the end.
    pub fn public_url(&self) -> String {
        if self.server.public_url.is_empty() {
            format!("http://{}", reachable(self.server.address))
        } else {
            self.server.public_url.trim_end_matches('/').to_owned()
        }
    }

    /// How long a shutdown waits for what is under way.
    pub fn shutdown_grace(&self) -> Duration {
        Duration::from_secs(self.server.shutdown_grace_seconds)
    }

    /// The longest time a request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.server.request_timeout_seconds)
    }
}

/// A setting from the command line, which says so when it is wrong.
struct Flag<'a>(Serialized<&'a String>);

impl figment::Provider for Flag<'_> {
    fn metadata(&self) -> figment::Metadata {
        figment::Metadata::named(mistakes::COMMAND_LINE)
    }

    fn data(&self) -> std::result::Result<Map<Profile, Dict>, figment::Error> {
        self.0.data()
    }
}

/// An address to type for what listens at this one: nothing is reached at 0.0.0.0.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// A database address that can be shown.
pub(crate) fn without_password(address: &str) -> String {
    if address.starts_with("sqlite:") || address.is_empty() {
        return address.to_owned();
    }
    let Ok(mut url) = url::Url::parse(address) else {
        return "(an address that cannot be read)".to_owned();
    };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "(an address with a password)".to_owned();
    }
    // Options may hold secrets too.
    url.set_query(None);
    url.to_string()
}

#[cfg(test)]
mod tests;
