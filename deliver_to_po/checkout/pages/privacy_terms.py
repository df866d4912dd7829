"""The values of the sentence about the recipient's data, which stands wherever somebody gives it."""

from typing import Any

from deliver_to_po.core.conf import app_settings
from deliver_to_po.privacy.lifetimes import UNFINISHED_FOR
from deliver_to_po.tracking.schedule import SILENT


def privacy_terms() -> dict[str, Any]:
    return {
        "keep_days": app_settings.recipient_lifetime.days,
        "unfinished_days": UNFINISHED_FOR.days,
        "silent_days": SILENT.days if app_settings.tracking else None,
        "privacy_officer": app_settings.privacy_officer,
    }
