"""What a shop may use beside calls and adapter, read from the doors themselves: tables of the reference."""

import importlib
from collections.abc import Callable, Mapping
from pkgutil import iter_modules

from django.apps import apps

from scripts.check_texts import check_texts
from scripts.markdown import code, documentation, first_paragraph, first_sentence, listing, remarks, table

# What a shop may read of a delivery and of its shipments.
OF_A_DELIVERY = {
    "id": "a random UUID, the same from the draft on: what a payment's metadata holds",
    "order": "your order; None for a draft and for what is reserved",
    "state": "[where it stands](states.md#deliveries)",
    "reason": '[why](states.md#reasons); `""` for no reason',
    "live": "False for a test",
    "language": "`en` or `fr`",
    "placed_at": "when; None before",
    "released_at": "when for the first time; None before",
    "shipments": "a manager of its shipments, each one revision of one parcel",
}
OF_A_SHIPMENT = {
    "parcel": "which parcel of the delivery, from 1",
    "revision": "which try, from 1; a corrected parcel is the next one",
    "state": "[where it stands](states.md#shipments)",
    "reason": '[why](states.md#reasons); `""` for no reason',
    "tracking_pin": 'the tracking number; `""` while there is none',
}
# Asked by the scripts of the step alone.
FOR_OUR_SCRIPTS = ("pick_up", "hours", "nearest", "chosen_again")


def rows_of_a_delivery() -> str:
    """Return what may be read of a delivery and of its shipments; raises FieldDoesNotExist for what there is not."""
    from deliver_to_po.models import Delivery, Shipment

    rows = []
    for of, model, names in (("delivery", Delivery, OF_A_DELIVERY), ("shipment", Shipment, OF_A_SHIPMENT)):
        for name, meaning in names.items():
            model._meta.get_field(name)
            rows.append((code(f"{of}.{name}"), meaning))
    return table(("Attribute", "What it is"), rows)


def errors() -> str:
    """Return every error that a shop sees: its code, the page where it sends the buyer, its first sentence."""
    from deliver_to_po import errors

    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DeliverToPoError)
    ]
    rows = [
        (f"{code(kind.__name__)} ({code(*filter(None, (kind.code, kind.page)))})", first_sentence(str(kind.message)))
        for kind in kinds
    ]
    return listing(rows)


def signals() -> str:
    """Return every signal and when it is sent."""
    from deliver_to_po import signals

    said = remarks(signals)
    return listing([(code(name), said[name]) for name in said if name in signals.__all__])


def url_names() -> str:
    """Return the names of the step's pages."""
    from deliver_to_po import urls

    rows = [
        (code(f"{urls.app_name}:{one.name}"), first_paragraph(one.callback))
        for one in urls.urlpatterns
        if one.name not in FOR_OUR_SCRIPTS
    ]
    return listing(rows)


def template_tags() -> str:
    """Return the template tags."""
    from deliver_to_po.templatetags.deliver_to_po import register

    rows = [(code(name), documentation(tag).replace("\n\n", " ")) for name, tag in register.tags.items()]
    return listing(rows)


def commands() -> str:
    """Return the commands, with what each says of itself."""
    from deliver_to_po.management import commands

    rows = []
    for module in iter_modules(commands.__path__):
        command = importlib.import_module(f"{commands.__name__}.{module.name}").Command
        rows.append((code(f"manage.py {module.name}"), command.help))
    return listing(rows)


def permissions() -> str:
    """Return what staff may be allowed beside looking."""
    found = [row for model in apps.get_app_config("deliver_to_po").get_models() for row in model._meta.permissions]
    return listing([(code(f"deliver_to_po.{name}"), str(words)) for name, words in found])


def checks() -> str:
    """Return every id of ``manage.py check`` with its texts."""
    return listing(
        [(code(f"deliver_to_po.{identity}"), " Or: ".join(texts)) for identity, texts in check_texts().items()]
    )


CONTENTS: Mapping[str, Callable[[], str]] = {
    "shop-delivery": rows_of_a_delivery,
    "shop-errors": errors,
    "shop-signals": signals,
    "shop-urls": url_names,
    "shop-tags": template_tags,
    "shop-commands": commands,
    "shop-permissions": permissions,
    "shop-checks": checks,
}
