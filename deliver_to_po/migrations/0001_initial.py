"""Everything that is kept. By hand: `conf.order_model()` is the shop's, `choices.….pairs` are words.

First stand the kinds of columns, then what several tables hold, then the tables.
"""

import uuid
from typing import Any

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from deliver_to_po.core import choices, conf
from deliver_to_po.models.shipment import label_name, label_storage

Column = tuple[str, "models.Field[Any, Any]"]
OPTIONAL: dict[str, Any] = {"blank": True, "null": True}


def text(name: str, length: int, words: str, **more: Any) -> Column:
    return name, models.CharField(words, max_length=length, blank=True, **more)


def one_of(name: str, kinds: Any, words: str, length: int = 20, **more: Any) -> Column:
    return name, models.CharField(words, max_length=length, choices=kinds.pairs, **more)


def moment(name: str, words: str, **more: Any) -> Column:
    return name, models.DateTimeField(words, **OPTIONAL, **more)


def price(name: str, words: str, **more: Any) -> Column:
    return name, models.DecimalField(words, max_digits=9, decimal_places=2, **OPTIONAL, **more)


def file(name: str, words: str) -> Column:
    return name, models.FileField(words, storage=label_storage, upload_to=label_name, blank=True)


def link(name: str, to: str, on_delete: Any, related: str, words: str = "", **more: Any) -> Column:
    return name, models.ForeignKey(to, on_delete, related_name=related, verbose_name=words or name, **more)


def known(column: str, name: str, values: str, *others: str) -> models.CheckConstraint:
    """Return the constraint that a column holds one of the values, which stand there with spaces between."""
    return models.CheckConstraint(condition=Q((f"{column}__in", [*others, *values.split()])), name=name)


