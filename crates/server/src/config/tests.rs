//! Tests of the settings. They read no environment: `Figment` gets what each test says.

use figment::{
    Figment,
    providers::{Format as _, Serialized, Toml},
};

use super::*;

fn with(text: &str) -> Result<Config> {
    Config::from_figment(&Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(text)))
}

fn refusal(text: &str) -> String {
    with(text).unwrap_err().to_string()
}

#[test]
fn the_defaults_are_complete_and_valid() {
    let config = Config::defaults().unwrap();
    assert_eq!(config.server.address, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    assert_eq!(config.database_url(), "sqlite:./data/colophon.db");
    assert_eq!(config.media_directory(), PathBuf::from("./data/media"));
}

#[test]
fn every_default_is_explained_by_the_comment_above_it() {
    let lines: Vec<&str> = DEFAULTS.lines().collect();
    let mut settings = 0;
    for pair in lines.windows(2) {
        let [above, line] = pair else {
            panic!("windows of two")
        };
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            settings += 1;
            assert!(above.starts_with("# "), "`{line}` has no comment");
        }
    }
    assert!(settings > 35, "only {settings} settings were found");
}

#[test]
fn the_defaults_of_graphql_are_those_of_the_api() {
    let config = Config::defaults().unwrap();
    let expected = api::graphql::GraphqlOptions::default();
    assert_eq!(crate::wiring::graphql_options(&config).unwrap(), expected);
}

#[test]
fn a_wrong_setting_is_named_with_what_is_expected() {
    for (text, expected) in [
        (
            "[server]\naddress = \"localhost\"",
            "server.address: must be an IP address and a port, such as 127.0.0.1:8080",
        ),
        (
            "[server]\naddress = 8080",
            "server.address: must be an IP address and a port, such as 127.0.0.1:8080",
        ),
        (
            "[metrics]\naddress = \"127.0.0.1\"",
            "metrics.address: must be an IP address and a port, such as 127.0.0.1:8080",
        ),
        (
            "[server]\nmax_connections = \"many\"",
            "server.max_connections: must be a whole number, not below 0, not string \"many\"",
        ),
        (
            "[server]\nmax_connections = 0",
            "server.max_connections: must be from 1 to 1000000",
        ),
        (
            "[server]\nrequest_timeout_seconds = 0",
            "server.request_timeout_seconds: must be from 1 to 86400 seconds",
        ),
        (
            "[server]\npublic_url = \"https://a.example/x\"",
            "server.public_url: must end after the host and port",
        ),
        (
            "[server]\nadress = \"127.0.0.1:1\"",
            "server.adress: there is no such setting; there are: address, public_url",
        ),
        (
            "[sever]\naddress = \"127.0.0.1:1\"",
            "sever: there is no such setting; there are: server, data",
        ),
        (
            "[database]\nurl = \"mysql://x\"",
            "database.url: must begin with `sqlite:` or `postgres://`",
        ),
        (
            "[graphql.limits]\nmax_depth = -1",
            "graphql.limits.max_depth: must be a whole number",
        ),
        (
            "[graphql.limits]\nmax_nesting = 100000",
            "graphql.limits.max_nesting: must be at most 200",
        ),
        (
            "[graphql]\nintrospection = \"off\"",
            "graphql.introspection: must be true or false, not string \"off\"",
        ),
        (
            "[metrics]\naddress = \"127.0.0.1:8080\"",
            "metrics.address: is the address of the server itself",
        ),
        (
            "[log]\nlevel = \"api=loud\"",
            "log.level: must be error, warn",
        ),
        ("[log]\nlevel = \"loud\"", "log.level: must be error, warn"),
        (
            "[log]\nlevel = \"inof,api=debug\"",
            "log.level: must be error, warn",
        ),
        ("[log]\nlevel = \"\"", "log.level: must be error, warn"),
        (
            "[log]\nformat = \"xml\"",
            "log.format: must be one of text, json, not `xml`",
        ),
        (
            "[data]\ndirectory = \"\"",
            "data.directory: must name a folder",
        ),
    ] {
        let message = refusal(text);
        assert!(
            message.starts_with(expected),
            "{text}\n  gave: {message}\n  not:  {expected}"
        );
    }
}

