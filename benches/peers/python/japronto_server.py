"""Japronto in this process: its `run` would start a child to serve."""

import os
import socket
import sys

from japronto import Application


def hello(request):
    return request.Response(text="Hello world!")


host, port = sys.argv[sys.argv.index("--listen") + 1].split(":")
app = Application()
app.router.add_route("/", hello)
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
os.set_inheritable(listener.fileno(), True)
app.serve(sock=listener, host=host, port=int(port), reloader_pid=None)
