"""Canada Post's web services: REST, XML, HTTP Basic."""

from deliver_to_po.emulator.rating import Rating
from deliver_to_po.emulator.schema.tables import RATE_NS
from deliver_to_po.emulator.webservices import ncshipping, postoffices, tracking
from deliver_to_po.emulator.webservices.bodies import XmlFormat
from deliver_to_po.emulator.webservices.shipping import XmlShipping

RATING = XmlFormat("application/vnd.cpc.ship.rate-v4+xml", RATE_NS)

OPERATIONS = (
    *postoffices.OPERATIONS,
    *Rating(RATING, "/rs/ship/price", "/rs/ship/service", "/rs/ship/option").operations(),
    *XmlShipping().operations(),
    *ncshipping.OPERATIONS,
    *tracking.OPERATIONS,
)
