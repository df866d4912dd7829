"""What requests must look like: the emulator's own tables of the published schemas, in the names of the XML API.

The portal has the same shapes under names of its own (``camel``), but for its shipments.
"""

from deliver_to_po.emulator.schema.shapes import All, Choice, Leaf, Many, Shape
from deliver_to_po.emulator.schema.text_types import Boolean, Count, Day, Moment, Number, OneOf, Text

SHIPMENT_NS = "http://www.canadapost.ca/ws/shipment-v8"
NCSHIPMENT_NS = "http://www.canadapost.ca/ws/ncshipment-v4"
MANIFEST_NS = "http://www.canadapost.ca/ws/manifest-v8"
RATE_NS = "http://www.canadapost.ca/ws/ship/rate-v4"


def _text(longest: int, shortest: int = 0, pattern: str = "", *, preserve: bool = False) -> Leaf:
    return Leaf(Text(longest, shortest, pattern, preserve))


_POSTAL_CODE = Leaf(Text(pattern=r"[A-Z]\d[A-Z]\d[A-Z]\d", preserve=True))
_POSTAL_OR_ZIP = Leaf(Text(pattern=r"([A-Z]\d[A-Z]\d[A-Z]\d)|(\d{5}(-\d{4})?)", preserve=True))
_ID = Leaf(Text(pattern=r"\d{1,10}", preserve=True))
_COUNTRY = Leaf(Text(pattern="[a-zA-Z][a-zA-Z]", preserve=True))
_FLAG = Leaf(Boolean())
_TRUE = Leaf(Boolean(fixed=True))
_LOCAL_PART = r"(['_A-Za-z0-9\-\+]+)(\.['_A-Za-z0-9\-\+]+)*@([A-Za-z0-9-]+)(\.[A-Za-z0-9-]+)*"
_EMAIL = _text(60, pattern=rf"{_LOCAL_PART}(\.[A-Za-z]{{2,}})")
_NC_EMAIL = _text(60, pattern=rf"{_LOCAL_PART}(\.[A-Za-z]{{2,5}})")
_SIDE = Leaf(Number("999.9", 1))
_COST = Leaf(Number("999999.99", 2))

_LINES: dict[str, Shape] = {
    "address-line-1": _text(44, 1),
    "address-line-2": _text(44),
    "city": _text(40, 1),
}
_ANYWHERE = _LINES | {
    "prov-state": _text(20, 1),
    "country-code": _COUNTRY,
    "postal-zip-code": _text(14, 1),
}
_ADDRESS = All(_ANYWHERE, ("address-line-1", "city", "prov-state", "country-code"))
_DOMESTIC_ADDRESS = All(
    _LINES | {"prov-state": _text(2, 1), "postal-zip-code": _POSTAL_CODE},
    ("address-line-1", "city", "prov-state", "postal-zip-code"),
)
_MANIFEST_PLACE = All(
    _LINES
    | {
        "prov-state": _text(2, 1),
        "country-code": Leaf(OneOf(("CA", "US"))),
        "postal-zip-code": _POSTAL_OR_ZIP,
    },
    ("address-line-1", "city", "prov-state", "postal-zip-code"),
)


def _sender(address: Shape) -> Shape:
    parts = {"name": _text(44), "company": _text(44), "contact-phone": _text(25), "address-details": address}
    return All(parts, ("company", "contact-phone", "address-details"))


def _destination(required: tuple[str, ...]) -> Shape:
    return All(
        {
            "name": _text(44),
            "company": _text(44),
            "additional-address-info": _text(44),
            "client-voice-number": _text(25),
            "address-details": All(_ANYWHERE, required),
        },
        ("address-details",),
    )


_OPTION = All(
    {
        "option-code": _text(10, 1),
        "option-amount": _COST,
        "option-qualifier-1": _FLAG,
        "option-qualifier-2": _text(12),
    },
    ("option-code",),
)
_OPTIONS = Many("option", _OPTION, 20)
_DIMENSIONS = All({"length": _SIDE, "width": _SIDE, "height": _SIDE}, ("length", "width", "height"))


def _parcel(heaviest: str, *flags: str) -> Shape:
    parts = {"weight": Leaf(Number(heaviest, 3)), "dimensions": _DIMENSIONS, **dict.fromkeys(flags, _FLAG)}
    return All(parts, ("weight",))


