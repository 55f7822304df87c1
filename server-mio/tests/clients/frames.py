"""A WebSocket by Python's websockets: `frames.py websockets SUBJECT URL`."""

import sys

from websockets.sync.client import connect

url = sys.argv[3].replace("http://", "ws://") + "/ws"
with connect(url, subprotocols=["other", "echo"], proxy=None) as socket:
    assert socket.subprotocol == "echo", socket.subprotocol
    extensions = socket.response.headers["Sec-WebSocket-Extensions"]
    assert extensions.startswith("permessage-deflate"), extensions
    sent = ["", "é ☃", "long " * 40_000, bytes(range(256)) * 2, "é ☃"]
    for message in sent:
        socket.send(message)
    # Fragments, each compressed with those before.
    socket.send(iter(["in ", "fragments, ", "again in fragments"]))
    expected = [*sent, "in fragments, again in fragments"]
    seen = [socket.recv(timeout=10) for _ in expected]
    assert seen == expected, seen
    assert socket.ping().wait(10), "no pong"
    socket.close(4000, "done")
    closed = socket.protocol.close_rcvd
    assert (closed.code, closed.reason) in [(4000, "done"), (4000, "")], closed
