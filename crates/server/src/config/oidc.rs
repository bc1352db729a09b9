//! Outside issuers whose tokens are taken, and what their roles are here.

use std::collections::{BTreeMap, HashSet};

use application::oidc;
use chrono::TimeDelta;
use domain::{Error, FieldError};
use serde::Deserialize;
use url::{Host, Url};

use super::Config;

/// Outside issuers whose tokens are taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// All of them.
    pub issuers: Vec<Issuer>,
}

/// An outside issuer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Its name, as its tokens say it; its keys are found below this address.
    pub issuer: String,
    /// Whom its tokens must be for.
    pub audience: String,
    /// What they may be signed with.
    #[serde(default = "algorithms")]
    pub algorithms: Vec<String>,
    /// What they may call themselves; empty: nothing.
    #[serde(default = "types")]
    pub types: Vec<String>,
    /// The claim that names roles.
    #[serde(default = "role_claim")]
    pub role_claim: String,
    /// What its roles are here: `editor`, or `editor:fa author:en`.
    pub roles: BTreeMap<String, String>,
    /// How long a token counts at most.
    #[serde(default = "max_token_seconds")]
    pub max_token_seconds: u32,
}

fn algorithms() -> Vec<String> {
    ["RS256", "ES256", "EdDSA"].map(str::to_owned).into()
}

fn types() -> Vec<String> {
    ["JWT", "at+jwt"].map(str::to_owned).into()
}

fn role_claim() -> String {
    "roles".to_owned()
}

const fn max_token_seconds() -> u32 {
    3_600
}

impl Config {
    /// The issuers as they are used.
    pub(crate) fn issuers(&self) -> domain::Result<Vec<oidc::Issuer>> {
        let mut wrong = Vec::new();
        let issuers = self.read_issuers(&mut wrong);
        if wrong.is_empty() {
            Ok(issuers)
        } else {
            Err(Error::Invalid(wrong))
        }
    }

    pub(super) fn read_issuers(&self, wrong: &mut Vec<FieldError>) -> Vec<oidc::Issuer> {
        let mut seen = HashSet::new();
        let mut issuers = Vec::new();
        for (index, issuer) in self.oidc.issuers.iter().enumerate() {
            let mut refuse = |setting: &str, why: String| {
                let setting = format!("oidc.issuers.{index}.{setting}");
                wrong.push(FieldError::new(setting, why));
            };
            if !seen.insert(&issuer.issuer) {
                refuse("issuer", "is there twice".to_owned());
            }
            if issuer.issuer.trim_end_matches('/') == self.public_url() {
                let why = "is this server, whose own tokens are always taken";
                refuse("issuer", why.to_owned());
            }
            issuers.push(issuer.read(&mut refuse));
        }
        issuers
    }
}

impl Issuer {
    fn read(&self, refuse: &mut impl FnMut(&str, String)) -> oidc::Issuer {
        if let Err(why) = check_address(&self.issuer) {
            refuse("issuer", why.to_owned());
        }
        if self.audience.is_empty() {
            let why = "must say whom the tokens are for: others of this issuer must not pass here";
            refuse("audience", why.to_owned());
        }
        if self.role_claim.is_empty() {
            refuse("role_claim", "must name a claim".to_owned());
        }
        if self.types.is_empty() {
            refuse("types", "must name one at least".to_owned());
        }
        if self.algorithms.is_empty() {
            refuse("algorithms", "must name one at least".to_owned());
        }
        if self.roles.is_empty() {
            let why = "must say what one role at least is here, such as `cms-editor = \"editor\"`";
            refuse("roles", why.to_owned());
        }
        if !(60..=86_400).contains(&self.max_token_seconds) {
            let why = "must be from 60 to 86400 (a day)";
            refuse("max_token_seconds", why.to_owned());
        }
        let mut algorithms = Vec::new();
        for name in &self.algorithms {
            match name.parse() {
                Ok(algorithm) => algorithms.push(algorithm),
                Err(error) => refuse("algorithms", told(&error)),
            }
        }
        let mut roles = BTreeMap::new();
        for (role, given) in &self.roles {
            let given: Result<Vec<oidc::GivenRole>, Error> =
                given.split_whitespace().map(str::parse).collect();
            match given {
                Ok(given) if given.is_empty() => {
                    refuse(&format!("roles.{role}"), "must name a role".to_owned());
                }
                Ok(given) => drop(roles.insert(role.clone(), given)),
                Err(error) => refuse(&format!("roles.{role}"), told(&error)),
            }
        }
        oidc::Issuer {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            algorithms,
            types: self.types.iter().map(|name| media_type(name)).collect(),
            role_claim: self.role_claim.clone(),
            roles,
            lifetime: TimeDelta::seconds(self.max_token_seconds.into()),
        }
    }
}

