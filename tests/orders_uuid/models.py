"""An order as another shop might have it: a UUID key, few fields."""

import uuid

from django.db import models


class Purchase(models.Model):
    """An order with a UUID key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=35)
    to_post_office = models.BooleanField(default=True)
    paid = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.number
