""" "Correct the recipient": the step's own form, filled with who picks up now."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.changes.edit_page import Edit, Part
from deliver_to_po.admin.permissions import CORRECT_RECIPIENT
from deliver_to_po.admin.show import NOTHING, lines
from deliver_to_po.checkout.recipients.form import RecipientForm, initial_recipient
from deliver_to_po.core.wording import city_line
from deliver_to_po.handoff.changing.change import Changed, correct_recipient
from deliver_to_po.models import Delivery


class ClerksRecipientForm(RecipientForm):
    """The step's form for a clerk, whose browser must not fill in the clerk's own name."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


def _parts(delivery: Delivery, sent: QueryDict | None) -> Sequence[Part[ClerksRecipientForm]]:
    recipient = delivery.recipient
    address = recipient.address
    now = lines([recipient.name, address.line_1, address.line_2, city_line(address), recipient.email, recipient.phone])
    form = ClerksRecipientForm(sent, office=delivery.office, initial=initial_recipient(recipient))
    return [Part(_("The person who will pick up the parcel"), now if recipient.name else NOTHING, form)]


def _save(delivery: Delivery, parts: Sequence[Part[ClerksRecipientForm]], user: Any, note: str) -> Changed:
    return correct_recipient(delivery, parts[0].form.recipient(), user=user, note=note)


CORRECT = Edit[ClerksRecipientForm](
    name="correct_recipient",
    label=gettext_lazy("Correct the recipient"),
    permission=CORRECT_RECIPIENT,
    does=gettext_lazy(
        "Name and address must be as on the government-issued photo ID that this person shows at the counter: ask "
        "before you change them."
    ),
    parts=_parts,
    make=_save,
)
