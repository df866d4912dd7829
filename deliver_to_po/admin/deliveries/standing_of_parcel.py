"""How one parcel of a placed delivery stands."""

from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from deliver_to_po.admin import queues
from deliver_to_po.admin.deliveries.standing import Standing, Tone, Waits, is_gone, texts, waiting_in
from deliver_to_po.admin.deliveries.way import followed, has_left, is_for_day_end, is_to_print
from deliver_to_po.admin.deliveries.whereabouts import whereabouts
from deliver_to_po.admin.show import advice_of, is_being_asked, of_other_mode, what_was_said
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.core.choices import DeliveryState, ManifestState, ParcelState, Reason, ShipmentState
from deliver_to_po.core.choices.states import ACTIVE, BEING_TAKEN_BACK, EXISTING, OVER, READY, UNDER_WAY, UP_TO_A_PERSON
from deliver_to_po.core.choices.tracking import NOT_SCANNED, OUT_OF_REACH, PARCEL_ENDS
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.day_end.transmitting import is_set_up
from deliver_to_po.models import Delivery, Manifest, Shipment, Tracking
from deliver_to_po.shipping.objections import part_of
from deliver_to_po.shipping.registry import is_by_hand, name_of_system

D, S = DeliveryState, ShipmentState
# How many characters of the shipping system's words are shown here; the parcel's details have all of them.
SAID_AT_MOST = 160
BY_ITSELF: Mapping[str, Promise] = {
    S.WAITING: gettext_lazy("The label of parcel %(parcel)d is requested automatically."),
    S.REQUESTED: gettext_lazy("Parcel %(parcel)d: the answer is awaited."),
    S.UNKNOWN: gettext_lazy("Parcel %(parcel)d is looked up before anything is sent again."),
    S.HANDED: gettext_lazy("Parcel %(parcel)d: the shipping system reports later."),
    S.MADE: gettext_lazy("The label of parcel %(parcel)d will be fetched automatically."),
    S.VOIDING: gettext_lazy("Parcel %(parcel)d is voided automatically."),
    S.REFUNDING: gettext_lazy("The refund of parcel %(parcel)d is asked for automatically."),
}
ENTER_IT = gettext_lazy("Parcel %(parcel)d: make its label in the other program, then enter its tracking number.")
SCANNED_ALL_THE_SAME = gettext_lazy(
    "Canada Post has scanned parcel %(parcel)d, so it may refuse the refund. While the buyer does not have "
    "it, ask Canada Post whether it can still be stopped."
)
PRINTED = pgettext_lazy("state of a shipment", "label printed")
TRANSMITTED = pgettext_lazy("state of a shipment", "transmitted")
# For these a person has to say of a parcel that nothing of it exists, not that it does.
TO_BE_TAKEN_BACK = (
    Reason.NOT_WANTED,
    Reason.REPORTED_LOST,
    Reason.TRANSMITTED,
    Reason.NOT_TRANSMITTED,
    Reason.NOT_HELD,
    Reason.GAVE_UP_TAKING_BACK,
    Reason.NOT_TAKEN_BACK,
    Reason.CANNOT_TAKE_BACK,
)
# What a refused parcel needs before it is handed off again, by the part of its request that is wrong, "" if nobody
# knows which. What only has to be tried again, or is corrected in the shop's settings, needs the last alone.
CORRECTIONS: Mapping[str, Sequence[str]] = {
    "recipient": ("correct_recipient", "hand_off"),
    **dict.fromkeys(("parcel", "options", "service"), ("change_parcels", "hand_off")),
    "": ("correct_recipient", "change_parcels", "hand_off"),
}
AGAIN = ("hand_off",)
# Where a parcel in the post stands: tone, and whether anybody may be needed.
TONES_IN_THE_POST: Mapping[str, Tone] = {
    ParcelState.READY: Tone.GOOD,
    ParcelState.ELSEWHERE: Tone.WAIT,
    ParcelState.RETURNING: Tone.WAIT,
    ParcelState.COLLECTED: Tone.GOOD,
    ParcelState.RETURNED: Tone.IDLE,
    ParcelState.LOST: Tone.IDLE,
}


