"""The values of the sentence about the recipient's data, which stands wherever somebody gives it."""

from typing import Any

from deliver_to_po.core.conf import app_settings
from deliver_to_po.privacy.lifetimes import UNFINISHED_FOR
from deliver_to_po.shipping.registry import usable_system
from deliver_to_po.tracking.schedule import SILENT


def privacy_terms() -> dict[str, Any]:
    systems = filter(None, map(usable_system, app_settings.shipping_systems))
    given_to = {str(s.name if s.gives_to is None else s.gives_to) for s in systems if s.supports_d2po}
    return {
        "given_to": ", ".join(sorted(given_to - {""})),
        "keep_days": app_settings.recipient_lifetime.days,
        "unfinished_days": UNFINISHED_FOR.days,
        "silent_days": SILENT.days if app_settings.tracking else None,
        "privacy_officer": app_settings.privacy_officer,
    }
