//! pigment
fn main() {}
