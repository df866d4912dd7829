"""Where a delivery, a shipment and a manifest can stand, and the sets of these states that mean something.

Whoever adds a state looks through the sets below it.
"""

from django.utils.translation import pgettext_lazy

from deliver_to_po.core.choices.vocabulary import Vocabulary


class DeliveryState(Vocabulary):
    """Where a delivery stands; ``models/moves.py`` has the moves between these."""

    DRAFT = "draft", pgettext_lazy("state of a delivery", "draft")
    RESERVED = "reserved", pgettext_lazy("state of a delivery", "reserved for a payment")
    PLACED = "placed", pgettext_lazy("state of a delivery", "placed")
    RELEASED = "released", pgettext_lazy("state of a delivery", "released")
    HELD = "held", pgettext_lazy("state of a delivery", "on hold")
    NEEDS_CHOICE = "needs_choice", pgettext_lazy("state of a delivery", "needs a post office")
    CANCELLED = "cancelled", pgettext_lazy("state of a delivery", "cancelled")


# They have no order yet; all others have one.
WITHOUT_ORDER = (DeliveryState.DRAFT, DeliveryState.RESERVED)
# They have an order, and are not cancelled.
ACTIVE = (DeliveryState.PLACED, DeliveryState.RELEASED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE)
# They wait for something before they are released; the reason says for what.
UNRELEASED = (DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE)
# They wait for somebody, or for what the reason names.
STANDING_STILL = (DeliveryState.HELD, DeliveryState.NEEDS_CHOICE)
NOT_TO_BE_PACKED = (*STANDING_STILL, DeliveryState.CANCELLED)
# No post office counts for them.
WITHOUT_OFFICE = (DeliveryState.NEEDS_CHOICE, DeliveryState.CANCELLED)


class ShipmentState(Vocabulary):
    """Where a shipment stands with its shipping system; ``models/moves.py`` has the moves between these."""

    WAITING = "waiting", pgettext_lazy("state of a shipment", "label not requested yet")
    REQUESTED = "requested", pgettext_lazy("state of a shipment", "label requested, no answer yet")
    UNKNOWN = "unknown", pgettext_lazy("state of a shipment", "label requested, result unknown")
    HANDED = "handed", pgettext_lazy("state of a shipment", "handed to the shipping system")
    MADE = "made", pgettext_lazy("state of a shipment", "created, label to be downloaded")
    LABELLED = "labelled", pgettext_lazy("state of a shipment", "label ready")
    DONE = "done", pgettext_lazy("state of a shipment", "done")
    ATTENTION = "attention", pgettext_lazy("state of a shipment", "needs attention")
    SUSPENDED = "suspended", pgettext_lazy("state of a shipment", "suspended")
    REFUSED = "refused", pgettext_lazy("state of a shipment", "refused")
    DROPPED = "dropped", pgettext_lazy("state of a shipment", "dropped, label never requested")
    VOIDING = "voiding", pgettext_lazy("state of a shipment", "being voided")
    VOIDED = "voided", pgettext_lazy("state of a shipment", "label voided")
    REFUNDING = "refunding", pgettext_lazy("state of a shipment", "refund being asked for")
    REFUND_ASKED = "refund_asked", pgettext_lazy("state of a shipment", "refund asked for")


