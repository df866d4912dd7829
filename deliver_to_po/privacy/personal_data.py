"""What is held about a person: found by what they are known by, and exported for whoever asks."""

import re
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.db.models.lookups import Regex

from deliver_to_po.canadapost.identifiers import FEWEST_DIGITS_ABROAD, PHONE_DIGITS, normalize_postal_code, phone_digits
from deliver_to_po.core.choices import Change
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.models import Delivery, Export, History, Manifest, Notice, Shipment, TrackingEvent
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.models.search_key import APOSTROPHES, folded
from deliver_to_po.shipping.objections import worded

# What stands between the digits of a phone number.
BETWEEN_DIGITS = "-. ()"


def person(*, email: str = "", name: str = "", phone: str = "", postal_code: str = "") -> Q:
    """Return the condition that a row names that recipient; all of what is given, in any case.

    A phone is compared by its digits, and a name is also found without its accents. Raises ValueError when nothing is
    given, since nobody in particular would be everybody; for a postal code alone, which many people share; and for an
    e-mail address, a phone or a postal code that is none.
    """
    them = Q()
    if email.strip():
        if "@" not in email:
            raise ValueError("an e-mail address has an @")
        them &= Q(recipient_email__iexact=email.strip())
    if phone.strip():
        them &= _with_phone(phone)
    if postal_code.strip():
        them &= _at(postal_code, name)
    if name.strip():
        them &= _named(name, them)
    if not them:
        raise ValueError("say whose: an e-mail address, a phone, a name, or several of them")
    return them


def _with_phone(phone: str) -> Q:
    digits, code = phone_digits(phone), "[+]?1?"
    abroad = digits.startswith("011") or (phone.strip().startswith("+") and not digits.startswith("1"))
    if abroad:
        digits, code = digits.removeprefix("011"), "([+]|011)"
    else:
        digits = digits.removeprefix("1")
    if len(digits) < FEWEST_DIGITS_ABROAD or not (abroad or len(digits) == PHONE_DIGITS):
        raise ValueError("a phone has ten digits, or + and the code of another country")
    bare: Any = F("recipient_phone")
    for sign in BETWEEN_DIGITS:
        bare = Replace(bare, Value(sign), Value(""))
    return Q(Regex(bare, f"^{code}{digits}([xXpP]|$)"))


def _at(postal_code: str, name: str) -> Q:
    code = normalize_postal_code(postal_code)
    if not code or not name.strip():
        raise ValueError("a postal code is one of Canada, and goes with a name")
    return Q(recipient_postal_code=code)


def _named(name: str, others: Q) -> Q:
    """Return the condition that a row has that name, among the ``others``.

    The names are compared here: SQLite knows no other case of a letter with an accent.
    """
    rows = [model.objects.filter(others).values_list("recipient_name", flat=True) for model in (Delivery, Shipment)]
    words = _words(name)
    return Q(recipient_name__in={each for one in rows for each in one.iterator() if words and _words(each) == words})


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", APOSTROPHES.sub("", folded(name)))


def deliveries_about(whose: Q) -> QuerySet[Delivery]:
    """Return the deliveries that name that recipient, drafts too; also those of which a parcel was sent to them."""
    sent_to_them = Exists(Shipment.objects.filter(whose, delivery=OuterRef("pk")))
    return Delivery.objects.filter(whose | Q(sent_to_them))


def files_about(shipments: QuerySet[Shipment]) -> tuple[QuerySet[Export], QuerySet[Manifest]]:
    """Return the exports and manifests whose files are still kept and may name the recipients of these shipments."""
    exports = Export.objects.filter(shipments__in=shipments, erased_at=None).distinct()
    manifests = Manifest.objects.filter(shipments__in=shipments, erased_at=None).exclude(document="").distinct()
    return exports, manifests


