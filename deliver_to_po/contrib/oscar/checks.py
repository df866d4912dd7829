"""What ``manage.py check`` says of an Oscar shop: forks that are not wired, and what would cost orders.

Ids are ``deliver_to_po_oscar.E…`` and ``deliver_to_po_oscar.W…``. An id never changes its meaning.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver
from oscar.core.loading import get_class

from deliver_to_po.adapter import OrderAdapter, order_adapter
from deliver_to_po.contrib.oscar.adapter import OscarAdapter
from deliver_to_po.contrib.oscar.method import PostOfficeRepository
from deliver_to_po.contrib.oscar.placement import PostOfficeOrderPlacement
from deliver_to_po.contrib.oscar.session import PostOfficeSession

PREVIEW = "oscar/checkout/preview.html"
# The fields of the preview's form, and the line by which a template builds on the next one of its name.
FIELDS = ('name="seen"', 'name="total"')
EXTENDS = re.compile(rf"extends\s+[\"']{PREVIEW}[\"']")
INCLUDES = re.compile(r"include\s+[\"']([^\"']+)[\"']")
# A block that stands in place of the one with the fields: there Oscar lets a shop repeat a card's form.
HIDES = re.compile(r"block (?:hiddenforms|place_order)\b(?:(?!block\.super|{%-?\s*block).)*endblock", re.DOTALL)
# Each class of Oscar's with what must be mixed into it, by the number of its message.
WIRED: dict[int, tuple[str, str, type]] = {
    1: ("checkout.session", "CheckoutSessionMixin", PostOfficeSession),
    2: ("checkout.mixins", "OrderPlacementMixin", PostOfficeOrderPlacement),
    3: ("shipping.repository", "Repository", PostOfficeRepository),
}
# What the adapter must say, or else the method that asks for it.
TOLD = {"sender": "ship_from", "box_cm": "parcels", "fallback_price": "price"}


def register_all() -> None:
    register(check_forks)
    register(check_adapter)
    register(check_statuses)
    register(check_preview, Tags.templates)
    register(check_transactions, Tags.database)
    register(check_answers, Tags.urls)


def check_forks(**_kwargs: object) -> list[CheckMessage]:
    """Check that a fork of the shop's mixes in each class: without one the others ask too little."""
    return [
        Error(
            f"{module}.{name} of this shop is no {mixin.__name__}.",
            hint=f"Fork Oscar's {module.partition('.')[0]}, with {mixin.__module__}.{mixin.__name__} as first base.",
            id=f"deliver_to_po_oscar.E{number:03}",
        )
        for number, (module, name, mixin) in WIRED.items()
        if not issubclass(get_class(module, name), mixin)
    ]


def check_adapter(**_kwargs: object) -> list[CheckMessage]:
    """Check that the adapter says what Oscar does not know."""
    adapter = _adapter()
    if adapter is None:
        return []
    if not isinstance(adapter, OscarAdapter):
        hint = "Subclass deliver_to_po.contrib.oscar.adapter.OscarAdapter."
        return [Error(f"{type(adapter).__name__} is no OscarAdapter.", hint=hint, id="deliver_to_po_oscar.E004")]
    return [
        Error(
            f"{type(adapter).__name__} has no {told}.",
            hint=f"Write {told} = … into it, or a method {method}() of its own.",
            id="deliver_to_po_oscar.E005",
        )
        for told, method in TOLD.items()
        if getattr(adapter, told) is None and getattr(type(adapter), method) is getattr(OscarAdapter, method)
    ]


def check_statuses(**_kwargs: object) -> list[CheckMessage]:
    """Check that a status of orders, and one of lines, cancels: else what staff cancel would be shipped."""
    cancelling = {*getattr(_adapter(), "cancelling_statuses", ())}
    pipelines = {f"OSCAR_{kind}_STATUS_PIPELINE": kind.lower() for kind in ("ORDER", "LINE")}
    return [
        Warning(
            f"No status of {pipeline} cancels: none is {' or '.join(sorted(cancelling))}.",
            hint=f"Name those that do in the adapter's cancelling_statuses: else a cancelled {kind} is shipped.",
            id="deliver_to_po_oscar.W009",
        )
        for pipeline, kind in pipelines.items()
        if (statuses := getattr(settings, pipeline, {}))
        and cancelling
        and not cancelling & {*statuses, *chain(*statuses.values())}
    ]


def _adapter() -> OrderAdapter[Any] | None:
    """Return the shop's adapter; None if there is none or it cannot be made, which the app's own checks say."""
    with suppress(Exception):
        return order_adapter()
    return None


def check_preview(**_kwargs: object) -> list[CheckMessage]:
    """Check that the preview sends along what was seen and its total: what is charged is compared with them."""
    sources = [*_sources_of_preview()]
    missing = [field for field in FIELDS if not any(field in source for source in sources)]
    if not missing:
        return []
    hint = (
        f"Put deliver_to_po.contrib.oscar above oscar.config.Shop in INSTALLED_APPS, and let a {PREVIEW} of your own "
        f'begin with {{% extends "{PREVIEW}" %}}, and have {{{{ block.super }}}} in its block hiddenforms.'
    )
    message = f"{PREVIEW} has no {' and no '.join(missing)}: what is charged cannot be compared with what was shown."
    return [Error(message, hint=hint, id="deliver_to_po_oscar.E006")]


def _sources_of_preview() -> Iterator[str]:
    """Yield the template of the preview, and those that it builds on or includes."""
    passed: list[Any] = []
    try:
        engine = get_template(PREVIEW).template.engine  # type: ignore[attr-defined]
        while True:
            template, _origin = engine.find_template(PREVIEW, skip=passed)
            yield str(template.source)
            for name in INCLUDES.findall(str(template.source)):
                # What stands in an {% if %} may be missing.
                with suppress(TemplateDoesNotExist):
                    yield str(engine.get_template(name).source)
            if not EXTENDS.search(str(template.source)) or HIDES.search(str(template.source)):
                return
            passed.append(template.origin)
    except TemplateDoesNotExist:
        return


def check_transactions(**_kwargs: object) -> list[CheckMessage]:
    """Check that no request is one transaction: what fails after a payment would take the reservation with it."""
    if not settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        return []
    return [
        Warning(
            'DATABASES["default"]["ATOMIC_REQUESTS"] is on: a request that fails after the payment undoes what was '
            "reserved for it.",
            hint="Turn it off: Oscar places an order in a transaction of its own.",
            id="deliver_to_po_oscar.W007",
        )
    ]


def check_answers(**_kwargs: object) -> list[CheckMessage]:
    """Check that a payment's answer is heard without a sign-in: a provider has no account, another browser none yet."""
    return [
        Warning(
            f"checkout:{pattern.name} asks for a sign-in: a payment's answer from its provider makes no order there.",
            hint="Add its path after post_process_urls() in get_urls(), or set OSCAR_ALLOW_ANON_CHECKOUT = True.",
            id="deliver_to_po_oscar.W008",
        )
        for pattern in _each(apps.get_app_config("checkout").get_urls())  # type: ignore[attr-defined]
        if pattern.name not in ("payment-details", "preview")
        and issubclass(getattr(pattern.callback, "view_class", object), PostOfficeOrderPlacement)
        # What Django's decorators leave on a view that they wrap.
        and hasattr(pattern.callback, "login_url")
    ]


def _each(patterns: Iterable[Any]) -> Iterator[URLPattern]:
    """Yield each page, also those that a shop includes, such as its payment provider's."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _each(pattern.url_patterns)
        else:
            yield pattern
