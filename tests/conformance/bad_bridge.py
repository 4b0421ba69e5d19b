"""A bridge that is no good: `python bad_bridge.py PORT HOW`.

HOW: 500 (to everything but its readiness) · never (is ready) · hangs (with each webhook) · dies (with the
first one) · ends (at once) · silent (takes everything and does nothing)
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event


class Door(BaseHTTPRequestHandler):
    how = ""

    def do_GET(self) -> None:
        self.answer(503 if self.how == "never" else 200)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.how == "hangs":
            Event().wait()
        if self.how == "dies":
            sys.stderr.write("I am undone\n")
            sys.stderr.flush()
            __import__("os")._exit(3)
        self.answer(204 if self.how == "silent" else 500)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


if __name__ == "__main__":
    port, Door.how = int(sys.argv[1]), sys.argv[2]
    if Door.how == "ends":
        sys.exit("no configuration, no bridge")
    ThreadingHTTPServer(("127.0.0.1", port), Door).serve_forever()
