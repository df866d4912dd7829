"""Messages that shipping systems have sent, so that each is taken once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
