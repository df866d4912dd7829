"""Everything that can happen: what a clerk presses, what the shop calls, what the sweep does, what time brings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.admin.changes import buttons, choose_office
from deliver_to_po.admin.changes.confirm_page import DeskChange
from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.checkout.choose_again import choose_again, keep_recipient, lacks_recipient, refuse_closed_choice
from deliver_to_po.checkout.choosing import OfferedOffice
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.core.choices import DeliveryState, ManifestState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.core.choices.states import IN_PROGRESS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.handoff.by_hand import entering, exporting, report, unreported
from deliver_to_po.handoff.changing.by_buyer import ask, requests_open
from deliver_to_po.handoff.changing.change import correct_recipient
from deliver_to_po.handoff.day_end import looking_over, manifests, transmitting
from deliver_to_po.handoff.printing.job_file import mark_one_printed
from deliver_to_po.handoff.releasing import missed_calls, nightly_check
from deliver_to_po.handoff.releasing.release import SHOPS_MISTAKE, releasable
from deliver_to_po.handoff.sending import hand_off_now
from deliver_to_po.handoff.sending.next_step import SHIPMENTS
from deliver_to_po.models import Delivery, Pause, Shipment
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.privacy import erasing, expiring, lifetimes
from tests.factories import PARCEL, RECIPIENT
from tests.handoff.scripted import LABEL
from tests.walk.answers import ANSWERS, Answer, made
from tests.walk.world import Shop, World

D, S, M = DeliveryState, ShipmentState, ManifestState
REQUEST = "Request the label"


class By(StrEnum):
    """Who or what lets something happen."""

    #: The sweep, or the answer to a call that it made: nobody has to do anything.
    ITSELF = "itself"
    CLERK = "clerk"
    SHOP = "shop"
    BUYER = "buyer"
    #: What nobody wishes for, or what comes with the years.
    FATE = "fate"


WILLING = Shop()


@dataclass(frozen=True)
class Event:
    """``do`` lets it happen where ``when`` says that it can; ``says`` is what the shop says when it is asked."""

    name: str
    by: By
    do: Callable[[World], object]
    when: Callable[[World], bool] = lambda world: True
    says: Shop = WILLING
    #: A button that lets a parcel go on, or settles what became of it; not one that stops it.
    onward: bool = True
    #: Worth trying while a worker waits for an answer that decides what there is at the shipping system.
    meanwhile: bool = False


# -- where something can happen


def _stands(*states: str) -> Callable[[World], bool]:
    return lambda world: (delivery := world.delivery()) is not None and delivery.state in states


def _has_order(world: World) -> bool:
    delivery = world.delivery()
    return delivery is not None and delivery.order_id is not None


def _has_order_and_recipient(world: World) -> bool:
    return _has_order(world) and world.the_delivery().erased_at is None


def _parcel_in(*states: str) -> Callable[[World], bool]:
    return lambda world: (shipment := world.shipment()) is not None and shipment.state in states


def _all(*conditions: Callable[[World], bool]) -> Callable[[World], bool]:
    return lambda world: all(condition(world) for condition in conditions)


# -- what the shop and the buyer do


def _place(world: World) -> None:
    shop.place(world.order, world.the_delivery().pk, paid=True)


def _place_unpaid(world: World) -> None:
    draft = world.the_delivery()
    shop.place(world.order, draft.pk, seen=fingerprint(draft))


def _reserve(world: World) -> None:
    draft = world.the_delivery()
    shop.reserve(draft.pk, seen=fingerprint(draft))


def _nothing_or_cancelled(world: World) -> bool:
    delivery = world.delivery()
    return delivery is None or delivery.state == D.CANCELLED


WAITS = _stands(D.PLACED, D.HELD, D.NEEDS_CHOICE)
BEFORE_PLACING = _stands(D.DRAFT, D.RESERVED)
HEAVIER = Shop(boxes=(replace(PARCEL, weight_kg=Decimal(2)),))
FAILS, NO_BOXES = Shop(fails=True), Shop(boxes=())
ELSEWHERE, SUSPICIOUS, UNPAID = Shop(goes_to_post_office=False), Shop(hold_reason="looks odd"), Shop(paid=False)
PLACING = (
    Event("reserve", By.BUYER, _reserve, _stands(D.DRAFT)),
    Event("unreserve", By.SHOP, lambda world: shop.unreserve(world.the_delivery().pk), _stands(D.RESERVED)),
    Event("place", By.SHOP, _place, BEFORE_PLACING),
    Event("place, but the shop's program fails", By.SHOP, _place, BEFORE_PLACING, FAILS),
    Event("place, but it goes elsewhere", By.SHOP, _place, BEFORE_PLACING, ELSEWHERE),
    Event("place, but the shop wants it to wait", By.SHOP, _place, BEFORE_PLACING, SUSPICIOUS),
    Event("place before it is paid", By.BUYER, _place_unpaid, BEFORE_PLACING, UNPAID),
    Event("order without a choice", By.SHOP, lambda world: shop.choose_for(world.order), _nothing_or_cancelled),
)


def _of_order(call: Callable[..., object]) -> Callable[[World], object]:
    return lambda world: call(world.order)


def _is_releasable(world: World) -> bool:
    return _has_order(world) and releasable(world.the_delivery())


def _asks(world: World) -> None:
    ask(world.the_delivery(), Reason.BUYER_CANCELS)


def _may_ask(world: World) -> bool:
    return _has_order(world) and Reason.BUYER_CANCELS in requests_open(world.the_delivery())


SHOP = (
    Event("the buyer asks to cancel", By.BUYER, _asks, _may_ask),
    Event("release", By.SHOP, _of_order(shop.release), WAITS),
    Event("release, but the shop's program fails", By.SHOP, _of_order(shop.release), _is_releasable, FAILS),
    Event("release, but no parcels are named", By.SHOP, _of_order(shop.release), _is_releasable, NO_BOXES),
    Event("release, but it goes elsewhere", By.SHOP, _of_order(shop.release), _is_releasable, ELSEWHERE),
    Event("forget", By.SHOP, _of_order(shop.forget), _stands(D.CANCELLED)),
)

# -- what a clerk presses


class _Clerk:
    """A user who may do everything."""

    def has_perm(self, permission: str) -> bool:
        return True


CLERK = _Clerk()
NOTE = {"note": "by phone"}
# These stop a delivery, and lead to no label.
STOPS = ("hold", "cancel")
# These do what another one does, or nothing, as far as a walk can tell; test_parcels walks what comes after the post.
SAME = ("to_home", "change_parcels", "ship_again", "make_real", "send_notice")
# While an answer is awaited.
MEANWHILE = ("hold", "let_go_on", "cancel", "correct_recipient")


def _applies(change: Any, row: Callable[[World], Any]) -> Callable[[World], bool]:
    def applies(world: World) -> bool:
        found = row(world)
        return found is not None and getattr(found, "order_id", 1) is not None and change.applies(found)

    return applies


def _press(change: DeskChange[Any], row: Callable[[World], Any], **values: Any) -> Callable[[World], object]:
    return lambda world: change.make(row(world), _user(), {**NOTE, **values})


def _user() -> Any:
    return get_user_model().objects.get(username="clerk")


def _found(world: World) -> object:
    """Type the numbers that the shipping system shows: only what exists there is found."""
    shipment = world.the_shipment()
    return EXISTS.make(shipment, None, {**NOTE, "shipment_id": shipment.request_id, "tracking_number": ""})


def _is_there(world: World) -> bool:
    shipment = world.shipment()
    return shipment is not None and shipment.request_id in world.exists and EXISTS.applies(shipment)


def _gone(change: DeskChange[Shipment]) -> Callable[[World], object]:
    """Whoever says so has looked, and has voided there what was there."""

    def press(world: World) -> object:
        shipment = world.the_shipment()
        world.unmake(shipment.request_id)
        return change.make(shipment, None, NOTE)

    return press


EXISTS, NOTHING_MADE, DESTROYED, MAKE_AGAIN, *_OF_THE_POST = buttons.SHIPMENT_CHANGES


def _correct(world: World) -> None:
    delivery = world.the_delivery()
    other = "Zoë" if delivery.recipient_name == "Amélie" else "Amélie"
    correct_recipient(delivery, replace(RECIPIENT, name=other))


def _of_delivery(change: Any) -> Event:
    # The fields that a clerk edits are saved another way.
    does = _correct if change.name == "correct_recipient" else _press(change, World.delivery)
    applies = _applies(change, World.delivery)
    onward, meanwhile = change.name not in STOPS, change.name in MEANWHILE
    says = HEAVIER if change.name == "follow_order" else WILLING
    return Event(str(change.label), By.CLERK, does, applies, says, onward=onward, meanwhile=meanwhile)


def _can_choose(world: World) -> bool:
    delivery = world.delivery()
    if delivery is None or delivery.order_id is None:
        return False
    try:
        refuse_closed_choice(delivery, by_staff=True)
    except DeliverToPoError:
        return False
    return True


def _choose(world: World) -> None:
    delivery = world.the_delivery()
    if lacks_recipient(delivery):
        keep_recipient(delivery, RECIPIENT)
    office_id = "0000000007" if delivery.office_id != "0000000007" else "0000000021"
    office = PostOffice(
        office_id=office_id,
        name="ELSEWHERE",
        location="",
        street="1 Rue Autre",
        city="Ottawa",
        province="ON",
        postal_code="K1A0B1",
    )
    choose_again(delivery, OfferedOffice(office, OfficeCheck.TAKES_PARCELS, timezone.now()), user=_user())


def _hand_off(world: World) -> None:
    hand_off_now.hand_off_again(
        Delivery.objects.filter(pk=world.the_delivery().pk), user=None, seconds=1, unpaid_too=True
    )


def _can_be_handed_off(world: World) -> bool:
    return _has_order(world) and hand_off_now.can_be_handed_off(world.the_delivery())


def _print(world: World) -> None:
    shipment, before = world.the_shipment(), world.the_shipment().prints
    mark_one_printed(shipment, None)
    shipment.refresh_from_db()
    if shipment.prints > before and world.the_delivery().state != D.RELEASED:
        world.wrong.append("a label was printed whose delivery is on hold or needs a post office")


def _can_be_transmitted(world: World) -> bool:
    return world.once("groups", lambda: any(group.can_be_transmitted for group in transmitting.waiting_groups()))


def _end_day(office: OfficeCheck = OfficeCheck.TAKES_PARCELS) -> Callable[[World], object]:
    def end(world: World) -> object:
        world.office = office
        return looking_over.end_day(unprinted=True, office_asked_again_after=timedelta(0))

    return end


def _left_to_a_person(world: World) -> bool:
    manifest = world.manifest()
    return manifest is not None and manifest.state == M.ATTENTION


def _waits_for_export(world: World) -> bool:
    return exporting.to_export("default").exists()


def _number_awaited(world: World) -> bool:
    shipment = world.shipment()
    return shipment is not None and exporting.awaited("default").filter(pk=shipment.pk).exists()


def _enter_number(world: World) -> None:
    """Whoever has a tracking number has made the label."""
    shipment = world.the_shipment()
    world.make(shipment.request_id)
    entering.enter_number(shipment.pk, tracking_number("0007023210", shipment.revision))


BUTTONS = (
    *(_of_delivery(change) for change in buttons.CHANGES if change.name not in SAME),
    Event(str(EXISTS.label), By.CLERK, _found, _is_there),
    Event(str(NOTHING_MADE.label), By.CLERK, _gone(NOTHING_MADE), _applies(NOTHING_MADE, World.shipment)),
    Event(str(DESTROYED.label), By.CLERK, _gone(DESTROYED), _applies(DESTROYED, World.shipment)),
    Event(str(MAKE_AGAIN.label), By.CLERK, _press(MAKE_AGAIN, World.shipment), _applies(MAKE_AGAIN, World.shipment)),
    Event("Choose another post office", By.CLERK, _choose, _can_choose),
    Event(REQUEST, By.CLERK, _hand_off, _can_be_handed_off),
    Event(
        "Erase recipients and labels",
        By.CLERK,
        lambda world: erasing.erase_delivery(world.the_delivery()),
        _has_order_and_recipient,
        onward=False,
        meanwhile=True,
    ),
)
PRINTING = (Event("Print the label", By.CLERK, _print, _all(_parcel_in(S.LABELLED), _has_order)),)
TRANSMITTING = (
    Event("Transmit", By.CLERK, _end_day(), _can_be_transmitted),
    Event("Transmit, but it is no longer paid", By.CLERK, _end_day(), _can_be_transmitted, UNPAID, onward=False),
    Event(
        "Transmit, but its office has closed",
        By.CLERK,
        _end_day(OfficeCheck.NO_LONGER),
        _can_be_transmitted,
        onward=False,
    ),
    Event("Check again", By.CLERK, lambda world: manifests.look_again(world.the_manifest()), _left_to_a_person),
)
BY_HAND = (
    Event("Export", By.CLERK, lambda world: exporting.export("default"), _waits_for_export),
    Event("Enter the tracking number", By.CLERK, _enter_number, _number_awaited),
)

# -- what happens by itself


def _waits_for(*reasons: str) -> Callable[[World], bool]:
    return lambda world: _stands(D.HELD)(world) and world.the_delivery().reason in reasons


def _is_unpaid(world: World) -> bool:
    return _stands(D.PLACED)(world) or _waits_for(Reason.NOT_PAID)(world)


def _mended(world: World) -> None:
    Delivery.objects.update(paid_asked_at=None)
    missed_calls.release_what_is_mended()


def _free(world: World) -> bool:
    return world.worker is None


def _due_shipment(world: World) -> bool:
    shipment = world.shipment()
    if not _free(world) or shipment is None or shipment.due_at is None:
        return False
    return SHIPMENTS.rows().filter(pk=shipment.pk).exists()


def _turn_of_shipment(world: World, *, late: bool = False) -> None:
    world.take_turn("shipments", world.the_shipment(), late=late)


def _due_manifest(world: World) -> bool:
    manifest, shipment = world.manifest(), world.shipment()
    if not _free(world) or manifest is None or manifest.due_at is None or manifest.state not in manifests.STEPS:
        return False
    return shipment is not None and shipment.manifest_id == manifest.pk and shipment.transmitted_at is None


def _turn_of_manifest(world: World, *, late: bool = False) -> None:
    world.take_turn("manifests", world.the_manifest(), late=late)


def _much_later(turn: Callable[..., None]) -> Callable[[World], None]:
    """Return the same turn, after everybody's patience is over."""

    def take(world: World) -> None:
        world.move_to(timezone.now() + app_settings.handoff.give_up_after + timedelta(hours=1))
        turn(world, late=True)

    return take


