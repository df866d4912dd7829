"""A print job: the labels that a clerk took to print. It outlives the clerk's session."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices import PrintForm
from deliver_to_po.models.parts import by


class PrintJob(models.Model):
    """What was chosen to be printed, by whom and when; where each label of it stands is read from its shipment."""

    id = models.UUIDField(_("ID"), primary_key=True, default=uuid.uuid4, editable=False)
    user = by()
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)
    form = models.CharField(_("printed on"), max_length=10, choices=PrintForm.pairs, default=PrintForm.LABEL)
    start = models.PositiveSmallIntegerField(_("first place on the page"), default=1)
    # Tests are never printed among real parcels.
    live = models.BooleanField(_("real parcels"), default=False)
    # Primary keys of shipments, and references of deliveries that have none.
    chosen = models.JSONField(_("shipments, in packing order"), default=list)
    without = models.JSONField(_("deliveries without a parcel"), default=list)

    class Meta:
        verbose_name = _("print job")
        verbose_name_plural = _("print jobs")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], name="d2po_print_job_created")]

    def __str__(self) -> str:
        return str(self.pk)
