"""How a placed delivery stands: what list, page and queue all ask."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from deliver_to_po.admin import queues
from deliver_to_po.admin.deliveries.standing import URGENCY, Standing, Tone, Waits, is_gone, texts, waiting_in
from deliver_to_po.admin.deliveries.standing_of_parcel import standing_of_parcel, stays_here_with_its_label
from deliver_to_po.admin.deliveries.way import stop_of
from deliver_to_po.admin.show import RELEASED_WHEN, advice_of, note_of_hold, state_word
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.wording import day_and_time, with_one_stop
from deliver_to_po.handoff.releasing.release import SHOPS_MISTAKE
from deliver_to_po.models import Delivery, Shipment

D = DeliveryState
HELD_WITH_LABEL = pgettext_lazy("state of a delivery", "on hold, label ready")


def standing_of_delivery(delivery: Delivery, shipments: Sequence[Shipment]) -> Standing:
    """Return how a placed delivery stands, in the active language; ``shipments`` are the newest of its parcels.

    The most urgent of several parcels leads. What is on hold leads before its parcels, and a parcel that stands still
    until somebody looks leads before everything. Makes no call and, where a row of the list asks, no statement.
    """
    parcels = [standing_of_parcel(shipment, delivery) for shipment in shipments]
    own = _of_delivery(delivery, shipments)
    # If two are alike, the one with a button leads, else the slower.
    ranks = [
        (URGENCY.index(one.tone), not one.cures, stop_of(shipment))
        for one, shipment in zip(parcels, shipments, strict=True)
    ]
    leads = parcels[ranks.index(min(ranks))] if parcels else own or Standing(_said("released"), Tone.IDLE)
    first, then = own.follows if own else (), [sentence for one in parcels for sentence in one.follows]
    if delivery.state == D.CANCELLED and delivery.reason != Reason.TO_HOME and then:
        # What is left to do of a label takes the place of the word that nothing is left.
        first = ()
    told = (*first, *then)
    if own is not None:
        if leads.tone == Tone.STOP and leads.shipment is not None:
            leads = leads._replace(why=(*own.why, *leads.why), cures=(*leads.cures, *own.cures))
        else:
            more = [line for one in parcels if one.tone in (Tone.STOP, Tone.WAIT) for line in one.why]
            queue = own.queue or next((one.queue for one in parcels if one.queue), None)
            leads = own._replace(why=(*own.why, *more), queue=queue, cures=own.cures or leads.cures)
    elif not told and not leads.waits:
        told = (_("Nothing else happens automatically."),)
    waits = frozenset().union(own.waits if own else (), *(one.waits for one in parcels))
    return leads._replace(follows=tuple(dict.fromkeys(told)), waits=waits)


def _said(state: str) -> str:
    return str(DeliveryState(state).label)


def _of_delivery(delivery: Delivery, shipments: Sequence[Shipment]) -> Standing | None:
    """Return how a delivery stands by itself, None for one whose parcels say it."""
    if is_gone(delivery):
        return _gone(delivery)
    rules: Mapping[str, Callable[[Delivery, Sequence[Shipment]], Standing]] = {
        D.PLACED: _placed,
        D.HELD: _held,
        D.NEEDS_CHOICE: _needs_choice,
    }
    rule = rules.get(delivery.state)
    own = rule(delivery, shipments) if rule else None
    return _asked(Reason(delivery.wished), own) if own and delivery.wished else own


def _asked(request: Reason, own: Standing) -> Standing:
    """Return how a delivery stands whose buyer asks for something: a clerk decides that before anything else."""
    first = ("to_home", "cancel") if request == Reason.BUYER_TO_HOME else ("cancel", "to_home")
    also = [line for line in own.why if line != request.why()]
    # Once its post office is chosen it is put on hold by its release, which may still come by itself.
    follows = own.follows if Waits.PAYMENT in own.waits else ()
    return Standing(
        str(queues.ASKED.title),
        Tone.WAIT,
        queues.ASKED,
        own.waits | {Waits.CLERK},
        why=(request.why(), *also),
        follows=(request.advice, *follows),
        cures=(*first, "let_go_on"),
    )


def _gone(delivery: Delivery) -> Standing:
    reason = Reason(delivery.reason)
    if delivery.state == D.CANCELLED:
        return Standing(state_word(delivery), Tone.IDLE, why=texts(reason.why()), follows=texts(reason.advice))
    if delivery.stop_asked_at is not None:
        follows = (
            _("Cancellation has been requested. The delivery will be cancelled as soon as nothing is in progress."),
        )
        return Standing(state_word(delivery), Tone.IDLE, follows=follows)
    why = Reason.ERASED.why()
    if delivery.erased_at is not None:
        why = with_one_stop(_("The recipient was erased on %(when)s.") % {"when": day_and_time(delivery.erased_at)})
    return Standing(state_word(delivery), Tone.IDLE, why=(why,), follows=texts(Reason.ERASED.advice))


def _placed(delivery: Delivery, shipments: Sequence[Shipment]) -> Standing:
    why, follows = texts(Reason(delivery.reason).why()), [str(RELEASED_WHEN[app_settings.release])]
    if delivery.hold_asked_at is not None:
        follows.append(_("It is put on hold then, before anything is sent: somebody asked for that."))
    if app_settings.release == "when_paid":
        return waiting_in(queues.UNPAID, Tone.IDLE, Waits.PAYMENT, why=why, follows=follows)
    cures = ("hand_off",) if delivery.hold_asked_at is None else ("let_go_on",)
    return waiting_in(queues.TO_PACK, Tone.GO, Waits.CLERK, why=why, follows=follows, cures=cures)


def _held(delivery: Delivery, shipments: Sequence[Shipment]) -> Standing:
    reason = Reason(delivery.reason)
    stays = any(map(stays_here_with_its_label, shipments))
    labels = (_("The label stays valid, but the parcel does not leave: keep it here."),) if stays else ()
    held = waiting_in(
        queues.HELD,
        Tone.WAIT,
        Waits.CLERK,
        why=texts(reason.why(), note_of_hold(delivery), *labels),
        follows=texts(advice_of(delivery)),
        cures=("let_go_on",),
    )
    if stays:
        held = held._replace(word=str(HELD_WITH_LABEL))
    if reason == Reason.PAUSED:
        return held._replace(waits=frozenset({Waits.PAUSE}), cures=())
    if reason == Reason.NOT_PAID and app_settings.release == "when_paid":
        return held._replace(waits=frozenset({Waits.PAYMENT}), cures=("open_order", "cancel"))
    if reason in SHOPS_MISTAKE:
        held = held._replace(waits=held.waits | {Waits.WORKER})
    return held._replace(cures=("hand_off",)) if reason.entry.mendable else held


def _needs_choice(delivery: Delivery, shipments: Sequence[Shipment]) -> Standing:
    follows = [advice_of(delivery)]
    if delivery.hold_asked_at is not None:
        follows.append(_("Once a post office is chosen, it is put on hold: somebody asked for that."))
    needs = waiting_in(queues.NEEDS_CHOICE, Tone.WAIT, Waits.CHOICE, follows=follows, cures=("choose",))
    return needs._replace(why=texts(Reason(delivery.reason).why()))
