"""What the page about the JSON API says of its OpenAPI: every operation, every value, and what is refused."""

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.markdown import code, table


def _schema() -> Mapping[str, Any]:
    from deliver_to_po.api.step import api

    return api.get_openapi_schema(path_prefix="")


def operations() -> str:
    """Return every operation: what it takes, what it does, what it answers."""
    rows = [
        (
            code(f"{method.upper()} {path}"),
            operation["description"],
            _linked(operation.get("requestBody", {}).get("content", {})),
            ", ".join(f"{status} {_linked(answer['content'])}" for status, answer in _successes(operation)),
            code(*(status for status in operation["responses"] if int(status) >= 400)),
        )
        for path, methods in _schema()["paths"].items()
        for method, operation in methods.items()
    ]
    return table(("Operation", "Does", "Takes", "Answers", "Refuses with"), rows)


def values() -> str:
    """Return every value that is sent or answered, with its fields."""
    rows = [
        (
            code(name),
            code(field) if field else "",
            _kind(kind) + ("" if not field or field in schema.get("required", ()) else ", optional"),
        )
        for name, schema in sorted(_schema()["components"]["schemas"].items())
        for field, kind in schema.get("properties", {"": schema}).items()
    ]
    return table(("Value", "Field", "Kind"), rows)


def problems() -> str:
    """Return every code that a whole request is refused with, by its status."""
    from deliver_to_po.api import problems

    refused = [one for one in vars(problems).values() if isinstance(one, problems.Reason)]
    rows = [(str(one.status), code(one.code), str(one.message)) for one in refused]
    rows += [(str(status), code(kind.code), str(kind.message)) for kind, status in problems.STATUS.items()]
    return table(("Status", "`code`", "`message`"), sorted(rows))


def _successes(operation: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((status, answer) for status, answer in operation["responses"].items() if int(status) < 400)


def _linked(content: Mapping[str, Any]) -> str:
    return ", ".join(_kind(media["schema"]) for media in content.values())


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return code(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(dict.fromkeys(map(_kind, schema.get("anyOf") or schema["oneOf"])))
    if "enum" in schema or "const" in schema:
        return " or ".join(code(f'"{value}"') for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        items = schema.get("items", {})
        return f"list of {_kind(items)}" if items else "list"
    said = str(schema.get("type", "any"))
    if "maxLength" in schema:
        said += f", at most {schema['maxLength']} characters"
    return f"{said} ({schema['format']})" if "format" in schema else said


CONTENTS = {"api-operations": operations, "api-values": values, "api-problems": problems}
