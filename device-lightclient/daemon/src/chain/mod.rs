//! Everything that comes from a node, none of which is believed before it is proven.
//!
//! * [`node`]: the JSON-RPC methods that are used, typed and bounded.
//! * [`sync`]: from the checkpoint to the newest finalised block.
//! * [`session`]: a node that is being followed.
//! * [`proven`]: state of that block, by storage proof.
//! * [`view`]: what of it the device decides by.

pub mod node;
pub mod proven;
pub mod session;
pub mod sync;
pub mod view;

#[cfg(test)]
mod tests;
