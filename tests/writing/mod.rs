//! Changes over both faces.

mod anonymous;
mod shared_records;
