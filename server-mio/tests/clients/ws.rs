//! Node's ws, from the folder of modules `$CLIENTS_NODE`.

use std::process::Command;

use crate::app::serve;
use crate::process::{Folder, skip};

/// Messages in one burst, fragments with a ping between them, and a close with a code, which the script looks at itself.
#[test]
fn a_websocket() {
    let folder = Folder::new();
    let trial = folder.run(node().args(["-e", "require('ws')"]));
    if let Err(reason) = trial.and_then(|trial| trial.well()) {
        return skip("ws", &reason);
    }
    let serving = serve();
    let script = folder.write("frames.js", include_bytes!("frames.js"));
    let ended = folder.run(node().arg(script).arg(&serving.url)).unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert!(serving.arrivals.take().is_empty());
}

fn node() -> Command {
    let mut command = Command::new("node");
    if let Some(modules) = std::env::var_os("CLIENTS_NODE") {
        command.env("NODE_PATH", modules);
    }
    command
}
