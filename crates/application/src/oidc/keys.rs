//! The public keys of an issuer, as its JWK set says them (RFC 7517).

use std::{fmt, str::FromStr};

use domain::{Error, Result};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk},
};
use serde_json::Value;

/// The most keys of a set.
const MAX_KEYS: usize = 100;

/// What a token of an outside issuer may be signed with: never a secret that both sides know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningAlgorithm(Algorithm);

impl SigningAlgorithm {
    /// The names of all of them (RFC 7518, RFC 8037).
    pub const NAMES: [&'static str; 9] = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
    ];

    pub(super) fn is(self, algorithm: Algorithm) -> bool {
        self.0 == algorithm
    }
}

impl FromStr for SigningAlgorithm {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let known = Self::NAMES.contains(&text);
        let algorithm = text.parse().ok().filter(|_| known);
        algorithm.map(Self).ok_or_else(|| {
            let names = Self::NAMES.join(", ");
            Error::invalid("algorithm", format!("must be one of {names}"))
        })
    }
}

struct IssuerKey {
    kid: String,
    /// What it says it is for; `None`: for all that fit it.
    algorithm: Option<Algorithm>,
    curve: Option<EllipticCurve>,
    key: DecodingKey,
}

/// The keys of an issuer that tokens can be verified with.
#[derive(Default)]
pub struct IssuerKeys(Vec<IssuerKey>);

impl fmt::Debug for IssuerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|key| &key.kid))
            .finish()
    }
}

impl IssuerKeys {
    /// Reads a set. Keys that are for something else, or of kinds we do not know, are passed over. A
    /// set may be empty: its issuer has withdrawn what it had.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let wrong = |why: &str| Error::invalid("keys", why);
        let set: Value = serde_json::from_slice(json)
            .ok()
            .ok_or_else(|| wrong("are not JSON"))?;
        let keys = set
            .get("keys")
            .and_then(Value::as_array)
            .ok_or_else(|| wrong("are no JWK set: it has no list `keys`"))?;
        Ok(Self(keys.iter().filter_map(read).take(MAX_KEYS).collect()))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether one has this name.
    pub fn has(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.kid == kid)
    }

    /// Whether one can verify what is signed in one of these ways.
    pub fn serve(&self, algorithms: &[SigningAlgorithm]) -> bool {
        let fits = |key: &IssuerKey| algorithms.iter().any(|algorithm| key.fits(algorithm.0));
        self.0.iter().any(fits)
    }

    pub(super) fn find(&self, kid: &str, algorithm: Algorithm) -> Option<&DecodingKey> {
        let mut named = self.0.iter().filter(|key| key.kid == kid);
        named.find(|key| key.fits(algorithm)).map(|key| &key.key)
    }
}

impl IssuerKey {
    fn fits(&self, algorithm: Algorithm) -> bool {
        let is_on_curve = match &self.curve {
            Some(EllipticCurve::P256) => algorithm == Algorithm::ES256,
            Some(EllipticCurve::P384) => algorithm == Algorithm::ES384,
            Some(EllipticCurve::Ed25519) => algorithm == Algorithm::EdDSA,
            Some(_) => false,
            None => true,
        };
        is_on_curve
            && self.key.family() == algorithm.family()
            && self.algorithm.is_none_or(|own| own == algorithm)
    }
}

fn read(value: &Value) -> Option<IssuerKey> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let operations = value.get("key_ops").and_then(Value::as_array);
    if operations.is_some_and(|all| !all.iter().any(|one| one == "verify")) {
        return None;
    }
    let algorithm = match text("alg") {
        Some(name) => Some(name.parse::<SigningAlgorithm>().ok()?.0),
        None => None,
    };
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    let curve = if let AlgorithmParameters::EllipticCurve(key) = &jwk.algorithm {
        Some(key.curve.clone())
    } else if let AlgorithmParameters::OctetKeyPair(key) = &jwk.algorithm {
        Some(key.curve.clone())
    } else {
        None
    };
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    // A secret in public is none.
    let is_public = key.family() != AlgorithmFamily::Hmac;
    is_public.then_some(())?;
    Some(IssuerKey {
        kid: jwk.common.key_id?,
        algorithm,
        curve,
        key,
    })
}
