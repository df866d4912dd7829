"""What a shipping system is to the hand-off, and the registry of those that the shop configured."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Self

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from deliver_to_po.canadapost.types import Artifact, ShipmentInfo, ShipmentRequest
from deliver_to_po.choices import Reason
from deliver_to_po.conf import SETTING, app_settings


class ShippingSystem(ABC):
    """Makes shipments and their labels. Raises classes of ``deliver_to_po.canadapost.errors`` and nothing else."""

    #: True only once somebody has shown a D2PO label that this system made.
    supports_d2po: ClassVar[bool] = False
    #: What OPTIONS may hold, with what each is for; anything else is an error of ``manage.py check``.
    option_names: ClassVar[Mapping[str, str]] = {}

    def __init__(self, alias: str, options: Mapping[str, Any]):
        if unknown := sorted(set(options) - set(self.option_names)):
            raise ImproperlyConfigured(
                f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["OPTIONS"] does not know {", ".join(unknown)}.'
            )
        self.alias = alias
        self.options = options

    @property
    def api(self) -> str:
        """Return which API it speaks, for a system that has several; kept with each shipment."""
        return ""

    @property
    def can_look_up(self) -> bool:
        """Say whether a shipment can be found again by what was sent; if not, an unknown outcome goes to a person."""
        return False

    def speaking(self, api: str) -> Self:
        """Return the system as it is for a shipment that was released when it spoke ``api``."""
        return self

    def obstacle(self, *, live: bool) -> Reason:
        """Return why nothing may be sent now for a delivery that is ``live`` or a test; ``Reason.NONE`` when it may."""
        return Reason.NONE

    @abstractmethod
    def create(self, request: ShipmentRequest) -> ShipmentInfo:
        """Make the shipment; UnknownOutcome when it may have been made."""

    @abstractmethod
    def look_up(self, request: ShipmentRequest) -> Sequence[ShipmentInfo]:
        """Return the shipments that the system holds under the request id of ``request``."""

    @abstractmethod
    def is_same(self, shipment: ShipmentInfo, request: ShipmentRequest) -> bool:
        """Say whether a shipment that was found has the office, recipient, address and service of ``request``."""

    @abstractmethod
    def label(self, shipment: ShipmentInfo) -> Artifact:
        """Return the label; NotReady while it is being made."""


@lru_cache(maxsize=16)
def shipping_system(alias: str) -> ShippingSystem:
    """Return the shipping system of that alias; raises ImproperlyConfigured."""
    settings = app_settings.shipping_systems.get(alias)
    if settings is None:
        raise ImproperlyConfigured(f'{SETTING}["SHIPPING_SYSTEMS"] has no "{alias}".')
    backend = import_string(settings["BACKEND"])
    if not (isinstance(backend, type) and issubclass(backend, ShippingSystem)):
        raise ImproperlyConfigured(
            f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["BACKEND"] is no subclass of ShippingSystem.'
        )
    return backend(alias, settings.get("OPTIONS", {}))


def _forget(*, setting: str, **_: object) -> None:
    if setting == SETTING:
        shipping_system.cache_clear()


setting_changed.connect(_forget)
