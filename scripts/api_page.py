"""What the page about the JSON API says of its OpenAPI: every operation, and what is refused."""

from collections.abc import Mapping
from typing import Any

from scripts.markdown import code, table


def _schema() -> Mapping[str, Any]:
    from deliver_to_po.api.step import api

    return api.get_openapi_schema(path_prefix="")


def operations() -> str:
    """Return every operation and what it does."""
    rows = [
        (code(f"{method.upper()} {path}"), operation["description"])
        for path, methods in _schema()["paths"].items()
        for method, operation in methods.items()
    ]
    return table(("Operation", "Does"), rows)


def problems() -> str:
    """Return every code that a whole request is refused with, by its status."""
    from deliver_to_po.api import problems

    refused = [(one.status, one.code) for one in vars(problems).values() if isinstance(one, problems.Refusal)]
    refused += [(status, kind.code) for kind, status in problems.STATUS.items()]
    statuses = sorted({status for status, _ in refused})
    rows = [(str(one), code(*sorted(name for status, name in refused if status == one))) for one in statuses]
    return table(("Status", "`code`"), rows)


CONTENTS = {"api-operations": operations, "api-problems": problems}