# The next revision of the parcel may follow; after "refund asked" it may once a person says that the old label is
# destroyed.
CLOSED = (ShipmentState.REFUSED, ShipmentState.DROPPED, ShipmentState.VOIDED)
# Nothing of them is shipped or transmitted.
OVER = (*CLOSED, ShipmentState.REFUND_ASKED)
# None of them is a parcel in the post, or will become one without another move.
NOT_LIVE = (ShipmentState.WAITING, *OVER)
# A request went out, and its result is not known.
BEING_SENT = (ShipmentState.REQUESTED, ShipmentState.UNKNOWN)
# The shipping system's answer is still to come.
AWAITED = (*BEING_SENT, ShipmentState.HANDED)
# Somebody may report their numbers, and no worker is at work on them.
NUMBER_AWAITED = (ShipmentState.HANDED, ShipmentState.ATTENTION)
# They have their label, or need none, and wait for nothing but the day's end.
READY = (ShipmentState.LABELLED, ShipmentState.DONE)
# The shipping system has them, and they can be voided or refunded without asking a person.
EXISTING = (ShipmentState.MADE, *READY, ShipmentState.SUSPENDED)
# A label may follow the numbers, or come once more when the first try to keep it failed.
MAY_GET_A_LABEL = (ShipmentState.MADE, ShipmentState.DONE)
# Their label comes without anybody's help.
LABEL_COMING = (ShipmentState.WAITING, *AWAITED, ShipmentState.MADE)
BEING_TAKEN_BACK = (ShipmentState.VOIDING, ShipmentState.REFUNDING)
TAKEN_BACK = (ShipmentState.VOIDED, ShipmentState.REFUND_ASKED)
# A parcel with the label of one of these is returned, or paid for twice.
LABEL_INVALID = (ShipmentState.REFUSED, *BEING_TAKEN_BACK, *TAKEN_BACK)
# Their label cannot be lost: there is none yet, or it is being voided or refunded.
NO_LABEL_TO_LOSE = (ShipmentState.WAITING, *AWAITED, *BEING_TAKEN_BACK)
# A request went out, or a parcel exists: a worker has the next step, whatever becomes of the delivery meanwhile.
IN_PROGRESS = (*BEING_SENT, ShipmentState.MADE, *BEING_TAKEN_BACK)
# A worker has the next step of them, or the shipping system its answer.
UNDER_WAY = (*IN_PROGRESS, ShipmentState.HANDED)
# A person must look them up in the shipping system.
UP_TO_A_PERSON = (ShipmentState.ATTENTION, ShipmentState.SUSPENDED)
# They may go on only when a person does something, such as say that an old label is destroyed.
FOR_A_PERSON = (*UP_TO_A_PERSON, ShipmentState.REFUSED, ShipmentState.REFUND_ASKED)
# A parcel that stands so must not leave the shop.
NOT_TO_BE_SENT = (*UP_TO_A_PERSON, *OVER)
# A hold keeps them from being sent or made again, and their labels from print and the day's end.
HOLDABLE = (ShipmentState.WAITING, *AWAITED, *EXISTING, *UP_TO_A_PERSON, ShipmentState.REFUSED)
# They can be made again: something of them exists, or they were refused.
MADE_OR_REFUSED = (ShipmentState.REFUSED, *EXISTING, ShipmentState.REFUND_ASKED)
# They were dropped or voided for a change of their delivery.
WITHDRAWN = (ShipmentState.DROPPED, ShipmentState.VOIDED)
# The shipping system may hold them in a group.
MAY_BE_IN_A_GROUP = (*EXISTING, ShipmentState.ATTENTION, ShipmentState.VOIDING)


class ManifestState(Vocabulary):
    """Where a manifest stands; ``models/manifest_moves.py`` has the moves between these."""

    CLAIMED = "claimed", pgettext_lazy("state of a manifest", "to be transmitted")
    ASKED = "asked", pgettext_lazy("state of a manifest", "being transmitted, no answer yet")
    UNKNOWN = "unknown", pgettext_lazy("state of a manifest", "transmission requested, result unknown")
    TRANSMITTED = "transmitted", pgettext_lazy("state of a manifest", "transmitted, manifest to be fetched")
    FETCHED = "fetched", pgettext_lazy("state of a manifest", "manifest ready")
    ATTENTION = "attention", pgettext_lazy("state of a manifest", "needs attention")
    REFUSED = "refused", pgettext_lazy("state of a manifest", "not transmitted")


# It is settled: nothing but the paper may be missing.
MANIFEST_TRANSMITTED = (ManifestState.TRANSMITTED, ManifestState.FETCHED)
# Whether anything is transmitted is not known yet.
MANIFEST_UNSETTLED = (ManifestState.CLAIMED, ManifestState.ASKED, ManifestState.UNKNOWN)
# No worker fetches its document.
MANIFEST_AT_REST = (ManifestState.FETCHED, ManifestState.ATTENTION)
