"""Canada Post's web services: REST, XML, HTTP Basic."""

from deliver_to_po.emulator.webservices import artifacts, manifests, ncshipping, postoffices, rating, shipping, tracking

OPERATIONS = (
    *postoffices.OPERATIONS,
    *rating.OPERATIONS,
    *shipping.OPERATIONS,
    *ncshipping.OPERATIONS,
    *manifests.OPERATIONS,
    *artifacts.OPERATIONS,
    *tracking.OPERATIONS,
)
