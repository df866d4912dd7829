"""Telling another system of the shop that a parcel moved: one signed message each, repeated until it is taken."""

import json
import logging
from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from deliver_to_po.canadapost.calling.transport import Timeouts, Transport
from deliver_to_po.canadapost.errors import CanadaPostError
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.database_errors import described
from deliver_to_po.models import ParcelMessage, Shipment
from deliver_to_po.outbox.claiming import after, nth_wait
from deliver_to_po.outbox.jobs import Job
from deliver_to_po.tracking.back_off import BackOff

log = logging.getLogger(__name__)

VERSION = 1
TYPE = "parcel.moved"
TIMEOUTS = Timeouts(5.0, 10.0, 10.0)
AGAIN_AFTER_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0)
GIVE_UP_AFTER = timedelta(days=3)


# While the other system cannot be reached, this process does not wait for each message in turn.
back_off = BackOff()
PAUSE_SECONDS = 60.0


def to_tell() -> QuerySet[ParcelMessage]:
    """Return the messages that nobody has taken yet; none for a minute after the other system was not reached.

    With LIVE off, such as in a copy of the shop, none is about a real parcel.
    """
    if back_off:
        return ParcelMessage.objects.none()
    rows, tests = ParcelMessage.objects.all(), Shipment.objects.filter(pk=OuterRef("shipment"), delivery__live=False)
    return rows if app_settings.canada_post.live else rows.filter(Exists(tests))


def tell(message: ParcelMessage) -> bool:
    """Send a message under lease; return False, since one try is all. What is taken, or too old, is deleted."""
    ours = ParcelMessage.objects.filter(pk=message.pk, lease=message.lease)
    # Where no address is set any longer, nobody wants to know.
    if not app_settings.parcel_webhook["URL"] or _is_taken(message):
        ours.delete()
    elif timezone.now() - message.created_at > GIVE_UP_AFTER:
        log.error("Message %s about a parcel was not taken within three days: nobody is told of it.", message.pk)
        ours.delete()
    else:
        seconds = nth_wait(AGAIN_AFTER_SECONDS, message.tries)
        ours.update(due_at=after(seconds), lease=None, tries=F("tries") + 1)
    return False


def _is_taken(message: ParcelMessage) -> bool:
    url = app_settings.parcel_webhook["URL"]
    told = {"version": VERSION, "type": TYPE, "data": message.data}
    body = json.dumps(told).encode()
    try:
        headers = {"Content-Type": "application/json", **_signed(message, body)}
        answer = Transport(url, TIMEOUTS).call(
            "parcel webhook", "POST", url, headers=headers, repeatable=True, body=body
        )
    except CanadaPostError as error:
        back_off.begin(PAUSE_SECONDS)
        log.warning("Message %s about a parcel was not taken: %s", message.pk, error.why or type(error).__name__)
        return False
    except (ImportError, RuntimeError, TypeError, ValueError) as error:
        # It cannot be signed, so nothing was sent. The settings may be mended within the days that it is tried.
        log.error("Message %s about a parcel cannot be sent: %s", message.pk, described(error))
        return False
    if not (taken := 200 <= answer.status < 300):
        log.warning("Message %s about a parcel was not taken: HTTP %s", message.pk, answer.status)
    return taken


def _signed(message: ParcelMessage, body: bytes) -> Mapping[str, str]:
    # Imported here: the library comes with an extra.
    from deliver_to_po.shipping.signing import Signer
    from deliver_to_po.shipping.webhook import secrets_in

    return Signer(secrets_in(app_settings.parcel_webhook["SECRET"])).headers(str(message.pk), body)


TELLING = Job(
    name="parcel webhook",
    rows=to_tell,
    step=tell,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: AGAIN_AFTER_SECONDS[-1],
    # A system that hangs takes ten seconds of each call: nothing else waits for it.
    last=True,
    paused_seconds=back_off.seconds,
)
