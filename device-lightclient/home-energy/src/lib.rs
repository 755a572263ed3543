//! What a home does with its sun: when it charges and discharges its battery, charges its car and
//! runs compute, against prices that change by the hour and a forecast of its own.
//!
//! * [`site`]: what there is; [`units`]: power, money, shares.
//! * [`tariff`]: prices, and from when on they are known.
//! * [`sun`], [`panel`]: what reaches a panel. The device's simulator stands on them too.
//! * [`forecast`], [`experience`]: what the device expects, from what it metered.
//! * [`plan`]: the schedule, a linear programme.
//! * [`rules`]: the two rules that it is compared with.
//! * [`flow`]: one hour on the bus, exact to the milliwatt-hour, and its bill.
//! * [`year`]: a year of hours under each of them.
//!
//! Nothing here reads a clock, a file or the network: it is handed what is known and hands back what
//! to do. Hours are counted from a midnight.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod experience;
pub mod flow;
pub mod forecast;
pub mod panel;
pub mod plan;
pub mod random;
pub mod rules;
pub mod site;
pub mod sun;
pub mod tariff;
#[cfg(test)]
mod testing;
pub mod units;
pub mod year;
