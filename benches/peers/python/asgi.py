"""An application for uvicorn."""

GREETING = b"Hello world!"
HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"12")]


async def app(scope, receive, send):
    """Answer every request with the greeting."""
    if scope["type"] == "http":
        status = 200 if scope["path"] == "/" else 404
        await send({"type": "http.response.start", "status": status, "headers": HEADERS})
        await send({"type": "http.response.body", "body": GREETING})
