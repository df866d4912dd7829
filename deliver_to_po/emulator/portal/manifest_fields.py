"""What the body of a transmit call must look like: the emulator's own table."""

from deliver_to_po.emulator.portal.fields import Choice, Flag, Items, Object, Text
from deliver_to_po.emulator.portal.shipment_fields import CANADIAN_CODE

_ADDRESS = Object(
    {
        "addressLine1": Text(44, 1),
        "addressLine2": Text(44),
        "city": Text(40, 1),
        "provState": Text(2, 1),
        "countryCode": Choice(("CA", "US")),
        "postalZipCode": Text(10, 5, r"([A-Z]\d[A-Z]\d[A-Z]\d)|(\d{5}(-\d{4})?)"),
    },
    required=("addressLine1", "city", "provState", "postalZipCode"),
)
_MANIFEST_ADDRESS = Object(
    {
        "manifestCompany": Text(44, 1),
        "manifestName": Text(44, 1),
        "phoneNumber": Text(25),
        "addressDetails": _ADDRESS,
    },
    required=("manifestCompany", "phoneNumber", "addressDetails"),
)

# Canada Post recommends 30 groups and 5,000 shipments at most; the rules refuse more than 50 groups.
TRANSMIT = Object(
    {
        "customerRequestId": Text(35),
        "groupIds": Items(Text(32, 1), 1, 1000),
        "cpcPickupIndicator": Flag(only_true=True),
        "requestedShippingPoint": CANADIAN_CODE,
        "shippingPointId": Text(4),
        "detailedManifests": Flag(),
        "methodOfPayment": Text(15),
        "manifestAddress": _MANIFEST_ADDRESS,
        "customerReference": Text(12),
        "excludedShipments": Items(Text(32), 1, 10_000),
    },
    required=("groupIds", "detailedManifests", "methodOfPayment", "manifestAddress"),
    closed=True,
)
