//! Moving content in from elsewhere, streaming, through the same create functions as everyone.

pub mod wordpress;
