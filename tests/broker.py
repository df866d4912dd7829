"""A message broker that can be away: what stands between it and its clients hands on, refuses, or says nothing."""

import os
import socket
import struct
import uuid
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

from celery import Celery

PORT = 5672
RESET = struct.pack("ii", 1, 0)


class Broker:
    """A way to the broker that ``url`` names, which is cut and mended; listens on loopback, on a port of its own.

    ``queue`` is a name that no other run has. Whoever made it closes it.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self.queue = f"d2po-test-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._open: list[socket.socket] = []
        self._answers = True
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        """Return the address for clients."""
        user, _, _host = self._parts.netloc.rpartition("@")
        return self._parts._replace(netloc=f"{user}@127.0.0.1:{self._port}").geturl()

    def start(self, *, answers: bool = True) -> None:
        """Take connections; where it does not answer, they are taken and nothing is ever said."""
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Break every connection, as when the broker is killed, and refuse new ones."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def freeze(self) -> None:
        """Take connections from now on, and say nothing."""
        self.stop()
        self.start(answers=False)

    def close(self) -> None:
        """End, and leave nothing in the broker."""
        self.stop()
        direct = Celery("broker", broker=self._parts.geturl(), set_as_current=False, fixups=[])
        with direct.connection_for_write() as connection, connection.channel() as channel:
            channel.queue_delete(self.queue)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                self._open.append(client)
                if self._answers:
                    server = socket.create_connection((self._parts.hostname or "127.0.0.1", self._parts.port or PORT))
                    self._open.append(server)
                    for one, other in ((client, server), (server, client)):
                        Thread(target=_hand_on, args=(one, other), daemon=True).start()


def _hand_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
