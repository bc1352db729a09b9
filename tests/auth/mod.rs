//! Accounts, signing in, tokens.

mod api_keys;
mod signing_in;
mod tokens;
