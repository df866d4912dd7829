"""What every page of the shop shows in its header."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from example_shop.basket import Basket


def shop(request: HttpRequest) -> dict[str, Any]:
    """Return the basket's size, and the languages that the page is not in."""
    current = get_language() or settings.LANGUAGE_CODE
    others = [(code, name) for code, name in settings.LANGUAGES if not current.startswith(code)]
    return {"basket_size": len(Basket.of(request)), "other_languages": others}
