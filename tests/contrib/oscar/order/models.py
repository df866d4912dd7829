"""An order with a field of the shop's own."""

from django.db import models
from oscar.apps.order.abstract_models import AbstractOrder


class Order(AbstractOrder):
    """Oscar's, with a wish."""

    wish = models.CharField(max_length=50, blank=True)


from oscar.apps.order.models import *  # noqa: E402, F403