def _a_day_later(do: Callable[[], object]) -> Callable[[World], None]:
    def later(world: World) -> None:
        world.move_to(timezone.now() + timedelta(hours=25))
        do()

    return later


def _another_night() -> datetime:
    """Return when offices are asked about that nobody has asked about for long."""
    day_after_tomorrow = timezone.localtime() + timedelta(days=2)
    return day_after_tomorrow.replace(hour=2, minute=0, second=0, microsecond=0)


def _night(office: OfficeCheck) -> Callable[[World], None]:
    def pass_by(world: World) -> None:
        world.office = office
        world.move_to(_another_night())
        cache.clear()
        nightly_check.check_open_orders()

    return pass_by


IN_NEED_OF_PATIENCE = _parcel_in(S.UNKNOWN, S.VOIDING, S.REFUNDING)
ITSELF = (
    Event("its turn", By.ITSELF, _turn_of_shipment, _due_shipment),
    Event("its turn, a day later", By.ITSELF, _much_later(_turn_of_shipment), _all(IN_NEED_OF_PATIENCE, _due_shipment)),
    Event("found to be paid", By.ITSELF, lambda world: missed_calls.release_what_is_paid(), _is_unpaid),
    Event("the shop's program is mended", By.ITSELF, _mended, _waits_for(*SHOPS_MISTAKE)),
    Event("the pause is over", By.ITSELF, lambda world: missed_calls.resume_after_pause(), _waits_for(Reason.PAUSED)),
    Event("its office is open again", By.ITSELF, _night(OfficeCheck.TAKES_PARCELS), _stands(D.NEEDS_CHOICE)),
    Event("nothing was reported for a day", By.ITSELF, _a_day_later(unreported.ask_for_reports), _parcel_in(S.HANDED)),
)
MANIFESTS_TURN = (
    Event("the manifest's turn", By.ITSELF, _turn_of_manifest, _due_manifest),
    Event("the manifest's turn, a day later", By.ITSELF, _much_later(_turn_of_manifest), _due_manifest),
)


