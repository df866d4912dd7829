"""Authorised calls to the XML API: HTTP Basic, a named media type (``*/*`` is refused) and a language."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.secret import Secret
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.types import Language

T = TypeVar("T")


@dataclass(frozen=True)
class ApiKey:
    """User name and password of an API key of Canada Post's developer program; neither is ever shown."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def header(self) -> str:
        """Return the value of ``Authorization``, HTTP Basic."""
        return Secret("Basic " + b64encode(f"{self.username}:{self.password}".encode()).decode("ascii"))


class Resource(NamedTuple):
    """What is asked for: its versioned media type, and the kind of call by which it is throttled."""

    media_type: str
    kind: str


class Calls:
    """Sends the calls of one account in one language."""

    def __init__(self, caller: Caller, key: ApiKey, language: Language):
        self.caller = caller
        self._key = key
        self._language = "fr-CA" if language == "fr" else "en-CA"

    def get(
        self,
        operation: str,
        path: str,
        resource: Resource,
        *,
        params: Mapping[str, str] | None = None,
        document: bool = False,
    ) -> Answer:
        """Ask for a path, or for a URL from an answer; ``Transport.call`` says what a ``document`` is."""
        return self._call(operation, "GET", path, resource, params=params, document=document, repeatable=True)

    def listed(
        self,
        operation: str,
        path: str,
        resource: Resource,
        params: Mapping[str, str],
        read: Callable[[str, Answer], list[T]],
    ) -> list[T]:
        """Return what ``read`` makes of the list at ``path``; a 404 is an empty one."""
        try:
            return read(operation, self.get(operation, path, resource, params=params))
        except errors.NotFound:
            return []

    def ask(self, operation: str, path: str, resource: Resource, body: bytes) -> Answer:
        """POST a question, which may be repeated without harm."""
        return self._call(operation, "POST", path, resource, body=body, repeatable=True)

    def do(self, operation: str, path: str, resource: Resource, body: bytes, read: Callable[[str, Answer], T]) -> T:
        """POST something that must not be done twice, and return what ``read`` makes of the answer.

        If the answer cannot be read, the outcome is unknown.
        """
        answer = self._call(operation, "POST", path, resource, body=body, repeatable=False)
        try:
            return read(operation, answer)
        except errors.Unreadable as error:
            raise errors.UnknownOutcome(
                operation, status=error.status, messages=error.messages, why=error.why
            ) from None

    def delete(self, operation: str, path: str, resource: Resource) -> Answer:
        return self._call(operation, "DELETE", path, resource, repeatable=False)

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        resource: Resource,
        *,
        repeatable: bool,
        body: bytes | None = None,
        **request: Any,
    ) -> Answer:
        headers = {
            "Authorization": self._key.header(),
            "Accept": resource.media_type,
            "Accept-Language": self._language,
        }
        if body is not None:
            headers["Content-Type"] = resource.media_type
        return self.caller.call(
            operation,
            method,
            self.caller.address(operation, path),
            kind=resource.kind,
            headers=headers,
            repeatable=repeatable,
            body=body,
            **request,
        )