def _notification(email: Shape) -> Shape:
    names = ("on-shipment", "on-exception", "on-delivery")
    return All({"email": email, **dict.fromkeys(names, _FLAG)}, ("email", *names))


_PREFERENCES = All(
    dict.fromkeys(("show-packing-instructions", "show-postage-rate", "show-insured-value"), _FLAG),
    ("show-packing-instructions",),
)
_REFERENCES = All({"cost-centre": _text(30), "customer-ref-1": _text(35), "customer-ref-2": _text(35)})
_SKU = All(
    {
        "customs-number-of-units": Leaf(Count(9999)),
        "customs-description": _text(45, 1),
        "sku": _text(15),
        "hs-tariff-code": Leaf(Text(pattern=r"\d{4}(\.\d{2}(\.\d{2}(\.\d{2})?)?)?", preserve=True)),
        "unit-weight": Leaf(Number("99.999", 3)),
        "customs-value-per-unit": Leaf(Number("99999.99", 2)),
        "customs-unit-of-measure": _text(3, 3),
        "country-of-origin": _COUNTRY,
        "province-of-origin": _text(2, 1),
    },
    ("customs-number-of-units", "customs-description", "unit-weight", "customs-value-per-unit"),
)


def _customs(largest_rate: str, **more: Shape) -> Shape:
    return All(
        {
            "currency": _text(3, 1),
            "conversion-from-cad": Leaf(Number(largest_rate, 6)),
            "reason-for-export": _text(3, 1),
            "other-reason": _text(44),
            "sku-list": Many("item", _SKU, 500),
            "duties-and-taxes-prepaid": Leaf(Number("99999.99", 2)),
            "certificate-number": _text(10),
            "licence-number": _text(10),
            "invoice-number": _text(10),
            **{name.replace("_", "-"): shape for name, shape in more.items()},
        },
        ("currency", "reason-for-export", "sku-list"),
    )


def _settlement(payer: Shape) -> Shape:
    return All(
        {
            "paid-by-customer": payer,
            "contract-id": _ID,
            "cif-shipment": _TRUE,
            "intended-method-of-payment": _text(15),
            "promo-code": _text(10),
        },
        ("intended-method-of-payment",),
    )


