"""What the page of privacy requests says: what names a person, and what becomes of it when they are erased."""

from collections.abc import Iterator, Mapping

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from deliver_to_po.core.choices import Change, DeliveryState, ShipmentState
from deliver_to_po.core.choices.states import BEING_SENT, BEING_TAKEN_BACK, OVER, UP_TO_A_PERSON
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import movable
from deliver_to_po.privacy.answering import Answered, Held, Role
from deliver_to_po.privacy.erasing import Erasure
from deliver_to_po.privacy.personal_data import e_mails_of, files_about, notes_of

ROLES: Mapping[Role, Promise] = {
    Role.RECIPIENT: gettext_lazy("as recipient"),
    Role.FORMER_RECIPIENT: gettext_lazy("as former recipient of a parcel"),
    Role.BUYER: gettext_lazy("as buyer"),
}
KINDS: Mapping[str, Promise] = {
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "name": gettext_lazy("name"),
    "postal_code": gettext_lazy("postal code"),
}
_BEING_MADE = gettext_lazy(
    "Parcel %(parcel)s is being made: nothing of this delivery is erased before it has its label."
)
_BEING_TAKEN_BACK = gettext_lazy(
    "Parcel %(parcel)s is being voided or refunded: nothing of this delivery is erased before that is done."
)
_PERSONS = gettext_lazy(
    "Parcel %(parcel)s needs attention: its numbers stay, so that it can still be looked up in the shipping system."
)
_OVER = gettext_lazy("Parcel %(parcel)s is over: what is kept of its label is deleted.")
IF_ERASED: Mapping[str, Promise] = {
    ShipmentState.WAITING: gettext_lazy("Parcel %(parcel)s has not been sent: it never will be."),
    ShipmentState.MADE: _BEING_MADE,
    ShipmentState.HANDED: gettext_lazy(
        "Parcel %(parcel)s is with another shipping program: take it out there. Here its recipient is erased."
    ),
    **dict.fromkeys(BEING_SENT, _BEING_MADE),
    **dict.fromkeys(BEING_TAKEN_BACK, _BEING_TAKEN_BACK),
    **dict.fromkeys(UP_TO_A_PERSON, _PERSONS),
    **dict.fromkeys(OVER, _OVER),
}
_TRANSMITTED = gettext_lazy(
    "Parcel %(parcel)s is transmitted: it continues on its way. What is kept of its label is deleted here."
)
_EXISTS = gettext_lazy(
    "Parcel %(parcel)s exists in the shipping system, and can be mailed if its label is printed. What is kept of its "
    "label is deleted here. If the parcel must not leave, cancel the delivery first."
)
ERASED = ngettext_lazy("%(count)d delivery is erased.", "%(count)d deliveries are erased.", "count")
FAILED = ngettext_lazy(
    "%(count)d delivery is not erased: its label could not be deleted. Ask technical support to check the log; then "
    "erase it again.",
    "%(count)d deliveries are not erased: their labels could not be deleted. Ask technical support to check the log; "
    "then erase them again.",
    "count",
)
_DELETED = ngettext_lazy("%(count)d choice is deleted.", "%(count)d choices are deleted.", "count")
_LATER = ngettext_lazy(
    "%(count)d delivery is not erased yet, since a parcel of it is not settled. Erase it again then.",
    "%(count)d deliveries are not erased yet, since parcels of them are not settled. Erase them again then.",
    "count",
)


def parcel_of(shipment: Shipment) -> str:
    return f"{shipment.parcel}.{shipment.revision}"


def what_names_them(held: Held) -> Iterator[str]:
    """Yield what of one delivery names them, or was written to them."""
    delivery = held.delivery
    if held.role == Role.RECIPIENT:
        yield _("The delivery itself: name, address, e-mail and phone.")
        if keys := delivery.search_keys.count():
            yield ngettext("%(count)d search key", "%(count)d search keys", keys) % {"count": keys}
    for shipment in held.shipments:
        words = _("Parcel %(parcel)s, as it was sent, with its label") if shipment.every_label_file else ""
        words = words or _("Parcel %(parcel)s, as it was sent or is to be")
        yield words % {"parcel": parcel_of(shipment)} + f" ({shipment.get_state_display()})"
    exports, manifests = files_about(delivery.shipments.filter(pk__in=[one.pk for one in held.shipments]))
    for export in exports.order_by("pk"):
        yield _("The file of export %(export)s") % {"export": export}
    for manifest in manifests.order_by("pk"):
        yield _("The file of manifest %(manifest)s, which may show where the parcel goes") % {"manifest": manifest}
    if held.role != Role.FORMER_RECIPIENT and (sent := e_mails_of(delivery).count()):
        yield ngettext("%(count)d e-mail that was sent", "%(count)d e-mails that were sent", sent) % {"count": sent}
    if notes := notes_of(delivery).count():
        told = ngettext("%(count)d note of staff: read it", "%(count)d notes of staff: read them", notes)
        yield told % {"count": notes}


def what_becomes_of_it(held: Held) -> Iterator[str]:
    """Yield what becomes of the delivery and of each of their parcels when they are erased."""
    yield _becomes(held)
    if held.erasure == Erasure.LATER and held.role == Role.FORMER_RECIPIENT:
        return
    for shipment in held.shipments:
        yield str(_parcel_becomes(shipment)) % {"parcel": parcel_of(shipment)}


def _becomes(held: Held) -> str:
    if held.role == Role.BUYER:
        return _("Nothing is erased: the app keeps nothing about a buyer. The order belongs to the shop.")
    if held.delivery.state == DeliveryState.DRAFT:
        return _("This choice is deleted: it never became an order.")
    if held.delivery.state == DeliveryState.RESERVED:
        return _("It is emptied. If its payment still comes, the order needs a post office and a recipient again.")
    if held.role == Role.FORMER_RECIPIENT:
        return _of_former(held)
    if held.erasure == Erasure.LATER:
        return _("Nothing is erased yet, and nothing more is sent. Erase again once its parcels are made or voided.")
    if movable(Change.CANCEL).filter(pk=held.delivery.pk).exists():
        return _("It is cancelled, and whatever names the recipient is erased.")
    return _("Whatever names the recipient is erased, and nothing more is sent.")


def _of_former(held: Held) -> str:
    if held.erasure == Erasure.LATER:
        return _(
            "Nothing is erased yet: a parcel of this delivery is not settled. Erase again once it is voided or made."
        )
    return _("The delivery continues for its current recipient. Only the earlier parcel’s recipient is erased.")


def _parcel_becomes(shipment: Shipment) -> Promise:
    if shipment.state in IF_ERASED:
        return IF_ERASED[shipment.state]
    return _EXISTS if shipment.transmitted_at is None else _TRANSMITTED


def names_in(held: Iterator[Held] | list[Held]) -> list[str]:
    """Return the different names in what was found: an e-mail address may be shared."""
    rows: list[Delivery | Shipment] = []
    for one in held:
        rows += [one.delivery] if one.role == Role.RECIPIENT else []
        rows += one.shipments
    return sorted({row.recipient_name for row in rows if row.recipient_name})


def told(answered: Answered) -> Iterator[tuple[int, str]]:
    """Yield the result of an erasure: the level of the message, and its words."""
    yield messages.SUCCESS, ERASED % {"count": answered.erased}
    if answered.deleted:
        yield messages.SUCCESS, _DELETED % {"count": answered.deleted}
    if answered.later:
        yield messages.WARNING, _LATER % {"count": answered.later}
    if answered.failed:
        yield messages.ERROR, FAILED % {"count": answered.failed}
