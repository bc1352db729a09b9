//! Accounts, signing in, tokens.

mod signing_in;
mod tokens;
