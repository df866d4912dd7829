"""Sending a notice that is due: once, in the buyer's language, through Django's e-mail backend.

That sending begins is committed before the e-mail is handed over. A worker that is killed between the two leaves a row
of which nobody knows whether it was sent: it is sent once more, so a buyer gets it twice at worst, and a second time
that happens it is given up, since it has probably arrived.
"""

import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po import asking, links, signals
from deliver_to_po.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.conf import app_settings
from deliver_to_po.language import language_of
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.notices.writing import needing_choice
from deliver_to_po.outbox.claiming import after, nth_wait

log = logging.getLogger(__name__)

# After a mail server that did not take it; then it is given up.
RETRY_AFTER_SECONDS = (60.0, 300.0, 1800.0, 7200.0, 21600.0)
MOST_BEGUN = 2


def to_send() -> QuerySet[Notice]:
    """Return the notices that are not sent yet, due or not."""
    return Notice.objects.filter(outcome=NoticeOutcome.TO_SEND).select_related("delivery")


def send_due(notice: Notice) -> bool:
    """Send one notice that this worker has under lease, or end it without; return False, since one step is all."""
    delivery = needing_choice().filter(pk=notice.delivery_id, occasion=notice.occasion).first()
    if delivery is None or asking.surely_goes_elsewhere(delivery.order):
        # Chosen meanwhile, or the order goes home by now: nobody is to choose a post office for that.
        _end(notice, NoticeOutcome.NOT_NEEDED)
    elif notice.begun >= MOST_BEGUN:
        _give_up(notice, NoticeProblem.INTERRUPTED)
    elif notice.kind == NoticeKind.CLERKS:
        _send_to_clerks(notice, delivery)
    elif app_settings.notices:
        _send_to_buyer(notice, delivery)
    else:
        _end(notice, NoticeOutcome.LEFT_TO_SHOP)
        signals.send_on_commit(
            signals.notice,
            Notice,
            delivery_id=delivery.pk,
            order_pk=delivery.order_id,
            reason=str(delivery.reason),
            kind=str(notice.kind),
        )
    return False


def crashed(notice: Notice, error: Exception) -> None:
    """Write down that something went wrong which nobody foresaw; the row is due again by then."""
    Notice.objects.filter(pk=notice.pk).update(problem=NoticeProblem.CRASHED)


def _send_to_buyer(notice: Notice, delivery: Delivery) -> None:
    address, url = asking.email_of(delivery.order) or delivery.recipient_email, links.url_for(delivery)
    if not address:
        _give_up(notice, NoticeProblem.NO_ADDRESS)
    elif not url:
        _give_up(notice, NoticeProblem.NO_SITE_URL)
    else:
        with override(language_of(delivery.language)):
            context = {
                "delivery": delivery,
                "url": url,
                "days": app_settings.choose_again_link_lifetime.days,
                "reminds": notice.kind == NoticeKind.REMIND,
                "test": not delivery.live,
            }
            message = _message("choose", context, [address])
            html = render_to_string("deliver_to_po/notices/choose.html", context)
            message.attach_alternative(html, "text/html")
            _send(notice, message)


def _send_to_clerks(notice: Notice, delivery: Delivery) -> None:
    if not app_settings.clerks:
        _end(notice, NoticeOutcome.NOT_NEEDED)
        return
    with override(language_of(settings.LANGUAGE_CODE)):
        told = Notice.objects.filter(
            delivery=delivery, occasion=notice.occasion, outcome=NoticeOutcome.SENT, kind=NoticeKind.CHOOSE
        ).exists()
        context = {"delivery": delivery, "url": _admin_url(delivery), "told": told, "test": not delivery.live}
        _send(notice, _message("clerks", context, list(app_settings.clerks)))


def _admin_url(delivery: Delivery) -> str:
    """Return the address of the delivery's page on the desk, ``""`` where there is none."""
    with suppress(NoReverseMatch):
        path = reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])
        return f"{app_settings.site_url}{path}" if app_settings.site_url else ""
    return ""


def _message(name: str, context: dict[str, Any], to: list[str]) -> EmailMultiAlternatives:
    """Return the e-mail that the templates of that name make; a subject is one line whatever a template says."""
    subject = " ".join(render_to_string(f"deliver_to_po/notices/{name}_subject.txt", context).split())
    return EmailMultiAlternatives(subject, render_to_string(f"deliver_to_po/notices/{name}.txt", context), to=to)


def _send(notice: Notice, message: EmailMultiAlternatives) -> None:
    mine = Notice.objects.filter(pk=notice.pk, lease=notice.lease, outcome=NoticeOutcome.TO_SEND)
    if not mine.update(begun=F("begun") + 1):
        return
    try:
        message.send()
    except Exception as error:
        # Its text may hold the address.
        log.warning("Notice %s: %s", notice.pk, type(error).__name__)
        _not_taken(notice)
    else:
        _end(notice, NoticeOutcome.SENT, sent_at=timezone.now(), problem=NoticeProblem.NONE, begun=0)


def _not_taken(notice: Notice) -> None:
    """Try again later; the mail server said no, so nothing was sent."""
    if notice.tries >= len(RETRY_AFTER_SECONDS):
        _give_up(notice, NoticeProblem.NOT_TAKEN)
        return
    wait = nth_wait(RETRY_AFTER_SECONDS, notice.tries)
    problem = NoticeProblem.NOT_TAKEN
    _leased(notice).update(due_at=after(wait), lease=None, tries=F("tries") + 1, begun=0, problem=problem)


def _give_up(notice: Notice, problem: NoticeProblem) -> None:
    """End a notice that cannot be sent; where it was the buyer's, the clerks are told now instead of later."""
    log.error("Notice %s is not sent: %s", notice.pk, problem.value)
    _end(notice, NoticeOutcome.FAILED, problem=problem)
    if notice.kind != NoticeKind.CLERKS:
        clerks = Notice.objects.filter(delivery=notice.delivery_id, occasion=notice.occasion, kind=NoticeKind.CLERKS)
        clerks.filter(outcome=NoticeOutcome.TO_SEND, lease=None).update(due_at=timezone.now())


def _end(notice: Notice, outcome: NoticeOutcome, **fields: Any) -> None:
    _leased(notice).update(outcome=outcome, due_at=None, lease=None, **fields)


def _leased(notice: Notice) -> QuerySet[Notice]:
    return Notice.objects.filter(pk=notice.pk, lease=notice.lease)
