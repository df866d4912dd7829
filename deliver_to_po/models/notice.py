"""What people are told by e-mail about a delivery: that a post office is to be chosen."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliver_to_po.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.due import Due


class Notice(Due):
    """One e-mail, sent once. It holds nothing personal: to whom and in which words is found out when it is sent.

    ``occasion`` is the key of the line of history that it is about. ``begun`` counts how often sending began without
    anybody knowing how it ended: it is written before the e-mail is handed over, and a row that is found with it was
    left by a worker that was killed.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="notices", verbose_name=_("delivery"))
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind)
    occasion = models.PositiveBigIntegerField(_("occasion"))
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)
    begun = models.PositiveSmallIntegerField(_("times begun without an end"), default=0)
    outcome = models.CharField(
        _("result"), max_length=20, choices=NoticeOutcome, blank=True, default=NoticeOutcome.TO_SEND
    )
    problem = models.CharField(
        _("problem"), max_length=20, choices=NoticeProblem, blank=True, default=NoticeProblem.NONE
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(outcome=""), name="d2po_notice_due")]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind", "occasion"], name="d2po_notice_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="d2po_notice_kind_known"),
            models.CheckConstraint(condition=Q(outcome__in=NoticeOutcome.values), name="d2po_notice_outcome_known"),
            models.CheckConstraint(condition=Q(outcome="sent") | Q(sent_at=None), name="d2po_notice_sent_when"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
