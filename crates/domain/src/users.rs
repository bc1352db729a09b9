//! User accounts: who may sign in. What they may do is in their grants.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::{
    access::{Grant, Target},
    change::Change,
    error::{Error, FieldError, Result},
    events::RecordKind,
    id::{SessionId, UserId},
    time::Timestamp,
};

/// The longest address mail can be sent to (RFC 5321, section 4.5.3.1.3), in bytes.
const MAX_EMAIL: usize = 254;
/// The longest password, in bytes: hashing reads all of it.
const MAX_PASSWORD: usize = 1024;
/// The longest name, in characters.
const MAX_NAME: usize = 200;
/// The most roles one account holds.
const MAX_GRANTS: usize = 100;

/// A text nobody may see: it is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps a text to itself.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for the one place that has to see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// An address of somebody, as they wrote it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address. Whether it exists is known only when mail has come back from it.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let text: String = text.trim().nfc().collect();
        let parts = text.rsplit_once('@');
        let is_address = parts.is_some_and(|(local, host)| {
            !local.is_empty()
                && !local.contains('@')
                && host.split('.').all(|label| !label.is_empty())
        });
        let is_plain = !text.chars().any(|char| {
            char.is_whitespace() || char.is_control() || "<>()[],;:\\\"".contains(char)
        });
        if is_address && is_plain && text.len() <= MAX_EMAIL {
            Ok(Self(text))
        } else {
            Err(Error::invalid(
                field,
                format!("must be an e-mail address of at most {MAX_EMAIL} bytes"),
            ))
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form addresses are compared in: two accounts never differ in case alone.
    pub fn normal(&self) -> String {
        self.0.to_lowercase()
    }
}

/// An address does not get into logs.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email")
    }
}

impl TryFrom<String> for Email {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::parse("email", &text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// A password somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password(Secret);

impl Password {
    /// Reads a new password; `least` characters at least.
    pub fn choose(field: &str, text: &str, least: usize) -> Result<NewPassword> {
        let password = Self::given(field, text)?;
        if password.0.reveal().chars().count() < least {
            return Err(Error::invalid(
                field,
                format!("must have at least {least} characters"),
            ));
        }
        Ok(NewPassword(password))
    }

    /// Reads a password that is only compared. The same keys give the same text on every system.
    pub fn given(field: &str, text: &str) -> Result<Self> {
        if text.len() > MAX_PASSWORD {
            return Err(Error::invalid(
                field,
                format!("must have at most {MAX_PASSWORD} bytes"),
            ));
        }
        Ok(Self(Secret::new(text.nfc().collect::<String>())))
    }

    /// The text, for hashing.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

/// A password that is long enough to be somebody's from now on. Only [`Password::choose`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword(Password);

impl From<NewPassword> for Password {
    fn from(new: NewPassword) -> Self {
        new.0
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Where mail reaches them.
    pub email: Email,
    /// What they are called.
    pub display_name: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Their roles.
    pub grants: Vec<Grant>,
    /// When it was shown that mail to the address reaches them.
    pub email_confirmed_at: Option<Timestamp>,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl User {
    /// The account as the policy sees it: its own.
    pub fn target(&self) -> Target {
        account(self.id)
    }
}

/// An account as the policy sees it.
pub fn account(id: UserId) -> Target {
    Target {
        owner: Some(id),
        ..Target::shared(RecordKind::User, id)
    }
}

/// A session of somebody as the policy sees it.
pub fn session(id: SessionId, user: UserId) -> Target {
    Target {
        owner: Some(user),
        ..Target::shared(RecordKind::Session, id)
    }
}

/// What an account is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDraft {
    /// Where mail reaches them.
    pub email: Email,
    /// What they are called; empty: the address up to the `@`.
    pub display_name: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Their roles.
    pub grants: Vec<Grant>,
}

impl UserDraft {
    /// Every wrong field.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut wrong = faults_of_name(&self.display_name);
        wrong.extend(faults_of_grants(&self.grants));
        wrong
    }

    /// Names every wrong field.
    pub fn check(&self) -> Result<()> {
        let wrong = self.faults();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(wrong))
        }
    }

    /// What they are called, when nothing was said.
    pub fn name(&self) -> &str {
        let name = self.display_name.trim();
        if name.is_empty() {
            let email = self.email.as_str();
            email.rsplit_once('@').map_or(email, |(local, _)| local)
        } else {
            name
        }
    }
}

/// Somebody as an outside issuer names them. An account is found by this alone: an e-mail address is
/// no proof of who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    issuer: String,
    subject: String,
}

