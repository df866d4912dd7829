"""The history of a delivery: who changed what, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices import Change, Reason
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.parts import by
from deliver_to_po.models.shipment import Shipment

NOTE_LENGTH = 200


def as_note(text: object, longest: int = NOTE_LENGTH) -> str:
    """Return ``text`` as a note: on one line, in characters that every database keeps, as long as a row holds."""
    cut = str(text or "")[: 2 * longest]
    return " ".join("".join(character if character.isprintable() else " " for character in cut).split())[:longest]


class History(models.Model):
    """One change of a delivery or of one of its shipments. Only its note is ever edited: emptied with a recipient."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="history", verbose_name=_("delivery"))
    shipment = models.ForeignKey(
        Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="history", verbose_name=_("shipment")
    )
    at = models.DateTimeField(_("date and time"), auto_now_add=True)
    user = by()
    change = models.CharField(_("step"), max_length=20, choices=Change.pairs)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.pairs, blank=True, default=Reason.NONE)
    note = models.CharField(_("note"), max_length=NOTE_LENGTH, blank=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]
        # The figures count who opened labels lately.
        indexes = [models.Index(fields=["at"], condition=models.Q(change="open_label"), name="d2po_history_opened")]
        constraints = [models.CheckConstraint(condition=models.Q(change__in=Change.values), name="d2po_change_known")]

    def __str__(self) -> str:
        return str(self.get_change_display())
