"""A manifest: groups of shipments that were transmitted together at the day's end, and the paper that tells of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.core.choices import ManifestState, Reason
from deliver_to_po.models.due import Due
from deliver_to_po.models.parts import by
from deliver_to_po.models.shipment import label_name, label_storage


class Manifest(Due):
    """One transmission. It claims its shipments and locks its groups before anything is asked.

    A shipment points to it from the claim on, and is free again when nothing was transmitted. ``carrier_ids`` are the
    shipping system's own ids; one transmission may be answered with several.
    """

    state = models.CharField(_("state"), max_length=20, choices=ManifestState.pairs, default=ManifestState.CLAIMED)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.pairs, blank=True, default=Reason.NONE)
    reason_text = models.TextField(_("what the shipping system said"), blank=True)
    live = models.BooleanField(_("real, not a test"), default=False)
    system = models.CharField(_("shipping system"), max_length=40, default="default")
    api = models.CharField(_("API"), max_length=20, blank=True)
    sender = models.JSONField(_("sender"), default=dict, blank=True)
    user = by()
    parcels = models.PositiveIntegerField(_("parcels"), default=0)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=11, decimal_places=3, default=0)

    requests = models.PositiveIntegerField(_("times sent"), default=0)
    carrier_ids = models.JSONField(_("manifest IDs"), default=list, blank=True)
    # What the shipping system's own list says: how many parcels it tells of, and the ids of those that no row here has.
    told_of = models.PositiveIntegerField(_("parcels that the manifest lists"), null=True, blank=True)
    strangers = models.JSONField(_("parcels that only the manifest knows"), default=list, blank=True)
    number = models.CharField(_("manifest number"), max_length=200, blank=True)
    document = models.FileField(_("manifest to print"), storage=label_storage, upload_to=label_name, blank=True)
    created_at = models.DateTimeField(_("date created"), auto_now_add=True)
    requested_at = models.DateTimeField(_("first sent at"), null=True, blank=True)
    transmitted_at = models.DateTimeField(_("date transmitted"), null=True, blank=True)
    looked_again_at = models.DateTimeField(_("checked again at"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("date of the document"), null=True, blank=True)
    erased_at = models.DateTimeField(_("document erased"), null=True, blank=True)
    erasure_failed_at = models.DateTimeField(_("erasure failed"), null=True, blank=True)

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")
        ordering = ["-created_at", "-pk"]
        permissions = [("transmit_manifest", _("Can transmit the day’s parcels"))]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="d2po_manifest_due")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ManifestState.values), name="d2po_manifest_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["transmitted", "fetched"]) | Q(transmitted_at__isnull=False),
                name="d2po_manifest_transmitted_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="fetched") | ~Q(document=""), name="d2po_manifest_fetched_has_document"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)

    def tells_all(self, carrier_id: str) -> bool:
        """Say whether all of its parcels are on the one manifest of that id."""
        return list(self.carrier_ids) == [carrier_id]

    @property
    def differs(self) -> bool:
        return self.told_of is not None and (self.told_of != self.parcels or bool(self.strangers))


class ManifestGroup(models.Model):
    """A group that a manifest transmits. While ``open_group`` is set, no other has the same group from that place."""

    manifest = models.ForeignKey(Manifest, on_delete=models.CASCADE, related_name="groups", verbose_name=_("manifest"))
    group = models.CharField(_("group"), max_length=lengths.GROUP_ID)
    open_group = models.CharField(
        _("group that is being transmitted"), max_length=80, null=True, blank=True, unique=True, editable=False
    )

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["group", "pk"]
        constraints = [models.UniqueConstraint(fields=["manifest", "group"], name="d2po_one_group_per_manifest")]

    def __str__(self) -> str:
        return self.group
