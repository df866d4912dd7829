"""Pauses: while one lasts, nobody is offered a post office and no label is made."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.language import current_language


class PauseQuerySet(models.QuerySet["Pause"]):
    """Pauses by when they are in force."""

    def in_force(self) -> "PauseQuerySet":
        """Return the pauses that last now, the one that ends last first."""
        now = timezone.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now).order_by("-ends_at", "-pk")


class Pause(models.Model):
    """A strike or a suspension: why, from when, and until when as far as anybody knows."""

    reason_en = models.CharField(
        _("reason in English"),
        max_length=200,
        help_text=_("A full sentence that buyers will read, for example “Canada Post is on strike.”"),
    )
    reason_fr = models.CharField(
        _("reason in French"),
        max_length=200,
        help_text=_("A full sentence that buyers will read, for example “Canada Post is on strike.”"),
    )
    starts_at = models.DateTimeField(_("starts"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("ends"), help_text=_("Buyers see this date. You can change it at any time; a past date ends the pause.")
    )

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        indexes = [models.Index(fields=["ends_at"], name="d2po_pause_end")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="d2po_pause_ends_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason(current_language())

    def reason(self, language: Language) -> str:
        return (self.reason_fr or self.reason_en) if language == "fr" else (self.reason_en or self.reason_fr)
