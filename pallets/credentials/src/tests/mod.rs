//! One file per behaviour.

mod accepting;
mod asking;
mod attacks;
mod declining;
mod describing;
mod issuing;
mod model;
mod publishing;
mod removing;
mod revoking;
mod views;
