//! Whether outside issuers can be asked for their keys, and whether what their roles are here exists.

use application::oidc::{GivenRole, Issuer as Taken};
use domain::{Result, editions::Edition};

use super::Check;
use crate::{
    commands::explain,
    config::{Config, Issuer},
    oidc,
};

const NAME: &str = "outside issuer";

/// Asks every issuer for its keys.
pub(super) async fn examine(config: &Config) -> Vec<Check> {
    let issuers = config.issuers().unwrap_or_default();
    let mut checks = Vec::new();
    for issuer in issuers {
        checks.push(match look(&issuer).await {
            Ok(check) => check,
            Err(error) => Check::problem(NAME, format!("{}: {}", issuer.issuer, explain(&error))),
        });
    }
    checks
}

async fn look(taken: &Taken) -> Result<Check> {
    let Taken {
        issuer, algorithms, ..
    } = taken;
    let keys = oidc::fetch(&oidc::client()?, issuer).await?.keys;
    Ok(if keys.serve(algorithms) {
        Check::ok(NAME, format!("{issuer} has {} key(s)", keys.count()))
    } else {
        Check::problem(
            NAME,
            format!(
                "{issuer} has no key for the algorithms of the configuration: set oidc.issuers.N.algorithms to what it signs with"
            ),
        )
    })
}

/// Names the editions that roles are given in and that are not there.
pub(super) fn roles(issuers: &[Issuer], editions: &[Edition]) -> Vec<Check> {
    let mut checks = Vec::new();
    for issuer in issuers {
        let given = issuer
            .roles
            .values()
            .flat_map(|text| text.split_whitespace());
        let codes = given
            .filter_map(|text| text.parse::<GivenRole>().ok())
            .filter_map(|role| role.edition);
        for code in codes.filter(|code| {
            editions
                .iter()
                .all(|edition| edition.code.as_str() != code.as_str())
        }) {
            checks.push(Check::warning(
                NAME,
                format!(
                    "{}: there is no edition `{code}`: nobody gets a role in it",
                    issuer.issuer
                ),
            ));
        }
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    #[tokio::test]
    async fn an_issuer_that_does_not_answer_and_an_edition_that_is_not_there_are_told() {
        let mut config = Config::defaults().unwrap();
        // Nothing listens at the port 9 of a machine of our days.
        let issuer = serde_json::json!({
            "issuer": "http://127.0.0.1:9", "audience": "cms", "roles": { "a": "owner editor:xx" },
        });
        config.oidc.issuers = vec![serde_json::from_value(issuer).unwrap()];
        let checks = examine(&config).await;
        assert_eq!(checks[0].verdict, Verdict::Problem, "{checks:?}");
        assert!(checks[0].detail.contains("does not answer"), "{checks:?}");
        let checks = roles(&config.oidc.issuers, &[]);
        assert_eq!(checks.len(), 1);
        assert!(checks[0].detail.contains("no edition `xx`"), "{checks:?}");
    }
}
