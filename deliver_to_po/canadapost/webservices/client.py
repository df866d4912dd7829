"""The XML API: where it has everything, and what its documents are called."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from deliver_to_po.canadapost import errors, types
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.client import CanadaPost, Capabilities
from deliver_to_po.canadapost.reading import PARAMETER_MISSING, says_no_history
from deliver_to_po.canadapost.resources import Api, Resource
from deliver_to_po.canadapost.webservices.calls import ApiKey, XmlCalls

of_offices = partial(
    Resource,
    kind="offices",
    media_type="application/vnd.cpc.postoffice+xml",
    namespace="http://www.canadapost.ca/ws/postoffice",
)
of_rating = partial(
    Resource,
    kind="rating",
    media_type="application/vnd.cpc.ship.rate-v4+xml",
    namespace="http://www.canadapost.ca/ws/ship/rate-v4",
)
of_shipping = partial(
    Resource,
    kind="shipments",
    media_type="application/vnd.cpc.shipment-v8+xml",
    namespace="http://www.canadapost.ca/ws/shipment-v8",
)
of_manifests = partial(
    Resource,
    kind="shipments",
    media_type="application/vnd.cpc.manifest-v8+xml",
    namespace="http://www.canadapost.ca/ws/manifest-v8",
)
# Only an older schema is public, so the namespace is not known for sure.
of_tracking = partial(Resource, kind="tracking", media_type="application/vnd.cpc.track-v2+xml")

SHIPPING = "/rs/{customer}/{mobo}"
API = Api(
    offices=of_offices("/rs/postoffice", names=("post-office-list",), items=("post-office",)),
    # An id that came from the portal may lack leading zeros.
    office=of_offices("/rs/postoffice/{id:0>10}/detail", names=("post-office-detail",)),
    rates=of_rating("/rs/ship/price", names=("price-quotes",), items=("price-quote",), sends="mailing-scenario"),
    option=of_rating("/rs/ship/option/{id}", names=("option",)),
    # What is told whole counts before what is only linked to.
    shipments=of_shipping(f"{SHIPPING}/shipment", names=("shipments",), items=("shipment-info", "link")),
    shipment=of_shipping(f"{SHIPPING}/shipment/{{id}}", names=("shipment-info",), sends="shipment"),
    details=of_shipping(f"{SHIPPING}/shipment/{{id}}/details", names=("shipment-details",)),
    void=of_shipping(f"{SHIPPING}/shipment/{{id}}", kind="void"),
    refund=of_shipping(
        f"{SHIPPING}/shipment/{{id}}/refund",
        kind="void",
        names=("shipment-refund-request-info",),
        sends="shipment-refund-request",
    ),
    groups=of_shipping(f"{SHIPPING}/group", names=("groups",), items=("group",)),
    manifests=of_manifests(f"{SHIPPING}/manifest", names=("manifests",), items=("link",), sends="transmit-set"),
    manifest=of_manifests(f"{SHIPPING}/manifest/{{id}}", names=("manifest",)),
    tracking=of_tracking("/vis/track/pin/{id}/detail", names=("tracking-detail",)),
    references=of_tracking("/vis/track/ref/summary", names=("tracking-summary", "pin-summary"), items=("pin-summary",)),
    # Canada Post's answers and its PHP sample use the first spelling of the group, an example in its text the second,
    # so the request id may be spelled that way too.
    by_request_id=("requestId", "requestid"),
    by_group=("groupId", "groupid"),
    without_manifest=("noManifest",),
    between=(("start", "end"),),
    by_reference=(("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo"),),
    says_payer=False,
    says_country=False,
)


class WebServicesCanadaPost(CanadaPost):
    """Canada Post through the XML web services, for a contract customer."""

    capabilities = Capabilities(void=True, manifests=True)
    api = API

    def __init__(self, caller: Caller, key: ApiKey, account: types.Account, language: types.Language = "en"):
        super().__init__(XmlCalls(caller, key, language), account)

    def _found_in_full(self, operation: str, params: Mapping[str, str]) -> Any:
        """Ask for whole shipments; only the schema mentions that, so ask for links if it is refused."""
        try:
            return self._found(operation, {**params, "provideShipmentInfo": "true"})
        except errors.Refused as error:
            if PARAMETER_MISSING in error.codes:
                raise
            return self._found(operation, params)

    def _was_not_seen(self, error: errors.CanadaPostError) -> bool:
        """Say whether Canada Post has not seen a parcel yet: 004, or a 404 of the service itself."""
        return says_no_history(error) or (isinstance(error, errors.NotFound) and error.by_service)

    def outages(self) -> list[types.Outage]:
        raise errors.NotSupported("outages", why="not part of what the XML API is used for")
