//! The shared HTTP side, tried with a vendor made for the purpose.

mod bell;
mod control;
mod delivery;
mod embedding;
mod ports;