impl Identity {
    /// Reads the name an issuer has for somebody (OpenID Connect Core, section 2: at most 255
    /// characters).
    pub fn new(issuer: &str, subject: &str) -> Option<Self> {
        let is_name = (1..=255).contains(&subject.len()) && !subject.chars().any(char::is_control);
        is_name.then(|| Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }

    /// Who signed them in.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What they are called there, for ever.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// What is to change about an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserChange {
    /// Where mail reaches them.
    pub email: Change<Email>,
    /// What they are called; empty: the address up to the `@`.
    pub display_name: Change<String>,
    /// Whether they may sign in.
    pub is_active: Change<bool>,
    /// Their roles: all of them.
    pub grants: Change<Vec<Grant>>,
}

impl UserChange {
    /// Every wrong field.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if let Some(name) = self.display_name.as_set() {
            wrong.extend(faults_of_name(name));
        }
        if let Some(grants) = self.grants.as_set() {
            wrong.extend(faults_of_grants(grants));
        }
        wrong
    }

    /// What the account is to be.
    pub fn draft(self, user: User) -> UserDraft {
        let mut draft = UserDraft {
            email: user.email,
            display_name: user.display_name,
            is_active: user.is_active,
            grants: user.grants,
        };
        self.email.apply(&mut draft.email);
        self.display_name.apply(&mut draft.display_name);
        self.is_active.apply(&mut draft.is_active);
        self.grants.apply(&mut draft.grants);
        draft
    }
}

fn faults_of_name(name: &str) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if name.chars().count() > MAX_NAME {
        wrong.push(FieldError::new(
            "displayName",
            format!("must have at most {MAX_NAME} characters"),
        ));
    }
    if name.chars().any(char::is_control) {
        wrong.push(FieldError::new(
            "displayName",
            "must be one line without control characters",
        ));
    }
    wrong
}

fn faults_of_grants(grants: &[Grant]) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if grants.len() > MAX_GRANTS {
        wrong.push(FieldError::new(
            "grants",
            format!("must be at most {MAX_GRANTS}"),
        ));
    }
    for (index, grant) in grants.iter().enumerate() {
        let mut earlier = grants.iter().take(index);
        if earlier.any(|other| other.edition == grant.edition) {
            wrong.push(FieldError::new(
                format!("grants.{index}"),
                "is a second role for the same edition; give the higher one only",
            ));
        }
    }
    wrong
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// They signed out.
    LogOut,
    /// A refresh token came a second time: somebody else has it.
    Reuse,
    /// Their password changed.
    Password,
    /// Their roles changed.
    Roles,
    /// Their address changed.
    Email,
    /// The account may not sign in any more.
    Deactivated,
}

impl SessionEnd {
    /// The word the store keeps.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogOut => "log_out",
            Self::Reuse => "reuse",
            Self::Password => "password",
            Self::Roles => "roles",
            Self::Email => "email",
            Self::Deactivated => "deactivated",
        }
    }
}

/// A session as one request needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// Whose it is, with the roles they hold now.
    pub user: User,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in [
            "ada@example.org",
            " Nora.Lind+news@Example.ORG ",
            "گل@example.org",
        ] {
            Email::parse("email", good).unwrap();
        }
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a@b@c",
            "a b@c.org",
            "a@b..c",
            &long,
        ] {
            Email::parse("email", bad).unwrap_err();
        }
    }

    #[test]
    fn addresses_that_differ_in_case_are_the_same() {
        let parse = |text| Email::parse("email", text).unwrap().normal();
        assert_eq!(parse("Ada@Example.org"), parse("ada@example.ORG"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let password = Password::given("password", "correct horse").unwrap();
        let email = Email::parse("email", "ada@example.org").unwrap();
        let text = format!("{password:?} {email:?}");
        assert!(!text.contains("horse") && !text.contains("ada"), "{text}");
    }

    #[test]
    fn a_password_is_counted_in_characters() {
        Password::choose("password", "گذرواژه‌ی", 9).unwrap();
        Password::choose("password", "short", 10).unwrap_err();
        Password::choose("password", &"x".repeat(MAX_PASSWORD + 1), 10).unwrap_err();
    }

    proptest! {
        #[test]
        fn an_address_that_was_read_is_read_again(text in ".{0,40}@.{0,40}") {
            if let Ok(email) = Email::parse("email", &text) {
                prop_assert_eq!(Email::parse("email", email.as_str()).unwrap(), email);
            }
        }
    }
}
