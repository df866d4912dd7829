"""The page that says what is kept for how long names every field that may hold something personal."""

import re
from pathlib import Path

from django.apps import apps
from django.contrib.auth import get_user_model

import deliver_to_po
from deliver_to_po.privacy.lifetimes import RESERVED_FOR, UNFINISHED_FOR

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "privacy.md").read_text(encoding="utf-8")


def test_the_page_says_how_long_a_recipient_is_kept() -> None:
    [row] = [line for line in PAGE.splitlines() if "`Delivery.recipient_name`" in line]
    assert f"reserved for a payment: {RESERVED_FOR.days} days" in row
    assert f"`RECIPIENT_LIFETIME`, and {UNFINISHED_FOR.days} days more at most while a parcel is unfinished" in row


# What tells nothing of a person, column by column. A new column is either here or on the page.
OFFICE = {
    "office_name", "office_location", "office_address", "office_city", "office_province", "office_postal_code",
}  # fmt: skip
ABOUT_NOBODY = {
    "Delivery": {
        "state", "reason", "language", "office_hours", "office_check", "service", "quote", "packed", "secret_hash",
        "wished", *OFFICE,
    },
    "Heartbeat": {"name"},
    "Shipment": {
        "open_parcel", "state", "reason", "request_id", "system", "api", "service", "options", "group", "sender",
        "shipment_id", "label_media_type", *OFFICE,
    },
    "Attempt": {"step", "request_id", "outcome", "codes"},
    "Export": {"system"},
    "History": {"change", "reason"},
    "Manifest": {"state", "reason", "system", "api", "sender", "carrier_ids", "number", "strangers"},
    "ManifestGroup": {"group", "open_group"},
    "WebhookMessage": {"system", "message_id", "digest", "result"},
    # Ids and the order's reference, as a manifest has them; nothing of the recipient.
    "Comparison": {"system", "api", "what", "name", "differences", "left"},
    "DaysTaken": {"service", "origin", "destination"},
    "Notice": {"problem"},
    "Office": {
        "environment", "office_key", "received_id", "name_en", "name_fr", "location_en", "location_fr", "street",
        "city", "province", "postal_code", "zone", "hours",
    },
    "Pause": {"reason_en", "reason_fr"},
    "PrintJob": {"form"},
    "PrivacyRequest": {"step", "found_by"},
}  # fmt: skip
# Modules that keep something in the shared cache, and nothing of a person or of what one looked for.
CACHES_ABOUT_NOBODY = {
    "deliver_to_po.api.replays", "deliver_to_po.admin.costs.days", "deliver_to_po.admin.costs.figures",
    "deliver_to_po.checkout.searching", "deliver_to_po.contrib.oscar.unplaced", "deliver_to_po.core.client",
    "deliver_to_po.core.shared_cache",
    "deliver_to_po.examination.troubles", "deliver_to_po.handoff.releasing.nightly_check",
    "deliver_to_po.offer.own_days", "deliver_to_po.offer.mailable", "deliver_to_po.offer.rates",
    "deliver_to_po.offices.directory", "deliver_to_po.offices.outage", "deliver_to_po.shipping.webhook",
}  # fmt: skip
MAY_TELL = ("CharField", "TextField", "JSONField", "FileField", "EmailField", "GenericIPAddressField")
# They look at the cache and keep nothing.
CHECKS = {f"deliver_to_po.operations.checks.{name}" for name in ("live", "surroundings")}
NAMED = set(re.findall(r"`([A-Z]\w+\.\w+)`", PAGE))
PACKAGE = Path(deliver_to_po.__file__).parent


def columns() -> set[str]:
    """Return the columns of the app that hold a text, a file or one of the staff."""
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("deliver_to_po").get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() in MAY_TELL or field.related_model is get_user_model()
    }


def test_every_column_that_may_hold_a_person_has_its_row() -> None:
    about_nobody = {f"{model}.{name}" for model, names in ABOUT_NOBODY.items() for name in names}
    assert columns() - NAMED == about_nobody


def test_every_column_that_the_page_names_is_there() -> None:
    for column in NAMED:
        model, name = column.split(".")
        assert apps.get_model("deliver_to_po", model)._meta.get_field(name)


def test_every_cache_that_may_hold_a_person_has_its_row() -> None:
    files = (
        path
        for path in PACKAGE.rglob("*.py")
        if re.search(r"with_cache\(|shared_cache import .*\b(claimed|remembered)\b|\bcaches\[", path.read_text("utf-8"))
    )
    keep = {".".join(("deliver_to_po", *path.relative_to(PACKAGE).with_suffix("").parts)) for path in files}
    on_the_page = set(re.findall(r"`(deliver_to_po\.[a-z_.]+)`", PAGE)) & keep
    assert keep - on_the_page - CHECKS == CACHES_ABOUT_NOBODY


def test_every_module_with_a_cache_that_the_page_names_is_there() -> None:
    [table] = re.findall(r"\| What \| Module \|.*?\n\n", PAGE, re.DOTALL)
    named = re.findall(r"`(deliver_to_po\.[\w.]+)`", table)
    assert named
    assert all((PACKAGE.parent / name.replace(".", "/")).with_suffix(".py").is_file() for name in named)