ID = ("id", models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False))
RECIPIENT_AND_OFFICE: list[Column] = [
    text("recipient_name", 44, "recipient’s name"),
    text("recipient_address_line_1", 44, "address"),
    text("recipient_address_line_2", 44, "address, second line"),
    text("recipient_city", 40, "city"),
    text("recipient_province", 2, "province"),
    text("recipient_postal_code", 6, "postal code"),
    text("recipient_email", 60, "e-mail"),
    text("recipient_phone", 25, "phone"),
    text("office_id", 12, "post office ID"),
    text("office_name", 80, "post office"),
    text("office_location", 80, "location"),
    text("office_address", 80, "post office’s address"),
    text("office_city", 60, "post office’s city"),
    text("office_province", 2, "post office’s province"),
    text("office_postal_code", 6, "post office’s postal code"),
    ("office_latitude", models.FloatField("latitude", blank=True, null=True)),
    ("office_longitude", models.FloatField("longitude", blank=True, null=True)),
]
DUE: list[Column] = [
    moment("due_at", "next looked at"),
    ("lease", models.UUIDField("lease", blank=True, editable=False, null=True)),
    ("claims", models.PositiveIntegerField("times taken by a worker", default=0)),
    ("lapses", models.PositiveIntegerField("locks that expired without an answer", default=0)),
    ("tries", models.PositiveIntegerField("tries at this step", default=0)),
]
BY = link("user", settings.AUTH_USER_MODEL, models.SET_NULL, "+", "by", **OPTIONAL)
REASON = one_of("reason", choices.Reason, "reason", 30, blank=True, default="")
FILLED = Q(
    *(
        ~Q((name, ""))
        for name in (
            *("office_id", "office_address", "office_city", "office_province", "office_postal_code"),
            *("recipient_name", "recipient_address_line_1", "recipient_city", "recipient_province"),
            *("recipient_postal_code", "recipient_email", "recipient_phone"),
        )
    )
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
                ("name", models.CharField("name", max_length=40, primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField("last seen")),
            ],
            options={"verbose_name": "heartbeat", "verbose_name_plural": "heartbeats"},
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                *RECIPIENT_AND_OFFICE,
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                one_of("state", choices.DeliveryState, "state", default="draft"),
                REASON,
                text("secret_hash", 64, "hash of the choice’s secret", editable=False),
                ("choice", models.PositiveIntegerField("times the post office was changed", default=0)),
                ("live", models.BooleanField("real, not a test", default=False)),
                one_of("language", choices.Language, "language", 2, default="en"),
                text("reference", 35, "reference"),
                ("office_hours", models.JSONField("hours", blank=True, null=True)),
                moment("office_fetched_at", "post office fetched at"),
                one_of("office_check", choices.OfficeCheck, "post office check", default="not_asked"),
                moment("office_checked_at", "post office checked at"),
                text("service", 32, "service"),
                price("price", "price of delivery (CAD)"),
                price("charge", "charged for the delivery (CAD)", editable=False),
                moment("price_quoted_at", "price quoted at"),
                ("quote", models.JSONField("what the price was made of", blank=True, default=dict)),
                text("reserved_for", 32, "parcels it was reserved for", editable=False),
                ("packed", models.JSONField("parcels as they were packed", blank=True, default=dict, editable=False)),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                ("expires_at", models.DateTimeField("draft expires at")),
                moment("reserved_at", "date reserved"),
                moment("placed_at", "date placed"),
                moment("paid_asked_at", "shop asked about payment", editable=False),
                moment("release_asked_at", "release asked for"),
                moment("hold_asked_at", "hold asked for"),
                one_of("wished", choices.Reason, "what the buyer asks for", 30, blank=True, default=""),
                moment("released_at", "date released"),
                moment("stop_asked_at", "cancellation asked for"),
                moment("erased_at", "recipient erased"),
                ("former_kept", models.BooleanField("a former recipient is kept", default=False, editable=False)),
                moment("erasure_failed_at", "erasure failed"),
                (
                    "current_order",
                    models.OneToOneField(
                        conf.order_model(),
                        models.PROTECT,
                        blank=True,
                        editable=False,
                        null=True,
                        related_name="d2po_delivery",
                        verbose_name="order that this is the current delivery of",
                    ),
                ),
                link("order", conf.order_model(), models.PROTECT, "d2po_deliveries", **OPTIONAL),
                link(
                    "replaces", "deliver_to_po.delivery", models.PROTECT, "replaced_by", "replaces delivery", **OPTIONAL
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
                    models.Index(condition=Q(state="draft"), fields=["expires_at"], name="d2po_delivery_draft_expiry"),
                    models.Index(
                        condition=Q(erased_at=None) | Q(former_kept=True),
                        fields=["placed_at"],
                        name="d2po_delivery_to_erase",
                    ),
                    models.Index(
                        condition=Q(order__isnull=False), fields=["-placed_at", "-id"], name="d2po_delivery_listed"
                    ),
                    models.Index(
                        condition=Q(order__isnull=False), fields=["reference", "-id"], name="d2po_delivery_reference"
                    ),
                    models.Index(
                        condition=Q(order__isnull=False), fields=["live", "-placed_at"], name="d2po_delivery_live"
                    ),
                    models.Index(
                        condition=Q(released_at__isnull=False), fields=["released_at"], name="d2po_delivery_released"
                    ),
                    models.Index(condition=Q(wished__gt=""), fields=["placed_at"], name="d2po_delivery_wished"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(order=None, state__in=["draft", "reserved"])
                        | ~Q(state__in=["draft", "reserved"]) & Q(order__isnull=False),
                        name="d2po_before_placing_no_order",
                    ),
                    models.CheckConstraint(
                        condition=Q(current_order=None) | Q(current_order=F("order")),
                        name="d2po_current_order_is_the_order",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="draft")
                        | Q(erased_at__isnull=False)
                        | Q(office_id="", state__in=["needs_choice", "cancelled"])
                        | FILLED,
                        name="d2po_has_office_and_recipient",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="released") | Q(release_asked_at__isnull=False, released_at__isnull=False),
                        name="d2po_released_when",
                    ),
                    known(
                        "state",
                        "d2po_delivery_state_known",
                        "draft reserved placed released held needs_choice cancelled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ID,
                ("system", models.CharField("shipping system", default="default", max_length=40)),
                ("live", models.BooleanField("real, not a test", default=False)),
                ("parcels", models.PositiveIntegerField("parcels", default=0)),
                file("file", "file"),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                moment("claimed_at", "date exported"),
                moment("erased_at", "date erased"),
                moment("erasure_failed_at", "erasure failed"),
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
                ID,
                ("live", models.BooleanField("real, not a test", default=False)),
                ("service", models.CharField("service", max_length=32)),
                ("origin", models.CharField("from province", max_length=2)),
                ("destination", models.CharField("to province", max_length=2)),
                ("days", models.PositiveSmallIntegerField("working days")),
                ("parcels", models.PositiveIntegerField("parcels")),
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
                ID,
                ("system", models.CharField("shipping system", default="default", max_length=40)),
                text("api", 20, "API"),
                ("live", models.BooleanField("real, not a test", default=False)),
                one_of("what", choices.Compared, "what is compared"),
                ("name", models.CharField("name", max_length=40)),
                ("theirs", models.PositiveIntegerField("parcels that the shipping system lists", default=0)),
                ("ours", models.PositiveIntegerField("parcels that are known here", default=0)),
                ("differences", models.JSONField("differences", blank=True, default=list)),
                ("left", models.JSONField("left to another shop", blank=True, default=list)),
                ("differing", models.PositiveIntegerField("parcels that differ", default=0)),
                moment("asked_at", "compared at"),
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
                ID,
                *DUE,
                one_of("state", choices.ManifestState, "state", default="claimed"),
                REASON,
                ("reason_text", models.TextField("what the shipping system said", blank=True)),
                ("live", models.BooleanField("real, not a test", default=False)),
                ("system", models.CharField("shipping system", default="default", max_length=40)),
                text("api", 20, "API"),
                ("sender", models.JSONField("sender", blank=True, default=dict)),
                ("parcels", models.PositiveIntegerField("parcels", default=0)),
                ("weight_kg", models.DecimalField("weight (kg)", decimal_places=3, default=0, max_digits=11)),
                ("requests", models.PositiveIntegerField("times sent", default=0)),
                ("carrier_ids", models.JSONField("manifest IDs", blank=True, default=list)),
                ("told_of", models.PositiveIntegerField("parcels that the manifest lists", blank=True, null=True)),
                ("strangers", models.JSONField("parcels that only the manifest knows", blank=True, default=list)),
                text("number", 200, "manifest number"),
                file("document", "manifest to print"),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                moment("requested_at", "first sent at"),
                moment("transmitted_at", "date transmitted"),
                moment("looked_again_at", "checked again at"),
                moment("fetched_at", "date of the document"),
                moment("erased_at", "document erased"),
                moment("erasure_failed_at", "erasure failed"),
                BY,
            ],
            options={
                "verbose_name": "manifest",
                "verbose_name_plural": "manifests",
                "ordering": ["-created_at", "-pk"],
                "permissions": [("transmit_manifest", "Can transmit the day’s parcels")],
                "indexes": [
                    models.Index(condition=Q(due_at__isnull=False), fields=["due_at", "id"], name="d2po_manifest_due")
                ],
                "constraints": [
                    known(
                        "state",
                        "d2po_manifest_state_known",
                        "claimed asked unknown transmitted fetched attention refused",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state__in=["transmitted", "fetched"]) | Q(transmitted_at__isnull=False),
                        name="d2po_manifest_transmitted_when",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="fetched") | ~Q(document=""), name="d2po_manifest_fetched_has_document"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ManifestGroup",
            fields=[
                ID,
                ("group", models.CharField("group", max_length=32)),
                text("open_group", 80, "group that is being transmitted", editable=False, null=True, unique=True),
                link("manifest", "deliver_to_po.manifest", models.CASCADE, "groups"),
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
                ID,
                *DUE,
                ("day", models.DateField("day", unique=True)),
                ("begun", models.BooleanField("begun without an end", default=False)),
                moment("ended_at", "ended"),
                ("sent", models.BooleanField("sent", default=False)),
            ],
            options={"verbose_name": "morning mail", "verbose_name_plural": "morning mails", "ordering": ["day"]},
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ID,
                *DUE,
                one_of("kind", choices.NoticeKind, "kind"),
                ("occasion", models.PositiveBigIntegerField("occasion")),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                ("begun", models.BooleanField("begun without an end", default=False)),
                one_of("outcome", choices.NoticeOutcome, "result", blank=True, default=""),
                one_of("problem", choices.NoticeProblem, "problem", blank=True, default=""),
                moment("sent_at", "sent"),
                link("delivery", "deliver_to_po.delivery", models.CASCADE, "notices"),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["created_at", "pk"],
                "indexes": [models.Index(condition=Q(outcome=""), fields=["due_at"], name="d2po_notice_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "kind", "occasion"), name="d2po_notice_once"),
                    known("outcome", "d2po_notice_outcome_known", "sent left_to_shop not_needed failed", ""),
                    models.CheckConstraint(condition=Q(outcome="sent") | Q(sent_at=None), name="d2po_notice_sent_when"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ID,
                ("environment", models.CharField("environment", max_length=250)),
                ("office_key", models.CharField("post office ID without leading zeros", max_length=12)),
                ("received_id", models.CharField("post office ID", max_length=12)),
                text("name_en", 80, "name in English"),
                text("name_fr", 80, "name in French"),
                text("location_en", 80, "location in English"),
                text("location_fr", 80, "location in French"),
                text("street", 80, "address"),
                text("city", 60, "city"),
                text("province", 2, "province"),
                text("postal_code", 6, "postal code"),
                ("latitude", models.FloatField("latitude", blank=True, null=True)),
                ("longitude", models.FloatField("longitude", blank=True, null=True)),
                text("zone", 40, "time zone"),
                ("bilingual", models.BooleanField("bilingual", blank=True, null=True)),
                ("hours", models.JSONField("hours", blank=True, null=True)),
                moment("hours_fetched_at", "hours fetched at"),
                moment("offered_at", "date last listed by Canada Post"),
                moment("closed_at", "date found closed"),
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
                ID,
                ("system", models.CharField("shipping system", max_length=40)),
                ("message_id", models.CharField("message ID", max_length=100)),
                ("digest", models.CharField("SHA-256 of the message", max_length=64)),
                ("result", models.CharField("result", max_length=30)),
                ("received_at", models.DateTimeField("received", auto_now_add=True, db_index=True)),
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
                ID,
                (
                    "reason_en",
                    models.CharField(
                        "reason in English",
                        help_text="A full sentence that buyers will read, for example “Canada Post is on strike.”",
                        max_length=200,
                    ),
                ),
                (
                    "reason_fr",
                    models.CharField(
                        "reason in French",
                        help_text="A full sentence that buyers will read, for example “Canada Post is on strike.”",
                        max_length=200,
                    ),
                ),
                ("starts_at", models.DateTimeField("starts", default=django.utils.timezone.now)),
                (
                    "ends_at",
                    models.DateTimeField(
                        "ends",
                        help_text="Buyers see this date. You can change it at any time; a past date ends the pause.",
                    ),
                ),
            ],
            options={
                "verbose_name": "pause",
                "verbose_name_plural": "pauses",
                "indexes": [models.Index(fields=["ends_at"], name="d2po_pause_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ends_at__gt=F("starts_at")),
                        name="d2po_pause_ends_after_start",
                        violation_error_message="The end must be after the start.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PrintJob",
            fields=[
                ("id", models.UUIDField("ID", default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                one_of("form", choices.PrintForm, "printed on", 10, default="label"),
                ("start", models.PositiveSmallIntegerField("first place on the page", default=1)),
                ("live", models.BooleanField("real parcels", default=False)),
                ("chosen", models.JSONField("shipments, in packing order", default=list)),
                ("without", models.JSONField("deliveries without a parcel", default=list)),
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
                ID,
                ("at", models.DateTimeField("date and time", auto_now_add=True)),
                one_of("step", choices.PrivacyStep, "step"),
                ("found_by", models.CharField("looked for by", max_length=40)),
                ("deliveries", models.TextField("deliveries", blank=True)),
                ("found", models.PositiveIntegerField("found", default=0)),
                ("erased", models.PositiveIntegerField("erased or deleted", default=0)),
                ("kept", models.PositiveIntegerField("not erased yet", default=0)),
                BY,
            ],
            options={
                "verbose_name": "privacy request",
                "verbose_name_plural": "privacy requests",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["at"], name="d2po_privacy_request_at")],
                "constraints": [known("step", "d2po_privacy_request_step_known", "looked exported erased")],
            },
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ID,
                ("key", models.CharField("key", max_length=60)),
                link("delivery", "deliver_to_po.delivery", models.CASCADE, "search_keys", db_index=False),
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
                ID,
                *RECIPIENT_AND_OFFICE,
                *DUE,
                ("parcel", models.PositiveSmallIntegerField("parcel", default=1)),
                ("revision", models.PositiveSmallIntegerField("revision", default=1)),
                text("open_parcel", 45, "parcel that is under way", editable=False, null=True, unique=True),
                one_of("state", choices.ShipmentState, "state", default="waiting"),
                REASON,
                ("reason_text", models.TextField("what the shipping system said", blank=True)),
                ("request_id", models.CharField("request ID", max_length=32, unique=True)),
                ("system", models.CharField("shipping system", default="default", max_length=40)),
                text("api", 20, "API"),
                ("service", models.CharField("service", max_length=32)),
                ("options", models.JSONField("options", blank=True, default=list)),
                ("of_parcels", models.PositiveSmallIntegerField("number of parcels", default=1)),
                ("contents", models.JSONField("contents", blank=True, default=list)),
                ("weight_kg", models.DecimalField("weight (kg)", decimal_places=3, max_digits=9)),
                ("length_cm", models.DecimalField("length (cm)", decimal_places=1, max_digits=7)),
                ("width_cm", models.DecimalField("width (cm)", decimal_places=1, max_digits=7)),
                ("height_cm", models.DecimalField("height (cm)", decimal_places=1, max_digits=7)),
                text("group", 32, "group"),
                ("mailing_date", models.DateField("mailing date", blank=True, null=True)),
                ("sender", models.JSONField("sender", blank=True, default=dict)),
                moment("change_asked_at", "change asked for", editable=False),
                ("requests", models.PositiveIntegerField("times sent", default=0)),
                moment("requested_at", "first sent at"),
                text("shipment_id", 40, "shipment ID"),
                text("tracking_pin", 40, "tracking number"),
                text("own_tracking_pin", 40, "tracking number of its own", editable=False, null=True, unique=True),
                moment("number_asked_at", "number asked for", editable=False),
                (
                    "system_data",
                    models.JSONField("what the shipping system wants to see again", blank=True, default=dict),
                ),
                moment("made_at", "date made"),
                price("price", "price (CAD)"),
                file("label", "shipping label"),
                ("label_files", models.JSONField("files of the label", blank=True, default=list, editable=False)),
                text("label_media_type", 60, "label’s media type"),
                moment("labelled_at", "date of the label"),
                moment("printed_at", "last printed", editable=False),
                ("prints", models.PositiveIntegerField("times printed", default=0, editable=False)),
                moment("transmitted_at", "date transmitted"),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                link("delivery", "deliver_to_po.delivery", models.PROTECT, "shipments"),
                link("export", "deliver_to_po.export", models.PROTECT, "shipments", **OPTIONAL),
                link("manifest", "deliver_to_po.manifest", models.PROTECT, "shipments", **OPTIONAL),
                link(
                    "print_job",
                    "deliver_to_po.printjob",
                    models.SET_NULL,
                    "shipments",
                    "print job",
                    editable=False,
                    **OPTIONAL,
                ),
                link(
                    "printed_by",
                    settings.AUTH_USER_MODEL,
                    models.SET_NULL,
                    "+",
                    "last printed by",
                    editable=False,
                    **OPTIONAL,
                ),
            ],
            options={
                "verbose_name": "shipment",
                "verbose_name_plural": "shipments",
                "ordering": ["delivery", "parcel", "revision"],
                "indexes": [
                    models.Index(condition=Q(due_at__isnull=False), fields=["due_at", "id"], name="d2po_shipment_due"),
                    models.Index(fields=["state", "due_at"], name="d2po_shipment_state_due"),
                    models.Index(fields=["tracking_pin"], name="d2po_shipment_pin"),
                    models.Index(fields=["shipment_id"], name="d2po_shipment_number"),
                    models.Index(condition=Q(lapses__gt=0), fields=["created_at"], name="d2po_shipment_lapsed"),
                    models.Index(
                        condition=Q(printed_at=None, state="labelled"),
                        fields=["labelled_at"],
                        name="d2po_shipment_to_print",
                    ),
                    models.Index(
                        condition=Q(transmitted_at=None)
                        & ~Q(group="")
                        & ~Q(state__in=("refused", "dropped", "voided", "refund_asked")),
                        fields=["group"],
                        name="d2po_shipment_to_transmit",
                    ),
                    models.Index(fields=["made_at"], name="d2po_shipment_made"),
                    models.Index(
                        condition=Q(transmitted_at__isnull=False),
                        fields=["transmitted_at"],
                        name="d2po_shipment_transmitted",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery", "parcel", "revision"), name="d2po_one_shipment_per_revision"
                    ),
                    known(
                        "state",
                        "d2po_shipment_state_known",
                        "waiting requested unknown handed made labelled done attention suspended refused "
                        "dropped voiding voided refunding refund_asked",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["refund_asked", "made", "labelled", "done", "suspended", "attention"])
                        | Q(open_parcel=None, state__in=("refused", "dropped", "voided"))
                        | ~Q(state__in=("refused", "dropped", "voided")) & Q(open_parcel__isnull=False),
                        name="d2po_closed_frees_the_parcel",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state__in=["waiting", "requested", "unknown"]) | FILLED,
                        name="d2po_unanswered_has_its_request",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state__in=["made", "labelled", "done"]) | ~Q(shipment_id=""),
                        name="d2po_made_has_shipment_id",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="labelled") | ~Q(label=""), name="d2po_labelled_has_label"
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="refunding") | Q(transmitted_at__isnull=False),
                        name="d2po_refund_after_transmission",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="History",
            fields=[
                ID,
                ("at", models.DateTimeField("date and time", auto_now_add=True)),
                one_of("change", choices.Change, "step"),
                REASON,
                text("note", 200, "note"),
                link("delivery", "deliver_to_po.delivery", models.CASCADE, "history"),
                BY,
                link("shipment", "deliver_to_po.shipment", models.CASCADE, "history", **OPTIONAL),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "history",
                "ordering": ["at", "pk"],
                "constraints": [
                    known(
                        "change",
                        "d2po_change_known",
                        "reserve unreserve place place_held place_unchosen add_unchosen ask_release release "
                        "hold ask_hold unask_hold resume need_choice choose_again reopen ask_stop cancel expire "
                        "erase correct_recipient change_office change_parcel replan make_again revise drop "
                        "found not_made void refund transmit label_destroyed fetch_again open_label "
                        "save_details buyer_asks report settle_parcel unsettle_parcel",
                    )
                ],
                "indexes": [models.Index(condition=Q(change="open_label"), fields=["at"], name="d2po_history_opened")],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ID,
                ("at", models.DateTimeField("date and time", auto_now_add=True)),
                one_of("step", choices.HandoffStep, "step"),
                ("request_id", models.CharField("request ID", max_length=32)),
                one_of("outcome", choices.Outcome, "result"),
                ("status", models.PositiveSmallIntegerField("HTTP status", blank=True, null=True)),
                text("codes", 120, "error codes"),
                link("shipment", "deliver_to_po.shipment", models.CASCADE, "attempts"),
            ],
            options={
                "verbose_name": "attempt",
                "verbose_name_plural": "attempts",
                "ordering": ["at", "pk"],
                "constraints": [
                    known(
                        "outcome",
                        "d2po_outcome_known",
                        "takes_parcels no_longer gone could_not_ask made transmitted suspended handed lost "
                        "found_none found_same found_other label_kept voided refund_asked invalid credentials "
                        "not_entitled refused not_ready throttled unavailable unknown unreadable not_taken "
                        "crashed",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=Q(outcome__in=["voided", "refund_asked"]),
                        fields=["at"],
                        name="d2po_attempt_taking_back",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tracking",
            fields=[
                ID,
                *DUE,
                one_of("state", choices.ParcelState, "where it is", blank=True, default=""),
                one_of("doubt", choices.Doubt, "why a person must look", blank=True, default=""),
                ("on", models.DateField("since", blank=True, null=True)),
                text("time", 8, "local time"),
                text("office_id", 12, "post office ID"),
                text("office_name", 100, "post office"),
                ("ready_on", models.DateField("at the post office since", blank=True, null=True)),
                ("expected_on", models.DateField("expected on", blank=True, null=True)),
                ("comes_back", models.BooleanField("has a return label", default=False)),
                ("old_news", models.BooleanField("was so before it was followed", default=False)),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                moment("answered_at", "last answered"),
                ("news_at", models.DateTimeField("last news", default=django.utils.timezone.now)),
                moment("ended_at", "over since"),
                (
                    "shipment",
                    models.OneToOneField(
                        "deliver_to_po.shipment", models.CASCADE, related_name="tracking", verbose_name="shipment"
                    ),
                ),
            ],
            options={
                "verbose_name": "tracking",
                "verbose_name_plural": "tracking",
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="d2po_tracking_state_due"),
                    models.Index(condition=Q(due_at__isnull=False), fields=["due_at", "id"], name="d2po_tracking_due"),
                    models.Index(condition=Q(ended_at=None), fields=["news_at"], name="d2po_tracking_silent"),
                ],
                "constraints": [
                    known(
                        "state",
                        "d2po_tracking_state_known",
                        "announced in_transit ready elsewhere returning collected returned lost person",
                        "",
                    ),
                    known(
                        "doubt",
                        "d2po_tracking_doubt_known",
                        "redirected card_left locker delivered_elsewhere undeliverable disposed never_ready "
                        "contradicted too_many",
                        "",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="person") ^ Q(doubt=""), name="d2po_tracking_doubt_is_a_persons"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackingEvent",
            fields=[
                ID,
                ("on", models.DateField("date")),
                text("time", 8, "local time"),
                ("code", models.PositiveIntegerField("number", default=0)),
                one_of("scan", choices.Scan, "meaning"),
                text("office_id", 12, "post office ID"),
                text("office_name", 100, "post office"),
                text("text", 200, "what Canada Post said"),
                ("accepted", models.BooleanField("looked at", default=False)),
                link("tracking", "deliver_to_po.tracking", models.CASCADE, "events"),
            ],
            options={
                "verbose_name": "event of a parcel",
                "verbose_name_plural": "events of parcels",
                "ordering": ["-on", "-time", "-pk"],
                "indexes": [
                    models.Index(condition=Q(scan="unknown"), fields=["code"], name="d2po_tracking_event_unknown")
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
                ("data", models.JSONField("what is told")),
                ("created_at", models.DateTimeField("date created", auto_now_add=True)),
                link("shipment", "deliver_to_po.shipment", models.CASCADE, "messages"),
            ],
            options={
                "verbose_name": "message about a parcel",
                "verbose_name_plural": "messages about parcels",
                "indexes": [models.Index(fields=["due_at"], name="d2po_parcel_message_due")],
            },
        ),
    ]
