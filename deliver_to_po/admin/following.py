""" "Ask the shop for the parcels again": the parcels follow what the shop says of the order now."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.changing import DeskChange, Outcome, ReasonForm
from deliver_to_po.admin.foretelling import when_made_again, when_taken_back
from deliver_to_po.admin.outcomes import outcome_of
from deliver_to_po.admin.permissions import CHANGE_PARCELS
from deliver_to_po.errors import NothingToShip, ShopFailed
from deliver_to_po.handoff.changing import can_be_changed, news_of, replan_delivery
from deliver_to_po.models import Delivery


def _has_news(delivery: Delivery) -> bool:
    """Say whether the shop says something else of the parcels now; also when it cannot say, so that it is told why."""
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
    told += [_("Parcel %(parcel)d is new: it gets a label of its own.") % {"parcel": number} for number in news.new]
    if news.forgotten:
        told.append(_("What somebody said here of weights, sizes, service and options is forgotten."))
    return told


def _follow(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Outcome | None:
    return outcome_of(replan_delivery(delivery, note=values["note"], user=user))


FOLLOW = DeskChange[Delivery](
    name="follow_order",
    label=gettext_lazy("Ask the shop for the parcels again"),
    permission=CHANGE_PARCELS,
    does=gettext_lazy("The parcels are made to follow what the shop says of the order now."),
    refusal=gettext_lazy("The shop says nothing new of the parcels, or the delivery is cancelled."),
    form=ReasonForm,
    applies=_has_news,
    make=_follow,
    foretold=_foretold,
    aside=True,
)
