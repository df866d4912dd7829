"""How a shop pays Canada Post, and whether parcels wait for a card."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.models import Shipment


def payment() -> Iterator[Finding]:
    """Yield whether parcels wait for a valid card, else how a shop without a contract pays."""
    if waiting := Shipment.objects.filter(state=ShipmentState.WAITING, reason=Reason.NO_CARD).count():
        says = ngettext(
            "Canada Post has no valid card for the shop: %(count)d parcel waits for it",
            "Canada Post has no valid card for the shop: %(count)d parcels wait for it",
            waiting,
        )
        todo = _("Add a default card, or renew it, in your profile at Canada Post; then press “Request the label”.")
        yield Finding(_("Payment"), Verdict.WRONG, says % {"count": waiting}, todo)
    elif app_settings.canada_post.without_contract:
        says = _(
            "each parcel is charged at once to the default card of your profile at Canada Post; whether there is one, "
            "only a parcel shows"
        )
        yield Finding(_("Payment"), Verdict.NOT_ASKED, says)