SEND_IT = gettext_lazy("Parcel %(parcel)d: ship it.")
# What follows on a parcel that comes back, or that nobody has, and which button that takes.
_SETTLE_ORDER = gettext_lazy("Parcel %(parcel)d: ship it again, or cancel the delivery and refund the buyer.")
COMING_BACK: Mapping[str, tuple[Promise, Sequence[str]]] = {
    ParcelState.RETURNING: (gettext_lazy("Parcel %(parcel)d: when you have it again, say so here."), ("came_back",)),
    ParcelState.RETURNED: (_SETTLE_ORDER, ("ship_again", "cancel")),
    ParcelState.LOST: (_SETTLE_ORDER, ("ship_again", "cancel")),
}


def stays_here_with_its_label(shipment: Shipment) -> bool:
    """Say whether a parcel has a label that counts, and has not left yet."""
    return shipment.state in READY and shipment.change_asked_at is None and not shipment.may_be_in_the_post


def said(shipment: Shipment) -> str:
    """Return what was said about a shipment, and by whom, shortened; ``""`` if nobody said anything."""
    return Truncator(what_was_said(Reason(shipment.reason), shipment.reason_text)).chars(SAID_AT_MOST)


def standing_of_parcel(shipment: Shipment, delivery: Delivery) -> Standing:
    tracking = followed(shipment)
    is_here = shipment.state in EXISTING and delivery.erased_at is None
    if tracking is not None and tracking.state == ParcelState.PERSON and is_here:
        found = _astray(shipment, tracking)
    elif shipment.state in UP_TO_A_PERSON:
        found = _up_to_a_person(shipment, delivery)
    elif shipment.state == S.WAITING:
        found = _unsent(shipment, delivery)
    elif shipment.state in UNDER_WAY:
        found = _under_way(shipment, delivery)
    elif shipment.state in READY:
        found = _with_label(shipment, delivery)
    else:
        found = _undone(shipment, delivery)
    if shipment.state == S.REFUND_ASKED and tracking is not None and tracking.state in OUT_OF_REACH:
        told = str(SCANNED_ALL_THE_SAME) % {"parcel": shipment.parcel}
        found = found._replace(tone=Tone.WAIT, why=whereabouts(tracking), follows=(told, *found.follows))
    if shipment.state not in (*READY, *OVER) or shipment.reason:
        found = found._replace(why=(*texts(_why(shipment), said(shipment)), *found.why))
    return found._replace(shipment=shipment, why=(*found.why, *_other_office(shipment, delivery)))


def _astray(shipment: Shipment, tracking: Tracking) -> Standing:
    sentence = _("Parcel %(parcel)d: look where it is, then press the button beside it that fits.")
    follows = (sentence % {"parcel": shipment.parcel},)
    why = whereabouts(tracking)[1:]
    cures = ("follow_on", "picked_up", "came_back", "lost")
    return waiting_in(queues.ASTRAY, Tone.STOP, Waits.CLERK, why=why, follows=follows, cures=cures)


def _up_to_a_person(shipment: Shipment, delivery: Delivery) -> Standing:
    awaited = is_by_hand(shipment.system) and not shipment.shipment_id and delivery.erased_at is None
    # Another program has no shipment ID: there its tracking number is entered.
    cures = ("ship_by_hand" if awaited else "exists", "nothing_made")
    if Reason(shipment.reason) in TO_BE_TAKEN_BACK:
        cures = cures[::-1]
    return waiting_in(queues.PERSONS, Tone.STOP, Waits.CLERK, follows=_advice(shipment), cures=cures)


def _unsent(shipment: Shipment, delivery: Delivery) -> Standing:
    if delivery.state != D.RELEASED or is_gone(delivery):
        return _idle(shipment)
    if shipment.reason == Reason.TO_EXPORT:
        advice, cures = _advice(shipment), ("ship_by_hand",)
        queue = queues.TO_LABEL_ELSEWHERE if is_by_hand(shipment.system) else queues.WAITING
        exported = waiting_in(queue, Tone.GO, Waits.CLERK, follows=advice, cures=cures)
        # A worker looks at it now and then, in case that another shipping system has it by now.
        looked_at = {Waits.WORKER} if shipment.due_at is not None else set()
        return exported._replace(waits=exported.waits | looked_at)
    return _under_way(shipment, delivery)


