//! What the functions promise, against an arbitrary-precision library and published numbers.

mod bounds;
mod oracle;
mod properties;
mod published;
