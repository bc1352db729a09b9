//! The GraphQL face: the schema over the use cases, and how it is served.
//!
//! An object of the schema is a small type around a record of the domain. A resolver reads its
//! arguments, calls one use case or asks one loader, and converts; all else is elsewhere:
//! `lookahead` foresees what a selection will need, `loaders` gather what it did not foresee,
//! [`limits`] bounds documents before anything sees them, [`http`] speaks GraphQL over HTTP.

#![expect(
    clippy::unused_async,
    clippy::too_many_arguments,
    reason = "the library wants resolvers to be async, and their parameters are the arguments of the schema"
)]

mod accounts;
mod api_keys;
mod article_lists;
mod articles;
mod audit;
mod authors;
mod batch;
mod body;
mod budget;
mod collections;
mod comments;
mod connection;
mod content_model;
mod context;
mod editions;
mod entries;
mod entry_lists;
mod enums;
mod error;
mod filters;
mod galleries;
mod graphiql;
pub mod http;
mod input;
mod jobs;
mod keyed;
pub mod limits;
mod loaders;
mod lookahead;
mod media;
mod menus;
mod newsletters;
mod node;
mod outcome;
mod pages;
mod passwords;
mod presence;
mod previews;
mod redirects;
mod revisions;
mod routes;
mod scalars;
mod schema;
mod seo;
mod server;
mod shape;
mod terms;
mod translations;
mod types;
mod users;

pub use schema::{Mutation, Query, Schema, schema, sdl};
pub use server::{Graphql, GraphqlOptions};
