"""The address of a shipping system's callback. Its answers are for the program that calls, in English."""

import logging
import re

from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.cache import never_cache

from deliver_to_po.api.callbacks.signed_reports import TAKEN, AnotherMessage, NoSuchShipment, NotFollowed, take
from deliver_to_po.core.database_errors import described
from deliver_to_po.handoff.by_hand.report import Reported
from deliver_to_po.shipping.registry import usable_system
from deliver_to_po.shipping.reports import MOST_BYTES, CannotBeRead, TakesReports

log = logging.getLogger(__name__)

MESSAGE_ID = re.compile(r"[!-~]{1,100}")
LATER_SECONDS = 60

# For each report that is not taken: the status, the problem, and what to do.
NOT_TAKEN = {
    Reported.NOT_AWAITED: (
        409,
        "The shop does not wait for a report about this parcel: it has not sent it, or has taken it back.",
        "Ask the shop's staff before the parcel is shipped.",
    ),
    Reported.ALREADY_OTHER: (
        409,
        "Other numbers were reported for this parcel before.",
        "Ship under the numbers that were reported first, or ask the shop's staff to take the parcel back.",
    ),
    Reported.TRACKING_NUMBER_TAKEN: (
        409,
        "The shop knows these numbers as those of another parcel.",
        "Look up which parcel they belong to, and report the right ones.",
    ),
    Reported.NUMBER_REFUSED: (
        422,
        "“tracking_number” or “shipment_id” has more than 40 characters.",
        "Report the numbers as they stand on the label.",
    ),
    Reported.LABEL_UNREADABLE: (
        422,
        "The label is no PDF with pages that can be read, or no ZPL from ^XA to ^XZ.",
        "Send the whole file, in base64, with its right “media_type”; nothing of this report was kept.",
    ),
}


@never_cache
def webhook(request: HttpRequest, alias: str) -> JsonResponse:
    """Take a report that the shipping system ``alias`` has signed. An unsigned call learns nothing, not even of it."""
    if request.method != "POST":
        answer = _problem(405, "Only POST is answered here.", "POST a report.")
        answer["Allow"] = "POST"
        return answer
    body = _body_of(request)
    if body is None:
        what_to_do = "Send labels with fewer dots, or only the numbers."
        return _problem(413, f"The body has more than {MOST_BYTES} bytes.", what_to_do)
    if not _is_signed(alias, request, body):
        return _problem(
            401,
            "The message is not signed with the secret of this address, or its time is more than five minutes off.",
            "Check address, secret and clock, and sign the very bytes that are sent.",
        )
    return _answer(alias, request.headers["webhook-id"], body)


def _body_of(request: HttpRequest) -> bytes | None:
    """Return the body, None when it is too long, nothing of one that breaks off."""
    try:
        body: bytes = request.read(MOST_BYTES + 1)
    except UnreadablePostError:
        return b""
    return body if len(body) <= MOST_BYTES else None


def _is_signed(alias: str, request: HttpRequest, body: bytes) -> bool:
    system = usable_system(alias)
    return isinstance(system, TakesReports) and system.has_signed(request.headers, body)


def _answer(alias: str, message_id: str, body: bytes) -> JsonResponse:
    if not MESSAGE_ID.fullmatch(message_id):
        return _problem(422, "“webhook-id” is not 1 to 100 visible ASCII characters.", "Send a shorter id.")
    try:
        outcome = take(alias, message_id, body)
    except CannotBeRead as error:
        return _problem(422, str(error), "Send what the schema of reports says.")
    except AnotherMessage:
        what_to_do = "Give each message an id of its own, and repeat one only as it was."
        return _problem(409, "Another message came under this “webhook-id”.", what_to_do)
    except NoSuchShipment:
        what_to_do = "Report to the address of the system that the parcel was posted by, with its “request_id”."
        return _problem(404, "No parcel of this shipping system has this “request_id”.", what_to_do)
    except NotFollowed:
        what_to_do = "Report its tracking number first. What was voided, or erased since, is not followed."
        return _problem(409, "The shop does not follow this parcel.", what_to_do)
    except Exception as error:  # noqa: BLE001 - a storage that somebody else wrote raises whatever it likes
        log.error("What %s reported could not be kept: %s", alias, described(error))
        answer = _problem(503, "The report cannot be kept now.", "Send the same message again later.")
        answer["Retry-After"] = str(LATER_SECONDS)
        return answer
    if outcome.reported in TAKEN:
        return JsonResponse({"result": outcome.reported.name.lower(), "repeated": outcome.repeated})
    log.warning("A report of %s was not taken: %s", alias, outcome.reported.value)
    return _problem(*NOT_TAKEN[outcome.reported])


def _problem(status: int, problem: str, what_to_do: str) -> JsonResponse:
    return JsonResponse({"problem": problem, "what_to_do": what_to_do}, status=status)
