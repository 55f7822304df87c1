//! fastwebsockets behind hyper's upgrade.

use std::convert::Infallible;

use fastwebsockets::{FragmentCollector, OpCode, upgrade};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

pub(crate) fn serve() {
    crate::block_on(crate::accept(|stream| async move {
        let service = service_fn(|mut request: Request<Incoming>| async move {
            let (response, socket) = upgrade::upgrade(&mut request).expect("a handshake");
            tokio::task::spawn_local(echo(socket));
            Ok::<_, Infallible>(response)
        });
        let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let _ = served.with_upgrades().await;
    }));
}

async fn echo(socket: upgrade::UpgradeFut) {
    let Ok(mut socket) = socket.await else { return };
    socket.set_writev(true);
    let mut socket = FragmentCollector::new(socket);
    while let Ok(frame) = socket.read_frame().await {
        let sent = match frame.opcode {
            OpCode::Text | OpCode::Binary => socket.write_frame(frame).await,
            OpCode::Close => return,
            _ => Ok(()),
        };
        if sent.is_err() {
            return;
        }
    }
}
