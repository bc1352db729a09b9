//! Mail over SMTP.

use std::{sync::Arc, time::Duration};

use application::mails::{Mail, MailOptions, Mailer};
use domain::{Error, FieldError, Result};
use futures::future::BoxFuture;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp,
};
use url::{Host, Url};

use crate::config;

/// How long the server of mail may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take to be looked at, with all steps.
const LOOK: Duration = Duration::from_secs(8);

/// What is wrong with the settings of mail.
pub(crate) fn faults(mail: &config::Mail) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if mail.url.is_empty() {
        return wrong;
    }
    if let Err(why) = check_url(&mail.url) {
        wrong.push(FieldError::new("mail.url", why));
    }
    if mail.from.parse::<Mailbox>().is_err() {
        wrong.push(FieldError::new(
            "mail.from",
            "must be an address such as Gazette <post@gazette.example>",
        ));
    }
    for (field, url) in [
        ("mail.reset_url", &mail.reset_url),
        ("mail.confirm_url", &mail.confirm_url),
    ] {
        let is_page = Url::parse(url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
        if !is_page {
            wrong.push(FieldError::new(
                field,
                "must be the address of a page of yours, without a part after #",
            ));
        }
    }
    wrong
}

/// Letters hold links that let people in: they go encrypted, except to this machine.
fn check_url(text: &str) -> Result<(), &'static str> {
    const FORM: &str = "must be smtps://user:password@host or smtp://user:password@host?tls=required; smtp:// without `tls=required` goes to this machine only";
    let url = Url::parse(text).map_err(|_wrong| FORM)?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(FORM),
    };
    let is_encrypted = match url.scheme() {
        "smtps" => true,
        "smtp" => url
            .query_pairs()
            .any(|(name, value)| name == "tls" && value == "required"),
        _ => return Err(FORM),
    };
    // `smtp` is no scheme the standard knows: its hosts are not read as addresses.
    let is_here = is_here
        || url.host_str().is_some_and(|host| {
            host.trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
        });
    if is_encrypted || is_here {
        Ok(())
    } else {
        Err(FORM)
    }
}

/// What mails are made with, by the settings.
pub(crate) fn options(mail: &config::Mail) -> Result<MailOptions> {
    let mailer = if mail.url.is_empty() {
        None
    } else {
        let mailer: Arc<dyn Mailer> = Arc::new(Smtp::open(mail)?);
        Some(mailer)
    };
    Ok(MailOptions {
        mailer,
        reset_url: mail.reset_url.clone(),
        confirm_url: mail.confirm_url.clone(),
    })
}

/// A server of mail.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Makes ready; nothing is connected yet.
    pub(crate) fn open(mail: &config::Mail) -> Result<Self> {
        // What the library says of an address may hold its password.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&mail.url)
            .map_err(|_wrong| Error::invalid("mail.url", "is no address of a mail server"))?
            .timeout(Some(PATIENCE))
            .build();
        let from = mail
            .from
            .parse()
            .map_err(|_wrong| Error::invalid("mail.from", "is no address"))?;
        Ok(Self { transport, from })
    }

    /// Connects, says hello and signs in, where that is set; nothing is sent.
    pub(crate) async fn look(&self) -> Result<()> {
        match tokio::time::timeout(LOOK, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(away("it closed the connection")),
            Ok(Err(error)) => Err(away(&trouble(&error))),
            Err(_late) => Err(away(&format!(
                "it did not answer within {} seconds",
                LOOK.as_secs()
            ))),
        }
    }

    async fn hand_over(&self, mail: &Mail) -> Result<()> {
        let to: lettre::Address = mail
            .to
            .as_str()
            .parse()
            .map_err(|_wrong| Error::invalid("mail", "cannot be sent to this address"))?;
        let host = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@{host}>", mail.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(Error::internal)?;
        match self.transport.send(message).await {
            Ok(_accepted) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.hand_over(mail))
    }
}

fn away(why: &str) -> Error {
    Error::Unavailable {
        message: format!("the mail server: {why}"),
        source: None,
    }
}

/// What went wrong, without the words of the server: they may name the address.
fn failure(error: &smtp::Error) -> Error {
    let code = error.status().map(|code| code.to_string());
    let code = code.as_deref().unwrap_or("no status");
    if error.is_permanent() {
        return Error::invalid("mail", format!("the mail server refused it ({code})"));
    }
    let why = if error.is_tls() {
        "no encrypted connection could be made".to_owned()
    } else if error.is_timeout() {
        "it took too long".to_owned()
    } else if error.is_response() {
        format!("it answered {code}")
    } else {
        "it cannot be reached, or is wrongly set up".to_owned()
    };
    away(&why)
}

/// Why nobody was let in, without the words of the server: they may name who asked.
fn trouble(error: &smtp::Error) -> String {
    let code = error.status().map(|code| code.to_string());
    match code.as_deref() {
        Some(code @ ("530" | "534" | "535" | "538")) => {
            format!("it does not take this user and password ({code})")
        }
        Some(code) => format!("it answered {code}"),
        None if error.is_tls() => {
            "no encrypted connection could be made: smtps:// goes to port 465, smtp:// with `?tls=required` to port 587".to_owned()
        }
        None if error.is_timeout() => "it takes too long to answer".to_owned(),
        None if error.is_client() => {
            "it has no way to sign in that can be used, or is none that takes mail".to_owned()
        }
        None => "it cannot be reached, or is no mail server".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_encrypted_except_to_this_machine() {
        for good in [
            "smtps://me:secret@mail.example",
            "smtp://me:secret@mail.example:587?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
        ] {
            check_url(good).unwrap();
        }
        for bad in [
            "smtp://mail.example",
            "smtp://mail.example?tls=opportunistic",
            "smtp://10.0.0.1:25",
            "https://mail.example",
            "mail.example",
            "smtps://",
            "",
        ] {
            check_url(bad).unwrap_err();
        }
    }

    #[test]
    fn all_that_is_wrong_with_the_settings_is_told_and_nothing_where_there_is_no_mail() {
        let none = config::Mail {
            url: String::new(),
            from: String::new(),
            reset_url: String::new(),
            confirm_url: String::new(),
        };
        assert!(faults(&none).is_empty());
        let half = config::Mail {
            url: "smtp://mail.example".to_owned(),
            ..none
        };
        let fields: Vec<_> = faults(&half).into_iter().map(|wrong| wrong.field).collect();
        assert_eq!(
            fields,
            [
                "mail.url",
                "mail.from",
                "mail.reset_url",
                "mail.confirm_url"
            ]
        );
    }
}