def _under_way(shipment: Shipment, delivery: Delivery) -> Standing:
    """Return how a parcel stands whose next step is a worker's, or the shipping system's."""
    if shipment.state == S.HANDED:
        return _handed(shipment, delivery)
    sentence = str(BY_ITSELF[shipment.state]) % {"parcel": shipment.parcel}
    by_itself = (" ".join(texts(sentence, _next(shipment))),)
    slow = bool(shipment.reason) and Reason(shipment.reason).entry.slow and shipment.reason != Reason.PAUSED
    # What whoever runs the shop has to mend is said, and is no clerk's to press.
    advice = _advice(shipment) if slow else ()
    return waiting_in(queues.WAITING, Tone.GO, Waits.WORKER, follows=(*advice, *by_itself))


def _handed(shipment: Shipment, delivery: Delivery) -> Standing:
    """Return how a parcel stands whose shipping system reports later, or whoever works with that."""
    words = {"parcel": shipment.parcel}
    if not is_by_hand(shipment.system):
        return waiting_in(queues.WAITING, Tone.GO, Waits.REPORT, follows=(str(BY_ITSELF[S.HANDED]) % words,))
    # Once the recipient is erased its number is no longer taken.
    is_taken = delivery.erased_at is None
    follow = ENTER_IT if is_taken and delivery.state == D.RELEASED else BY_ITSELF[S.HANDED]
    cures, follows = ("ship_by_hand" if is_taken else "nothing_made",), (str(follow) % words,)
    return waiting_in(queues.TO_LABEL_ELSEWHERE, Tone.GO, Waits.CLERK, follows=follows, cures=cures)


def _with_label(shipment: Shipment, delivery: Delivery) -> Standing:
    """Return how a parcel stands that has its label, or needs none."""
    words = {"parcel": shipment.parcel}
    if has_left(shipment):
        return _in_the_post(shipment, delivery, TRANSMITTED)
    if shipment.manifest is not None and shipment.transmitted_at is None:
        claimed = _being_transmitted(shipment, shipment.manifest, delivery)
        printing = _to_print(shipment, delivery)
        if printing is None:
            return claimed
        follows = (*printing.follows, *claimed.follows)
        cures = (*printing.cures, *claimed.cures)
        return printing._replace(waits=printing.waits | claimed.waits, follows=follows, cures=cures)
    if is_gone(delivery):
        # The label of an erased recipient is voided when somebody cancels the delivery.
        goes_on = delivery.state != D.CANCELLED and delivery.stop_asked_at is None
        to_void = goes_on and shipment.is_still_here and stays_here_with_its_label(shipment)
        return _idle(shipment)._replace(cures=("cancel",) if to_void else ())
    if delivery.state == D.HELD and stays_here_with_its_label(shipment):
        return _idle(shipment, _("Parcel %(parcel)d: its label stays valid, but it does not leave. Keep it here."))
    if delivery.state == D.NEEDS_CHOICE:
        follow = _("Parcel %(parcel)d: keep it here. Its label is voided once another post office is chosen.")
        return _idle(shipment, follow)
    if shipment.change_asked_at is not None:
        return _idle(shipment, str(BY_ITSELF[S.VOIDING]))
    by_day_end = is_for_day_end(shipment)
    if (printing := _to_print(shipment, delivery)) is not None:
        return printing
    if by_day_end and (other := _why_left(shipment, delivery)):
        return Standing(str(PRINTED), Tone.WAIT, why=texts(other.why()), follows=texts(other.advice))
    if by_day_end:
        follow = _("Parcel %(parcel)d: transmit it at the day’s end, when it leaves the shop.") % words
        return waiting_in(queues.TO_TRANSMIT, Tone.GO, Waits.CLERK, follows=(follow,), cures=("day_end",))
    return _in_the_post(shipment, delivery, PRINTED if shipment.printed_at else shipment.get_state_display())


