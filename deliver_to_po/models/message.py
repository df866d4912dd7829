"""Messages of other systems, each taken once; and messages to one, each kept until it is taken."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliver_to_po.models.due import Due
from deliver_to_po.models.shipment import Shipment


class WebhookMessage(models.Model):
    """A message that was taken: its id and a digest, nothing of what it said. It is deleted after a day."""

    system = models.CharField(_("shipping system"), max_length=40)
    message_id = models.CharField(_("message ID"), max_length=100)
    digest = models.CharField(_("SHA-256 of the message"), max_length=64)
    result = models.CharField(_("result"), max_length=30)
    received_at = models.DateTimeField(_("received"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("message of a webhook")
        verbose_name_plural = _("messages of webhooks")
        constraints = [
            models.UniqueConstraint(fields=["system", "message_id"], name="d2po_each_message_once"),
        ]

    def __str__(self) -> str:
        return self.message_id


class ParcelMessage(Due):
    """That a parcel moved, as another system of the shop is told of it. It is deleted when that has taken it.

    ``data`` is what is told, without a word about a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="messages", verbose_name=_("shipment"))
    data = models.JSONField(_("what is told"))
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)

    class Meta:
        verbose_name = _("message about a parcel")
        verbose_name_plural = _("messages about parcels")
        indexes = [models.Index(fields=["due_at"], name="d2po_parcel_message_due")]

    def __str__(self) -> str:
        return str(self.pk)
