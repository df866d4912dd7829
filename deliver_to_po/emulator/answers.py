"""Answers in the shapes that Canada Post's portal uses."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from werkzeug.wrappers import Response


class Problem(NamedTuple):
    """One thing that is wrong with a request. Codes that begin with EMU- are the emulator's own inventions."""

    code: str
    message: str


class Rejected(Exception):
    """Ends a request with an answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def as_json(data: object, status: int = 200) -> Response:
    """Return a JSON answer, accents as they are."""
    return Response(json.dumps(data, ensure_ascii=False), status, content_type="application/json")


def bad_request(problems: Sequence[Problem]) -> Response:
    """Return 400 with every problem found."""
    errors = [{"errorCode": problem.code, "message": problem.message} for problem in problems]
    return as_json({"title": "Validation failed", "detail": "The request was not accepted.", "errors": errors}, 400)


def gateway(status: int, title: str, more: str) -> Response:
    """Return an error in the shape of the gateway in front of the services."""
    return as_json({"httpCode": str(status), "httpMessage": title, "moreInformation": more}, status)


def not_found(what: str) -> Response:
    """Return 404."""
    return gateway(404, "Not Found", f"There is no such {what}.")


def link(rel: str, href: str, media_type: str = "application/json", **more: Any) -> dict[str, Any]:
    """Return a link as answers hold it."""
    return {"rel": rel, "href": href, "mediaType": media_type, **more}
