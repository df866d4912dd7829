"""The portal's service information: planned outages. The shape of the body was never seen [I]."""

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.json_answers import as_json
from deliver_to_po.emulator.refusals import Problem, Refused

PATH = "/serviceinfo/v1/shipments-service"
OUTAGE = "SO"


def outages(call: Call) -> Response:
    if call.request.args.get("message-type") != OUTAGE:
        raise Refused(Problem("EMU-QUERY", f"message-type is {OUTAGE}."))
    return as_json(
        [
            {
                "messageType": OUTAGE,
                "messageText": call.text(outage.english, outage.french),
                "fromDatetime": outage.starts_at.isoformat(timespec="seconds"),
                "toDatetime": outage.ends_at.isoformat(timespec="seconds"),
            }
            for outage in call.world.state.outages()
        ]
    )


OPERATIONS = (Operation("outages", "GET", PATH, outages),)
