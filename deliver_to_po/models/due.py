"""Rows that are due at some time: one worker at a time does the next step of each."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Due(models.Model):
    """What ``outbox`` needs of a row.

    ``due_at`` is when the row is to be looked at next, None for never by itself. While a worker has the row, ``lease``
    is that worker's token and ``due_at`` the end of the lease: the row of a worker that died becomes due by itself.
    """

    due_at = models.DateTimeField(_("next looked at"), null=True, blank=True)
    lease = models.UUIDField(_("lease"), null=True, blank=True, editable=False)
    claims = models.PositiveIntegerField(_("times taken by a worker"), default=0)
    lapses = models.PositiveIntegerField(_("locks that expired without an answer"), default=0)
    tries = models.PositiveIntegerField(_("tries at this step"), default=0)

    class Meta:
        abstract = True

    @property
    def is_under_lease(self) -> bool:
        """Whether a worker has the row just now: the lease of one that died ends."""
        return self.lease is not None and self.due_at is not None and self.due_at > timezone.now()


# The name under which the sweep beats.
SWEEP = "sweep"
# Since when it has been there again after a jump of the clock, and after one that keeps it from erasing.
SWEEP_SINCE, ERASING_SINCE = "sweep since", "erasing since"


class Heartbeat(models.Model):
    """When the sweep last looked for due rows, or last did the housekeeping of that name: tells what has stopped.

    Or when an examination last found what the name says.
    """

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    beat_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