def _answer(call: str, name: str, answer: Answer) -> Event:
    def can_come(world: World) -> bool:
        return world.worker is not None and world.worker.call == call and answer.can_come(world)

    return Event(f"{call}: {name}", By.ITSELF, lambda world: world.answer(name), can_come, meanwhile=True)


def answers(**left_out: Sequence[str]) -> tuple[Event, ...]:
    """Return the answers to all calls, without some."""
    return tuple(
        _answer(call, name, answer)
        for call, named in ANSWERS.items()
        for name, answer in named.items()
        if name not in left_out.get(call, ())
    )


# -- what the shipping system reports


def _reported(world: World) -> bool:
    return _parcel_in(S.HANDED, S.REQUESTED, S.UNKNOWN, S.ATTENTION)(world)


def _report(world: World, *, labelled: bool = True, transmitted: bool = False) -> None:
    shipment = world.the_shipment()
    world.make(shipment.request_id)
    said = made(shipment.request_id, transmitted=transmitted)
    report.report_made(shipment.pk, said, label=LABEL if labelled else None)


REPORTS = (
    Event("reported with its label", By.ITSELF, _report, _reported, meanwhile=True),
    Event("reported, transmitted", By.ITSELF, partial(_report, transmitted=True), _reported),
    Event("reported without a label", By.ITSELF, partial(_report, labelled=False), _reported),
    Event(
        "reported lost",
        By.ITSELF,
        lambda world: report.report_lost(world.the_shipment().pk),
        _all(_reported, lambda world: world.the_shipment().request_id not in world.exists),
    ),
)

