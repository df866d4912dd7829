"""Reads the JSON body of a call and checks it against its table."""

from typing import Any

from werkzeug.exceptions import BadRequest

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.portal.fields import Field
from deliver_to_po.emulator.refusals import Problem, Refused


def body_of(call: Call, table: Field) -> dict[str, Any]:
    """Return the body; raises Refused with every place where it breaks the table."""
    try:
        body = call.request.get_json()
    except BadRequest as error:
        raise Refused(Problem("EMU-SCHEMA", "The body is not JSON.")) from error
    if not isinstance(body, dict):
        raise Refused(Problem("EMU-SCHEMA", "The body is not a JSON object."))
    problems = [Problem("EMU-SCHEMA", f"{path} {why}.") for path, why in table.misfits(body, "")]
    if problems:
        raise Refused(*problems)
    return body
