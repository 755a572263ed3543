//! One file per behaviour.

mod attacks;
mod conditions;
mod delivering;
mod founding;
mod joining;
mod leading;
mod leaving;
mod lottery;
mod maths;
mod model;
mod owing;
mod promising;
mod settling;
mod sweeping;
mod voting;
