//! view
fn main() {}
