//! Takes an interface from its owner and holds it until it is killed: `taker take IF FOLDER`, with a guardian
//! `taker guarded IF FOLDER`. The guardian itself is `taker guard IF FOLDER`.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::thread;

use keyway_manager::guardian::{self, Guardian};
use keyway_manager::{NEVER, take};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [role, interface, folder] = arguments.as_slice() else { return Err("ROLE IF FOLDER".into()) };
    let path = Path::new(folder);
    if role == "guard" {
        guardian::run(std::io::stdin(), interface, path)?;
        return Ok(());
    }
    let _guardian = match role.as_str() {
        "guarded" => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["guard", interface, folder]);
            Some(Guardian::start(command)?)
        }
        _ => None,
    };
    let _taken = take(interface, path, NEVER)?;
    println!("taken");
    loop {
        thread::park();
    }
}
