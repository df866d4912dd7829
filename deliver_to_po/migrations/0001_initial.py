"""Everything that is kept. By hand: `conf.order_model()` is the shop's, `choices.….pairs` are words; first what several tables hold."""

import uuid
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import deliver_to_po.models.shipment
from deliver_to_po.core import choices, conf

RECIPIENT_AND_OFFICE: "list[tuple[str, models.Field[Any, Any]]]" = [
    ("recipient_name", models.CharField(blank=True, max_length=44, verbose_name="recipient’s name")),
    ("recipient_address_line_1", models.CharField(blank=True, max_length=44, verbose_name="address")),
    ("recipient_address_line_2", models.CharField(blank=True, max_length=44, verbose_name="address, second line")),
    ("recipient_city", models.CharField(blank=True, max_length=40, verbose_name="city")),
    ("recipient_province", models.CharField(blank=True, max_length=2, verbose_name="province")),
    ("recipient_postal_code", models.CharField(blank=True, max_length=6, verbose_name="postal code")),
    ("recipient_email", models.CharField(blank=True, max_length=60, verbose_name="e-mail")),
    ("recipient_phone", models.CharField(blank=True, max_length=25, verbose_name="phone")),
    ("office_id", models.CharField(blank=True, max_length=12, verbose_name="post office ID")),
    ("office_name", models.CharField(blank=True, max_length=80, verbose_name="post office")),
    ("office_location", models.CharField(blank=True, max_length=80, verbose_name="location")),
    ("office_address", models.CharField(blank=True, max_length=80, verbose_name="post office’s address")),
    ("office_city", models.CharField(blank=True, max_length=60, verbose_name="post office’s city")),
    ("office_province", models.CharField(blank=True, max_length=2, verbose_name="post office’s province")),
    ("office_postal_code", models.CharField(blank=True, max_length=6, verbose_name="post office’s postal code")),
    ("office_latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
    ("office_longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
]
DUE: "list[tuple[str, models.Field[Any, Any]]]" = [
    ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="next looked at")),
    ("lease", models.UUIDField(blank=True, editable=False, null=True, verbose_name="lease")),
    ("claims", models.PositiveIntegerField(default=0, verbose_name="times taken by a worker")),
    ("lapses", models.PositiveIntegerField(default=0, verbose_name="locks that expired without an answer")),
    ("tries", models.PositiveIntegerField(default=0, verbose_name="tries at this step")),
]
BY = (
    "user",
    models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name="by",
    ),
)
REASON = (
    "reason",
    models.CharField(blank=True, choices=choices.Reason.pairs, default="", max_length=30, verbose_name="reason"),
)
FILLED = models.Q(
    models.Q(("office_id", ""), _negated=True),
    models.Q(("office_address", ""), _negated=True),
    models.Q(("office_city", ""), _negated=True),
    models.Q(("office_province", ""), _negated=True),
    models.Q(("office_postal_code", ""), _negated=True),
    models.Q(("recipient_name", ""), _negated=True),
    models.Q(("recipient_address_line_1", ""), _negated=True),
    models.Q(("recipient_city", ""), _negated=True),
    models.Q(("recipient_province", ""), _negated=True),
    models.Q(("recipient_postal_code", ""), _negated=True),
    models.Q(("recipient_email", ""), _negated=True),
    models.Q(("recipient_phone", ""), _negated=True),
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(conf.order_model()),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="name")),
                ("beat_at", models.DateTimeField(verbose_name="last seen")),
            ],
            options={"verbose_name": "heartbeat", "verbose_name_plural": "heartbeats"},
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                *RECIPIENT_AND_OFFICE,
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=choices.DeliveryState.pairs, default="draft", max_length=20, verbose_name="state"
                    ),
                ),
                REASON,
                (
                    "secret_hash",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="hash of the choice’s secret"
                    ),
                ),
                ("choice", models.PositiveIntegerField(default=0, verbose_name="times the post office was changed")),
                ("live", models.BooleanField(default=False, verbose_name="real, not a test")),
                (
                    "language",
                    models.CharField(
                        choices=choices.Language.pairs, default="en", max_length=2, verbose_name="language"
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=35, verbose_name="reference")),
                ("office_hours", models.JSONField(blank=True, null=True, verbose_name="hours")),
                (
                    "office_fetched_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="post office fetched at"),
                ),
                (
                    "office_check",
                    models.CharField(
                        choices=choices.OfficeCheck.pairs,
                        default="not_asked",
                        max_length=20,
                        verbose_name="post office check",
                    ),
                ),
                (
                    "office_checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="post office checked at"),
                ),
                ("service", models.CharField(blank=True, max_length=32, verbose_name="service")),
                (
                    "price",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="price of delivery (CAD)"
                    ),
                ),
                (
                    "charge",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        editable=False,
                        max_digits=9,
                        null=True,
                        verbose_name="charged for the delivery (CAD)",
                    ),
                ),
                ("price_quoted_at", models.DateTimeField(blank=True, null=True, verbose_name="price quoted at")),
                ("quote", models.JSONField(blank=True, default=dict, verbose_name="what the price was made of")),
                (
                    "reserved_for",
                    models.CharField(
                        blank=True, editable=False, max_length=32, verbose_name="parcels it was reserved for"
                    ),
                ),
                (
                    "packed",
                    models.JSONField(
                        blank=True, default=dict, editable=False, verbose_name="parcels as they were packed"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                ("expires_at", models.DateTimeField(verbose_name="draft expires at")),
                ("reserved_at", models.DateTimeField(blank=True, null=True, verbose_name="date reserved")),
                ("placed_at", models.DateTimeField(blank=True, null=True, verbose_name="date placed")),
                (
                    "paid_asked_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="shop asked about payment"
                    ),
                ),
                ("release_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="release asked for")),
                ("hold_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="hold asked for")),
                (
                    "wished",
                    models.CharField(
                        blank=True,
                        choices=choices.Reason.pairs,
                        default="",
                        max_length=30,
                        verbose_name="what the buyer asks for",
                    ),
                ),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="date released")),
                ("stop_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="cancellation asked for")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="recipient erased")),
                (
                    "former_kept",
                    models.BooleanField(default=False, editable=False, verbose_name="a former recipient is kept"),
                ),
                ("erasure_failed_at", models.DateTimeField(blank=True, null=True, verbose_name="erasure failed")),
                (
                    "current_order",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="d2po_delivery",
                        to=conf.order_model(),
                        verbose_name="order that this is the current delivery of",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="d2po_deliveries",
                        to=conf.order_model(),
                        verbose_name="order",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="deliver_to_po.delivery",
                        verbose_name="replaces delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery to a post office",
                "verbose_name_plural": "deliveries to post offices",
                "permissions": [
                    ("hand_off_delivery", "Can request shipping labels"),
                    ("choose_office", "Can choose another post office for a delivery"),
                    ("hold_delivery", "Can put deliveries on hold and resume them"),
                    ("cancel_delivery", "Can cancel deliveries"),
                    ("correct_recipient", "Can correct recipients"),
                    ("change_parcels", "Can change the parcels of a delivery"),
                    ("make_again", "Can have shipping labels made again"),
                    ("settle_shipment", "Can report what became of a shipment that needs attention"),
                    ("view_label", "Can open shipping labels"),
                    ("print_labels", "Can print shipping labels, packing slips and pick lists"),
                    ("erase_delivery", "Can erase recipients and labels"),
                    ("answer_privacy_requests", "Can find, export and erase what is held about a person"),
                ],
                "indexes": [
                    models.Index(fields=["state", "-placed_at"], name="d2po_delivery_state"),
                    models.Index(
                        condition=models.Q(("state", "draft")), fields=["expires_at"], name="d2po_delivery_draft_expiry"
                    ),
                    models.Index(
                        condition=models.Q(("erased_at", None), ("former_kept", True), _connector="OR"),
                        fields=["placed_at"],
                        name="d2po_delivery_to_erase",
                    ),
                    models.Index(
                        condition=models.Q(("order__isnull", False)),
                        fields=["-placed_at", "-id"],
                        name="d2po_delivery_listed",
                    ),
                    models.Index(
                        condition=models.Q(("order__isnull", False)),
                        fields=["reference", "-id"],
                        name="d2po_delivery_reference",
                    ),
                    models.Index(
                        condition=models.Q(("order__isnull", False)),
                        fields=["live", "-placed_at"],
                        name="d2po_delivery_live",
                    ),
                    models.Index(
                        condition=models.Q(("released_at__isnull", False)),
                        fields=["released_at"],
                        name="d2po_delivery_released",
                    ),
                    models.Index(
                        condition=models.Q(("wished__gt", "")), fields=["placed_at"], name="d2po_delivery_wished"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order", None), ("state__in", ["draft", "reserved"])),
                            models.Q(
                                models.Q(("state__in", ["draft", "reserved"]), _negated=True), ("order__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="d2po_before_placing_no_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("current_order", None), ("current_order", models.F("order")), _connector="OR"
                        ),
                        name="d2po_current_order_is_the_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            ("erased_at__isnull", False),
                            models.Q(("office_id", ""), ("state__in", ["needs_choice", "cancelled"])),
                            FILLED,
                            _connector="OR",
                        ),
                        name="d2po_has_office_and_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "released"), _negated=True),
                            models.Q(("release_asked_at__isnull", False), ("released_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="d2po_released_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["draft", "reserved", "placed", "released", "held", "needs_choice", "cancelled"],
                            )
                        ),
                        name="d2po_delivery_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(default="default", max_length=40, verbose_name="shipping system")),
                ("live", models.BooleanField(default=False, verbose_name="real, not a test")),
                ("parcels", models.PositiveIntegerField(default=0, verbose_name="parcels")),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        storage=deliver_to_po.models.shipment.label_storage,
                        upload_to=deliver_to_po.models.shipment.label_name,
                        verbose_name="file",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="date exported")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="date erased")),
                ("erasure_failed_at", models.DateTimeField(blank=True, null=True, verbose_name="erasure failed")),
                BY,
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "ordering": ["-created_at", "-pk"],
                "permissions": [("ship_by_hand", "Can export parcels and enter their tracking numbers")],
            },
        ),
        migrations.CreateModel(
            name="DaysTaken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("live", models.BooleanField(default=False, verbose_name="real, not a test")),
                ("service", models.CharField(max_length=32, verbose_name="service")),
                ("origin", models.CharField(max_length=2, verbose_name="from province")),
                ("destination", models.CharField(max_length=2, verbose_name="to province")),
                ("days", models.PositiveSmallIntegerField(verbose_name="working days")),
                ("parcels", models.PositiveIntegerField(verbose_name="parcels")),
            ],
            options={
                "verbose_name": "days that parcels took",
                "verbose_name_plural": "days that parcels took",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("live", "service", "origin", "destination", "days"), name="d2po_days_taken_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(default="default", max_length=40, verbose_name="shipping system")),
                ("api", models.CharField(blank=True, max_length=20, verbose_name="API")),
                ("live", models.BooleanField(default=False, verbose_name="real, not a test")),
                (
                    "what",
                    models.CharField(choices=choices.Compared.pairs, max_length=20, verbose_name="what is compared"),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                (
                    "theirs",
                    models.PositiveIntegerField(default=0, verbose_name="parcels that the shipping system lists"),
                ),
                ("ours", models.PositiveIntegerField(default=0, verbose_name="parcels that are known here")),
                ("differences", models.JSONField(blank=True, default=list, verbose_name="differences")),
                ("left", models.JSONField(blank=True, default=list, verbose_name="left to another shop")),
                ("differing", models.PositiveIntegerField(default=0, verbose_name="parcels that differ")),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="compared at")),
            ],
            options={
                "verbose_name": "comparison",
                "verbose_name_plural": "comparisons",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "api", "live", "what", "name"), name="d2po_one_comparison"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Manifest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *DUE,
                (
                    "state",
                    models.CharField(
                        choices=choices.ManifestState.pairs, default="claimed", max_length=20, verbose_name="state"
                    ),
                ),
                REASON,
                ("reason_text", models.TextField(blank=True, verbose_name="what the shipping system said")),
                ("live", models.BooleanField(default=False, verbose_name="real, not a test")),
                ("system", models.CharField(default="default", max_length=40, verbose_name="shipping system")),
                ("api", models.CharField(blank=True, max_length=20, verbose_name="API")),
                ("sender", models.JSONField(blank=True, default=dict, verbose_name="sender")),
                ("parcels", models.PositiveIntegerField(default=0, verbose_name="parcels")),
                (
                    "weight_kg",
                    models.DecimalField(decimal_places=3, default=0, max_digits=11, verbose_name="weight (kg)"),
                ),
                ("requests", models.PositiveIntegerField(default=0, verbose_name="times sent")),
                ("carrier_ids", models.JSONField(blank=True, default=list, verbose_name="manifest IDs")),
                (
                    "told_of",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="parcels that the manifest lists"),
                ),
                (
                    "strangers",
                    models.JSONField(blank=True, default=list, verbose_name="parcels that only the manifest knows"),
                ),
                ("number", models.CharField(blank=True, max_length=200, verbose_name="manifest number")),
                (
                    "document",
                    models.FileField(
                        blank=True,
                        storage=deliver_to_po.models.shipment.label_storage,
                        upload_to=deliver_to_po.models.shipment.label_name,
                        verbose_name="manifest to print",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                ("requested_at", models.DateTimeField(blank=True, null=True, verbose_name="first sent at")),
                ("transmitted_at", models.DateTimeField(blank=True, null=True, verbose_name="date transmitted")),
                ("looked_again_at", models.DateTimeField(blank=True, null=True, verbose_name="checked again at")),
                ("fetched_at", models.DateTimeField(blank=True, null=True, verbose_name="date of the document")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="document erased")),
                ("erasure_failed_at", models.DateTimeField(blank=True, null=True, verbose_name="erasure failed")),
                BY,
            ],
            options={
                "verbose_name": "manifest",
                "verbose_name_plural": "manifests",
                "ordering": ["-created_at", "-pk"],
                "permissions": [("transmit_manifest", "Can transmit the day’s parcels")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at", "id"], name="d2po_manifest_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["claimed", "asked", "unknown", "transmitted", "fetched", "attention", "refused"],
                            )
                        ),
                        name="d2po_manifest_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["transmitted", "fetched"]), _negated=True),
                            ("transmitted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="d2po_manifest_transmitted_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "fetched"), _negated=True),
                            models.Q(("document", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="d2po_manifest_fetched_has_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ManifestGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=32, verbose_name="group")),
                (
                    "open_group",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=80,
                        null=True,
                        unique=True,
                        verbose_name="group that is being transmitted",
                    ),
                ),
                (
                    "manifest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="deliver_to_po.manifest",
                        verbose_name="manifest",
                    ),
                ),
            ],
            options={
                "verbose_name": "group",
                "verbose_name_plural": "groups",
                "ordering": ["group", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("manifest", "group"), name="d2po_one_group_per_manifest")
                ],
            },
        ),
        migrations.CreateModel(
            name="MorningMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *DUE,
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("begun", models.BooleanField(default=False, verbose_name="begun without an end")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("sent", models.BooleanField(default=False, verbose_name="sent")),
            ],
            options={"verbose_name": "morning mail", "verbose_name_plural": "morning mails", "ordering": ["day"]},
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *DUE,
                ("kind", models.CharField(choices=choices.NoticeKind.pairs, max_length=20, verbose_name="kind")),
                ("occasion", models.PositiveBigIntegerField(verbose_name="occasion")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                ("begun", models.BooleanField(default=False, verbose_name="begun without an end")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=choices.NoticeOutcome.pairs,
                        default="",
                        max_length=20,
                        verbose_name="result",
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=choices.NoticeProblem.pairs,
                        default="",
                        max_length=20,
                        verbose_name="problem",
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="deliver_to_po.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["created_at", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("outcome", "")), fields=["due_at"], name="d2po_notice_due")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "kind", "occasion"), name="d2po_notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "choose",
                                    "remind",
                                    "clerks",
                                    "label_made",
                                    "ready",
                                    "fifth_day",
                                    "last_days",
                                    "elsewhere",
                                    "returning",
                                ],
                            )
                        ),
                        name="d2po_notice_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "sent", "left_to_shop", "not_needed", "failed"])),
                        name="d2po_notice_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome", "sent"), ("sent_at", None), _connector="OR"),
                        name="d2po_notice_sent_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("environment", models.CharField(max_length=250, verbose_name="environment")),
                ("office_key", models.CharField(max_length=12, verbose_name="post office ID without leading zeros")),
                ("received_id", models.CharField(max_length=12, verbose_name="post office ID")),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="name in English")),
                ("name_fr", models.CharField(blank=True, max_length=80, verbose_name="name in French")),
                ("location_en", models.CharField(blank=True, max_length=80, verbose_name="location in English")),
                ("location_fr", models.CharField(blank=True, max_length=80, verbose_name="location in French")),
                ("street", models.CharField(blank=True, max_length=80, verbose_name="address")),
                ("city", models.CharField(blank=True, max_length=60, verbose_name="city")),
                ("province", models.CharField(blank=True, max_length=2, verbose_name="province")),
                ("postal_code", models.CharField(blank=True, max_length=6, verbose_name="postal code")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("zone", models.CharField(blank=True, max_length=40, verbose_name="time zone")),
                ("bilingual", models.BooleanField(blank=True, null=True, verbose_name="bilingual")),
                ("hours", models.JSONField(blank=True, null=True, verbose_name="hours")),
                ("hours_fetched_at", models.DateTimeField(blank=True, null=True, verbose_name="hours fetched at")),
                (
                    "offered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="date last listed by Canada Post"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="date found closed")),
            ],
            options={
                "verbose_name": "post office",
                "verbose_name_plural": "post offices",
                "indexes": [
                    models.Index(fields=["environment", "latitude", "longitude"], name="d2po_office_place"),
                    models.Index(fields=["environment", "postal_code"], name="d2po_office_postal_code"),
                    models.Index(fields=["environment", "province", "city"], name="d2po_office_city"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("environment", "office_key"), name="d2po_one_office_per_environment"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=40, verbose_name="shipping system")),
                ("message_id", models.CharField(max_length=100, verbose_name="message ID")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256 of the message")),
                ("result", models.CharField(max_length=30, verbose_name="result")),
                ("received_at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="received")),
            ],
            options={
                "verbose_name": "message of a webhook",
                "verbose_name_plural": "messages of webhooks",
                "constraints": [
                    models.UniqueConstraint(fields=("system", "message_id"), name="d2po_each_message_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason_en",
                    models.CharField(
                        help_text="A full sentence that buyers will read, for example “Canada Post is on strike.”",
                        max_length=200,
                        verbose_name="reason in English",
                    ),
                ),
                (
                    "reason_fr",
                    models.CharField(
                        help_text="A full sentence that buyers will read, for example “Canada Post is on strike.”",
                        max_length=200,
                        verbose_name="reason in French",
                    ),
                ),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="starts")),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="Buyers see this date. You can change it at any time; a past date ends the pause.",
                        verbose_name="ends",
                    ),
                ),
            ],
            options={
                "verbose_name": "pause",
                "verbose_name_plural": "pauses",
                "indexes": [models.Index(fields=["ends_at"], name="d2po_pause_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="d2po_pause_ends_after_start",
                        violation_error_message="The end must be after the start.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PrintJob",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                (
                    "form",
                    models.CharField(
                        choices=choices.PrintForm.pairs, default="label", max_length=10, verbose_name="printed on"
                    ),
                ),
                ("start", models.PositiveSmallIntegerField(default=1, verbose_name="first place on the page")),
                ("live", models.BooleanField(default=False, verbose_name="real parcels")),
                ("chosen", models.JSONField(default=list, verbose_name="shipments, in packing order")),
                ("without", models.JSONField(default=list, verbose_name="deliveries without a parcel")),
                BY,
            ],
            options={
                "verbose_name": "print job",
                "verbose_name_plural": "print jobs",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["created_at"], name="d2po_print_job_created")],
            },
        ),
        migrations.CreateModel(
            name="PrivacyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="date and time")),
                ("step", models.CharField(choices=choices.PrivacyStep.pairs, max_length=20, verbose_name="step")),
                ("found_by", models.CharField(max_length=40, verbose_name="looked for by")),
                ("deliveries", models.TextField(blank=True, verbose_name="deliveries")),
                ("found", models.PositiveIntegerField(default=0, verbose_name="found")),
                ("erased", models.PositiveIntegerField(default=0, verbose_name="erased or deleted")),
                ("kept", models.PositiveIntegerField(default=0, verbose_name="not erased yet")),
                BY,
            ],
            options={
                "verbose_name": "privacy request",
                "verbose_name_plural": "privacy requests",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["at"], name="d2po_privacy_request_at")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["looked", "exported", "erased"])),
                        name="d2po_privacy_request_step_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, verbose_name="key")),
                (
                    "delivery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_keys",
                        to="deliver_to_po.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "search key",
                "verbose_name_plural": "search keys",
                "indexes": [models.Index(fields=["key"], name="d2po_search_key", opclasses=["varchar_pattern_ops"])],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery", "key"),
                        name="d2po_search_key_once",
                        opclasses=["uuid_ops", "varchar_pattern_ops"],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *RECIPIENT_AND_OFFICE,
                *DUE,
                ("parcel", models.PositiveSmallIntegerField(default=1, verbose_name="parcel")),
                ("revision", models.PositiveSmallIntegerField(default=1, verbose_name="revision")),
                (
                    "open_parcel",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=45,
                        null=True,
                        unique=True,
                        verbose_name="parcel that is under way",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=choices.ShipmentState.pairs, default="waiting", max_length=20, verbose_name="state"
                    ),
                ),
                REASON,
                ("reason_text", models.TextField(blank=True, verbose_name="what the shipping system said")),
                ("request_id", models.CharField(max_length=32, unique=True, verbose_name="request ID")),
                ("system", models.CharField(default="default", max_length=40, verbose_name="shipping system")),
                ("api", models.CharField(blank=True, max_length=20, verbose_name="API")),
                ("service", models.CharField(max_length=32, verbose_name="service")),
                ("options", models.JSONField(blank=True, default=list, verbose_name="options")),
                ("of_parcels", models.PositiveSmallIntegerField(default=1, verbose_name="number of parcels")),
                ("contents", models.JSONField(blank=True, default=list, verbose_name="contents")),
                ("weight_kg", models.DecimalField(decimal_places=3, max_digits=9, verbose_name="weight (kg)")),
                ("length_cm", models.DecimalField(decimal_places=1, max_digits=7, verbose_name="length (cm)")),
                ("width_cm", models.DecimalField(decimal_places=1, max_digits=7, verbose_name="width (cm)")),
                ("height_cm", models.DecimalField(decimal_places=1, max_digits=7, verbose_name="height (cm)")),
                ("group", models.CharField(blank=True, max_length=32, verbose_name="group")),
                ("mailing_date", models.DateField(blank=True, null=True, verbose_name="mailing date")),
                ("sender", models.JSONField(blank=True, default=dict, verbose_name="sender")),
                (
                    "change_asked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="change asked for"),
                ),
                ("requests", models.PositiveIntegerField(default=0, verbose_name="times sent")),
                ("requested_at", models.DateTimeField(blank=True, null=True, verbose_name="first sent at")),
                ("shipment_id", models.CharField(blank=True, max_length=40, verbose_name="shipment ID")),
                ("tracking_pin", models.CharField(blank=True, max_length=40, verbose_name="tracking number")),
                (
                    "own_tracking_pin",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=40,
                        null=True,
                        unique=True,
                        verbose_name="tracking number of its own",
                    ),
                ),
                (
                    "number_asked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="number asked for"),
                ),
                (
                    "system_data",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="what the shipping system wants to see again"
                    ),
                ),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="date made")),
                (
                    "price",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="price (CAD)"
                    ),
                ),
                (
                    "label",
                    models.FileField(
                        blank=True,
                        storage=deliver_to_po.models.shipment.label_storage,
                        upload_to=deliver_to_po.models.shipment.label_name,
                        verbose_name="shipping label",
                    ),
                ),
                (
                    "label_files",
                    models.JSONField(blank=True, default=list, editable=False, verbose_name="files of the label"),
                ),
                ("label_media_type", models.CharField(blank=True, max_length=60, verbose_name="label’s media type")),
                ("labelled_at", models.DateTimeField(blank=True, null=True, verbose_name="date of the label")),
                (
                    "printed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last printed"),
                ),
                ("prints", models.PositiveIntegerField(default=0, editable=False, verbose_name="times printed")),
                ("transmitted_at", models.DateTimeField(blank=True, null=True, verbose_name="date transmitted")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="deliver_to_po.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "export",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="deliver_to_po.export",
                        verbose_name="export",
                    ),
                ),
                (
                    "manifest",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="deliver_to_po.manifest",
                        verbose_name="manifest",
                    ),
                ),
                (
                    "print_job",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="shipments",
                        to="deliver_to_po.printjob",
                        verbose_name="print job",
                    ),
                ),
                (
                    "printed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last printed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipment",
                "verbose_name_plural": "shipments",
                "ordering": ["delivery", "parcel", "revision"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at", "id"], name="d2po_shipment_due"
                    ),
                    models.Index(fields=["state", "due_at"], name="d2po_shipment_state_due"),
                    models.Index(fields=["tracking_pin"], name="d2po_shipment_pin"),
                    models.Index(fields=["shipment_id"], name="d2po_shipment_number"),
                    models.Index(
                        condition=models.Q(("lapses__gt", 0)), fields=["created_at"], name="d2po_shipment_lapsed"
                    ),
                    models.Index(
                        condition=models.Q(("printed_at", None), ("state", "labelled")),
                        fields=["labelled_at"],
                        name="d2po_shipment_to_print",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("transmitted_at", None),
                            models.Q(("group", ""), _negated=True),
                            models.Q(("state__in", ("refused", "dropped", "voided", "refund_asked")), _negated=True),
                        ),
                        fields=["group"],
                        name="d2po_shipment_to_transmit",
                    ),
                    models.Index(fields=["made_at"], name="d2po_shipment_made"),
                    models.Index(
                        condition=models.Q(("transmitted_at__isnull", False)),
                        fields=["transmitted_at"],
                        name="d2po_shipment_transmitted",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery", "parcel", "revision"), name="d2po_one_shipment_per_revision"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "waiting",
                                    "requested",
                                    "unknown",
                                    "handed",
                                    "made",
                                    "labelled",
                                    "done",
                                    "attention",
                                    "suspended",
                                    "refused",
                                    "dropped",
                                    "voiding",
                                    "voided",
                                    "refunding",
                                    "refund_asked",
                                ],
                            )
                        ),
                        name="d2po_shipment_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["refund_asked", "made", "labelled", "done", "suspended", "attention"]),
                            models.Q(("open_parcel", None), ("state__in", ("refused", "dropped", "voided"))),
                            models.Q(
                                models.Q(("state__in", ("refused", "dropped", "voided")), _negated=True),
                                ("open_parcel__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="d2po_closed_frees_the_parcel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["waiting", "requested", "unknown"]), _negated=True),
                            FILLED,
                            _connector="OR",
                        ),
                        name="d2po_unanswered_has_its_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["made", "labelled", "done"]), _negated=True),
                            models.Q(("shipment_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="d2po_made_has_shipment_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "labelled"), _negated=True),
                            models.Q(("label", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="d2po_labelled_has_label",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refunding"), _negated=True),
                            ("transmitted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="d2po_refund_after_transmission",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="History",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="date and time")),
                ("change", models.CharField(choices=choices.Change.pairs, max_length=20, verbose_name="step")),
                REASON,
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="deliver_to_po.delivery",
                        verbose_name="delivery",
                    ),
                ),
                BY,
                (
                    "shipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="deliver_to_po.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "history",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "change__in",
                                [
                                    "reserve",
                                    "unreserve",
                                    "place",
                                    "place_held",
                                    "place_unchosen",
                                    "add_unchosen",
                                    "ask_release",
                                    "release",
                                    "hold",
                                    "ask_hold",
                                    "unask_hold",
                                    "resume",
                                    "need_choice",
                                    "choose_again",
                                    "reopen",
                                    "ask_stop",
                                    "cancel",
                                    "expire",
                                    "erase",
                                    "correct_recipient",
                                    "change_office",
                                    "change_parcel",
                                    "replan",
                                    "make_again",
                                    "revise",
                                    "drop",
                                    "found",
                                    "not_made",
                                    "void",
                                    "refund",
                                    "transmit",
                                    "label_destroyed",
                                    "fetch_again",
                                    "open_label",
                                    "save_details",
                                    "buyer_asks",
                                    "report",
                                    "settle_parcel",
                                    "unsettle_parcel",
                                ],
                            )
                        ),
                        name="d2po_change_known",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("change", "open_label")), fields=["at"], name="d2po_history_opened"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="date and time")),
                ("step", models.CharField(choices=choices.HandoffStep.pairs, max_length=20, verbose_name="step")),
                ("request_id", models.CharField(max_length=32, verbose_name="request ID")),
                ("outcome", models.CharField(choices=choices.Outcome.pairs, max_length=20, verbose_name="result")),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="HTTP status")),
                ("codes", models.CharField(blank=True, max_length=120, verbose_name="error codes")),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="deliver_to_po.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt",
                "verbose_name_plural": "attempts",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    "takes_parcels",
                                    "no_longer",
                                    "gone",
                                    "could_not_ask",
                                    "made",
                                    "transmitted",
                                    "suspended",
                                    "handed",
                                    "lost",
                                    "found_none",
                                    "found_same",
                                    "found_other",
                                    "label_kept",
                                    "voided",
                                    "refund_asked",
                                    "invalid",
                                    "credentials",
                                    "not_entitled",
                                    "refused",
                                    "not_ready",
                                    "throttled",
                                    "unavailable",
                                    "unknown",
                                    "unreadable",
                                    "not_taken",
                                    "crashed",
                                ],
                            )
                        ),
                        name="d2po_outcome_known",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome__in", ["voided", "refund_asked"])),
                        fields=["at"],
                        name="d2po_attempt_taking_back",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tracking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *DUE,
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=choices.ParcelState.pairs,
                        default="",
                        max_length=20,
                        verbose_name="where it is",
                    ),
                ),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=choices.Doubt.pairs,
                        default="",
                        max_length=20,
                        verbose_name="why a person must look",
                    ),
                ),
                ("on", models.DateField(blank=True, null=True, verbose_name="since")),
                ("time", models.CharField(blank=True, max_length=8, verbose_name="local time")),
                ("office_id", models.CharField(blank=True, max_length=12, verbose_name="post office ID")),
                ("office_name", models.CharField(blank=True, max_length=100, verbose_name="post office")),
                ("ready_on", models.DateField(blank=True, null=True, verbose_name="at the post office since")),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected on")),
                ("comes_back", models.BooleanField(default=False, verbose_name="has a return label")),
                ("old_news", models.BooleanField(default=False, verbose_name="was so before it was followed")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="last answered")),
                ("news_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last news")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="over since")),
                (
                    "shipment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracking",
                        to="deliver_to_po.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "tracking",
                "verbose_name_plural": "tracking",
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="d2po_tracking_state_due"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at", "id"], name="d2po_tracking_due"
                    ),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["news_at"], name="d2po_tracking_silent"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "",
                                    "announced",
                                    "in_transit",
                                    "ready",
                                    "elsewhere",
                                    "returning",
                                    "collected",
                                    "returned",
                                    "lost",
                                    "person",
                                ],
                            )
                        ),
                        name="d2po_tracking_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "doubt__in",
                                [
                                    "",
                                    "redirected",
                                    "card_left",
                                    "locker",
                                    "delivered_elsewhere",
                                    "undeliverable",
                                    "disposed",
                                    "never_ready",
                                    "contradicted",
                                    "too_many",
                                ],
                            )
                        ),
                        name="d2po_tracking_doubt_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "person"), ("doubt", ""), _connector="XOR"),
                        name="d2po_tracking_doubt_is_a_persons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="date")),
                ("time", models.CharField(blank=True, max_length=8, verbose_name="local time")),
                ("code", models.PositiveIntegerField(default=0, verbose_name="number")),
                ("scan", models.CharField(choices=choices.Scan.pairs, max_length=20, verbose_name="meaning")),
                ("office_id", models.CharField(blank=True, max_length=12, verbose_name="post office ID")),
                ("office_name", models.CharField(blank=True, max_length=100, verbose_name="post office")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="what Canada Post said")),
                ("accepted", models.BooleanField(default=False, verbose_name="looked at")),
                (
                    "tracking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="deliver_to_po.tracking",
                        verbose_name="tracking",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a parcel",
                "verbose_name_plural": "events of parcels",
                "ordering": ["-on", "-time", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("scan", "unknown")), fields=["code"], name="d2po_tracking_event_unknown"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tracking", "code", "on", "time", "scan", "office_id"), name="d2po_tracking_event_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ParcelMessage",
            fields=[
                *DUE,
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("data", models.JSONField(verbose_name="what is told")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="date created")),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="deliver_to_po.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "message about a parcel",
                "verbose_name_plural": "messages about parcels",
                "indexes": [models.Index(fields=["due_at"], name="d2po_parcel_message_due")],
            },
        ),
    ]
