"""What the calls to both APIs have in common: what is asked, what is done only once, and rows back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.bodies import Body
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.reading import read_document
from deliver_to_po.canadapost.resources import Resource
from deliver_to_po.canadapost.types import Artifact, Language

T = TypeVar("T")


class Calls(ABC):
    """Sends the calls of one account in one language, and reads what comes back, under the portal's names."""

    def __init__(self, caller: Caller, language: Language):
        self.caller = caller
        self._language = "fr-CA" if language == "fr" else "en-CA"

    @abstractmethod
    def authorised(self, send: Callable[[str], Answer], *, repeatable: bool) -> Answer:
        """Return what ``send`` does with the value of ``Authorization``."""

    @abstractmethod
    def written(self, operation: str, resource: Resource, body: Body) -> dict[str, Any]:
        """Return a body as ``Transport.call`` takes it."""

    def send(
        self,
        operation: str,
        method: str,
        path: str,
        resource: Resource,
        *,
        repeatable: bool,
        body: Body | None = None,
        **request: Any,
    ) -> Answer:
        """Send one authorised call to a path, or to a link of an answer.

        ``request`` is ``params`` or ``document``, as ``Transport.call`` takes them.
        """
        url = self.caller.address(operation, path)
        headers = {"Accept": resource.media_type, "Accept-Language": self._language}
        if body is not None:
            headers["Content-Type"] = resource.media_type
            request |= self.written(operation, resource, body)
        call = partial(self.caller.call, operation, method, url, kind=resource.kind, repeatable=repeatable, **request)
        return self.authorised(lambda secret: call(headers={"Authorization": secret, **headers}), repeatable=repeatable)

    @abstractmethod
    def read(self, operation: str, answer: Answer, resource: Resource) -> Any:
        """Return what an answer holds: a row or a list; raises Unreadable."""

    def get(self, operation: str, path: str, resource: Resource, params: Mapping[str, str] | None = None) -> Any:
        """Return what is at a path, or at a link of an answer."""
        answer = self.send(operation, "GET", path, resource, repeatable=True, params=params)
        return self.read(operation, answer, resource)

    def listed(self, operation: str, path: str, resource: Resource, params: Mapping[str, str] | None = None) -> Any:
        """Return the list at a path; a 404 is an empty one."""
        try:
            return self.get(operation, path, resource, params)
        except errors.NotFound:
            return []

    def ask(self, operation: str, path: str, resource: Resource, body: Body) -> Any:
        """Return what is answered to a question that is asked by POST and changes nothing."""
        return self.read(operation, self.send(operation, "POST", path, resource, repeatable=True, body=body), resource)

    def do(self, operation: str, path: str, resource: Resource, body: Body, read: Callable[[str, Any], T]) -> T:
        """POST something that must not be done twice, and return what ``read`` makes of the answer.

        If the answer cannot be read, the outcome is unknown.
        """
        answer = self.send(operation, "POST", path, resource, repeatable=False, body=body)
        try:
            return read(operation, self.read(operation, answer, resource))
        except errors.Unreadable as error:
            raise errors.UnknownOutcome(
                operation, status=error.status, messages=error.messages, why=error.why
            ) from None

    def document(self, operation: str, href: str, resource: Resource) -> Artifact:
        """Return the document that a link leads to, in the media type of the resource."""
        return read_document(operation, self.send(operation, "GET", href, resource, repeatable=True, document=True))
