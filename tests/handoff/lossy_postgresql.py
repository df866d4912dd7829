"""A proxy before PostgreSQL that loses one COMMIT, or the answer to it, as a network does."""

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Lock, Thread

# The requests before the protocol begins: TLS and GSSAPI, which the server declines or not; the client then goes on.
NEGOTIATIONS = (80877103, 80877104)
SIMPLE_QUERY, PARSE = b"Q", b"P"
# What the server says of a transaction that it has committed.
COMMITTED = b"COMMIT\x00"


class LossyPostgreSQL:
    """Hands everything on between clients and the server, until it is told to lose a COMMIT.

    Listens on loopback, on ``port``. Whoever made it closes it.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server_address = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = Lock()
        self._writes = b""
        self._arrives = True
        #: Set once the COMMIT is lost.
        self.lost = Event()
        Thread(target=self._accept, daemon=True).start()

    def lose_commit(self, writes: str, *, arrives: bool) -> None:
        """Lose the next COMMIT of a transaction with a statement that holds ``writes``, and break its connection.

        When it ``arrives``, the server commits, and only its answer gets lost.
        """
        with self._lock:
            self._writes, self._arrives = writes.encode(), arrives

    def close(self) -> None:
        """Stop accepting connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                _Connection(self, client, socket.create_connection(self._server_address)).start()

    def _is_concerned(self, statement: bytes) -> bool:
        with self._lock:
            return bool(self._writes) and self._writes in statement

    def _take_order(self) -> bool:
        """Say whether the COMMIT is to arrive; it is the only one that gets lost."""
        with self._lock:
            self._writes = b""
            return self._arrives


class _Connection:
    """One client's connection, in two threads."""

    def __init__(self, proxy: LossyPostgreSQL, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._loses = Event()

    def start(self) -> None:
        Thread(target=self._up, daemon=True).start()
        Thread(target=self._down, daemon=True).start()

    def _up(self) -> None:
        """Hand on what the client says, message by message."""
        concerned = False
        with suppress(OSError):
            for kind, message in self._messages():
                statement = _statement(kind, message)
                concerned = concerned or self._proxy._is_concerned(statement)
                if concerned and statement == b"COMMIT":
                    concerned = False
                    arrives = self._proxy._take_order()
                    self._loses.set()
                    if not arrives:
                        break
                self._server.sendall(message)
        self._end()

    def _down(self) -> None:
        """Hand on what the server says, but for the answer that gets lost."""
        answer = b""
        with suppress(OSError):
            while data := self._server.recv(65536):
                if not self._loses.is_set():
                    self._client.sendall(data)
                    continue
                answer += data
                if COMMITTED in answer:
                    break
        self._end()

    def _end(self) -> None:
        """Break both connections; the client's as a network does, without a goodbye."""
        with suppress(OSError):
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for one in (self._client, self._server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        if self._loses.is_set():
            self._proxy.lost.set()

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each message with its kind, whole; those before the protocol begins have none."""
        while True:
            length = self._read(4)
            opening = length + self._read(struct.unpack("!I", length)[0] - 4)
            yield b"", opening
            if struct.unpack("!I", opening[4:8])[0] not in NEGOTIATIONS:
                break
        while True:
            kind, length = self._read(1), self._read(4)
            yield kind, kind + length + self._read(struct.unpack("!I", length)[0] - 4)

    def _read(self, count: int) -> bytes:
        """Return that many bytes; raises ConnectionError when the client has gone."""
        read = b""
        while len(read) < count:
            more = self._client.recv(count - len(read))
            if not more:
                raise ConnectionError
            read += more
        return read


def _statement(kind: bytes, message: bytes) -> bytes:
    """Return the SQL of a message, empty for one without."""
    body = message[5:]
    if kind == SIMPLE_QUERY:
        return body.rstrip(b"\x00")
    # The name of the statement comes first.
    return body.split(b"\x00")[1] if kind == PARSE else b""
