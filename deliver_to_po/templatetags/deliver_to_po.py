"""The map's ingredients, without inline script or style: Leaflet's options as JSON, its files in a template element."""

import json
from typing import Any

from django import template
from django.apps import apps
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def d2po_map(*, opened: bool = False) -> SafeString:
    """Return the map's button, place, options and files to load later; nothing where django-leaflet is not installed.

    Nothing is fetched until the map is opened. ``opened`` opens it without a press.
    """
    if not apps.is_installed("leaflet"):
        return SafeString("")
    return render_to_string("deliver_to_po/map.html", {"options": leaflet_options(), "opened": opened})


def leaflet_options() -> dict[str, Any]:
    """Return what django-leaflet's own tag would give the map from LEAFLET_CONFIG."""
    # Not at the top of the module: a shop without a map need not have django-leaflet.
    from leaflet.templatetags.leaflet_tags import leaflet_map

    options: dict[str, Any] = json.loads(leaflet_map("", fitextent=False)["djoptions"])
    return options