def export(order: Model, *, email: str = "", name: str = "") -> dict[str, Any]:
    """Return what an order's deliveries hold about one recipient, as JSON can hold it: for whoever asks what we know.

    It tells nothing about another recipient of the same order. Raises ValueError without an e-mail address and a name,
    and for an address without @.
    """
    whose = person(email=email, name=name)
    deliveries = deliveries_about(whose).filter(Q(order=order)).order_by("placed_at", "pk")
    return {"deliveries": [exported(delivery, whose) for delivery in deliveries]}


def exported(delivery: Delivery, whose: Q) -> dict[str, Any]:
    """Return what one delivery, or a draft, holds about a person: rows that name somebody else are left out."""
    is_theirs = Delivery.objects.filter(whose, pk=delivery.pk).exists()
    return {
        **_what_it_is(delivery),
        **(_whom_and_where(delivery) if is_theirs else {}),
        "shipments": [
            _exported_shipment(shipment) for shipment in delivery.shipments.filter(whose).order_by("parcel", "revision")
        ],
        **_in_files(delivery.shipments.filter(whose)),
        **(_told_and_written(delivery) if is_theirs else {}),
    }


def exported_to_buyer(delivery: Delivery) -> dict[str, Any]:
    """Return what a delivery holds about the buyer of its order, whom it does not name: nothing of the recipient."""
    written = notes_of(delivery).count()
    return {**_what_it_is(delivery), "e_mails": _e_mails(delivery), "notes_that_a_person_must_read_first": written}


def _what_it_is(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": str(delivery.pk),
        "reference": delivery.reference,
        "state": delivery.state,
        "language": delivery.language,
        "placed_at": _iso(delivery.placed_at),
    }


def notes_of(delivery: Delivery) -> QuerySet[History]:
    """Return the lines of the history in which somebody wrote something."""
    return History.objects.filter(delivery=delivery).exclude(note="")


def e_mails_of(delivery: Delivery) -> QuerySet[Notice]:
    return Notice.objects.filter(delivery=delivery, sent_at__isnull=False)


def _in_files(shipments: QuerySet[Shipment]) -> dict[str, Any]:
    exports, manifests = files_about(shipments)
    return {
        "files_of_exports": [_iso(one.created_at) for one in exports.order_by("pk")],
        "manifests": [one.number or _iso(one.created_at) for one in manifests.order_by("pk")],
    }


def _told_and_written(delivery: Delivery) -> dict[str, Any]:
    """Return e-mails, and what clerks wrote down: only counted where a former recipient may be meant."""
    notes, told = notes_of(delivery), _e_mails(delivery)
    if History.objects.filter(delivery=delivery, change=Change.CORRECT_RECIPIENT).exists():
        return {"e_mails": told, "notes_that_a_person_must_read_first": notes.count()}
    return {"e_mails": told, "notes": [{"at": _iso(line.at), "note": line.note} for line in notes]}


def _e_mails(delivery: Delivery) -> list[dict[str, Any]]:
    return [{"kind": notice.kind, "sent_at": _iso(notice.sent_at)} for notice in e_mails_of(delivery)]


def _exported_shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "shipping_system": shipment.system,
        "state": shipment.state,
        "tracking_number": shipment.tracking_pin,
        "events": [_exported_event(event) for event in TrackingEvent.objects.filter(tracking__shipment=shipment)],
        "contents": shipment.contents,
        "made_at": _iso(shipment.made_at),
        "label_kept": bool(shipment.label),
        "what_the_shipping_system_said": worded(shipment.reason_text),
        **_whom_and_where(shipment),
    }


def _exported_event(event: TrackingEvent) -> dict[str, Any]:
    told = {"meaning": event.get_scan_display(), "event": event.text}
    return {"at_local_time": f"{event.on} {event.time}".strip(), **told, "post_office": event.office_name}


def _whom_and_where(row: Delivery | Shipment) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*RECIPIENT_FIELDS, *OFFICE_FIELDS)}


def _iso(moment: datetime | None) -> str | None:
    """Return a moment by the shop's clock: in UTC an order of the evening is one of the next day."""
    return shop_time(moment).isoformat(timespec="seconds") if moment else None
