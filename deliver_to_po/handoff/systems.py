"""The shipping system of a shipment or a manifest, or why it may not be asked now."""

import logging

from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.core.choices import Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.shipping import NotYet, ShippingSystem
from deliver_to_po.shipping.registry import shipping_system

log = logging.getLogger(__name__)


def ready_system(shipment: Shipment) -> ShippingSystem | NotYet:
    """Return a shipment's system; NotYet also for one that has not been shown to make Deliver to Post Office labels."""
    system = _configured(shipment)
    if isinstance(system, NotYet):
        return system
    if not system.supports_d2po:
        return NotYet(reason=Reason.NO_D2PO)
    return _if_it_may(system, live=shipment.delivery.live)


def transmitting_system(manifest: Manifest) -> ShippingSystem | NotYet:
    system = _configured(manifest)
    return system if isinstance(system, NotYet) else _if_it_may(system, live=manifest.live)


def _if_it_may(system: ShippingSystem, *, live: bool) -> ShippingSystem | NotYet:
    """Return a system if it may be asked: none for real parcels while LIVE is off, as in a copy of the shop."""
    if live and not app_settings.canada_post.live:
        return NotYet(reason=Reason.LIVE_OFF)
    return system.obstacle(live=live) or system


def _configured(row: Shipment | Manifest) -> ShippingSystem | NotYet:
    """Return the system, speaking the API that the row was made for."""
    try:
        return shipping_system(row.system).speaking(row.api)
    except ImproperlyConfigured as error:
        log.error("%s %s: %s", type(row).__name__, row.pk, error)
        return NotYet(reason=Reason.NOT_CONFIGURED)
