//! The GraphQL face.

mod articles;
mod bodies;
mod caching;
mod defaults;
mod empty_selections;
mod entries;
mod errors;
mod filters;
mod introspection;
mod many;
mod menus;
mod nested_lists;
mod nodes;
mod over_http;
mod paging;
mod records;
mod root_fields;
mod routes;
mod translations;
