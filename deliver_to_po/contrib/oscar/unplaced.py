"""What is told of a payment that makes no order: to the buyer, and to staff, who look for it at the provider."""

import logging
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils.html import escape
from django.utils.translation import gettext as _
from oscar.core.loading import get_class

from deliver_to_po.contrib.oscar.being_paid import KEPT_SECONDS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import speaking
from deliver_to_po.core.shared_cache import claimed, own_key

log = logging.getLogger(__name__)


def in_language_of_staff() -> AbstractContextManager[None]:
    """Write in the shop's own language, whatever the buyer's is, for as long as this lasts."""
    return speaking(settings.LANGUAGE_CODE)


def tell_of_unplaced(basket_id: Any, reference: str) -> list[str]:
    """Return what to tell the buyer of a payment for a basket that has no order."""
    log.error("The payment for basket %s has no order", basket_id)
    # A provider may ask again and again; a key may not hold whatever it calls a payment.
    key = own_key("oscar unplaced", str(basket_id), reference)
    if claimed(key, KEPT_SECONDS):
        with in_language_of_staff():
            text = _(
                "A payment has come for basket %(basket)s, and no order could be made of it. If there is still none, "
                "refund the payment at your provider, or make the order by hand. Its reference: %(reference)s"
            )
            about = {"basket": basket_id or "–", "reference": reference or "–"}
            _write(_("A payment without an order"), text % about)
    return [_("This payment is not known here. If you have paid, write to us.")]


def tell_of_second(order: Any, reference: str) -> list[str]:
    """Return what to tell the buyer of a payment for an order: nothing if its ``reference`` is one of its sources'."""
    if not reference or order.sources.filter(reference=reference).exists():
        return []
    with in_language_of_staff():
        note = _("Payment %(reference)s has come for this order, which was paid already. If it was charged, refund it.")
        note %= {"reference": reference}
        if not order.notes.filter(message=note).exists():
            order.notes.create(message=note, note_type="System")
            _write(_("Order %(number)s was perhaps paid twice") % {"number": order.number}, note)
    return [_("This order was paid already. If you were charged twice, write to us.")]


def _write(subject: str, text: str) -> None:
    """Put it into the inbox that Oscar has for everybody, of all staff, and send it to the clerks."""
    staff = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
    # Oscar shows it as HTML.
    get_class("communication.utils", "Dispatcher")().notify_users(staff, subject, body=escape(text))
    try:
        EmailMessage(subject, text, to=app_settings.clerks).send()
    except Exception as error:  # noqa: BLE001 - the buyer still gets an answer
        log.warning("The clerks could not be written to: %s", type(error).__name__)
