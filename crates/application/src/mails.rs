//! Mail to people with accounts. Workers send it: what a request waits for, and how long, tells nobody
//! whether there is an account.

use std::{fmt, sync::Arc};

use domain::{
    Error, Result,
    access::Action,
    editions::Edition,
    id::UserId,
    jobs::{Job, JobPolicy},
    users::{Email, Secret, User, account},
};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::{
    ActorContext,
    auth::{make_confirmation, make_reset},
    worker::{Due, Handlers, Outside},
};

/// One mail.
pub struct Mail {
    /// The same at every attempt: who gets it twice can tell.
    pub id: String,
    /// To whom.
    pub to: Email,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Shows neither the address nor the link.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Sends mail. An error that says `Invalid` will be the same tomorrow; all others are tried again. No
/// error names an address.
pub trait Mailer: Send + Sync + 'static {
    /// Hands a mail to a server.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>>;
}

/// What mails are made with.
#[derive(Clone, Default)]
pub struct MailOptions {
    /// What sends them; `None`: nothing does.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Where a new password is chosen; the token is added to it.
    pub reset_url: String,
    /// Where an address is confirmed; the token is added to it.
    pub confirm_url: String,
}

impl fmt::Debug for MailOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailOptions")
            .field("mailer", &self.mailer.is_some())
            .finish_non_exhaustive()
    }
}

impl Handlers {
    /// Adds those that send mail.
    #[must_use]
    pub fn with_mail(self, options: &MailOptions) -> Self {
        self.outside(ResetMailer(options.clone()))
            .outside(ConfirmationMailer(options.clone()))
    }
}

/// Sends a link to a new password to an address, if somebody has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetMail {
    /// The address.
    pub email: Email,
}

impl Job for ResetMail {
    const KIND: &'static str = "mail_reset";
    const POLICY: JobPolicy = MAIL;
}

/// Sends a link by which somebody shows that mail reaches them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationMail {
    /// Whose address it is.
    pub user: UserId,
}

impl Job for ConfirmationMail {
    const KIND: &'static str = "mail_confirmation";
    const POLICY: JobPolicy = MAIL;
}

/// Whoever asked has asked again after some hours.
const MAIL: JobPolicy = JobPolicy {
    max_attempts: 10,
    ..JobPolicy::OUTSIDE
};

struct ResetMailer(MailOptions);

impl Outside for ResetMailer {
    type Job = ResetMail;

    fn run<'a>(&'a self, cx: &'a ActorContext, due: Due<ResetMail>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Some(mailer) = &self.0.mailer else {
                tracing::warn!(
                    "somebody asked for a new password and no mail server is set (mail.url): `colophon user reset-link` makes a link"
                );
                return Ok(());
            };
            cx.authorize(Action::Inspect, account(UserId::from_uuid(cx.next_id())))?;
            let known = cx.reader().credentials(&due.job.email.normal()).await?;
            let Some(user) = known.map(|known| known.user).filter(|user| user.is_active) else {
                return Ok(());
            };
            let token = make_reset(cx, &user).await?;
            let letter = Letter {
                id: due.id.to_string(),
                user: &user,
                link: link(&self.0.reset_url, &token),
                texts: RESET,
            };
            mailer.send(&letter.write(cx).await?).await
        })
    }
}

struct ConfirmationMailer(MailOptions);

impl Outside for ConfirmationMailer {
    type Job = ConfirmationMail;

    fn run<'a>(
        &'a self,
        cx: &'a ActorContext,
        due: Due<ConfirmationMail>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Some(mailer) = &self.0.mailer else {
                tracing::warn!(
                    "somebody asked to confirm their address and no mail server is set (mail.url)"
                );
                return Ok(());
            };
            cx.authorize(Action::Inspect, account(due.job.user))?;
            let known = cx.reader().user(due.job.user).await?;
            let Some(user) = known.filter(|user| user.is_active) else {
                return Ok(());
            };
            let token = make_confirmation(cx, &user).await?;
            let letter = Letter {
                id: due.id.to_string(),
                user: &user,
                link: link(&self.0.confirm_url, &token),
                texts: CONFIRMATION,
            };
            mailer.send(&letter.write(cx).await?).await
        })
    }
}

/// The address of a page with a token for it.
pub fn link(url: &str, token: &Secret) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}token={}", token.reveal())
}

/// A text in each language we write in: the first line is the subject.
type Texts = [(&'static str, &'static str); 4];

const RESET: Texts = [
    ("en", include_str!("mails/reset.en.txt")),
    ("fa", include_str!("mails/reset.fa.txt")),
    ("ar", include_str!("mails/reset.ar.txt")),
    ("sq", include_str!("mails/reset.sq.txt")),
];
const CONFIRMATION: Texts = [
    ("en", include_str!("mails/confirmation.en.txt")),
    ("fa", include_str!("mails/confirmation.fa.txt")),
    ("ar", include_str!("mails/confirmation.ar.txt")),
    ("sq", include_str!("mails/confirmation.sq.txt")),
];

/// A mail before it is in a language.
struct Letter<'a> {
    id: String,
    user: &'a User,
    link: String,
    texts: Texts,
}

impl Letter<'_> {
    /// The mail in the language of the default edition, in English if we do not write in it.
    async fn write(&self, cx: &ActorContext) -> Result<Mail> {
        let editions = cx.editions().await?;
        let edition = editions.default_edition().ok();
        let text = text_for(&self.texts, edition.map(|edition| edition.code.as_str()));
        let site = edition.map_or("Colophon", site_name);
        let filled = |text: &str| {
            text.replace("{site}", site)
                .replace("{name}", &self.user.display_name)
                .replace("{link}", &self.link)
        };
        let (subject, text) = text
            .split_once('\n')
            .ok_or_else(|| Error::internal("a mail has no text"))?;
        Ok(Mail {
            id: self.id.clone(),
            to: self.user.email.clone(),
            subject: filled(subject),
            text: filled(text.trim_start()),
        })
    }
}

fn site_name(edition: &Edition) -> &str {
    &edition.title
}

fn text_for(texts: &Texts, code: Option<&str>) -> &'static str {
    let language = code.and_then(|code| code.split('-').next());
    let [(_, english), ..] = texts;
    texts
        .iter()
        .find(|(known, _)| language == Some(known))
        .map_or(english, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_a_subject_and_names_the_site_and_the_link() {
        for (language, text) in RESET.into_iter().chain(CONFIRMATION) {
            let (subject, text) = text.split_once('\n').unwrap();
            assert!(subject.contains("{site}"), "{language}");
            assert!(!subject.contains("{link}"), "{language}");
            for word in ["{name}", "{site}"] {
                assert!(text.contains(word), "{language} {word}");
            }
            assert!(text.lines().any(|line| line == "{link}"), "{language}");
        }
    }

    #[test]
    fn a_language_we_do_not_write_in_gets_english() {
        assert_eq!(
            text_for(&RESET, Some("fa-AF")),
            text_for(&RESET, Some("fa"))
        );
        assert_ne!(text_for(&RESET, Some("fa")), text_for(&RESET, Some("en")));
        for other in [Some("xx"), None] {
            assert_eq!(text_for(&RESET, other), text_for(&RESET, Some("en")));
        }
    }

    #[test]
    fn a_link_keeps_what_its_address_asks() {
        let token = Secret::new("abc");
        assert_eq!(
            link("https://x.org/new", &token),
            "https://x.org/new?token=abc"
        );
        assert_eq!(
            link("https://x.org/?page=new", &token),
            "https://x.org/?page=new&token=abc"
        );
    }
}