def _idle(shipment: Shipment, *follows: str) -> Standing:
    """Return how a parcel stands with which nobody does anything now; what follows may name the parcel."""
    told = tuple(follow % {"parcel": shipment.parcel} for follow in follows)
    return Standing(str(shipment.get_state_display()), Tone.IDLE, follows=told)


def _why_left(shipment: Shipment, delivery: Delivery) -> Reason:
    """Return why no day's end takes a parcel: it takes those of the shop's own mode and systems alone."""
    set_up = Reason.NONE if is_set_up(shipment.system, shipment.api) else Reason.NOT_CONFIGURED
    return of_other_mode(delivery) or set_up


def _to_print(shipment: Shipment, delivery: Delivery) -> Standing | None:
    """Return how a parcel stands whose label somebody has to print now, None for any other."""
    if not is_to_print(shipment) or delivery.state != D.RELEASED or is_gone(delivery) or shipment.change_asked_at:
        return None
    follow = _("Parcel %(parcel)d: print its label and ship it.")
    if is_for_day_end(shipment):
        follow = _("Parcel %(parcel)d: print its label. The parcel is transmitted to Canada Post at the day’s end.")
    follows = (follow % {"parcel": shipment.parcel},)
    return waiting_in(queues.TO_PRINT, Tone.GO, Waits.CLERK, follows=follows, cures=("print",))


def _in_the_post(shipment: Shipment, delivery: Delivery, word: Promise | str) -> Standing:
    """Return how a parcel stands that leaves or has left; ``word`` says it while nobody has scanned it."""
    tracking, words = followed(shipment), {"parcel": shipment.parcel}
    if tracking is None or _is_open(tracking, *NOT_SCANNED):
        if tracking is not None and queues.is_not_scanned(shipment):
            follows = (_("Parcel %(parcel)d: nobody has scanned it. Look whether it left the shop.") % words,)
            cures = ("lost",) if shipment.transmitted_at else ()
            return Standing(str(queues.NOT_SEEN.title), Tone.WAIT, queues.NOT_SEEN, follows=follows, cures=cures)
        sent = _("Parcel %(parcel)d: Canada Post takes it from here.") if has_left(shipment) else SEND_IT
        return Standing(str(word), Tone.GOOD, follows=(str(sent) % words,))
    told, *more = whereabouts(tracking)
    is_silent = tracking.ended_at is not None and tracking.state not in PARCEL_ENDS
    tone = Tone.IDLE if is_silent else TONES_IN_THE_POST.get(tracking.state, Tone.GO)
    if tracking.state in COMING_BACK and shipment.open_parcel is None and not is_gone(delivery):
        again = _("Parcel %(parcel)d: it is shipped again once the delivery goes on.") % words
        return Standing(told, Tone.IDLE, why=more, follows=(again,))
    if tracking.state in COMING_BACK and delivery.state in ACTIVE and delivery.erased_at is None:
        follow, buttons = COMING_BACK[tracking.state]
        waits = frozenset({Waits.CLERK})
        return Standing(told, Tone.WAIT, queues.COMING_BACK, waits, more, (str(follow) % words,), buttons)
    queue = None
    if _is_open(tracking, ParcelState.ELSEWHERE):
        queue = queues.ELSEWHERE
    elif _is_open(tracking, ParcelState.READY):
        queue = queues.queue_of_ready(tracking.ready_on)
    # Offered where an e-mail told of it.
    cures = ("send_notice",) if queue else ()
    asked = texts("" if tracking.ended_at else _("Canada Post is asked automatically where it is."))
    return Standing(told, tone, queue, why=more, follows=asked, cures=cures)


def _is_open(tracking: Tracking, *states: ParcelState) -> bool:
    return tracking.state in states and tracking.ended_at is None


