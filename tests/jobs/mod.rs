//! Jobs: what is done later, once, and what becomes of it when it fails.

mod commands;
mod faces;
mod failing;
mod idle;
mod leases;
mod pruning;
mod queue;
mod schedules;
mod working;
