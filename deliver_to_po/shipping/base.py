"""The port: what a shipping system is asked, and what it says of itself."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from deliver_to_po.core.conf import SETTING
from deliver_to_po.shipping.answers import (
    ExportFile,
    Found,
    Handed,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    RefundAsked,
    Refused,
    ShipmentRequest,
    Tracked,
    Transmission,
    Transmitted,
    Unknown,
    Voided,
)


class ShippingSystem(ABC):
    """Makes shipments and their labels. Every call that leaves the process has a time-out of its own.

    It answers and does not raise: an exception counts as an unknown outcome. An instance is made once for each alias
    in SHIPPING_SYSTEMS and used by several threads.
    """

    #: How staff call it: "Canada Post". It is filled into the reasons that the admin shows.
    name: str | Promise = ""
    #: Whom it gives the recipient's details to beside Canada Post, as buyers are told: its ``name`` unless it says
    #: another, ``""`` for nobody.
    gives_to: str | Promise | None = None
    #: True only once somebody has seen a Deliver to Post Office label that this system made. Else nothing is sent.
    #: Where it depends on what OPTIONS say, ``__init__`` sets it.
    supports_d2po: bool = False
    #: Whether it has labels for us to fetch and keep; one that prints its own is done when the shipment is made.
    has_labels: ClassVar[bool] = True
    #: Whether a person works with it beside the shop: they say what became of a parcel, and void what was made.
    by_hand: ClassVar[bool] = False
    #: Whether parcels wait until somebody exports them into a file, instead of being sent one by one.
    exports: ClassVar[bool] = False
    #: What nobody has compared yet with the system's own documents, said to staff; ``""`` for nothing.
    unverified: str | Promise = ""
    #: What OPTIONS may hold, with what each is for; anything else is an error of ``manage.py check``.
    option_names: ClassVar[Mapping[str, str]] = {}

    def __init__(self, alias: str, options: Mapping[str, Any]):
        """Keep alias and options; raises ImproperlyConfigured for an option that is none of ``option_names``."""
        if unknown := sorted(set(options) - set(self.option_names)):
            raise ImproperlyConfigured(
                f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["OPTIONS"] does not know {", ".join(unknown)}.'
            )
        self.alias = alias
        self.options = options

    @property
    def api(self) -> str:
        """Return which of its APIs it speaks now, ``""`` if it has one only; kept with each shipment."""
        return ""

    def speaking(self, api: str) -> Self:
        """Return the system as it speaks ``api``: for a shipment that was released when that was the chosen one."""
        return self

    @property
    def can_look_up(self) -> bool:
        """Say whether ``look_up`` works; where not, an unknown outcome goes to a person."""
        return False

    @property
    def refuses_repeated_ids(self) -> bool:
        """Say whether a second shipment under one request id is surely refused, so that asking again is safe soon."""
        return False

    @property
    def takes_repeated_ids(self) -> bool:
        """Say whether the same request may be sent until it is answered: under one id nothing is made twice.

        An unknown outcome is then not looked up, and the answer to the same is the one that got lost.
        """
        return False

    @property
    def doubles_repeated_ids(self) -> bool:
        """Say whether the same request sent twice makes two shipments for sure.

        After an unknown outcome nothing is then sent again: the shipment is found, or a person looks for it.
        """
        return False

    @property
    def can_void(self) -> bool:
        """Say whether ``void`` works; if not, a person decides about a shipment that is no longer wanted."""
        return False

    @property
    def can_refund(self) -> bool:
        """Say whether ``refund`` works; if not, a person decides about a transmitted one that is no longer wanted."""
        return False

    def group(self, day: date) -> str:
        """Return what parcels released on ``day`` are collected under until they are transmitted; ``""`` for none."""
        return ""

    def obstacle(self, *, live: bool) -> NotYet | None:
        """Return why nothing may be sent now for a delivery that is ``live`` or a test; None when it may. No call."""
        return None

    def objection(self, request: ShipmentRequest) -> Refused | None:
        """Return the rule that ``request`` breaks, found without any call; None when it breaks none."""
        return None

    @abstractmethod
    def create(self, request: ShipmentRequest) -> Made | Handed | NotYet | Refused | Unknown:
        """Make the shipment. Asked again with the same request after NotYet, and after an unknown outcome."""

    def export(self, requests: Sequence[ShipmentRequest]) -> ExportFile:
        """Return the file with which ``requests``, none of which meets an objection, are taken into the system."""
        raise NotImplementedError

    def look_up(self, request: ShipmentRequest) -> Sequence[Found] | NotYet:
        """Return the shipments that the system holds under the request's id, or NotYet when it cannot tell now."""
        raise NotImplementedError

    def label(self, made: Made) -> Label | NotYet:
        """Return the label of a shipment; NotYet while it is being made or cannot be fetched."""
        raise NotImplementedError

    def void(self, made: Made) -> Voided | NotYet | Refused | Unknown:
        """Void a shipment that is not transmitted. Asked again after an unknown outcome.

        Refused with TRANSMITTED for one that can only be refunded, and with NOT_HELD for one that the system does not
        hold: after an unknown outcome that says that it is void.
        """
        raise NotImplementedError

    def refund(self, made: Made, email: str) -> RefundAsked | NotYet | Refused | Unknown:
        """Ask for the refund of a transmitted shipment; the system answers later, to ``email``.

        Asked again after an unknown outcome: that it was asked for before is RefundAsked too. Refused with
        NOT_TRANSMITTED for one that can be voided.
        """
        raise NotImplementedError

    @property
    def can_track(self) -> bool:
        """Say whether ``track`` works; where not, Canada Post is asked, since the parcel is in its hands."""
        return False

    def track(self, tracking_number: str) -> Tracked | NotYet:
        """Return what is known of a parcel on its way; NotYet when that cannot be asked now. It waits for nobody."""
        raise NotImplementedError

    # The day's end: for systems that collect shipments in groups until they are transmitted.

    @property
    def can_transmit(self) -> bool:
        """Say whether groups are transmitted here; where not, the methods below are never called."""
        return False

    def is_own_group(self, group: str) -> bool:
        """Say whether the shop may transmit ``group``: another shop that shares its account may have made it."""
        return bool(group)

    def transmit(self, request: Transmission) -> Transmitted | NotYet | Refused | Unknown:
        """Transmit groups. Asked a second time with the same request only once it is known not to be transmitted."""
        raise NotImplementedError

    def find_transmission(self, request: Transmission) -> Transmitted | NotTransmitted | NotYet:
        """Return what became of a transmission whose outcome is unknown; NotYet when the system cannot tell now."""
        raise NotImplementedError

    def manifest(self, manifest_id: str) -> ManifestDocument | NotYet:
        """Return a manifest; NotYet while it is being made or cannot be fetched.

        With TRANSMIT_FAILED there will be none, and a person finds out whether anything was transmitted.
        """
        raise NotImplementedError