#[test]
fn all_wrong_settings_are_named_at_once() {
    let message = refusal("[server]\nmax_connections = 0\n[database]\nurl = \"x\"");
    assert!(
        message.contains("server.max_connections") && message.contains("database.url"),
        "{message}"
    );
}

#[test]
fn the_file_that_holds_a_wrong_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, "[server]\nmax_connections = \"many\"\n").unwrap();
    let message = Config::load(&Sources {
        file: Some(file),
        flags: Vec::new(),
    })
    .unwrap_err()
    .to_string();
    assert!(message.contains("mine.toml"), "{message}");
    let missing = Sources {
        file: Some(folder.path().join("other.toml")),
        flags: Vec::new(),
    };
    assert!(
        Config::load(&missing)
            .unwrap_err()
            .to_string()
            .contains("there is no file")
    );
}

#[test]
fn a_file_that_is_no_toml_is_named_with_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, "[server\naddress = 1\n").unwrap();
    let message = Config::load(&Sources {
        file: Some(file.clone()),
        flags: Vec::new(),
    })
    .unwrap_err()
    .to_string();
    assert!(
        message.starts_with(&format!("{}: ", file.display())),
        "{message}"
    );
    assert!(message.contains("line 1"), "{message}");
}

#[test]
fn levels_of_the_log_are_accepted_as_they_are_documented() {
    for level in [
        "info",
        "off",
        "WARN",
        "info,api=debug",
        "api=debug,persistence=trace",
        "info,tower_http::trace=debug",
    ] {
        with(&format!("[log]\nlevel = \"{level}\"")).unwrap();
    }
}

#[test]
fn the_command_line_wins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(
        &file,
        "[server]\naddress = \"127.0.0.1:1\"\nmax_connections = 7\n",
    )
    .unwrap();
    let flags = vec![("server.address", "127.0.0.1:2".to_owned())];
    let config = Config::load(&Sources {
        file: Some(file.clone()),
        flags,
    })
    .unwrap();
    assert_eq!(
        (config.server.address.port(), config.server.max_connections),
        (2, 7)
    );
    assert_eq!(config.file, Some(file));
}

#[test]
fn a_variable_of_the_environment_is_named_as_it_is_spelled() {
    // The provider's name stands for the real environment, which a test cannot change safely.
    let variables = Serialized::default("server.max_connections", "many");
    let mut error = Figment::from(Toml::string(DEFAULTS))
        .merge(variables)
        .extract::<Config>()
        .unwrap_err();
    let mut metadata = error.metadata.take().unwrap_or_default();
    metadata.name = "`COLOPHON_` environment variable(s)".into();
    error.metadata = Some(metadata);
    assert!(
        mistakes::explain(error)
            .to_string()
            .contains("COLOPHON_SERVER__MAX_CONNECTIONS")
    );
}

#[test]
fn what_is_shown_of_a_database_address_holds_no_password() {
    assert_eq!(without_password("sqlite:./data/x.db"), "sqlite:./data/x.db");
    let shown = without_password("postgres://me:secret@db.example/site?sslpassword=secret");
    assert!(
        !shown.contains("secret") && shown.contains("db.example"),
        "{shown}"
    );
    let config = with("[database]\nurl = \"postgres://me:secret@db.example/site\"").unwrap();
    assert!(!format!("{config:?}").contains("secret"));
}

#[test]
fn an_address_that_means_everywhere_is_shown_as_one_to_type() {
    let config = with("[server]\naddress = \"0.0.0.0:8000\"").unwrap();
    assert_eq!(config.public_url(), "http://127.0.0.1:8000");
}
