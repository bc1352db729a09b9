//! Tests of what is judged without a server: keys, times, roles.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
};
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_780_000_000;

fn now() -> Timestamp {
    Timestamp::from_timestamp(NOW, 0).unwrap()
}

fn issuer() -> Issuer {
    Issuer {
        issuer: "https://id.example.org".to_owned(),
        audience: "cms".to_owned(),
        algorithms: vec!["ES256".parse().unwrap()],
        types: vec!["jwt".to_owned()],
        role_claim: "realm_access.roles".to_owned(),
        roles: BTreeMap::new(),
        lifetime: TimeDelta::hours(1),
    }
}

fn ec_key() -> EncodingKey {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref())
}

fn jwk(key: &EncodingKey, algorithm: Algorithm, changes: &Value) -> Value {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(key, algorithm).unwrap()).unwrap();
    jwk["kid"] = json!("k1");
    for (name, value) in changes.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

fn set(keys: &[Value]) -> Result<IssuerKeys> {
    IssuerKeys::parse(json!({ "keys": keys }).to_string().as_bytes())
}

fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": "https://id.example.org", "aud": "cms", "sub": "1", "iat": NOW, "exp": NOW + 300,
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn verified(key: &EncodingKey, keys: &IssuerKeys, changes: &Value) -> Option<Claims> {
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some("k1".to_owned());
    let token = encode(&header, &claims(changes), key).unwrap();
    Head::read(&issuer(), &token)?.verify(&issuer(), keys, &token, now())
}

#[test]
fn a_token_counts_from_its_beginning_to_its_end_and_no_longer_than_is_allowed() {
    let key = ec_key();
    let keys = set(&[jwk(&key, Algorithm::ES256, &json!({}))]).unwrap();
    for (good, changes) in [
        (true, json!({})),
        (true, json!({ "exp": NOW - 29 })),
        (false, json!({ "exp": NOW - 30 })),
        (true, json!({ "exp": 1_780_000_001.5 })),
        (true, json!({ "nbf": NOW + 30 })),
        (false, json!({ "nbf": NOW + 31 })),
        (false, json!({ "nbf": "soon" })),
        (true, json!({ "iat": NOW + 30 })),
        (false, json!({ "iat": NOW + 31 })),
        (false, json!({ "iat": null })),
        (true, json!({ "iat": NOW - 3_600, "exp": NOW + 86_400 })),
        (false, json!({ "iat": NOW - 3_630, "exp": NOW + 86_400 })),
        (false, json!({ "exp": -1 })),
        (true, json!({ "exp": 1e300 })),
        (true, json!({ "exp": i64::MAX })),
        (false, json!({ "iat": i64::MIN })),
        (false, json!({ "exp": null })),
    ] {
        let is_good = verified(&key, &keys, &changes).is_some();
        // A time beyond all numbers is no time.
        let expected = good && changes["exp"] != json!(1e300);
        assert_eq!(is_good, expected, "{changes}");
    }
}

#[test]
fn an_audience_may_be_one_of_many() {
    let key = ec_key();
    let keys = set(&[jwk(&key, Algorithm::ES256, &json!({}))]).unwrap();
    assert!(verified(&key, &keys, &json!({ "aud": ["web", "cms"] })).is_some());
    for aud in [json!(["web"]), json!([]), json!(7), json!("CMS")] {
        assert!(verified(&key, &keys, &json!({ "aud": aud })).is_none());
    }
    let iss = json!({ "iss": ["https://id.example.org"] });
    assert!(verified(&key, &keys, &iss).is_none());
}

#[test]
fn who_somebody_is_must_be_said_plainly() {
    let key = ec_key();
    let keys = set(&[jwk(&key, Algorithm::ES256, &json!({}))]).unwrap();
    for sub in [
        json!(""),
        json!("a\u{0}b"),
        json!("x".repeat(256)),
        json!(7),
        json!(null),
    ] {
        assert!(
            verified(&key, &keys, &json!({ "sub": sub })).is_none(),
            "{sub}"
        );
    }
    let said = verified(
        &key,
        &keys,
        &json!({ "name": " Ada\u{0}\nLovelace ", "email": "ada@example.org" }),
    );
    let said = said.unwrap();
    assert_eq!((said.name.as_str(), said.email), ("AdaLovelace", None));
    for verified_as in [json!(true), json!("true")] {
        let claims = json!({ "email": "ada@example.org", "email_verified": verified_as });
        assert!(verified(&key, &keys, &claims).unwrap().email.is_some());
    }
}