/// What is wrong, without the name of what it is about: the setting has its own.
fn told(error: &Error) -> String {
    error
        .fields()
        .first()
        .map_or_else(|| error.to_string(), |field| field.message.clone())
}

/// Types are compared in lower case, without what they all begin with.
fn media_type(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    name.strip_prefix("application/")
        .unwrap_or(&name)
        .to_owned()
}

/// Whether keys may be asked for at an address: over TLS, or on this machine.
pub(crate) fn check_address(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_source| "is not an address")?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
        return Err("must begin with `https://`; `http://` is only for this machine itself");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or a password");
    }
    if url.fragment().is_some() || text.len() > 255 {
        return Err("must have no fragment and at most 255 characters");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[oidc.issuers]]\nissuer = \"https://id.example.org/realms/news\"\naudience = \"cms\"\n[oidc.issuers.roles]\ncms-editor = \"editor:fa author:en\"\n";

    fn with(text: &str) -> Result<Config, Error> {
        use figment::providers::{Format as _, Toml};
        let figment = figment::Figment::from(Toml::string(super::super::DEFAULTS));
        Config::from_figment(&figment.merge(Toml::string(text)))
    }

    #[test]
    fn an_issuer_needs_its_name_an_audience_and_roles() {
        let config = with(GOOD).unwrap();
        let issuer = config.issuers().unwrap().remove(0);
        assert_eq!(issuer.types, ["jwt", "at+jwt"]);
        assert_eq!(issuer.algorithms.len(), 3);
        assert_eq!(issuer.roles["cms-editor"].len(), 2);
        assert_eq!(issuer.role_claim, "roles");
        for line in ["issuer", "audience"] {
            let without: Vec<&str> = GOOD
                .lines()
                .filter(|text| !text.starts_with(line))
                .collect();
            let error = with(&without.join("\n")).unwrap_err().to_string();
            assert!(error.contains(line), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_issuer_is_named() {
        for (from, to, expected) in [
            (
                "https://id",
                "http://id",
                "issuers.0.issuer: must begin with `https://`",
            ),
            (
                "https://id",
                "https://me@id",
                "issuers.0.issuer: must not hold a user",
            ),
            ("\"cms\"", "\"\"", "issuers.0.audience: must say whom"),
            (
                "\"cms\"",
                "\"cms\"\nalgorithms = [\"HS256\"]",
                "issuers.0.algorithms: must be one of RS256",
            ),
            (
                "\"cms\"",
                "\"cms\"\nalgorithms = []",
                "issuers.0.algorithms: must name one",
            ),
            (
                "\"cms\"",
                "\"cms\"\nmax_token_seconds = 1",
                "issuers.0.max_token_seconds: must be",
            ),
            (
                "editor:fa",
                "chief",
                "issuers.0.roles.cms-editor: must be viewer, contributor",
            ),
            (
                "editor:fa",
                "editor:",
                "issuers.0.roles.cms-editor: names no edition",
            ),
            (
                "editor:fa author:en",
                "",
                "issuers.0.roles.cms-editor: must name a role",
            ),
            (
                "https://id.example.org/realms/news",
                "http://127.0.0.1:8080/",
                "issuers.0.issuer: is this server",
            ),
        ] {
            let error = with(&GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let error = with(&format!("{GOOD}{GOOD}")).unwrap_err().to_string();
        assert!(
            error.contains("issuers.1.issuer: is there twice"),
            "{error}"
        );
    }
}