# -- what nobody wishes for


def _pause(world: World) -> None:
    Pause.objects.create(reason_en="Strike.", reason_fr="Grève.", ends_at=timezone.now() + timedelta(days=3650))


def _pause_matters(world: World) -> bool:
    return not world.paused() and matters_now(world)


def matters_now(world: World) -> bool:
    """Say whether any code asks for a pause here; where none does, it may as well begin later."""
    delivery, shipment = world.delivery(), world.shipment()
    if delivery is None:
        return False
    waits = shipment is not None and shipment.state in (S.WAITING, S.UNKNOWN) and delivery.state == D.RELEASED
    return waits or delivery.state in (D.DRAFT, D.RESERVED) or delivery.reason == Reason.PAUSED


def _dies(world: World) -> None:
    """Nobody hears of the worker again; its lease ends."""
    world.worker = None
    ends = [row.due_at for row in (world.shipment(), world.manifest()) if row and row.lease and row.due_at]
    world.move_to(max([timezone.now(), *ends]))


def _dies_after_making(world: World) -> None:
    world.make(world.the_shipment().request_id)
    _dies(world)


def _calls(*calls: str) -> Callable[[World], bool]:
    return lambda world: world.worker is not None and (not calls or world.worker.call in calls)


def _its_time_is_over(world: World) -> None:
    """Let a recipient's lifetime pass, and what is kept longer for what is unfinished; the housekeeping comes by."""
    world.move_to(timezone.now() + app_settings.recipient_lifetime + timedelta(days=1))
    keep_house()
    world.forget()
    shipment = world.shipment()
    if shipment is not None and shipment.state in IN_PROGRESS:
        world.move_to(timezone.now() + lifetimes.UNFINISHED_FOR + timedelta(days=1))
        keep_house()
    _must_be_erased(world)


