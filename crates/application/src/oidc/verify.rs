//! Whether a token of an issuer is good: a pure function of the token, the issuer's configuration,
//! its keys and the time.

use std::time::Duration;

use domain::{
    time::Timestamp,
    users::{Email, Identity},
};
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Issuer, IssuerKeys};

/// How far the issuer's clock and ours may be apart, in seconds.
const LEEWAY: i64 = 30;

/// The longest name somebody is taken over with, in characters.
const MAX_NAME: usize = 200;

/// The header of a token, as far as it can be judged without keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    kid: String,
    algorithm: Algorithm,
}

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whose it is.
    pub identity: Identity,
    /// The roles they have at the issuer.
    pub roles: Vec<String>,
    /// Their address, if the issuer has verified it.
    pub email: Option<Email>,
    /// What they are called; empty: the issuer does not say.
    pub name: String,
}

/// The issuer a token names. Nothing is verified.
pub(super) fn issuer_named_by(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        iss: String,
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Named>(token)
        .ok()
        .map(|named| named.iss)
}

impl Head {
    /// Reads a header. Where it points to keys of its own (`jku`, `jwk`, `x5u`) is never looked at.
    pub fn read(issuer: &Issuer, token: &str) -> Option<Self> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        // Extensions we do not know must not be passed over (RFC 7515, section 4.1.11).
        if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
            return None;
        }
        let media_type = header.typ.unwrap_or_default().to_ascii_lowercase();
        let kind = media_type
            .strip_prefix("application/")
            .unwrap_or(&media_type);
        let is_of_kind = issuer.types.iter().any(|known| known == kind);
        let is_allowed = issuer.algorithms.iter().any(|known| known.is(header.alg));
        (is_of_kind && is_allowed).then_some(())?;
        Some(Self {
            kid: header.kid?,
            algorithm: header.alg,
        })
    }

    /// The name of the key that signed it.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What the token says, if the issuer signed it, for us, and its time is now.
    pub fn verify(
        &self,
        issuer: &Issuer,
        keys: &IssuerKeys,
        token: &str,
        now: Timestamp,
    ) -> Option<Claims> {
        let key = keys.find(&self.kid, self.algorithm)?;
        let mut validation = Validation::new(self.algorithm);
        // The library has a clock of its own; ours is asked below.
        validation.validate_exp = false;
        validation.set_audience(&[&issuer.audience]);
        validation.set_issuer(&[&issuer.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims: Map<String, Value> = jsonwebtoken::decode(token, key, &validation).ok()?.claims;
        is_current(issuer, &claims, now.timestamp())?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        Some(Claims {
            identity: Identity::new(
                text("iss").filter(|iss| *iss == issuer.issuer)?,
                text("sub")?,
            )?,
            roles: roles(&issuer.role_claim, &claims),
            email: verified_email(&claims),
            name: name(text("name").or_else(|| text("preferred_username"))),
        })
    }
}

/// Whether the time of a token has come and is not over. However late its end: roles that were taken
/// away must not be held for long.
fn is_current(issuer: &Issuer, claims: &Map<String, Value>, now: i64) -> Option<()> {
    let time = |name: &str| claims.get(name).map(seconds);
    let (expires, made) = (time("exp")??, time("iat")??);
    let begins = time("nbf").unwrap_or(Some(made))?;
    let end = expires.min(made.saturating_add(issuer.lifetime.num_seconds()));
    let is_over = end.saturating_add(LEEWAY) <= now;
    let is_early = begins.max(made) > now.saturating_add(LEEWAY);
    (!is_over && !is_early).then_some(())
}

/// A time in seconds, which may have a fraction (RFC 7519, section 2).
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let time = Duration::try_from_secs_f64(value.as_f64()?).ok()?;
        i64::try_from(time.as_secs()).ok()
    })
}

/// The roles in a claim: a list of texts, or one text with spaces between them. Some issuers have
/// dots in the names of claims, others have claims in claims.
fn roles(path: &str, claims: &Map<String, Value>) -> Vec<String> {
    let nested = || {
        let mut steps = path.split('.');
        let first = claims.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    };
    match claims.get(path).or_else(nested) {
        Some(Value::Array(all)) => {
            let texts = all.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        Some(Value::String(text)) => {
            let words = text.split_whitespace().filter(|word| *word != text);
            words.chain([text.as_str()]).map(str::to_owned).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// An address that is only said to be somebody's may be anybody's.
fn verified_email(claims: &Map<String, Value>) -> Option<Email> {
    let is_verified = claims
        .get("email_verified")
        .is_some_and(|verified| *verified == true || *verified == "true");
    let email = claims.get("email").and_then(Value::as_str);
    email
        .filter(|_| is_verified)
        .and_then(|email| Email::parse("email", email).ok())
}

fn name(text: Option<&str>) -> String {
    let visible = text.unwrap_or_default().chars();
    let name: String = visible
        .filter(|char| !char.is_control())
        .take(MAX_NAME)
        .collect();
    name.trim().to_owned()
}
