//! tokio-tungstenite as its echo example has it, which flushes when nothing more is there to be read.

use std::future::ready;

use futures_util::{StreamExt, TryStreamExt};

pub(crate) fn serve() {
    crate::block_on(crate::accept(|stream| async move {
        let Ok(socket) = tokio_tungstenite::accept_async(stream).await else { return };
        let (sink, messages) = socket.split();
        let messages =
            messages.try_filter(|message| ready(message.is_text() || message.is_binary()));
        let _ = messages.forward(sink).await;
    }));
}
