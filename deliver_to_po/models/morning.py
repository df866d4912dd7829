"""The mail that tells the clerks each morning what waits for them: one row a day, so that it is sent once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliver_to_po.models.due import Due


class MorningMail(Due):
    """The mail of one day, in the shop's time zone. It holds no words: they are found when it is sent.

    ``begun`` says that sending began and nobody knows how it ended. ``ended_at`` is when it was sent, found to be
    needless or given up; ``sent`` says which.
    """

    day = models.DateField(_("day"), unique=True)
    begun = models.BooleanField(_("begun without an end"), default=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    sent = models.BooleanField(_("sent"), default=False)

    class Meta:
        verbose_name = _("morning mail")
        verbose_name_plural = _("morning mails")
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)
