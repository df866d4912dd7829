"""What a shop's own code hands to our calls: what is of the wrong kind is refused at once, by the argument's name."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.apps import apps
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.core import conf

Call = TypeVar("Call", bound=Callable[..., Any])

# The arguments that are rows, wherever a call takes one, and their models.
ROWS: dict[str, Callable[[], str]] = {
    "order": conf.order_model,
    "delivery": lambda: "deliver_to_po.Delivery",
    "shipment": lambda: "deliver_to_po.Shipment",
}
# Also of a request that another framework wraps.
REQUEST = "request"


def checked(call: Call, name: str) -> Call:
    """Return ``call`` as a shop calls it, by ``name``: an argument of another kind raises TypeError, which names it."""
    signature = inspect.signature(call)
    asked = [name for name in (*ROWS, REQUEST) if name in signature.parameters]

    if not asked:
        return call

    # An error report shows the variables of every call on its way: a recipient may be one.
    @sensitive_variables()
    @wraps(call)
    def answer(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        for argument in asked:
            if argument in given and (wanted := _wanted(argument, given[argument])):
                raise TypeError(f"{name}(): {argument} must be {wanted}, not {kind_of(given[argument])}")
        return call(*args, **kwargs)

    return cast(Call, answer)


def _wanted(argument: str, given: object) -> str:
    """Return what an argument must be, ``""`` if it is."""
    if argument == REQUEST:
        return "" if hasattr(given, "META") else "a request"
    label = ROWS[argument]()
    model = apps.get_model(label)._meta.concrete_model
    return "" if model is not None and isinstance(given, model) else f"a row of {label}"


def kind_of(given: object) -> str:
    """Return what something is, for the log or an error; never what is in it."""
    return "None" if given is None else type(given).__name__
