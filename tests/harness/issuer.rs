//! An outside issuer of tokens: a small server of its own that says where its keys are, changes
//! them, and goes away when a test wants it to.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::Ed25519KeyPair,
};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use serde_json::{Value, json};
use server::{Config, config};

use super::TestServer;

/// Whom its tokens are for.
pub const AUDIENCE: &str = "colophon-tests";

/// What it signs with.
#[derive(Clone)]
struct Signing {
    kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
}

/// How it answers.
#[derive(Debug, Clone, Default)]
pub struct Mood {
    /// The status of every answer; none: all is well.
    pub failure: Option<u16>,
    /// What it says it is called; none: as it is.
    pub name: Option<String>,
    /// What `jwks_uri` says; none: where the keys are.
    pub keys_at: Option<String>,
    /// The keys it shows; none: its own.
    pub keys: Option<String>,
    /// How long it takes.
    pub delay: Duration,
}

struct Inner {
    url: String,
    signing: Mutex<Vec<Signing>>,
    mood: Mutex<Mood>,
    asked: AtomicU64,
}

/// A running issuer.
pub struct FakeIssuer {
    /// Its name and address.
    pub url: String,
    inner: Arc<Inner>,
}

impl FakeIssuer {
    /// Starts one with an RSA key.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/realms/news", listener.local_addr().unwrap());
        let first = Signing {
            kid: "rsa".to_owned(),
            algorithm: Algorithm::RS256,
            key: rsa_key(),
        };
        let inner = Arc::new(Inner {
            url: url.clone(),
            signing: Mutex::new(vec![first]),
            mood: Mutex::default(),
            asked: AtomicU64::new(0),
        });
        let router = Router::new()
            .route(
                "/realms/news/.well-known/openid-configuration",
                get(discovery),
            )
            .route("/keys", get(keys))
            .with_state(Arc::clone(&inner));
        #[expect(
            clippy::disallowed_methods,
            reason = "the issuer runs beside the test and ends with its runtime"
        )]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// Has a server take its tokens.
    pub fn configure(&self, config: &mut Config) {
        let issuer = json!({
            "issuer": self.url, "audience": AUDIENCE, "role_claim": "realm_access.roles",
            "roles": { "chief": "owner", "desk": "editor:en author:fa", "guest": "viewer", "ghost": "editor:xx" },
        });
        let issuer: config::Issuer = serde_json::from_value(issuer).unwrap();
        config.oidc.issuers.push(issuer);
    }

    /// Changes how it answers.
    pub fn set(&self, mood: Mood) {
        *self.inner.mood.lock().unwrap() = mood;
    }

    /// How often it was asked for its keys.
    pub fn asked(&self) -> u64 {
        self.inner.asked.load(Ordering::Relaxed)
    }

    /// Signs with a new key (Ed25519) from now on, and no longer shows the old ones.
    pub fn rotate(&self) {
        let pair = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
        let mut signing = self.inner.signing.lock().unwrap();
        let number = signing[0].kid.len();
        *signing = vec![Signing {
            kid: "e".repeat(number + 1),
            algorithm: Algorithm::EdDSA,
            key: EncodingKey::from_ed_der(pair.as_ref()),
        }];
    }

    /// A good token for somebody with a role there.
    pub fn token(&self, server: &TestServer, subject: &str, role: &str) -> String {
        let claims = json!({ "sub": subject, "realm_access": { "roles": [role] } });
        self.altered(server, &json!({}), &claims)
    }

    /// A token with other members in its header or claims; null removes one.
    pub fn altered(&self, server: &TestServer, header: &Value, claims: &Value) -> String {
        let now = server.reader().now().timestamp();
        let signing = self.inner.signing.lock().unwrap()[0].clone();
        let mut head = json!({ "alg": signing.algorithm, "typ": "JWT", "kid": signing.kid });
        let mut body = json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 300,
            "name": "Ada Lovelace", "email": "ada@example.org", "email_verified": true,
            "realm_access": { "roles": ["desk"] },
        });
        for (part, changes) in [(&mut head, header), (&mut body, claims)] {
            for (name, value) in changes.as_object().unwrap() {
                match value {
                    Value::Null => drop(part.as_object_mut().unwrap().remove(name)),
                    value => part[name] = value.clone(),
                }
            }
        }
        let text = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", text(&head), text(&body));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &signing.key, signing.algorithm);
        format!("{message}.{}", signature.unwrap())
    }

    /// The keys it shows.
    pub fn public(&self) -> Vec<Value> {
        self.inner.public()
    }
}

impl Inner {
    fn public(&self) -> Vec<Value> {
        let signing = self.signing.lock().unwrap();
        let public = |one: &Signing| {
            let jwk = Jwk::from_encoding_key(&one.key, one.algorithm).unwrap();
            let mut jwk = serde_json::to_value(jwk).unwrap();
            jwk["kid"] = json!(one.kid);
            jwk["use"] = json!("sig");
            jwk
        };
        signing.iter().map(public).collect()
    }

    async fn mood(&self) -> Result<Mood, StatusCode> {
        let mood = self.mood.lock().unwrap().clone();
        tokio::time::sleep(mood.delay).await;
        match mood.failure {
            Some(status) => Err(StatusCode::from_u16(status).unwrap()),
            None => Ok(mood),
        }
    }
}

async fn discovery(State(inner): State<Arc<Inner>>) -> Result<Json<Value>, StatusCode> {
    let mood = inner.mood().await?;
    let origin = inner.url.trim_end_matches("/realms/news");
    let keys = mood.keys_at.unwrap_or_else(|| format!("{origin}/keys"));
    let name = mood.name.unwrap_or_else(|| inner.url.clone());
    Ok(Json(json!({ "issuer": name, "jwks_uri": keys })))
}

async fn keys(State(inner): State<Arc<Inner>>) -> Result<String, StatusCode> {
    inner.asked.fetch_add(1, Ordering::Relaxed);
    let mood = inner.mood().await?;
    Ok(mood
        .keys
        .unwrap_or_else(|| json!({ "keys": inner.public() }).to_string()))
}

/// One for all tests: it takes a while to make.
fn rsa_key() -> EncodingKey {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    let der = KEY.get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der<'static> = pair.as_der().unwrap();
        // What PKCS #8 wraps around the key of PKCS #1 has the same length for all of this size.
        pkcs8.as_ref()[26..].to_vec()
    });
    EncodingKey::from_rsa_der(der)
}
