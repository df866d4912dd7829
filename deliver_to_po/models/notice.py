"""What people are told by e-mail, once: which office is to be chosen, where a parcel is; what waits for the clerks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.due import Due


class Notice(Due):
    """One e-mail, sent once. It holds nothing personal: to whom and in which words is found out when it is sent.

    ``occasion`` is the key of what it is about: a line of history, a shipment, or an event of its parcel. ``begun``
    says that sending began and nobody knows how it ended: it is written before the e-mail is handed over, and stays
    where a worker was killed or the mail server gave no answer. The e-mail may have arrived, so it is not sent again.
    ``due_at`` of one that failed is when it did.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="notices", verbose_name=_("delivery"))
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind.pairs)
    occasion = models.PositiveBigIntegerField(_("occasion"))
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)
    begun = models.BooleanField(_("begun without an end"), default=False)
    outcome = models.CharField(
        _("result"), max_length=20, choices=NoticeOutcome.pairs, blank=True, default=NoticeOutcome.TO_SEND
    )
    problem = models.CharField(
        _("problem"), max_length=20, choices=NoticeProblem.pairs, blank=True, default=NoticeProblem.NONE
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(outcome=""), name="d2po_notice_due")]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind", "occasion"], name="d2po_notice_once"),
            models.CheckConstraint(condition=Q(outcome__in=NoticeOutcome.values), name="d2po_notice_outcome_known"),
            models.CheckConstraint(condition=Q(outcome="sent") | Q(sent_at=None), name="d2po_notice_sent_when"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


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