def _must_be_erased(world: World) -> None:
    for row in (*Delivery.objects.all(), *Shipment.objects.all()):
        kept = [name for name in RECIPIENT_FIELDS if getattr(row, name)]
        kept += [name for name in getattr(row, "every_label_file", []) if label_storage().exists(name)]
        if kept:
            world.wrong.append(f"of a recipient whose time is over {', '.join(kept)} is kept")


def keep_house() -> None:
    """Do what the sweep does now and then with the recipients of orders."""
    expiring.expire_deliveries()
    erasing.erase_recipients()


def _draft_expires(world: World) -> None:
    world.move_to(timezone.now() + app_settings.draft_lifetime + timedelta(hours=1))
    expiring.delete_expired_drafts()


def _payment_never_comes(world: World) -> None:
    world.move_to(timezone.now() + lifetimes.RESERVED_FOR + timedelta(hours=1))
    erasing.erase_recipients()
    _must_be_erased(world)


def _reservation_is_forgotten(world: World) -> None:
    world.move_to(timezone.now() + app_settings.recipient_lifetime + timedelta(hours=1))
    expiring.delete_forgotten_reservations()


FATE = (
    Event("a pause begins", By.FATE, _pause, _pause_matters, meanwhile=True),
    # Every pause has an end.
    Event("the pause ends", By.ITSELF, lambda world: Pause.objects.all().delete(), World.paused),
    Event("its office closes", By.FATE, _night(OfficeCheck.GONE), _stands(D.PLACED)),
    Event("the worker dies", By.FATE, _dies, _calls(), meanwhile=True),
    Event(
        "the worker dies after the parcel was made",
        By.FATE,
        _dies_after_making,
        _all(_calls("create"), lambda world: world.the_shipment().request_id not in world.exists),
        meanwhile=True,
    ),
    Event("the draft's time is over", By.FATE, _draft_expires, _stands(D.DRAFT)),
    Event("no payment comes", By.FATE, _payment_never_comes, _stands(D.RESERVED)),
    Event("the reservation is forgotten", By.FATE, _reservation_is_forgotten, _stands(D.RESERVED)),
    Event("its time is over", By.FATE, _its_time_is_over, _has_order_and_recipient),
)


# What the walk with one kind of shipping system has tried for all.
BEFORE_HAND_OVER = (
    *(event.name for event in (*PLACING, *SHOP) if event.name not in ("place", "order without a choice")),
    *("a pause begins", "found to be paid", "its office closes", "the draft's time is over", "no payment comes"),
    "the reservation is forgotten",
)


def is_offered(label: str, world: World, site: Any) -> bool:
    """Say whether the delivery's page shows a button of that name to one who may press all of them."""
    delivery, shipment = world.the_delivery(), world.shipment()
    if label == REQUEST:
        return _can_be_handed_off(world)
    if any(label == each.label_for(delivery) and each.applies(delivery) for each in buttons.CHANGES):
        return True
    if shipment and any(label == each.label and each.applies(shipment) for each in buttons.SHIPMENT_CHANGES):
        return True
    request: Any = type("Request", (), {"user": CLERK})()
    return label in {button.label for button in choose_office.choice_buttons(request, delivery, site)}
