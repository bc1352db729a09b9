//! The REST face.

mod caching;
mod compression;
mod endpoints;
mod filters;
mod links;
mod problems;
mod records;
mod routes;
mod selection;
