//! The command `jixiao`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    jixiao::cli::run(std::env::args_os())
}
