"""The yardstick: bare Flask routes with an answer made beforehand. Under our own server: `-m … PORT`."""

import io
import json
import signal
import socket
import sys
import threading

from flask import Flask, Response
from werkzeug.test import run_wsgi_app

from simulator import web
from simulator.loop import Loop

MESSAGE = json.dumps({"sid": "SM1", "status": "queued", "body": "hello", "to": "+14155550101"})
app = Flask("bare")


@app.post("/messages")
def create() -> Response:
    return Response(MESSAGE, 201, content_type="application/json")


@app.get("/messages/<sid>")
def fetch(sid: str) -> Response:
    return Response(MESSAGE, content_type="application/json")


def handle(request: web.Request) -> web.Response:
    """The same application as a handler of our loop."""
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query_string,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(request.body)),
    }
    pieces, status, headers = run_wsgi_app(app.wsgi_app, environ)
    kept = web.Response(int(status[:3]), b"".join(pieces))
    kept.headers["Content-Type"] = headers["Content-Type"]
    return kept


def main(port: int) -> None:
    """Serve until told to stop."""
    listener = socket.create_server(("127.0.0.1", port))
    loop, told = Loop(listener, handle), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    loop.start()
    told.wait()
    loop.stop(1.0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
