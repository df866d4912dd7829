"""How an API writes what it takes and what it answers."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Api, Call, Handler, Operation
from deliver_to_po.emulator.schema.shapes import All
from deliver_to_po.emulator.told import Told, link


class Format(ABC):
    """The portal's JSON, or the web services' XML in one namespace."""

    api: ClassVar[Api]
    media_type: str

    @abstractmethod
    def body(self, call: Call, name: str, shape: All) -> dict[str, Any]:
        """Return the body of a call, whose document has that name, with the portal's names; raises Refused."""

    @abstractmethod
    def answer(self, name: str, what: Any, item: str = "") -> Response:
        """Answer what is told, in a document of that name; ``item`` is what each of a list is called there."""

    def link(self, rel: str, href: str) -> Told:
        return link(rel, href, self.media_type)

    def operation(self, name: str, method: str, path: str, handle: Handler, limit: str = "") -> Operation:
        return Operation(name, method, path, handle, self.api, answers=self.media_type, limit=limit)
