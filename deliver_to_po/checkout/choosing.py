"""Choosing a post office: which ones may be chosen, and the draft that keeps the choice."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils import timezone

from deliver_to_po.adapter import Service
from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.identifiers import is_office_id
from deliver_to_po.canadapost.types import Language, OfficeQuery, PostOffice
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.draft import editable, update_draft
from deliver_to_po.checkout.kept_price import keep_price
from deliver_to_po.checkout.quoting import ask_for_price
from deliver_to_po.checkout.recipients.office_address import lives_at
from deliver_to_po.checkout.session import SessionChoice, draft_of
from deliver_to_po.core.choices import CLOSED_OFFICE, OfficeCheck
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language
from deliver_to_po.errors import (
    ChoiceRequired,
    ChoiceReserved,
    DraftTaken,
    DraftUnknown,
    NotMailable,
    OfficeNoLongerTakesParcels,
    OfficeNotOffered,
    OfficesUnavailable,
    TooManySearches,
)
from deliver_to_po.host import asking
from deliver_to_po.host.answered import answer_or
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery, Office
from deliver_to_po.models.delivery import office_fields
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.models.pause_in_force import refuse_while_paused
from deliver_to_po.offer.mailable import refuse_unmailable
from deliver_to_po.offices import directory
from deliver_to_po.offices.check import check_office
from deliver_to_po.offices.finder import fetch_known_office, recall


class OfferedOffice(NamedTuple):
    """An office that may be chosen, what Canada Post said of it, and when; None when it was not asked now."""

    office: PostOffice
    check: OfficeCheck
    checked_at: datetime | None


@asked_once()
def choose(
    choice: Choice,
    office_id: str | None = None,
    *,
    service: str = "",
    listed_by: OfficeQuery | None = None,
    now: bool = False,
) -> Delivery:
    """Give a choice a post office, a service, or both; return its draft, which keeps its recipient and its id.

    ``service`` is one that the adapter's ``services`` names. Texts of Canada Post are in the active language. The price
    is asked for where drafts keep prices: by a worker where there is one, unless it is needed ``now``. ``listed_by`` is
    the search whose list showed the office.

    Raises OfficeNotOffered, OfficeNoLongerTakesParcels, OptionPaused, OfficesUnavailable and TooManySearches;
    NotMailable for a cart that goes nowhere, for a ``service`` that the shop does not offer, and for one by which it
    does not go to this office, which is saved then; ChoiceReserved, DraftTaken and DraftUnknown where the draft can no
    longer be changed; and ChoiceRequired where neither it nor ``office_id`` names an office.
    """
    if service:
        _refuse_service(choice.cart, service)
    if office_id is not None:
        refuse_unmailable(choice.cart)
        language = current_language()
        offered = offered_office(office_id, language, listed_by=listed_by, before_asking=choice.visitor.ask)
        _give(choice, offered, language)
        ask_for_price(choice, now=now)
    if choice.draft is None:
        raise ChoiceRequired
    return _go_by(choice, choice.draft, service) if service else choice.draft


@asked_once()
def choose_service(request: HttpRequest, service: str) -> Delivery:
    """Let the buyer's draft go by another service that the shop offers, at its own price; return the draft. No call.

    What is reserved for a payment stays; the buyer goes on with a copy. Raises ChoiceRequired while no post office is
    chosen, DraftUnknown, DraftExpired, NotMailable where the cart does not go by that service, and ChoiceReserved or
    DraftTaken where another tab is faster.
    """
    choice = SessionChoice(request, draft_of(request))
    if choice.draft is None:
        raise ChoiceRequired
    _refuse_service(choice.cart, service)
    return _go_by(choice, choice.draft, service)


def offered_office(
    office_id: str,
    language: Language,
    *,
    listed_by: OfficeQuery | None,
    before_asking: Callable[[], None],
    always_asked: bool = False,
) -> OfferedOffice:
    """Return the office of that id with its hours, if it may be chosen.

    It may if Canada Post offered it within 24 hours, unless it is ``always_asked``, or if the check confirms it now.
    While Canada Post cannot be asked, an offer within OFFICE_LIFETIME is enough. All calls together take
    SEARCH_TIMEOUT_SECONDS at most.

    ``listed_by`` is the search whose list showed the office. ``before_asking`` is called before Canada Post is; if it
    raises TooManySearches, Canada Post cannot be asked.

    Raises OfficeNotOffered, OfficeNoLongerTakesParcels, OptionPaused while the merchant has paused the option, and for
    an older offer OfficesUnavailable or TooManySearches.
    """
    refuse_while_paused()
    if not is_office_id(office_id):
        raise OfficeNotOffered
    known = directory.get_office(office_id)
    if known is None and listed_by is not None:
        # A list that is kept may know more than a directory that was emptied or restored.
        recall(listed_by, language)
        known = directory.get_office(office_id)
    if known is None:
        raise OfficeNotOffered
    office = directory.post_office(known, language)
    with Deadline(app_settings.search_timeout_seconds):
        check, checked_at = _offered(known, office, language, before_asking, always_asked)
        # If the hours cannot be fetched, there are none. Whether the office takes parcels is asked again when the
        # choice is confirmed and before the label is made.
        with suppress(OfficeNotOffered, OfficesUnavailable, TooManySearches):
            office = fetch_known_office(known, language, before_asking=before_asking)
    return OfferedOffice(office, check, checked_at)


def _give(choice: Choice, offered: OfferedOffice, language: Language) -> None:
    """Let the choice hold a draft for the office: its own with the recipient unchanged, or a new one.

    A recipient at this office's own address is asked for another.
    """
    fields = office_fields(offered.office) | {
        "office_check": offered.check,
        "office_checked_at": offered.checked_at,
        "language": language,
        "expires_at": timezone.now() + app_settings.draft_lifetime,
    }
    draft = choice.draft
    former: dict[str, Any] = recipient_fields(draft.recipient) if draft else {}
    if draft and lives_at(draft.recipient, offered.office):
        fields["recipient_address_line_1"] = ""
    if draft is None or not _changed(draft, fields):
        choice.before_making()
        draft = Delivery.objects.create(**former | fields)
    choice.hold(draft)


def _go_by(choice: Choice, draft: Delivery, service: str) -> Delivery:
    """Return the draft of a choice, or a copy of what is reserved, with the price that it has by that service."""
    draft = editable(draft, before_making=choice.before_making)
    choice.hold(draft)
    keep_price(draft, choice.cart, Service(service), tell=choice.price_changed)
    return draft


def _refuse_service(cart: Any, service: str) -> None:
    """Raise NotMailable unless ``service`` is one that the shop offers for the cart."""
    offered = () if cart is None else answer_or((), lambda: asking.services_of(cart))
    if service not in offered:
        raise NotMailable


def chosen_office_id(draft: Delivery | None) -> str:
    """Return the id of the office that the buyer has chosen, ``""`` for none or for one that has closed since."""
    return draft.office_id if draft and draft.office_check not in CLOSED_OFFICE else ""


def known_postal_code(draft: Delivery | None, request: HttpRequest) -> str:
    """Return the postal code to offer for a search: the recipient's, else the chosen office's, else the shop's guess.

    ``""`` when none is known. Only the shop's adapter looks at ``request``.
    """
    known = draft.recipient_postal_code or draft.office_postal_code if draft else ""
    return known or asking.postal_code_of(request)


def _changed(draft: Delivery, fields: dict[str, Any]) -> bool:
    """Give the draft another office; False when it is reserved, or another tab has placed it meanwhile."""
    try:
        update_draft(draft, fields)
    except (ChoiceReserved, DraftTaken, DraftUnknown):
        return False
    return True


def _offered(
    row: Office, office: PostOffice, language: Language, before_asking: Callable[[], None], always_asked: bool
) -> tuple[OfficeCheck, datetime | None]:
    """Return what Canada Post says of the office and when it said so, None if it was not asked.

    Raises an error when the office cannot be chosen.
    """
    lately = directory.offered_within(row, directory.OFFERED_LATELY)
    if lately and not always_asked:
        return OfficeCheck.NOT_ASKED, None
    good_enough = lately or directory.offered_within(row, app_settings.office_lifetime)
    try:
        before_asking()
    except TooManySearches:
        if good_enough:
            return OfficeCheck.NOT_ASKED, None
        raise
    answer = check_office(office, language)
    if answer in CLOSED_OFFICE:
        raise OfficeNoLongerTakesParcels.named(office.name)
    if answer == OfficeCheck.COULD_NOT_ASK and not good_enough:
        raise OfficesUnavailable
    return answer, timezone.now()
