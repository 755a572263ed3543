//! One file per behaviour.

mod answers;
mod appeals;
mod benchmark;
mod binding;
mod certificates;
mod keys;
mod leaving;
mod maintenance;
mod makers;
mod places;
mod registration;
mod rescue;
mod sequences;
mod states;
mod transfers;
