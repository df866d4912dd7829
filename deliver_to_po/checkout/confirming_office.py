"""Confirming: Canada Post is asked about the chosen office before the order is placed."""

from collections.abc import Callable

from django.utils import timezone

from deliver_to_po.checkout.draft import write_draft
from deliver_to_po.core.choices import CLOSED_OFFICE, OfficeCheck, Reason
from deliver_to_po.core.language import language_of
from deliver_to_po.errors import DraftIncomplete, OfficeNoLongerTakesParcels, TooManySearches
from deliver_to_po.models import Delivery
from deliver_to_po.models.pause_in_force import refuse_while_paused
from deliver_to_po.offices.check import check_office


def confirm(draft: Delivery, *, before_asking: Callable[[], None] = lambda: None) -> OfficeCheck:
    """Ask Canada Post whether the chosen office takes parcels, and keep the answer. Call it outside any transaction.

    If Canada Post cannot be asked, the draft is confirmed with a flag, and the office must pass the check before the
    label is made. ``before_asking`` is called before Canada Post is; if it raises TooManySearches, nobody is asked, and
    what was known of the office stands.

    Raises DraftIncomplete, what ``write_draft`` does, OptionPaused, and OfficeNoLongerTakesParcels: the draft then
    keeps its recipient, and the buyer only chooses another office.
    """
    refuse_while_paused()
    if not draft.complete:
        raise DraftIncomplete
    try:
        before_asking()
    except TooManySearches:
        answer = OfficeCheck(draft.office_check)
    else:
        answer = _ask(draft)
    if answer in CLOSED_OFFICE:
        raise OfficeNoLongerTakesParcels.named(draft.office_name)
    return answer


def _ask(draft: Delivery) -> OfficeCheck:
    asked_about = draft.office_id
    answer = check_office(draft.office, language_of(draft.language))
    fields = {
        "office_check": answer,
        "office_checked_at": timezone.now(),
        "reason": Reason.OFFICE_NOT_CHECKED if answer == OfficeCheck.COULD_NOT_ASK else Reason.NONE,
    }
    # The answer is not about the office that another tab may have chosen meanwhile.
    write_draft(draft, fields, if_still={"office_id": asked_about})
    return answer
