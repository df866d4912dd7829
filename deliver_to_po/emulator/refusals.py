"""How an API says that something is wrong: the portal in JSON, the web services in XML."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from werkzeug.wrappers import Response


class Problem(NamedTuple):
    """One thing that is wrong with a request. Codes that begin with EMU- are the emulator's own inventions."""

    code: str
    message: str


class Answered(Exception):
    """Ends a request with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Refused(Exception):
    """Ends a request with problems, written as the API that was called writes them."""

    def __init__(self, *problems: Problem, status: int = 400) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems
        self.status = status


class NoSuchThing(Exception):
    """Ends a request with 404; the text names what is missing."""


class Refusals(Protocol):
    """How one API refuses a request."""

    media_type: str

    def refused(self, problems: Sequence[Problem], status: int) -> Response:
        """Answer all problems."""

    def gateway(self, status: int, title: str, more: str) -> Response:
        """Answer as the gateway in front of the services does."""

    def slm(self) -> Response:
        """Answer that there were too many calls, as the SLM monitor does."""
