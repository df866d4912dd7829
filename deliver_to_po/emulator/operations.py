"""Everything that Canada Post offers here, over both APIs."""

from deliver_to_po.emulator.portal import OPERATIONS as PORTAL
from deliver_to_po.emulator.webservices import OPERATIONS as WEB_SERVICES

CANADA_POST = (*PORTAL, *WEB_SERVICES)

# One name for one operation, whichever API it is asked over.
NAMES = tuple(dict.fromkeys(operation.name for operation in CANADA_POST))
