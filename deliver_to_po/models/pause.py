"""Pauses: while one lasts, nobody is offered a post office and no label is made."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.types import Language


class PauseQuerySet(models.QuerySet["Pause"]):
    """Pauses by when they are in force."""

    def in_force(self) -> "PauseQuerySet":
        """Return the pauses that last now, the one that ends last first."""
        now = timezone.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now).order_by("-ends_at", "-pk")


class Pause(models.Model):
    """A strike or a suspension: why, from when, and until when as far as anybody knows."""

    reason_en = models.CharField(
        _("reason in English"), max_length=200, help_text=_("A whole sentence; buyers read it as it stands.")
    )
    reason_fr = models.CharField(
        _("reason in French"), max_length=200, help_text=_("A whole sentence; buyers read it as it stands.")
    )
    starts_at = models.DateTimeField(_("starts"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("ends"), help_text=_("Buyers are told this date. It can be changed at any time; a past one ends the pause.")
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
                violation_error_message=_("A pause ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason_en or self.reason_fr

    def reason(self, language: Language) -> str:
        """Return the reason in ``language``, else in the other one."""
        return (self.reason_fr or self.reason_en) if language == "fr" else (self.reason_en or self.reason_fr)
