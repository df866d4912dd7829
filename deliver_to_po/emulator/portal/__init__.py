"""Canada Post's Developer Portal API: REST, JSON, OAuth 2.0."""

from deliver_to_po.emulator.portal import artifacts, auth, postoffices, shipping

OPERATIONS = (*auth.OPERATIONS, *postoffices.OPERATIONS, *shipping.OPERATIONS, *artifacts.OPERATIONS)
