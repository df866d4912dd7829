"""What the doctor sees without asking Canada Post: settings, live or test, where parcels leave from, the clock."""

from collections.abc import Container, Iterator, Sequence

from django.apps import apps
from django.core.checks import ERROR, CheckMessage, run_checks
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.identifiers import display_postal_code, normalize_postal_code
from deliver_to_po.core.carrier import HostKind, forbidden_reason, host_kind
from deliver_to_po.core.conf import app_settings, order_model
from deliver_to_po.core.database_errors import described
from deliver_to_po.core.hosts import host_of
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.doctor.hearing import Heard
from deliver_to_po.host.answered import usable_sender
from deliver_to_po.shipping.objections import objection_to_sender

OURS = "deliver_to_po."
# The dict itself, CANADA_POST, the emulator's account with LIVE on, and USE_TZ: with an error in one of these a call
# could fail for no fault of Canada Post's, or carry secrets to a place where they do not belong.
BEFORE_ANY_CALL = (*range(1, 10), *range(30, 40), 64, 65)
CLOCK_TOLERANCE_SECONDS = 60
# Canada Post's head office: an address that certainly exists.
OTTAWA = "K1A0B1"


def checks() -> list[CheckMessage]:
    """Return what ``manage.py check`` says of this app."""
    return [message for message in run_checks() if str(message.id).startswith(OURS) and not message.is_silenced()]


def forbid_calls(messages: Sequence[CheckMessage]) -> bool:
    """Say whether Canada Post must not be called with these settings."""
    return any(message.level >= ERROR for message in numbered(messages, BEFORE_ANY_CALL))


def numbered(messages: Sequence[CheckMessage], numbers: Container[int]) -> list[CheckMessage]:
    """Return those of this app's messages whose id has one of these numbers."""
    return [message for message in messages if _number(message) in numbers]


def _number(message: CheckMessage) -> int:
    digits = str(message.id).removeprefix(OURS)[1:]
    return int(digits) if digits.isdigit() else 0


def settings(messages: Sequence[CheckMessage]) -> Iterator[Finding]:
    """Yield one finding for each message of the checks, or one that all is well."""
    subject = _("Settings")
    for message in messages:
        verdict = Verdict.WRONG if message.level >= ERROR else Verdict.NOTE
        yield Finding(subject, verdict, f"{message.msg} ({message.id})", message.hint or "", str(message.id))
    if not messages:
        yield Finding(subject, Verdict.OK, _("complete and valid"))


def wrong_kinds() -> Iterator[Finding]:
    """Yield which settings are of a wrong kind, or name no order model or adapter: then no checkout can be tried."""
    wrong = [message for message in numbered(checks(), range(1, 30)) if message.level >= ERROR]
    if wrong:
        yield from settings(wrong)
        yield Finding(_("Checkout"), Verdict.NOT_ASKED, _("not before the settings above are right"))


def environment() -> Finding:
    """Return where calls go, and whether shipments are real."""
    canada_post = app_settings.canada_post
    kind, names = host_kind(canada_post), {"api": canada_post.api, "host": host_of(canada_post.base_url)}
    if canada_post.live:
        says = _("LIVE is on: shipments made through “%(api)s” at %(host)s are real and cost money") % names
        return Finding(_("Environment"), Verdict.NOTE, says)
    if forbidden_reason(canada_post, live=False):
        says = _("LIVE is off: “%(api)s” at %(host)s only answers questions; no shipment is made there") % names
        todo = _("Use the emulator to try out shipments, and turn LIVE on to make real ones.")
        return Finding(_("Environment"), Verdict.NOTE, says, todo)
    if kind == HostKind.LOOPBACK:
        says = _("test: “%(api)s” at an emulator on this machine") % names
    else:
        says = _("test: “%(api)s” at %(host)s; LIVE is off") % names
    return Finding(_("Environment"), Verdict.OK, says)


def ship_from() -> tuple[str, Finding]:
    """Return the postal code that an order ships from, or ``""``, and what there is to say about it."""
    subject = _("Sender address")
    try:
        order = apps.get_model(order_model())._default_manager.order_by("-pk").first()
        if order is None:
            return "", Finding(subject, Verdict.NOT_ASKED, _("there is no order yet to ask your adapter about"))
        sender = usable_sender(order_adapter().ship_from(order))
    except (OperationalError, InterfaceError) as error:
        says = _("the database cannot be asked (%(error)s)") % {"error": described(error)}
        return "", Finding(subject, Verdict.NOT_ASKED, says)
    except Exception as error:  # noqa: BLE001 - an adapter raises what it likes
        says = _("ship_from() of your adapter fails: %(error)s") % {"error": type(error).__name__}
        todo = _("It must return a Sender for every order; no shipment can be made without one.")
        return "", Finding(subject, Verdict.WRONG, says, todo)
    postal_code = normalize_postal_code(sender.address.postal_code)
    if objection := objection_to_sender(sender):
        says = _("ship_from() of your adapter gives a sender that no label can have")
        return postal_code, Finding(subject, Verdict.WRONG, says, objection.said)
    return postal_code, Finding(subject, Verdict.OK, display_postal_code(postal_code))


def clock(heard: Sequence[Heard]) -> Finding:
    """Return how this machine's clock agrees with Canada Post's, by the last answer that had a date."""
    subject = _("Clock")
    differences = [found for answer in heard if (found := answer.clock_difference) is not None]
    if not differences:
        return Finding(subject, Verdict.NOT_ASKED, _("no answer had a date"))
    seconds = round(differences[-1].total_seconds())
    if abs(seconds) <= CLOCK_TOLERANCE_SECONDS:
        return Finding(subject, Verdict.OK, _("same as Canada Post’s"))
    says = _("this machine’s clock is %(seconds)d seconds from Canada Post’s") % {"seconds": seconds}
    todo = _("Set this machine’s clock over the network (NTP). Mailing dates and deadlines depend on it.")
    return Finding(subject, Verdict.WRONG, says, todo)
