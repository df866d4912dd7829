"""The web services' service information: planned outages."""

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.refusals import Problem, Refused
from deliver_to_po.emulator.webservices.xml_answers import Maker, as_xml

NAMESPACE = "http://www.canadapost.ca/ws/serviceinfo-v2"
MEDIA_TYPE = "application/vnd.cpc.serviceinfo-v2+xml"
OUTAGE = "SO"


def outages(call: Call) -> Response:
    if call.request.args.get("messageType") != OUTAGE:
        raise Refused(Problem("EMU-QUERY", f"messageType is {OUTAGE}."))
    make = Maker(NAMESPACE)
    rows = (
        make(
            "info-message",
            make("message-type", OUTAGE),
            make("message-text", call.text(outage.english, outage.french)),
            make("from-datetime", outage.starts_at.isoformat(timespec="seconds")),
            make("to-datetime", outage.ends_at.isoformat(timespec="seconds")),
        )
        for outage in call.world.state.outages()
    )
    return as_xml(make("info-messages", *rows), MEDIA_TYPE)


OPERATIONS = (Operation("outages", "GET", "/rs/serviceinfo/shipment", outages, "webservices", answers=MEDIA_TYPE),)
