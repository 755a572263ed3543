mod locking;
mod minting;
mod model;
mod moving;
mod redeeming;
mod sweeping;
mod views;
