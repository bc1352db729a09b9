//! The keys of the site: one set for everything that is signed or made unguessable. The newest signs;
//! those before it still verify until what they signed has run out.

use std::fmt;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::TimeDelta;
use domain::{Error, Result, time::Timestamp, users::Secret};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

/// How long a key verifies after another took its place: longer than anything it signed lasts.
const RETIREMENT: TimeDelta = TimeDelta::days(31);

/// How long a new key only verifies: by then every server has read it, and everybody else has read
/// the public set again.
const PUBLICATION: TimeDelta = TimeDelta::minutes(5);

/// The most keys of a set.
const MAX_KEYS: usize = 20;

/// What a token is for: one kind never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Lets somebody in for some minutes (RFC 9068).
    Access,
    /// Shows drafts to whoever holds it.
    Preview,
}

impl TokenKind {
    /// Its media type, as the header of the token says it (RFC 8725, section 3.11).
    const fn media_type(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Preview => "preview+jwt",
        }
    }

    /// Whom it is for.
    pub(crate) const fn audience(self) -> &'static str {
        match self {
            Self::Access => "colophon",
            Self::Preview => "preview",
        }
    }

    /// How long one may last at most, from when another key took the place of the one that signed it.
    const fn longest(self) -> TimeDelta {
        match self {
            Self::Access => TimeDelta::days(1),
            Self::Preview => TimeDelta::days(30),
        }
    }
}

/// The file of keys.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    version: u32,
    keys: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredKey {
    /// Names it in tokens and in the public set.
    kid: String,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_at: Option<Timestamp>,
    /// The private key (PKCS #8, base64).
    ed25519: Zeroizing<String>,
    /// What other secrets are derived from (32 bytes, base64).
    secret: Zeroizing<String>,
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// A key as commands list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyInfo {
    /// Names it in tokens and in the public set.
    pub kid: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when another signs in its place.
    pub retired_at: Option<Timestamp>,
}

struct Key {
    kid: String,
    created_at: Timestamp,
    retired_at: Option<Timestamp>,
    signing: EncodingKey,
    verifying: DecodingKey,
    /// The public key as a JWK holds it (RFC 8037).
    x: String,
    mac: hmac::Key,
}

/// The keys of the site, ready for use.
#[derive(Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| &key.kid))
            .finish()
    }
}

/// The text of a new set with one key.
pub fn generate(now: Timestamp) -> Result<Secret> {
    write(&KeyFile {
        version: 1,
        keys: vec![new_key(now)?],
    })
}

/// The text of a set with a new key in front; keys that nothing they signed outlives are left out.
pub fn rotate(text: &str, now: Timestamp) -> Result<Secret> {
    let mut file = read(text)?;
    for key in &mut file.keys {
        key.retired_at.get_or_insert(now);
    }
    file.keys
        .retain(|key| key.retired_at.is_none_or(|at| now - at < RETIREMENT));
    file.keys.truncate(MAX_KEYS - 1);
    file.keys.insert(0, new_key(now)?);
    write(&file)
}

/// The keys in a text, the newest first.
pub fn list(text: &str) -> Result<Vec<KeyInfo>> {
    let info = |key: StoredKey| KeyInfo {
        kid: key.kid,
        created_at: key.created_at,
        retired_at: key.retired_at,
    };
    Ok(read(text)?.keys.into_iter().map(info).collect())
}

