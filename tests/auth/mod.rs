//! Accounts, signing in, tokens.

mod accounts;
mod api_keys;
mod mails;
mod plans;
mod outside;
mod signing_in;
mod tokens;
