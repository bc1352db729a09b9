//! Whether the server of mail can be reached and lets us in. No mail is sent.

use domain::Result;

use super::Check;
use crate::{
    commands::explain,
    config::{self, Config},
    mail::Smtp,
};

const NAME: &str = "mail";

/// Connects to the server of mail, if there is one.
pub(super) async fn examine(config: &Config) -> Check {
    if config.mail.url.is_empty() {
        return Check::ok(
            NAME,
            "none is sent: set mail.url, or use `colophon user reset-link`",
        );
    }
    let host = host(&config.mail);
    match look(&config.mail).await {
        Ok(()) => Check::ok(NAME, format!("{host} takes mail")),
        Err(error) => Check::problem(NAME, format!("{host}: {}: check mail.url", explain(&error))),
    }
}

async fn look(mail: &config::Mail) -> Result<()> {
    Smtp::open(mail)?.look().await
}

/// The server as it may be shown: an address holds a password, too.
fn host(mail: &config::Mail) -> String {
    let Ok(url) = url::Url::parse(&mail.url) else {
        return "the mail server".to_owned();
    };
    let host = url.host_str().unwrap_or("the mail server");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
