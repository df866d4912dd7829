"""The mail that tells the clerks each morning what waits for them: one row a day, so that it is sent once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliver_to_po.models.due import Due


class MorningMail(Due):
    """The mail of one day, in the shop's time zone. It holds no words: they are found when it is sent.

    ``begun`` counts how often sending began without anybody knowing how it ended. ``ended_at`` is when it was sent,
    found to be needless or given up; ``sent`` says which.
    """

    day = models.DateField(_("day"), unique=True)
    begun = models.PositiveSmallIntegerField(_("times begun without an end"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    sent = models.BooleanField(_("sent"), default=False)

    class Meta:
        verbose_name = _("morning mail")
        verbose_name_plural = _("morning mails")
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)
