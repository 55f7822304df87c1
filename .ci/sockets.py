# Talks to the echo of a running server by Python's websockets:
#
#     python3 sockets.py ws://127.0.0.1:8080/ws
#
# Each message must come back as what it was. Ends with 1 and says what is wrong.

import random
import sys

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.version import version

uri = sys.argv[1]
noise = random.Random(1)


def echo(socket, message):
    socket.send(message)
    assert socket.recv(timeout=30) == message, message[:80]


def talk(compression):
    options = {"compression": compression, "max_size": None, "open_timeout": 30, "close_timeout": 30}
    with connect(uri, **options) as socket:
        assert bool(socket.protocol.extensions) == (compression is not None), socket.response
        for message in ["", "hello", "héllo, 世界 🌍", "a" * 125, "b" * 126, "again and again, " * 5000]:
            echo(socket, message)
            echo(socket, message.encode())
        echo(socket, noise.randbytes(65535))
        echo(socket, noise.randbytes(1 << 20))
        echo(socket, "m" * (1 << 20))

        # In fragments, which come back whole.
        socket.send(["fr", "", "agmé", "nts"])
        assert socket.recv(timeout=30) == "fragménts"
        socket.send([noise.randbytes(70_000) for _ in range(20)])
        assert len(socket.recv(timeout=30)) == 1_400_000

        assert socket.ping(b"there?").wait(timeout=30), "a ping without a pong"
        assert socket.ping(b"x" * 125).wait(timeout=30), "a ping without a pong"

        # A burst, as much as fits into what the ends hold.
        burst = [f"{number} {'x' * noise.randrange(200)}" for number in range(500)]
        for message in burst:
            socket.send(message)
        assert [socket.recv(timeout=30) for _ in burst] == burst, "a burst comes back in another order"
    assert (socket.close_code, socket.close_reason) == (1000, ""), socket.close_code

    for code in [1000, 1001, 1011, 3000, 4999]:
        with connect(uri, **options) as socket:
            echo(socket, "hello")
            socket.close(code, "done")
        received = socket.protocol.close_rcvd
        assert received is not None and received.code == code, f"{code}: {received}"

    try:
        with connect(uri, origin="https://elsewhere.example", **options):
            raise AssertionError("a page of another site is let in")
    except InvalidStatus as refusal:
        assert refusal.response.status_code == 403, refusal


talk(None)
talk("deflate")
print(f"websockets {version}: fine")
