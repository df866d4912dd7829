"""Authorised calls to the portal, and JSON back."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.secret import Secret
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.portal.answers import read_json
from deliver_to_po.canadapost.portal.auth import TokenSource
from deliver_to_po.canadapost.portal.fields import JSON
from deliver_to_po.canadapost.types import Language

T = TypeVar("T")


class PortalCalls:
    """Sends what an operation asks, with the token and in one language."""

    def __init__(self, caller: Caller, tokens: TokenSource, language: Language):
        self.caller = caller
        self._tokens = tokens
        self._language = "fr-CA" if language == "fr" else "en-CA"

    def get(self, operation: str, path: str, *, params: Mapping[str, str] | None = None, kind: str = "") -> Any:
        """Return what is at ``path``, or at a link from an answer, as JSON; ``kind`` is as in ``Caller.call``."""
        return read_json(operation, self.send(operation, "GET", path, repeatable=True, params=params, kind=kind))

    def listed(
        self, operation: str, path: str, params: Mapping[str, str], read: Callable[[str, Any], list[T]]
    ) -> list[T]:
        """Return what ``read`` makes of the list at ``path``; a 404 is an empty one."""
        try:
            return read(operation, self.get(operation, path, params=params))
        except errors.NotFound:
            return []

    def ask(self, operation: str, path: str, body: Any) -> Any:
        """Return the JSON answer to a question that is asked by POST and changes nothing."""
        return read_json(operation, self.send(operation, "POST", path, repeatable=True, json=body))

    def do(self, operation: str, path: str, body: Any, read: Callable[[str, Any], T]) -> T:
        """POST something that must not be done twice, and return what ``read`` makes of the answer.

        If the answer cannot be read, the outcome is unknown.
        """
        answer = self.send(operation, "POST", path, repeatable=False, json=body)
        try:
            return read(operation, read_json(operation, answer))
        except errors.Unreadable as error:
            raise errors.UnknownOutcome(operation, status=error.status, why=error.why) from None

    def send(
        self, operation: str, method: str, path: str, *, repeatable: bool, media_type: str = JSON, **request: Any
    ) -> Answer:
        """Send one authorised call; a 401 gets a new token and one more try, which is safe: nothing was done.

        ``request`` is ``kind``, ``params``, ``json`` or ``document``, as ``Caller.call`` takes them.
        """
        url = self.caller.address(operation, path)
        headers = {"Accept": media_type, "Accept-Language": self._language}

        def once(token: str) -> Answer:
            authorised = {"Authorization": Secret(f"Bearer {token}"), **headers}
            return self.caller.call(operation, method, url, headers=authorised, repeatable=repeatable, **request)

        with self.caller.budget():
            token = self._token(repeatable)
            try:
                return once(token)
            except errors.CredentialsRefused:
                self._tokens.forget(token)
            return once(self._token(repeatable))

    def _token(self, repeatable: bool) -> str:
        """Return a token. If it cannot be read nothing was sent, so a call that is not repeatable is Unavailable."""
        try:
            return self._tokens.token(self.caller)
        except errors.Unreadable as error:
            if repeatable:
                raise
            raise errors.Unavailable(error.operation, status=error.status, why=error.why) from None
