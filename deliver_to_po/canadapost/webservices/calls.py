"""Authorised calls to the XML API: HTTP Basic, a named media type (``*/*`` is refused) and a language."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deliver_to_po.canadapost.bodies import Body
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.secret import Secret
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.calls import Calls
from deliver_to_po.canadapost.resources import Resource
from deliver_to_po.canadapost.types import Language
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read


@dataclass(frozen=True)
class ApiKey:
    """User name and password of an API key of Canada Post's developer program; neither is ever shown."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def header(self) -> str:
        """Return the value of ``Authorization``, HTTP Basic."""
        return Secret("Basic " + b64encode(f"{self.username}:{self.password}".encode()).decode("ascii"))


class XmlCalls(Calls):
    """Sends what an operation asks, with the API key."""

    def __init__(self, caller: Caller, key: ApiKey, language: Language):
        super().__init__(caller, language)
        self._key = key

    def read(self, operation: str, answer: Answer, resource: Resource) -> Any:
        return read(operation, answer, resource)

    def written(self, operation: str, resource: Resource, body: Body) -> dict[str, Any]:
        return {"body": xml.write(operation, resource.namespace, resource.sends, body)}

    def authorised(self, send: Callable[[str], Answer], *, repeatable: bool) -> Answer:
        return send(self._key.header())
