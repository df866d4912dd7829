"""The made-up shipping system of the guide, on loopback: it remembers what it was sent."""

import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

KEY = "desk-key"


class PretendDesk:
    """A server that takes parcels until ``stop``."""

    def __init__(self) -> None:
        self.parcels: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self._hang_up = False
        self._status = 0
        self._lock = Lock()
        handler = type("Handler", (_Handler,), {"desk": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def forget_everything(self) -> None:
        """Forget parcels, and what was to go wrong."""
        self.parcels.clear()
        self.calls, self._hang_up, self._status = 0, False, 0

    def hang_up_after_the_next_parcel(self) -> None:
        """Take the next parcel, but break the connection before the answer."""
        self._hang_up = True

    def answer_next(self, status: int) -> None:
        """Give the next call this status, and do nothing."""
        self._status = status

    def answer(self, method: str, path: str, body: Any) -> tuple[int, bytes] | None:
        """Return status and body of an answer; None to hang up."""
        with self._lock:
            self.calls += 1
            if self._status:
                status, self._status = self._status, 0
                return status, b"Canary says no."
            kind, _, name = path.strip("/").partition("/")
            if method == "PUT":
                return self._take(name, body)
            return self._parcel(name) if kind == "parcels" else self._label(name)

    def _take(self, name: str, body: Any) -> tuple[int, bytes] | None:
        if name in self.parcels:
            return 409, b"There is such a parcel."
        number = len(self.parcels) + 1
        self.parcels[name] = {"id": f"desk-{number}", "tracking": f"PD{number:010}", "sent": body}
        if self._hang_up:
            self._hang_up = False
            return None
        return 201, json.dumps(self.parcels[name]).encode()

    def _parcel(self, name: str) -> tuple[int, bytes]:
        parcel = self.parcels.get(name)
        return (404, b"") if parcel is None else (200, json.dumps(parcel).encode())

    def _label(self, number: str) -> tuple[int, bytes]:
        known = any(parcel["id"] == number for parcel in self.parcels.values())
        return (200, f"%PDF-1.4 {number} %%EOF".encode()) if known else (404, b"")


class _Handler(BaseHTTPRequestHandler):
    """Translates HTTP for the desk."""

    desk: PretendDesk

    def do_GET(self) -> None:
        self._answer(None)

    def do_PUT(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet."""

    def _answer(self, body: Any) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {KEY}"
        answer = self.desk.answer(self.command, self.path, body) if allowed else (401, b"")
        if answer is None:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(answer[1])
