"""The confirmation by e-mail, in the buyer's language."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from example_shop.models import Order


def send_confirmation(order_pk: int, url: str) -> None:
    """Write to the buyer what was bought and where it goes; for a post office, where and how to pick it up.

    ``url`` is where the order's page is.
    """
    order = Order.objects.get(pk=order_pk)
    with translation.override(order.language):
        text = render_to_string("shop/mail/confirmation.txt", {"order": order, "url": url})
        subject = _("Your order %(number)s") % {"number": order.number}
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [order.email])
