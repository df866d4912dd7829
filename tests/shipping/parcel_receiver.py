"""A receiver of webhooks on loopback that answers as a test says, and keeps what it was sent."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from deliver_to_po.shipping.signing import Signer

SECRET = "whsec_" + base64.b64encode(b"the shop and its receiver know").decode()
SIGNER = Signer([SECRET])


@dataclass(frozen=True)
class Answer:
    """What is answered: nothing at all without a status."""

    status: int = 202
    body: bytes = b""
    headers: Mapping[str, str] = ()  # type: ignore[assignment]
    after_seconds: float = 0.0


class Receiver:
    """A server that takes messages until ``stop``."""

    def __init__(self) -> None:
        self.got: list[tuple[Mapping[str, str], bytes]] = []
        self.answers: list[Answer] = [Answer()]
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/parcels"

    def answer(self, *answers: Answer) -> None:
        """Answer so, one after the other, the last for all that follow."""
        self.answers = list(answers)

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def messages(self) -> list[Any]:
        """Return what was sent, as JSON."""
        return [json.loads(body) for _headers, body in self.got]

    def forget_everything(self) -> None:
        """Forget what was sent, and take everything."""
        self.got.clear()
        self.answer(Answer())

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever waits no longer has hung up."""


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.got.append((dict(self.headers), body))
        answer = self.receiver.next_answer()
        time.sleep(answer.after_seconds)
        if not answer.status:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in dict(answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_args: Any) -> None:
        """Log nothing."""
