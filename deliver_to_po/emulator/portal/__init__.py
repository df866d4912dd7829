"""Canada Post's Developer Portal API: REST, JSON, OAuth 2.0."""

from deliver_to_po.emulator.portal import auth, postoffices, serviceinfo, tracking
from deliver_to_po.emulator.portal.bodies import JSON_FORMAT
from deliver_to_po.emulator.portal.shipping import PortalShipping
from deliver_to_po.emulator.rating import Rating

OPERATIONS = (
    *auth.OPERATIONS,
    *postoffices.OPERATIONS,
    *Rating(JSON_FORMAT, "/rating/v1/prices", "/rating/v1/services", "/rating/v1/options").operations(),
    *PortalShipping().operations(),
    *tracking.OPERATIONS,
    *serviceinfo.OPERATIONS,
)
