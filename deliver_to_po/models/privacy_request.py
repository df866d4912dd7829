"""The log of privacy requests: who looked for a person, exported and erased what is held, and when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices import PrivacyStep
from deliver_to_po.models.parts import by


class PrivacyRequest(models.Model):
    """One step of answering somebody. It holds nothing of what was looked for, only by which kind of thing.

    ``deliveries`` are the ids of what was found, with a space between two; emptied when a recipient would be. ``user``
    is None for the command.
    """

    at = models.DateTimeField(_("date and time"), auto_now_add=True)
    user = by()
    step = models.CharField(_("step"), max_length=20, choices=PrivacyStep.pairs)
    found_by = models.CharField(_("looked for by"), max_length=40)
    deliveries = models.TextField(_("deliveries"), blank=True)
    found = models.PositiveIntegerField(_("found"), default=0)
    erased = models.PositiveIntegerField(_("erased or deleted"), default=0)
    kept = models.PositiveIntegerField(_("not erased yet"), default=0)

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="d2po_privacy_request_at")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step__in=PrivacyStep.values), name="d2po_privacy_request_step_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_step_display())
