//! One file per behaviour.

mod binding;
mod governance;
mod leaving;
mod registration;
mod states;
