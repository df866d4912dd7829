"""The promise of a shop that its own system makes Deliver to Post Office labels, which nobody else can know."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.core.conf import SETTING

OPTION = "HAS_SHOWN_A_LABEL"
OPTION_NAMES: Mapping[str, str] = {
    OPTION: "True once somebody has seen a Deliver to Post Office label that was made there; nothing is sent before.",
}


def has_shown_a_label(alias: str, options: Mapping[str, Any]) -> bool:
    """Return what the shop says, False by default; raises ImproperlyConfigured for what says neither."""
    if fault := fault_of_switch(options.get(OPTION, False)):
        raise ImproperlyConfigured(f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["OPTIONS"]["{OPTION}"] {fault}.')
    return options.get(OPTION) is True


def fault_of_switch(option: Any) -> str:
    """Return what is wrong with an option that is a switch, in English; ``""`` for nothing."""
    return "" if isinstance(option, bool) else "is neither True nor False"
