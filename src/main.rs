//! The command `jixiao`: everything is in the library.
fn main() {}
