"""What the body of a rating call must look like: the emulator's own table, after the XML schema of the same."""

from deliver_to_po.emulator.portal.fields import Choice, Day, Items, Number, Object, Text
from deliver_to_po.emulator.portal.shipment_fields import CANADIAN_CODE, parcel

_OPTION = Object({"optionCode": Text(10, 1), "optionAmount": Number(999_999.99, 2)}, required=("optionCode",))
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
        "parcelCharacteristics": parcel(99.999),
        "services": Items(Text(32, 1), 1, 20),
        "originPostalCode": CANADIAN_CODE,
        "destination": _DESTINATION,
    },
    required=("parcelCharacteristics", "originPostalCode", "destination"),
    closed=True,
)
