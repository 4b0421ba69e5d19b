"""A carrier that answers at once and remembers when it was called: the far end of the reply path."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

NUMBER = "+18885550170"
VERIFIED = {"verifications": [{"status": "TWILIO_APPROVED"}], "meta": {"next_page_url": None}}
OWNED = {
    "incoming_phone_numbers": [
        {
            "sid": "PN00000000000000000000000000000001",
            "phone_number": NUMBER,
            "type": "toll-free",
            "status": "in-use",
            "capabilities": {"sms": True, "mms": True},
        }
    ],
    "next_page_uri": None,
}


class Sink(ThreadingHTTPServer):
    """Listens on a free loopback port; `arrivals` maps a text to the moment it was offered."""

    daemon_threads = True
    request_queue_size = 128  # a volley begins on many connections at once

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.arrivals: dict[str, float] = {}
        self._news = threading.Condition()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait_for(self, text: str, seconds: float) -> bool:
        """Whether the text was offered, waiting a while for it."""
        with self._news:
            return self._news.wait_for(lambda: text in self.arrivals, seconds)

    def wait_for_more_than(self, known: int, seconds: float) -> bool:
        """Whether more texts than that were offered, waiting a while for them."""
        with self._news:
            return self._news.wait_for(lambda: len(self.arrivals) > known, seconds)

    def note(self, text: str, at: float) -> int:
        """A text was offered; how many were so far."""
        with self._news:
            self.arrivals.setdefault(text, at)
            self._news.notify_all()
            return len(self.arrivals)

    def handle_error(self, *_args: object) -> None:
        """A caller that was killed is no error of ours."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one go, as carriers send them
    disable_nagle_algorithm = True
    server: Sink

    def do_POST(self) -> None:
        now = time.perf_counter()
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        sid = f"SM{self.server.note(form.get('Body', [''])[0], now):032x}"
        self._say(201, {"sid": sid, "status": "queued", "num_segments": "1"})

    def do_GET(self) -> None:
        self._say(200, OWNED if "IncomingPhoneNumbers" in self.path else VERIFIED)

    def _say(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""
