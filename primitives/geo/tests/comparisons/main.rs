//! The crate against other makes of the same thing: the grid against h3o and against H3's
//! documentation, the sun against an almanac, the bound against the device's own model.

mod almanac;
mod device;
mod grid;
