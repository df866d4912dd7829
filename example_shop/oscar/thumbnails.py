"""Pictures of products: this shop has none, and needs no library that makes smaller ones."""

from typing import Any

from django.templatetags.static import static
from oscar.core.thumbnails import AbstractThumbnailer


class Picture:
    """Where a picture is."""

    url = static("oscar/favicon.ico")


class AsTheyAre(AbstractThumbnailer):
    """Takes every picture for the same small one."""

    def generate_thumbnail(self, source: Any, **opts: Any) -> Picture:
        """Return it."""
        return Picture()

    def delete_thumbnails(self, source: Any) -> None:
        """Delete nothing."""
