"""What both APIs ask a search for post offices by."""

from deliver_to_po.canadapost.rules import check_query
from deliver_to_po.canadapost.types import NearAddress, NearPostalCode, OfficeQuery

MAXIMUM = 50


def search_params(operation: str, query: OfficeQuery, maximum: int) -> dict[str, str]:
    """Return the parameters of a search for offices that accept D2PO, at most 50; raises InvalidRequest."""
    check_query(operation, query)
    params = {"d2po": "true", "maximum": str(max(1, min(maximum, MAXIMUM)))}
    if isinstance(query, NearPostalCode):
        return {**params, "postalCode": query.postal_code}
    if isinstance(query, NearAddress):
        street = {"streetName": _as_on_a_keyboard(query.street)} if query.street.strip() else {}
        return {**params, "province": query.province, "city": _as_on_a_keyboard(query.city), **street}
    # Canada Post: at most 5 decimals.
    point = query.coordinates
    return {**params, "longitude": f"{point.longitude:.5f}", "latitude": f"{point.latitude:.5f}"}


def _as_on_a_keyboard(name: str) -> str:
    """Return a name with the apostrophe that keyboards have: telephones write ``rue de l’Église`` by themselves."""
    return name.strip().replace("’", "'")