fn read(text: &str) -> Result<KeyFile> {
    // What is wrong is not repeated: the text is all secrets.
    let wrong = |why: &str| Error::invalid("keys", why);
    let file: KeyFile = serde_json::from_str(text).map_err(|error| {
        wrong(&format!(
            "are not a set of keys as `colophon keys generate` prints it (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    if file.version != 1 {
        return Err(wrong("were written by a later version of this program"));
    }
    if file.keys.is_empty() || file.keys.len() > MAX_KEYS {
        return Err(wrong(&format!("must be 1 to {MAX_KEYS}")));
    }
    Ok(file)
}

fn write(file: &KeyFile) -> Result<Secret> {
    let mut text = serde_json::to_string_pretty(file).map_err(Error::internal)?;
    text.push('\n');
    Ok(Secret::new(text))
}

fn new_key(now: Timestamp) -> Result<StoredKey> {
    let pair = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(no_random)?;
    Ok(StoredKey {
        kid: format!("k{}", URL_SAFE_NO_PAD.encode(random::<9>()?)),
        created_at: now,
        retired_at: None,
        ed25519: Zeroizing::new(STANDARD.encode(pair.as_ref())),
        secret: Zeroizing::new(STANDARD.encode(random::<32>()?)),
    })
}

/// Bytes nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(no_random)?;
    Ok(bytes)
}

/// A password for somebody: 120 random bits in letters and digits that are not mistaken for others.
pub fn passphrase() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let random = random::<24>()?;
    let mut text = String::with_capacity(29);
    for (index, byte) in random.iter().enumerate() {
        if index > 0 && index % 6 == 0 {
            text.push('-');
        }
        if let Some(letter) = LETTERS.get(usize::from(byte % 32)) {
            text.push(char::from(*letter));
        }
    }
    Ok(text)
}

fn no_random(_: aws_lc_rs::error::Unspecified) -> Error {
    Error::internal("the machine gave no random bytes")
}

impl KeySet {
    /// Reads a set from its text.
    pub fn parse(text: &str) -> Result<Self> {
        let keys = read(text)?
            .keys
            .iter()
            .map(Key::read)
            .collect::<Result<_>>()?;
        Ok(Self { keys })
    }

    /// The public halves, for others who verify (RFC 7517).
    pub fn public(&self, now: Timestamp) -> serde_json::Value {
        let jwk = |key: &Key| {
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                "kid": key.kid, "x": key.x,
            })
        };
        let verifies = |key: &&Key| key.verifies(TokenKind::Access, now);
        let good = self.keys.iter().filter(verifies);
        serde_json::json!({ "keys": good.map(jwk).collect::<Vec<_>>() })
    }

    /// The newest key that every server has had the time to read.
    fn signer(&self, now: Timestamp) -> Result<&Key> {
        self.keys
            .iter()
            .find(|key| key.created_at + PUBLICATION <= now)
            .or(self.keys.last())
            .ok_or_else(|| Error::internal("there are no keys to sign with"))
    }

    pub(crate) fn sign(
        &self,
        kind: TokenKind,
        claims: &impl Serialize,
        now: Timestamp,
    ) -> Result<String> {
        let key = self.signer(now)?;
        let header = Header {
            typ: Some(kind.media_type().to_owned()),
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &key.signing).map_err(Error::internal)
    }

    /// The claims of a token of ours, if it is one of this kind. When it runs out is for the caller
    /// to ask: the clock is not this module's.
    pub(crate) fn verify<C: DeserializeOwned + Clone>(
        &self,
        kind: TokenKind,
        issuer: &str,
        token: &str,
        now: Timestamp,
    ) -> Option<C> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let media_type = header.typ.as_deref()?.to_ascii_lowercase();
        let is_of_kind = media_type
            .strip_prefix("application/")
            .unwrap_or(&media_type)
            == kind.media_type();
        // Extensions we do not know must not be passed over (RFC 7515, section 4.1.11).
        if header.alg != Algorithm::EdDSA || !is_of_kind || header.crit.is_some() {
            return None;
        }
        let name = header.kid?;
        let mut good = self.keys.iter().filter(|key| key.verifies(kind, now));
        let key = good.find(|key| key.kid == name)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_audience(&[kind.audience()]);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        jsonwebtoken::decode::<C>(token, &key.verifying, &validation)
            .ok()
            .map(|token| token.claims)
    }

    /// A name for something that must not be kept as it is, and cannot be guessed from outside.
    pub(crate) fn pseudonym(&self, label: &str, text: &str, now: Timestamp) -> Result<String> {
        let mut context = hmac::Context::with_key(&self.signer(now)?.mac);
        context.update(label.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        Ok(hex::encode(context.sign().as_ref()))
    }
}

impl Key {
    /// Whether what it signed can be valid: a key that was stolen after it retired signs nothing.
    fn verifies(&self, kind: TokenKind, now: Timestamp) -> bool {
        let last = |retired: Timestamp| retired + PUBLICATION + kind.longest();
        self.retired_at.is_none_or(|retired| now < last(retired))
    }

    fn read(stored: &StoredKey) -> Result<Self> {
        let wrong = || Error::invalid("keys", format!("{}: is no Ed25519 key", stored.kid));
        let pkcs8 = Zeroizing::new(STANDARD.decode(&*stored.ed25519).ok().ok_or_else(wrong)?);
        let secret = Zeroizing::new(STANDARD.decode(&*stored.secret).ok().ok_or_else(wrong)?);
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8)
            .ok()
            .ok_or_else(wrong)?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        if secret.len() < 32 {
            return Err(Error::invalid(
                "keys",
                format!("{}: its secret has less than 32 bytes", stored.kid),
            ));
        }
        Ok(Self {
            kid: stored.kid.clone(),
            created_at: stored.created_at,
            retired_at: stored.retired_at,
            signing: EncodingKey::from_ed_der(&pkcs8),
            verifying: DecodingKey::from_ed_components(&x).map_err(Error::internal)?,
            x,
            mac: hmac::Key::new(hmac::HMAC_SHA256, &secret),
        })
    }
}
