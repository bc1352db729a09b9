//! Accounts, signing in, tokens.

mod outside;
mod signing_in;
mod tokens;