_SPEC = {"service-code": _text(32, 1), "options": _OPTIONS, "preferences": _PREFERENCES, "references": _REFERENCES}
_SPEC_REQUIRED = ("service-code", "sender", "destination", "parcel-characteristics", "preferences")
DELIVERY_SPEC = All(
    _SPEC
    | {
        "sender": _sender(_ADDRESS),
        "destination": _destination(("country-code",)),
        "parcel-characteristics": _parcel("999.999", "unpackaged", "mailing-tube", "oversized"),
        "notification": _notification(_EMAIL),
        "print-preferences": All(
            {"output-format": Leaf(OneOf(("8.5x11", "4x6"))), "encoding": Leaf(OneOf(("PDF", "ZPL")))}
        ),
        "customs": _customs("9999.999999", ioss_id=_text(13)),
        "settlement-info": _settlement(_ID),
    },
    (*_SPEC_REQUIRED, "settlement-info"),
)
_RETURN_RECIPIENT = All(
    {"name": _text(44), "company": _text(44), "address-details": _DOMESTIC_ADDRESS}, ("address-details",)
)
SHIPMENT = All(
    {
        "customer-request-id": _text(35),
        "group-id": _text(32, 1),
        "transmit-shipment": _TRUE,
        "quickship-label-requested": _FLAG,
        "cpc-pickup-indicator": _TRUE,
        "requested-shipping-point": _POSTAL_CODE,
        "shipping-point-id": _text(4),
        "expected-mailing-date": Leaf(Day()),
        "provide-pricing-info": _TRUE,
        "provide-receipt-info": _TRUE,
        "delivery-spec": DELIVERY_SPEC,
        "return-spec": All(
            {"service-code": _text(32, 1), "return-recipient": _RETURN_RECIPIENT, "return-notification": _EMAIL},
            ("service-code", "return-recipient"),
        ),
        "pre-authorized-payment": All(
            {
                "account-number": _text(16, 1),
                "auth-code": _text(16, 1),
                "auth-timestamp": Leaf(Moment()),
                "charge-amount": Leaf(Number("9999999.99", 2)),
            },
            ("account-number", "auth-code", "auth-timestamp", "charge-amount"),
        ),
        "create-public-key": Leaf(Boolean(words=True)),
        "create-qr-code": Leaf(Boolean(words=True, default=False)),
    },
    ("delivery-spec",),
    either=("group-id", "transmit-shipment"),
)
# The portal's schema says less of what is not for post offices, and more of the sender.
_ANYTHING = All({})
_PORTAL_SENDER_ADDRESS = All(
    _LINES | {"prov-state": _text(2, 2), "postal-zip-code": _POSTAL_CODE, "country-code": Leaf(OneOf(("CA",)))},
    ("address-line-1", "city", "prov-state", "postal-zip-code", "country-code"),
)
_PORTAL_SPEC = {
    "sender": _sender(_PORTAL_SENDER_ADDRESS),
    "customs": _ANYTHING,
    "settlement-info": _settlement(_text(18, 7)),
}
PORTAL_SHIPMENT = All(
    {
        **SHIPMENT.parts,
        "delivery-spec": All({**DELIVERY_SPEC.parts, **_PORTAL_SPEC}, DELIVERY_SPEC.required),
        "return-spec": _ANYTHING,
        "pre-authorized-payment": _ANYTHING,
    },
    ("delivery-spec",),
)
NC_DELIVERY_SPEC = All(
    _SPEC
    | {
        "sender": _sender(_DOMESTIC_ADDRESS),
        "destination": _destination(("address-line-1", "country-code")),
        "parcel-characteristics": _parcel("999.999", "document", "unpackaged", "mailing-tube"),
        "notification": _notification(_NC_EMAIL),
        "customs": _customs("999.999999"),
        "settlement-info": All({"promo-code": _text(10)}),
    },
    _SPEC_REQUIRED,
)
NC_SHIPMENT = All({"requested-shipping-point": _POSTAL_CODE, "delivery-spec": NC_DELIVERY_SPEC}, ("delivery-spec",))
REFUND = All({"email": _EMAIL}, ("email",))
NC_REFUND = All({"email": _NC_EMAIL}, ("email",))
_MANIFEST_ADDRESS = All(
    {
        "manifest-company": _text(44, 1),
        "manifest-name": _text(44, 1),
        "phone-number": _text(25),
        "address-details": _MANIFEST_PLACE,
    },
    ("manifest-company", "phone-number", "address-details"),
)
TRANSMIT_SET = All(
    {
        "customer-request-id": _text(35),
        "group-ids": Many("group-id", _text(32, 1)),
        "cpc-pickup-indicator": _TRUE,
        "requested-shipping-point": _POSTAL_CODE,
        "shipping-point-id": _text(4),
        "detailed-manifests": _FLAG,
        "method-of-payment": _text(15),
        "manifest-address": _MANIFEST_ADDRESS,
        "customer-reference": _text(12, preserve=True),
        "excluded-shipments": Many("shipment-id", _text(32)),
    },
    ("group-ids", "detailed-manifests", "method-of-payment", "manifest-address"),
)
MAILING_SCENARIO = All(
    {
        "customer-number": _ID,
        "contract-id": _ID,
        "promo-code": _text(10, 1),
        "quote-type": Leaf(OneOf(("commercial", "counter"))),
        "expected-mailing-date": Leaf(Day()),
        "options": Many("option", All({"option-code": _text(10, 1), "option-amount": _COST}, ("option-code",)), 20),
        "parcel-characteristics": _parcel("99.999", "unpackaged", "mailing-tube", "oversized"),
        "services": Many("service-code", _text(32, 1), 20),
        "origin-postal-code": _POSTAL_CODE,
        "destination": Choice(
            {
                "domestic": All({"postal-code": _POSTAL_CODE}, ("postal-code",)),
                "united-states": All({"zip-code": Leaf(Text(pattern=r"\d{5}(-\d{4})?", preserve=True))}, ("zip-code",)),
                "international": All({"country-code": _COUNTRY, "postal-code": _text(10, 1)}, ("country-code",)),
            }
        ),
    },
    ("parcel-characteristics", "origin-postal-code", "destination"),
)
