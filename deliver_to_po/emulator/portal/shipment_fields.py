"""What the body of a create call must look like: the emulator's own table of the published schema."""

from deliver_to_po.emulator.portal.fields import Choice, Day, Flag, Items, Number, Object, Text

CANADIAN_CODE = Text(6, 6, r"[A-Z]\d[A-Z]\d[A-Z]\d")
_UP_TO_44 = Text(44)
_SIDE_CM = Number(999.9, 1)
EMAIL = Text(60, 1, r"(['_A-Za-z0-9\-+]+)(\.['_A-Za-z0-9\-+]+)*@([A-Za-z0-9-]+)(\.[A-Za-z0-9-]+)*(\.[A-Za-z]{2,})")

_SENDER_ADDRESS = Object(
    {
        "addressLine1": Text(44, 1),
        "addressLine2": _UP_TO_44,
        "city": Text(40, 1),
        "provState": Text(2, 2),
        "postalZipCode": CANADIAN_CODE,
        "countryCode": Choice(("CA",)),
    },
    required=("addressLine1", "city", "provState", "postalZipCode", "countryCode"),
)
_SENDER = Object(
    {"name": _UP_TO_44, "company": _UP_TO_44, "contactPhone": Text(25), "addressDetails": _SENDER_ADDRESS},
    required=("company", "contactPhone", "addressDetails"),
)
_DESTINATION_ADDRESS = Object(
    {
        "addressLine1": Text(44, 1),
        "addressLine2": _UP_TO_44,
        "city": Text(40, 1),
        "provState": Text(20, 1),
        "countryCode": Text(2, 2, "[A-Za-z]{2}"),
        "postalZipCode": Text(14, 1),
    },
    required=("countryCode",),
)
_DESTINATION = Object(
    {
        "name": _UP_TO_44,
        "company": _UP_TO_44,
        "additionalAddressInfo": _UP_TO_44,
        "clientVoiceNumber": Text(25),
        "addressDetails": _DESTINATION_ADDRESS,
    },
    required=("addressDetails",),
)
_OPTION = Object(
    {
        "optionCode": Text(10, 1),
        "optionAmount": Number(999_999.99, 2),
        "optionQualifier1": Flag(),
        "optionQualifier2": Text(12),
    },
    required=("optionCode",),
)
_SIDES = Object({"length": _SIDE_CM, "width": _SIDE_CM, "height": _SIDE_CM}, required=("length", "width", "height"))


def parcel(heaviest: float) -> Object:
    """Return what a parcel must look like, of ``heaviest`` kilograms at most."""
    flags = dict.fromkeys(("unpackaged", "mailingTube", "oversized"), Flag())
    return Object({"weight": Number(heaviest, 3), "dimensions": _SIDES, **flags}, required=("weight",))


_NOTIFICATION = Object(
    {"email": EMAIL, "onShipment": Flag(), "onException": Flag(), "onDelivery": Flag()},
    required=("email", "onShipment", "onException", "onDelivery"),
)
_PREFERENCES = Object(
    {"showPackingInstructions": Flag(), "showPostageRate": Flag(), "showInsuredValue": Flag()},
    required=("showPackingInstructions",),
)
_SETTLEMENT = Object(
    {
        "paidByCustomer": Text(18, 7),
        "contractId": Text(10, 1, r"\d{1,10}"),
        "cifShipment": Flag(only_true=True),
        "intendedMethodOfPayment": Text(15),
        "promoCode": Text(10),
    },
    required=("intendedMethodOfPayment",),
)
_DELIVERY_SPEC = Object(
    {
        "serviceCode": Text(32, 1),
        "sender": _SENDER,
        "destination": _DESTINATION,
        "options": Items(_OPTION, 1, 20),
        "parcelCharacteristics": parcel(999.999),
        "notification": _NOTIFICATION,
        "printPreferences": Object({"outputFormat": Choice(("8.5x11", "4x6")), "encoding": Choice(("PDF", "ZPL"))}),
        "preferences": _PREFERENCES,
        "references": Object({"costCentre": Text(30), "customerRef1": Text(35), "customerRef2": Text(35)}),
        "customs": Object(),
        "settlementInfo": _SETTLEMENT,
    },
    required=("serviceCode", "sender", "destination", "parcelCharacteristics", "preferences", "settlementInfo"),
)

SHIPMENT = Object(
    {
        "customerRequestId": Text(35),
        "groupId": Text(32, 1),
        "transmitShipment": Flag(only_true=True),
        "quickshipLabelRequested": Flag(),
        "cpcPickupIndicator": Flag(only_true=True),
        "requestedShippingPoint": CANADIAN_CODE,
        "shippingPointId": Text(4),
        "expectedMailingDate": Day(),
        "providePricingInfo": Flag(only_true=True),
        "provideReceiptInfo": Flag(only_true=True),
        "createPublicKey": Flag(),
        "createQrCode": Flag(),
        "returnSpec": Object(),
        "preAuthorizedPayment": Object(),
        "deliverySpec": _DELIVERY_SPEC,
    },
    required=("deliverySpec",),
    closed=True,
)
