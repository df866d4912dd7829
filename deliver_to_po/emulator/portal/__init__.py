"""Canada Post's Developer Portal API: REST, JSON, OAuth 2.0."""

from deliver_to_po.emulator.portal import auth, manifests, postoffices, rating, serviceinfo, shipping, tracking

OPERATIONS = (
    *auth.OPERATIONS,
    *postoffices.OPERATIONS,
    *rating.OPERATIONS,
    *shipping.OPERATIONS,
    *manifests.OPERATIONS,
    *shipping.ARTIFACTS.operations(),
    *tracking.OPERATIONS,
    *serviceinfo.OPERATIONS,
)
