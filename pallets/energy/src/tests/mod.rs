//! One file per behaviour.

mod batches;
mod batteries;
mod carbon;
mod certificates;
mod drawing;
mod free;
mod limits;
mod plausibility;
mod prepaid;
mod reporting;
mod sequences;
mod sweeping;
mod telling;
mod zones;
