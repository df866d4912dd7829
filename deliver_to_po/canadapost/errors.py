"""What can go wrong with Canada Post: one class for each thing that the caller should do about it.

The text of these errors is safe in a log: it names the operation, the HTTP status and Canada Post's codes, and nothing
that anybody typed. Canada Post's own sentences are in ``messages``. They may repeat what was sent, so they are shown to
staff and never logged.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Message(NamedTuple):
    """One of Canada Post's codes, with its sentence."""

    code: str
    text: str


class CanadaPostError(Exception):
    """Anything that kept an operation from giving its answer."""

    advice = "Canada Post could not do this."
    retry_after: float | None = None
    """Seconds to wait, where Canada Post says how many."""
    by_service = False
    """Whether Canada Post's service itself said so, rather than a gateway or a web page in front of it."""
    by_gateway = False
    """Whether it was not the service but the gateway in front of it that said so, for sure."""

    def __init__(self, operation: str, *, status: int | None = None, messages: Sequence[Message] = (), why: str = ""):
        super().__init__(operation, status, why)
        self.operation = operation
        self.status = status
        self.messages = tuple(messages)
        self.why = why

    @property
    def codes(self) -> tuple[str, ...]:
        """Return Canada Post's codes in the order it gave them."""
        return tuple(message.code for message in self.messages if message.code)

    def explain(self) -> str:
        """Return Canada Post's own sentences with their codes, for staff; not for logs."""
        return "; ".join(filter(None, (": ".join(filter(None, message)) for message in self.messages)))

    def __str__(self) -> str:
        parts = [self.operation, f"HTTP {self.status}" if self.status else "", ", ".join(self.codes), self.why]
        return f"{type(self).__name__}: {' · '.join(part for part in parts if part)}. {self.advice}"


class InvalidRequest(CanadaPostError):
    """A rule is broken; no call was made. ``field`` names what to correct, ``rule`` says why.

    ``template`` is the rule without its ``values``, for whoever says it in another language.
    """

    advice = "Correct the field; nothing was sent to Canada Post."

    def __init__(self, operation: str, field: str, rule: str, values: Mapping[str, object] | None = None):
        self.template = rule
        self.values = dict(values or {})
        self.rule = rule % self.values if self.values else rule
        self.field = field
        super().__init__(operation, why=f"{field}: {self.rule}")


class NotSupported(CanadaPostError):
    """This API cannot do it for anybody; ``Capabilities`` says so beforehand."""

    advice = "Use Canada Post's other API for this; nothing was sent."


class CredentialsRefused(CanadaPostError):
    """401: wrong or expired credentials, or an application not subscribed to this product."""

    advice = "Check the client id, the secret and the application's subscriptions in Canada Post's developer portal."


class NotEntitled(CanadaPostError):
    """403: the account may not do this."""

    advice = "Ask Canada Post which agreement this account needs."


class Refused(CanadaPostError):
    """The request itself is wrong: repeating it changes nothing."""

    advice = "Correct what Canada Post names; nothing was made."


class NotFound(CanadaPostError):
    """404: there is no such thing."""

    advice = "It does not exist at Canada Post."


class AlreadyExists(CanadaPostError):
    """7314: a shipment with this request id exists."""

    advice = "Look the request id up; do not send it under another."


class NotReady(CanadaPostError):
    """202 or 9153: Canada Post is still making it."""

    advice = "Ask again in a moment."


class Throttled(CanadaPostError):
    """429 or "Rejected by SLM Monitor": too many calls. ``retry_after`` is in seconds."""

    advice = "Wait, then send the same again."

    def __init__(
        self, operation: str, *, status: int | None = None, messages: Sequence[Message] = (), retry_after: float = 60.0
    ):
        super().__init__(operation, status=status, messages=messages, why=f"retry after {retry_after:.0f} s")
        self.retry_after: float = retry_after


class Unavailable(CanadaPostError):
    """Canada Post was not reached, did not answer in time or had trouble of its own; nothing was changed there."""

    advice = "Try the same again later."


class UnknownOutcome(CanadaPostError):
    """Something may or may not have been made: time-out, 5xx or an answer that cannot be read."""

    advice = "Look the request id up before anything else."


class Unreadable(CanadaPostError):
    """Canada Post answered with success, but the answer cannot be understood."""

    advice = "Report the operation; Canada Post may have changed its answer."
