//! What types alone cannot say about settings. Every wrong one is named, not only the first.

use api::AddressHeader;
use domain::{Error, FieldError, Result};
use url::Url;

use super::Config;
use crate::telemetry;

impl Config {
    /// Checks what the types do not.
    pub fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        self.check_server(&mut wrong);
        self.check_callers(&mut wrong);
        self.check_storage(&mut wrong);
        self.check_auth(&mut wrong);
        self.read_issuers(&mut wrong);
        wrong.extend(crate::mail::faults(&self.mail));
        self.check_graphql(&mut wrong);
        self.check_jobs(&mut wrong);
        if let Err(error) = self.content_model() {
            wrong.extend(error.fields().iter().cloned());
        }
        if self.metrics.enabled
            && self.metrics.address == self.server.address
            && self.server.address.port() != 0
        {
            refuse(
                &mut wrong,
                "metrics.address",
                "is the address of the server itself: take another port",
            );
        }
        if let Err(why) = telemetry::check_level(&self.log.level) {
            refuse(
                &mut wrong,
                "log.level",
                format!(
                    "must be error, warn, info, debug, trace or off, or such as `info,api=debug`: {why}"
                ),
            );
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(wrong))
        }
    }

    fn check_server(&self, wrong: &mut Vec<FieldError>) {
        let server = &self.server;
        if !server.public_url.is_empty()
            && let Err(why) = origin(&server.public_url)
        {
            refuse(
                wrong,
                "server.public_url",
                format!("{why}; write it like `https://api.example.org`"),
            );
        }
        at_least_one(
            wrong,
            "server.request_timeout_seconds",
            server.request_timeout_seconds,
        );
        at_least_one(
            wrong,
            "server.header_timeout_seconds",
            server.header_timeout_seconds,
        );
        for (setting, bytes) in [
            ("server.max_body_bytes", server.max_body_bytes),
            ("server.max_entry_bytes", server.max_entry_bytes),
        ] {
            if !(1_024..=1_073_741_824).contains(&bytes) {
                refuse(
                    wrong,
                    setting,
                    "must be from 1024 (1 KiB) to 1073741824 (1 GiB)",
                );
            }
        }
        if !(1..=1_000_000).contains(&server.max_connections) {
            refuse(wrong, "server.max_connections", "must be from 1 to 1000000");
        }
    }

    fn check_callers(&self, wrong: &mut Vec<FieldError>) {
        let server = &self.server;
        if let Err(text) = server.proxies() {
            refuse(
                wrong,
                "server.trusted_proxies",
                format!("`{text}` is neither an address nor a network such as `10.0.0.0/8`"),
            );
        }
        match server.header() {
            None => refuse(
                wrong,
                "server.address_header",
                "must be `x-forwarded-for` or `forwarded`, or empty",
            ),
            Some(AddressHeader::None) if !server.trusted_proxies.is_empty() => refuse(
                wrong,
                "server.address_header",
                "must name the header of the proxies in `server.trusted_proxies`",
            ),
            Some(AddressHeader::XForwardedFor | AddressHeader::Forwarded)
                if server.trusted_proxies.is_empty() =>
            {
                refuse(
                    wrong,
                    "server.trusted_proxies",
                    "must name the proxies that set `server.address_header`: anybody could",
                );
            }
            Some(_) => {}
        }
        let origins = &self.cors.origins;
        let is_everybody = |text: &String| text == "*";
        if origins.iter().any(is_everybody) && origins.len() > 1 {
            refuse(wrong, "cors.origins", "`*` must stand alone");
        }
        for text in origins.iter().filter(|text| !is_everybody(text)) {
            if let Err(why) = origin(text) {
                let message = format!("`{text}` {why}; write it like `https://www.example.org`");
                refuse(wrong, "cors.origins", message);
            }
        }
    }

    fn check_auth(&self, wrong: &mut Vec<FieldError>) {
        let auth = &self.auth;
        if !(60..=86_400).contains(&auth.access_token_seconds) {
            let field = "auth.access_token_seconds";
            refuse(wrong, field, "must be from 60 to 86400 (a day)");
        }
        if !(1..=365).contains(&auth.session_days) {
            refuse(wrong, "auth.session_days", "must be from 1 to 365");
        }
        if !(8..=128).contains(&auth.min_password_length) {
            refuse(wrong, "auth.min_password_length", "must be from 8 to 128");
        }
        if auth.hash_cost(1).check().is_err() || auth.argon2_memory_kib > 4_194_304 {
            refuse(
                wrong,
                "auth.argon2_memory_kib",
                "must be at least 8 for each lane and at most 4194304 (4 GiB), with at least one pass and one lane",
            );
        }
        if auth.max_hashes_at_once > 1_024 {
            refuse(wrong, "auth.max_hashes_at_once", "must be from 0 to 1024");
        }
    }

    fn check_storage(&self, wrong: &mut Vec<FieldError>) {
        let url = &self.database.url;
        if !["", "sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|start| url.starts_with(start) && (url.is_empty() || !start.is_empty()))
        {
            refuse(
                wrong,
                "database.url",
                "must begin with `sqlite:` or `postgres://`, or be empty for a file in the data folder",
            );
        }
        if self.database.readers > 1_000 {
            refuse(wrong, "database.readers", "must be from 0 to 1000");
        }
        if self.data.directory.as_os_str().is_empty() {
            refuse(
                wrong,
                "data.directory",
                "must name a folder, such as `./data`",
            );
        }
    }

    fn check_jobs(&self, wrong: &mut Vec<FieldError>) {
        if !(1..=64).contains(&self.jobs.workers) {
            refuse(wrong, "jobs.workers", "must be from 1 to 64");
        }
        at_least_one(wrong, "jobs.poll_seconds", self.jobs.poll_seconds);
    }

    fn check_graphql(&self, wrong: &mut Vec<FieldError>) {
        let graphql = &self.graphql;
        if !(1_024..=1_073_741_824).contains(&graphql.max_body_bytes) {
            refuse(
                wrong,
                "graphql.max_body_bytes",
                "must be from 1024 (1 KiB) to 1073741824 (1 GiB)",
            );
        }
        if !(1..=86_400_000).contains(&graphql.timeout_ms) {
            refuse(
                wrong,
                "graphql.timeout_ms",
                "must be from 1 to 86400000 milliseconds",
            );
        }
        if graphql.trusted.only && graphql.trusted.file.as_os_str().is_empty() {
            refuse(
                wrong,
                "graphql.trusted.only",
                "needs `graphql.trusted.file`: no document would be served",
            );
        }
        // The library's parser calls itself for every bracket: more would end in a stack overflow.
        if graphql.limits.max_nesting > 200 {
            refuse(wrong, "graphql.limits.max_nesting", "must be at most 200");
        }
    }
}

fn refuse(wrong: &mut Vec<FieldError>, setting: &str, why: impl Into<String>) {
    wrong.push(FieldError::new(setting, why));
}

fn at_least_one(wrong: &mut Vec<FieldError>, setting: &str, seconds: u64) {
    if !(1..=86_400).contains(&seconds) {
        refuse(wrong, setting, "must be from 1 to 86400 seconds");
    }
}

/// An address with a scheme and a host and nothing after them.
fn origin(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_source| "is not an address")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with `https://` or `http://`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or a password");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("must end after the host and port");
    }
    Ok(())
}
