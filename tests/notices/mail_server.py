"""A small mail server on loopback that refuses, goes silent or hangs up where it is told to."""

import socketserver
from collections import defaultdict
from typing import cast

#: It says nothing until the other side gives up.
SILENT = "silent"
#: It ends the connection instead of an answer.
HANGS_UP = "hangs up"

# What it says to each command otherwise; TEXT is the end of the message after DATA.
USUAL = {"CONNECT": "220 ready", "DATA": "354 go on", "TEXT": "250 taken", "QUIT": "221 bye"}


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps in ``taken`` the text of every message that came whole, whatever it answered then.

    ``says`` holds for each command what it says to the next ones of it, before the usual.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[str] = []
        self.says: defaultdict[str, list[str]] = defaultdict(list)


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        goes_on = self._answer("CONNECT")
        while goes_on and (line := self.rfile.readline()):
            command = line[:4].decode().upper()
            goes_on = self._answer(command)
            if command == "DATA" and goes_on:
                self._server.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode().replace("=\r\n", ""))
                goes_on = self._answer("TEXT")

    @property
    def _server(self) -> MailServer:
        return cast("MailServer", self.server)

    def _answer(self, command: str) -> bool:
        """Answer a command; say whether the talk goes on."""
        said = self._server.says[command]
        answer = said.pop(0) if said else USUAL.get(command, "250 ok")
        if answer == SILENT:
            self.rfile.read()
        elif answer != HANGS_UP:
            self.wfile.write(f"{answer}\r\n".encode())
        return answer not in (SILENT, HANGS_UP) and not (command == "DATA" and answer[0] != "3")