#[test]
fn roles_are_found_by_name_or_by_path_in_lists_and_texts() {
    let key = ec_key();
    let keys = set(&[jwk(&key, Algorithm::ES256, &json!({}))]).unwrap();
    for (changes, expected) in [
        (
            json!({ "realm_access": { "roles": ["a", 7, "b"] } }),
            vec!["a", "b"],
        ),
        (json!({ "realm_access.roles": ["a"] }), vec!["a"]),
        (
            json!({ "realm_access": { "roles": "a b" } }),
            vec!["a", "b", "a b"],
        ),
        (json!({ "realm_access": { "roles": "a" } }), vec!["a"]),
        (json!({ "realm_access": "a" }), vec![]),
        (
            json!({ "realm_access": { "roles": { "a": true } } }),
            vec![],
        ),
        (json!({}), vec![]),
    ] {
        let roles = verified(&key, &keys, &changes).unwrap().roles;
        assert_eq!(roles, expected, "{changes}");
    }
}

#[test]
fn a_key_is_only_used_for_what_it_is_for() {
    let key = ec_key();
    for (good, changes) in [
        (
            true,
            json!({ "use": "sig", "key_ops": ["verify"], "x5t": "abc" }),
        ),
        (true, json!({ "alg": null })),
        (false, json!({ "use": "enc" })),
        (false, json!({ "key_ops": ["encrypt"] })),
        (false, json!({ "alg": "ES384" })),
        (false, json!({ "alg": "HS256" })),
        (false, json!({ "alg": "ECDH-ES" })),
        (false, json!({ "kid": "k2" })),
        (false, json!({ "kid": null })),
        (false, json!({ "crv": "P-384" })),
        (false, json!({ "kty": "oct", "k": "c2VjcmV0" })),
        (false, json!({ "kty": "XYZ" })),
    ] {
        let own = jwk(&key, Algorithm::ES256, &changes);
        // One more, so that the set is never empty.
        let other = jwk(&ec_key(), Algorithm::ES256, &json!({ "kid": "other" }));
        let keys = set(&[own, other, json!(7), json!({ "kty": "RSA" })]).unwrap();
        assert_eq!(
            verified(&key, &keys, &json!({})).is_some(),
            good,
            "{changes}"
        );
    }
    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let large = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
    let keys = set(&[jwk(&large, Algorithm::ES384, &json!({}))]).unwrap();
    assert!(!keys.serve(&["ES256".parse().unwrap()]) && keys.serve(&["ES384".parse().unwrap()]));
}

#[test]
fn what_is_no_set_is_none_and_a_set_may_be_empty() {
    for text in ["", "[]", "{}"] {
        IssuerKeys::parse(text.as_bytes()).unwrap_err();
    }
    for text in [
        "{\"keys\": []}",
        "{\"keys\": [{\"kty\": \"oct\", \"kid\": \"a\", \"k\": \"YQ\"}]}",
    ] {
        assert_eq!(IssuerKeys::parse(text.as_bytes()).unwrap().count(), 0);
    }
}

#[test]
fn no_shared_secret_passes_for_an_algorithm() {
    for name in SigningAlgorithm::NAMES {
        name.parse::<SigningAlgorithm>().unwrap();
    }
    for name in ["HS256", "HS384", "HS512", "none", "", "rs256"] {
        name.parse::<SigningAlgorithm>().unwrap_err();
    }
}

proptest! {
    #[test]
    fn no_text_is_taken_for_a_token(text in "\\PC{0,60}(\\.\\PC{0,60}){0,4}") {
        prop_assert_eq!(Head::read(&issuer(), &text), None);
        verify::issuer_named_by(&text);
    }
}
