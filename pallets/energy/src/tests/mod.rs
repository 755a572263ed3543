//! One file per behaviour.

mod drawing;
mod reporting;
mod sweeping;
