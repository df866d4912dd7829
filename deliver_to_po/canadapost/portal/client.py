"""The portal: where it has everything."""

from deliver_to_po.canadapost import types
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.throttle import TRACKING
from deliver_to_po.canadapost.client import CanadaPost, Capabilities, ChargedAtOnce
from deliver_to_po.canadapost.portal import serviceinfo
from deliver_to_po.canadapost.portal.auth import TokenSource
from deliver_to_po.canadapost.portal.calls import PortalCalls
from deliver_to_po.canadapost.resources import Api, Resource

SHIPPING = "/shipping/v1/{customer}/{mobo}"
# The first spellings are those of Canada Post's collection of July 2026.
API = Api(
    offices=Resource("/postoffice/v1/post-offices"),
    office=Resource("/postoffice/v1/post-offices/{id}/details"),
    rates=Resource("/rating/v1/prices"),
    option=Resource("/rating/v1/options/{id}"),
    shipments=Resource(f"{SHIPPING}/shipments"),
    shipment=Resource(f"{SHIPPING}/shipments/{{id}}"),
    details=Resource(f"{SHIPPING}/shipments/{{id}}/details"),
    void=Resource(f"{SHIPPING}/shipments/{{id}}"),
    refund=Resource(f"{SHIPPING}/shipments/{{id}}/refund"),
    groups=Resource(f"{SHIPPING}/groups"),
    manifests=Resource(f"{SHIPPING}/manifests"),
    manifest=Resource(f"{SHIPPING}/manifests/{{id}}"),
    tracking=Resource("/tracking/v1/pins/{id}/details", TRACKING),
    references=Resource("/tracking/v1/refs/summaries", TRACKING),
    # One of these at a time: more are refused (9183, 9185). Published code was seen using the second spelling live.
    by_request_id=("requestId", "request-id"),
    by_group=("groupId", "group-id"),
    without_manifest=("noManifest", "no-manifest"),
    # The second is that of error 9116.
    between=(("from", "to"), ("startDate", "endDate")),
    # The collection's own address has these names, and the table beside it those.
    by_reference=(
        ("customer-number", "reference-number", "mailing-date-from", "mailing-date-to"),
        ("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo"),
    ),
    says_payer=True,
    says_country=True,
)
OUTAGES = Resource("/serviceinfo/v1/shipments-service?message-type=SO")


class PortalCanadaPost(CanadaPost):
    """Canada Post through the Developer Portal API, for a contract customer."""

    capabilities = Capabilities(void=True, manifests=True, outages=True)
    api = API

    def __init__(self, caller: Caller, tokens: TokenSource, account: types.Account, language: types.Language = "en"):
        super().__init__(PortalCalls(caller, tokens, language), account)

    def outages(self) -> list[types.Outage]:
        operation = "outages"
        return serviceinfo.read_outages(operation, self._calls.listed(operation, OUTAGES.path, OUTAGES))


class NonContractPortal(ChargedAtOnce, PortalCanadaPost):
    """Canada Post through the Developer Portal API, paid by the default card: Solutions for Small Business."""

    capabilities = Capabilities(outages=True)