def _being_transmitted(shipment: Shipment, manifest: Manifest, delivery: Delivery) -> Standing:
    """Return how a parcel stands that a manifest has claimed, and that may be on its way."""
    words = {"parcel": shipment.parcel}
    word = str(manifest.get_state_display())
    why = texts(Reason(manifest.reason).why(name_of_system(manifest.system)))
    after: tuple[str, ...] = ()
    if shipment.change_asked_at is not None or delivery.stop_asked_at is not None:
        after = (_("Parcel %(parcel)d is voided or refunded once it is known whether it is transmitted.") % words,)
    if manifest.state == ManifestState.ATTENTION:
        follows = (*texts(Reason(manifest.reason).advice), *after)
        return waiting_in(queues.PERSONS, Tone.STOP, Waits.CLERK, why=why, follows=follows, cures=("manifest",))
    sentence = _("Parcel %(parcel)d: whether it is transmitted is found out automatically.") % words
    return Standing(word, Tone.GO, None, frozenset({Waits.WORKER}), why, (sentence, *after))


def _undone(shipment: Shipment, delivery: Delivery) -> Standing:
    """Return how a parcel stands of which nothing is under way: refused, dropped, voided, or its refund asked for."""
    if shipment.state == S.REFUND_ASKED and shipment.open_parcel is not None:
        return _refund_asked(shipment, delivery)
    # While a post office is to be chosen nothing else can be done; the choice plans a parcel of its own.
    if shipment.state != S.REFUSED or is_gone(delivery) or delivery.state == D.NEEDS_CHOICE:
        return _idle(shipment)
    follows = _advice(shipment) or (
        _("Parcel %(parcel)d: correct it, then press “Request the label”.") % {"parcel": shipment.parcel},
    )
    if delivery.state != D.RELEASED:
        return _idle(shipment)._replace(tone=Tone.WAIT, follows=follows)
    to_correct = Reason(shipment.reason) in (Reason.REFUSED, Reason.INVALID)
    cures = CORRECTIONS.get(part_of(shipment.reason_text), AGAIN) if to_correct else AGAIN
    return waiting_in(queues.PERSONS, Tone.STOP, Waits.CLERK, follows=follows, cures=cures)


def _refund_asked(shipment: Shipment, delivery: Delivery) -> Standing:
    """Return how a parcel stands whose old label somebody may still have to destroy."""
    if is_gone(delivery) or shipment.change_asked_at is None:
        destroy = _("The refund of parcel %(parcel)d is asked for: destroy its label, if it is printed.")
        again = "" if is_gone(delivery) else _("Make the label again only if the parcel is to be shipped after all.")
        return _idle(shipment, *texts(destroy, again))
    told = _("Parcel %(parcel)d: destroy the old label, then press “The old label is destroyed”; a new one is made.")
    stands, cures = _idle(shipment, told), ("label_destroyed",)
    if delivery.state != D.RELEASED:
        return stands._replace(waits=frozenset({Waits.CLERK}), cures=cures)
    return waiting_in(queues.PERSONS, Tone.STOP, Waits.CLERK, follows=stands.follows, cures=cures)


def _other_office(shipment: Shipment, delivery: Delivery) -> Sequence[str]:
    """Return what is to be known of a label that goes to another office than the one that is chosen now."""
    names_one = shipment.state in (*READY, S.MADE, *BEING_TAKEN_BACK) and shipment.office_id
    if not names_one or not delivery.office_id or shipment.office_id == delivery.office_id:
        return ()
    words = {"office": as_people_read(shipment.office_name), "city": as_people_read(shipment.office_city)}
    return (_("The label that is made names another post office: %(office)s (%(city)s).") % words,)


def _why(shipment: Shipment) -> str:
    if not shipment.reason or is_being_asked(shipment):
        return ""
    return Reason(shipment.reason).why(name_of_system(shipment.system))


def _advice(shipment: Shipment) -> tuple[str, ...]:
    if not (advice := advice_of(shipment)):
        return ()
    return (_("Parcel %(parcel)d. %(advice)s") % {"parcel": shipment.parcel, "advice": advice},)


def _next(shipment: Shipment) -> str:
    """Return when a shipment is looked at next; nothing if nobody but the shipping system can say."""
    if shipment.due_at is None:
        return ""
    if shipment.lease is not None or shipment.due_at <= timezone.now():
        return _("It is its turn now.")
    return _("Next try: %(when)s") % {"when": day_and_time(shipment.due_at)}
