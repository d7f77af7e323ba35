//! NewVendor over real HTTP.

mod golden;
