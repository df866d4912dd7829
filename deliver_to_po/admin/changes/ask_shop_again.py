""" "Ask the shop for the parcels again": the parcels follow what the shop says of the order now."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.changes.confirm_page import DeskChange, told_of
from deliver_to_po.admin.changes.consequences import when_made_again, when_taken_back
from deliver_to_po.admin.permissions import CHANGE_PARCELS
from deliver_to_po.errors import NothingToShip, ShopFailed
from deliver_to_po.handoff.changing.change import can_be_changed, news_of, replan_delivery
from deliver_to_po.models import Delivery


def _has_news(delivery: Delivery) -> bool:
    """Return whether the shop names other parcels now, or fails: then the page says why."""
    if not can_be_changed(delivery):
        return False
    try:
        news = news_of(delivery)
    except ShopFailed:
        return True
    return bool(news) or not news.parcels


def _foretold(delivery: Delivery) -> Sequence[str]:
    try:
        news = news_of(delivery)
    except ShopFailed as error:
        return [str(error)]
    if not news.parcels:
        return [str(NothingToShip())]
    told = when_made_again(row for row in news.wrong if row.parcel <= news.parcels)
    told += when_taken_back(row for row in news.wrong if row.parcel > news.parcels)
    told += [_("Parcel %(parcel)d is new: it will get a label of its own.") % {"parcel": number} for number in news.new]
    if news.others:
        told.append(_("The order was packed differently when its delivery was reserved: the new parcels count."))
    if news.forgotten:
        told.append(_("Weights, sizes, service and options entered here will be discarded."))
    return told


FOLLOW = DeskChange[Delivery](
    name="follow_order",
    label=gettext_lazy("Ask the shop for the parcels again"),
    permission=CHANGE_PARCELS,
    does=gettext_lazy("The parcels will be updated to match the order as it is now."),
    refusal=gettext_lazy("The shop has nothing new about these parcels, or the delivery is cancelled."),
    applies=_has_news,
    make=lambda delivery, user, values: told_of(replan_delivery(delivery, note=values["note"], user=user)),
    foretold=_foretold,
)
