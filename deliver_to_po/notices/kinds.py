"""The kinds of notices: by which switch, about which deliveries, when each is due, and how its e-mail is written."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem, ParcelState
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import language_of, shop_language
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery, Notice, links
from deliver_to_po.notices import about
from deliver_to_po.notices.mailing import Written, desk_url, message_of, with_html
from deliver_to_po.notices.parcel_mail import ParcelMail, after_arrival, before_last_opening
from deliver_to_po.offer.news import FEW_DAYS
from deliver_to_po.outbox.claiming import after

# When to look again whether what keeps a notice back is over.
LOOK_AGAIN_SECONDS = 3600.0


def waits_for_answer(notice: Notice, delivery: Delivery) -> bool:
    """Say whether a reminder waits until staff have answered what the buyer asks for, such as to cancel."""
    return notice.kind == NoticeKind.REMIND and delivery.wished != ""


def _ask_to_choose(notice: Notice, delivery: Delivery) -> Written:
    if waits_for_answer(notice, delivery):
        return after(LOOK_AGAIN_SECONDS)
    address, url = asking.email_of(delivery.order) or delivery.recipient_email, links.url_for(delivery)
    if not address:
        return NoticeProblem.NO_ADDRESS
    if not url:
        return NoticeProblem.NO_SITE_URL
    context = {
        "delivery": delivery,
        "url": url,
        "days": app_settings.choose_again_link_lifetime.days,
        "reminds": notice.kind == NoticeKind.REMIND,
        "test": not delivery.live,
    }
    with override(language_of(delivery.language)):
        return with_html("choose", context, [address])


def _tell_clerks(notice: Notice, delivery: Delivery) -> Written:
    if not app_settings.clerks:
        return None
    asked = Notice.objects.filter(delivery=delivery, occasion=notice.occasion, kind=NoticeKind.CHOOSE)
    context = {
        "delivery": delivery,
        "url": desk_url("change", delivery.pk),
        "told": asked.filter(outcome__in=(NoticeOutcome.SENT, NoticeOutcome.LEFT_TO_SHOP)).exists(),
        "perhaps": asked.filter(problem=NoticeProblem.INTERRUPTED).exists(),
        "test": not delivery.live,
    }
    with override(shop_language()):
        return message_of("clerks", context, app_settings.clerks)


class Kind(NamedTuple):
    """One kind of notice, that the key ``switch`` of TELL turns on and off.

    ``about`` returns the deliveries that it is about, each with its ``occasion``. Its notice is looked at so many days
    after that is found, and sent then, or when ``write`` says. The shop may send those that go ``to_buyer`` itself: to
    whoever bought, or with ``picks_up`` to whoever picks the parcel up.
    """

    switch: str
    about: Callable[..., Any]
    write: Callable[[Notice, Delivery], Written]
    in_days: int = 0
    to_buyer: bool = True
    picks_up: bool = False

    @property
    def is_on(self) -> bool:
        """Say whether the shop wants it."""
        return self.switch in app_settings.tell

    @property
    def of_parcel(self) -> bool:
        return self.about is not about.needing_choice


# The kinds about a parcel: which deliveries have one, and the e-mail; each has a switch of its own name.
OF_PARCEL: Mapping[NoticeKind, tuple[Callable[..., Any], ParcelMail]] = {
    NoticeKind.LABEL_MADE: (about.with_label, ParcelMail(_("Your order %(order)s: its tracking number"))),
    NoticeKind.READY: (
        partial(about.at_an_office, ParcelState.READY),
        ParcelMail(_("Order %(order)s: ready at the post office"), picks_up=True),
    ),
    NoticeKind.FIFTH_DAY: (
        partial(about.with_parcel, AT_AN_OFFICE),
        # Canada Post reminds then as well.
        ParcelMail(
            _("Order %(order)s: still waiting at the post office"), picks_up=True, morning=partial(after_arrival, 5)
        ),
    ),
    NoticeKind.LAST_DAYS: (
        about.soon_returned,
        ParcelMail(
            _("Order %(order)s: last days to pick it up"), picks_up=True, morning=partial(before_last_opening, FEW_DAYS)
        ),
    ),
    NoticeKind.ELSEWHERE: (
        about.elsewhere,
        ParcelMail(_("Order %(order)s: it waits at another post office"), picks_up=True),
    ),
    NoticeKind.RETURNING: (
        partial(about.with_parcel, [ParcelState.RETURNING]),
        ParcelMail(_("Your order %(order)s: on its way back to us")),
    ),
}
KINDS: Mapping[str, Kind] = {
    NoticeKind.CHOOSE: Kind("CHOOSE", about.needing_choice, _ask_to_choose),
    NoticeKind.REMIND: Kind("CHOOSE", about.needing_choice, _ask_to_choose, 3),
    NoticeKind.CLERKS: Kind("CHOOSE", about.needing_choice, _tell_clerks, 6, to_buyer=False),
    **{kind: Kind(kind.name, which, mail.write, picks_up=mail.picks_up) for kind, (which, mail) in OF_PARCEL.items()},
}
