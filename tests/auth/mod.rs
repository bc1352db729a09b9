//! Accounts, signing in, tokens.

mod accounts;
mod api_keys;
mod commands;
mod mails;
mod outside;
mod plans;
mod signing_in;
mod tokens;
