"""Canada Post's web services: REST, XML, HTTP Basic."""

from deliver_to_po.emulator.webservices import manifests, ncshipping, postoffices, rating, shipping, tracking

OPERATIONS = (
    *postoffices.OPERATIONS,
    *rating.OPERATIONS,
    *shipping.OPERATIONS,
    *ncshipping.OPERATIONS,
    *manifests.OPERATIONS,
    *shipping.ARTIFACTS.operations(),
    *tracking.OPERATIONS,
)
