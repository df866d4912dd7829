"""The emulator in a thread of this process, for tests and demonstrations."""

import socket
import struct
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

from deliver_to_po.emulator.extra import MissingExtra

try:
    from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
except ModuleNotFoundError as error:
    raise MissingExtra from error

from deliver_to_po.emulator.app import Emulator
from deliver_to_po.emulator.calls import World
from deliver_to_po.emulator.config import LOOPBACK, EmulatorConfig
from deliver_to_po.emulator.controls.faults import FaultPlan
from deliver_to_po.emulator.parcel_fates import Move, move, undergo
from deliver_to_po.emulator.shipments import another_like
from deliver_to_po.emulator.state import State, StoredEvent, StoredManifest, StoredShipment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class _Handler(WSGIRequestHandler):
    """Logs no requests, since URLs hold what people typed; breaks the connection where a fault says so."""

    def connection_dropped(self, error: BaseException, environ: "WSGIEnvironment | None" = None) -> None:
        """Close without lingering, which sends RST as a broken connection does."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet."""


class EmulatorServer:
    """An emulator on loopback.

    ``port`` 0 takes a free one; ``data`` is a SQLite file that keeps the state, which otherwise ends with the object.
    Raises ValueError for a host that is not loopback. May be used as a context manager.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        data: Path | None = None,
        config: EmulatorConfig | None = None,
    ) -> None:
        if host not in LOOPBACK:
            raise ValueError(f"the emulator answers on loopback only ({', '.join(LOOPBACK)}), not on {host}")
        self.host = host
        self.port = port
        self.world = World(config or EmulatorConfig(), State(data))
        self._server: BaseWSGIServer | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Return the address without a slash at the end: what a client's BASE_URL is set to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def config(self) -> EmulatorConfig:
        """Return the one customer that is known: client id and secret, customer number, contract."""
        return self.world.config

    @property
    def state(self) -> State:
        """Return everything the emulator remembers."""
        return self.world.state

    @property
    def faults(self) -> FaultPlan:
        return self.world.faults

    @property
    def calls(self) -> dict[str, int]:
        """Return how often each operation was called."""
        return self.world.state.calls()

    @property
    def shipments(self) -> list[StoredShipment]:
        """Return every shipment, oldest first, voided ones included."""
        return self.world.state.shipments()

    @property
    def manifests(self) -> list[StoredManifest]:
        return self.world.state.manifests()

    def configure(self, **settings: Any) -> EmulatorConfig:
        """Change settings, which outlive ``reset``; return all of them."""
        self.world.config = replace(self.world.config, **settings)
        return self.world.config

    def move_parcel(self, pin: str, step: str, *, office_id: str = "", at: datetime | None = None) -> list[StoredEvent]:
        """Move a parcel along by a step of ``parcel_fates.STEPS``; return the events.

        ``office_id`` is another post office than the one it was sent to, ``at`` when it happened, local to there.
        Raises LookupError for an unknown tracking number, ValueError for an unknown step or post office.
        """
        return move(self.state, self._shipment(pin), Move(step, office_id, at))

    def let_undergo(self, pin: str, fate: str, *, office_id: str = "", at: datetime | None = None) -> list[StoredEvent]:
        """Let a parcel go through all of a fate of ``parcel_fates.FATES``, which begins ``at``; see ``move_parcel``."""
        return undergo(self.state, self._shipment(pin), fate, at, office_id)

    def another_like(self, pin: str, reference: str = "") -> StoredShipment:
        """Make a second shipment of the same request, or with a ``reference`` another shop's in the same group."""
        return another_like(self.state, self._shipment(pin), reference)

    def _shipment(self, pin: str) -> StoredShipment:
        found = next((shipment for shipment in self.shipments if shipment.pin == pin), None)
        if found is None:
            raise LookupError("no shipment has this tracking number")
        return found

    def reset(self) -> None:
        """Forget shipments, manifests, tokens, calls, faults, outages, closed offices and what is delayed."""
        self.world.reset()

    def start(self) -> str:
        """Answer from now on, in a thread; return the address."""
        server = self._listen()
        self._thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self.url

    def serve(self) -> None:
        """Answer until this thread is interrupted."""
        self._listen().serve_forever()

    def listen(self) -> str:
        """Bind the port, before ``serve``; return the address."""
        self._listen()
        return self.url

    def stop(self) -> None:
        """Stop answering; delays that were asked for end at once."""
        self.world.over.set()
        if self._server is not None:
            if self._thread is not None:
                self._server.shutdown()
                self._thread.join(timeout=5)
            self._server.server_close()
            self._server = None
        self.world.state.close()

    def __enter__(self) -> "EmulatorServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listen(self) -> BaseWSGIServer:
        if self._server is None:
            self._server = make_server(
                self.host, self.port, Emulator(self.world), threaded=True, request_handler=_Handler
            )
            self.port = self._server.port
        return self._server
