//! The weights of PoGCS, so that a block of either chain holds as much.

#![allow(missing_docs)]

#[path = "../../../../runtime/src/weights/frame_system.rs"]
pub mod frame_system;
#[path = "../../../../runtime/src/weights/frame_system_extensions.rs"]
pub mod frame_system_extensions;
#[path = "../../../../runtime/src/weights/pallet_balances.rs"]
pub mod pallet_balances;
#[path = "../../../../runtime/src/weights/pallet_timestamp.rs"]
pub mod pallet_timestamp;
#[path = "../../../../runtime/src/weights/pallet_transaction_payment.rs"]
pub mod pallet_transaction_payment;
