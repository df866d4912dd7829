"""What the body of a rating call must look like: the emulator's own table, after the XML schema of the same."""

from deliver_to_po.emulator.portal.fields import Choice, Day, Flag, Items, Number, Object, Text
from deliver_to_po.emulator.portal.shipment_fields import CANADIAN_CODE

_SIDE_CM = Number(999.9, 1)
_OPTION = Object({"optionCode": Text(10, 1), "optionAmount": Number(999_999.99, 2)}, required=("optionCode",))
_PARCEL = Object(
    {
        "weight": Number(99.999, 3),
        "dimensions": Object(
            {"length": _SIDE_CM, "width": _SIDE_CM, "height": _SIDE_CM}, required=("length", "width", "height")
        ),
        "unpackaged": Flag(),
        "mailingTube": Flag(),
        "oversized": Flag(),
    },
    required=("weight",),
)
# Abroad is out of the emulator's reach: D2PO stays within Canada.
_DESTINATION = Object(
    {"domestic": Object({"postalCode": CANADIAN_CODE}, required=("postalCode",), closed=True)},
    required=("domestic",),
    closed=True,
)

MAILING_SCENARIO = Object(
    {
        "customerNumber": Text(10, 1, r"\d{1,10}"),
        "contractId": Text(10, 1, r"\d{1,10}"),
        "promoCode": Text(10, 1),
        "quoteType": Choice(("commercial", "counter")),
        "expectedMailingDate": Day(),
        "options": Items(_OPTION, 1, 20),
        "parcelCharacteristics": _PARCEL,
        "services": Items(Text(32, 1), 1, 20),
        "originPostalCode": CANADIAN_CODE,
        "destination": _DESTINATION,
    },
    required=("parcelCharacteristics", "originPostalCode", "destination"),
    closed=True,
)
