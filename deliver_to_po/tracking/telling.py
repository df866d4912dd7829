"""Telling another system of the shop that a parcel moved: one signed message each, repeated until it is taken."""

import json
import logging
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from deliver_to_po.canadapost.errors import CanadaPostError
from deliver_to_po.canadapost.transport import Timeouts, Transport
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import ParcelMessage
from deliver_to_po.outbox.claiming import after, nth_wait
from deliver_to_po.outbox.jobs import Job

log = logging.getLogger(__name__)

VERSION = 1
TYPE = "parcel.moved"
TIMEOUTS = Timeouts(5.0, 10.0, 10.0)
AGAIN_AFTER_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0)
GIVE_UP_AFTER = timedelta(days=3)


def to_tell() -> QuerySet[ParcelMessage]:
    """Return the messages that nobody has taken yet."""
    return ParcelMessage.objects.all()


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
    # Imported here: the library comes with an extra.
    from deliver_to_po.shipping.signing import Signer
    from deliver_to_po.shipping.webhook import secrets_in

    where = app_settings.parcel_webhook
    told = {"version": VERSION, "type": TYPE, "data": message.data}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    headers = {"Content-Type": "application/json", **Signer(secrets_in(where["SECRET"])).headers(str(message.pk), body)}
    transport = Transport(where["URL"], TIMEOUTS)
    try:
        answer = transport.call("parcel webhook", "POST", where["URL"], headers=headers, repeatable=True, body=body)
    except CanadaPostError as error:
        log.warning("Message %s about a parcel was not taken: %s", message.pk, error.why or type(error).__name__)
        return False
    if not 200 <= answer.status < 300:
        log.warning("Message %s about a parcel was not taken: HTTP %s", message.pk, answer.status)
    return 200 <= answer.status < 300


TELLING = Job(
    name="parcel webhook",
    rows=to_tell,
    step=tell,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: AGAIN_AFTER_SECONDS[-1],
)
