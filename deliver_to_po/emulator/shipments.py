"""Makes, transmits, voids and refunds shipments: what both APIs do in the same way."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.parcel_fates import announce
from deliver_to_po.emulator.refusals import NoSuchThing, Problem, Refused
from deliver_to_po.emulator.rules import broken_rules
from deliver_to_po.emulator.state import RequestIdTaken, State, StoredManifest, StoredShipment

MOST_GROUPS, MOST_PARCELS = 50, 10_000


def check_customer(call: Call, *customers: str) -> None:
    """Refuse every customer number but the one that the emulator knows (AA003)."""
    ours = call.world.config.customer_number.lstrip("0")
    if any(customer.lstrip("0") != ours for customer in customers):
        raise Refused(
            call.problem(
                "AA003", "The customer number is not this application's.", "Le numéro de client n'est pas le bon."
            )
        )


def make_shipment(
    call: Call, customer: str, mobo: str, body: Mapping[str, Any], *, contract: bool = True
) -> StoredShipment:
    """Make a shipment from a body of the right shape; each customerRequestId makes one at most (7314)."""
    problems = list(broken_rules(call, body, needs_dimensions=contract))
    if problems:
        raise Refused(*problems)
    status = "transmitted" if body.get("transmitShipment") else "created"
    status = "suspended" if call.world.config.suspend_shipments else status
    try:
        made = call.world.state.add_shipment(customer, mobo, status, body, contract=contract)
    except RequestIdTaken:
        raise Refused(
            call.problem("7314", "This request id was used before.", "Cet identifiant de requête a déjà été utilisé.")
        ) from None
    if made.transmitted:
        announce(call.world.state, made)
    return made


def another_like(state: State, shipment: StoredShipment, reference: str = "") -> StoredShipment:
    """Make a second shipment of one request, as when something on the way repeats it.

    With a ``reference`` it is another shop's that shares customer number and group: a request of its own.
    """
    body, request_id = shipment.body, uuid4().hex if reference else shipment.request_id
    if reference:
        # Without a contract the web services have no request id; it is the first reference.
        written = {"customerRef1": reference} if shipment.contract else {"customerRef1": request_id}
        body = {**body, "deliverySpec": {**shipment.spec, "references": written}}
    return state.repeat_shipment(shipment, request_id, body)


def shipment_of(call: Call, customer: str, mobo: str, shipment_id: str) -> StoredShipment:
    """Return a shipment; raises NoSuchThing when there is none."""
    check_customer(call, customer, mobo)
    found = call.world.state.shipment(shipment_id)
    if found is None:
        raise NoSuchThing("shipment")
    return found


def void(call: Call, shipment: StoredShipment) -> None:
    """Void a shipment, unless it is transmitted (8064)."""
    if shipment.transmitted:
        raise Refused(
            call.problem("8064", "A transmitted shipment stays.", "Un envoi transmis ne peut pas être annulé.")
        )
    call.world.state.void_shipment(shipment.number)


def refund(call: Call, shipment: StoredShipment) -> tuple[str, str]:
    """Take in a refund request (7291, 7292, 7296); return the ticket and its day."""
    if call.world.config.refunds_fail:
        raise Refused(call.problem("7296", "Try again later.", "Veuillez réessayer plus tard."))
    if not shipment.transmitted:
        raise Refused(
            call.problem("7291", "It is not transmitted: void it.", "L'envoi n'est pas transmis : annulez-le.")
        )
    if shipment.refund_ticket:
        raise Refused(call.problem("7292", "A refund was asked for already.", "Un remboursement a déjà été demandé."))
    return call.world.state.refund_shipment(shipment.number)


def transmit(call: Call, customer: str, mobo: str, body: Mapping[str, Any]) -> StoredManifest:
    """Make a manifest of groups, whose shipments can no longer be voided then."""
    check_customer(call, customer, mobo)
    problems = _manifest_problems(call, body)
    if problems:
        raise Refused(*problems)
    state, excluded = call.world.state, set(body.get("excludedShipments", ()))
    groups = dict.fromkeys(body["groupIds"])
    open_ones = [one for group in groups for one in _open(state.find_shipments(group_id=group))]
    chosen = [one for one in open_ones if one.shipment_id not in excluded]
    if len(chosen) > MOST_PARCELS:
        code = "9108" if len(groups) > 1 else "9110"
        raise Refused(call.problem(code, "There are too many shipments.", "Il y a trop d'envois."))
    if not chosen:
        raise Refused(call.problem("9122", "There was nothing to transmit.", "Il n'y avait rien à transmettre."))
    manifest = state.add_manifest(customer, mobo, body)
    for shipment in () if call.world.config.transmits_fail else chosen:
        state.transmit_shipment(shipment.shipment_id, manifest.manifest_id)
        announce(state, shipment)
    return manifest


def manifest_of(call: Call, customer: str, mobo: str, manifest_id: str) -> StoredManifest:
    """Return a manifest; 9154 with ``transmits_fail``, else 9153 as often as ``manifest_waits``."""
    check_customer(call, customer, mobo)
    found = call.world.state.manifest(manifest_id)
    if found is None:
        raise NoSuchThing("manifest")
    if call.world.config.transmits_fail:
        raise Refused(call.problem("9154", "The transmission failed.", "La transmission a échoué."))
    if call.world.state.ask_for_manifest(found.number) <= call.world.config.manifest_waits:
        raise Refused(call.problem("9153", "The manifest is not ready yet.", "Le manifeste n'est pas encore prêt."))
    return found


def _open(shipments: Sequence[StoredShipment]) -> list[StoredShipment]:
    return [shipment for shipment in shipments if shipment.status == "created"]


def _manifest_problems(call: Call, body: Mapping[str, Any]) -> list[Problem]:
    state, problems = call.world.state, []
    by_point, by_outlet = "requestedShippingPoint" in body, "shippingPointId" in body
    if by_outlet and "cpcPickupIndicator" in body:
        problems.append(call.problem("9186", "An outlet picks nothing up.", "Un comptoir ne fait pas de ramassage."))
    if by_point and by_outlet:
        problems.append(call.problem("9189", "Give only one shipping point.", "Indiquez un seul point d'expédition."))
    if not by_point and not by_outlet:
        code = "9187" if "cpcPickupIndicator" in body else "EMU-SHIPPING-POINT"
        problems.append(call.problem(code, "A shipping point is needed.", "Un point d'expédition est requis."))
    if body["methodOfPayment"] not in ("CreditCard", "Account", "SupplierAccount"):
        problems.append(
            call.problem("1711", "Choose another method of payment.", "Choisissez un autre mode de paiement.")
        )
    if len(body["groupIds"]) > MOST_GROUPS:
        problems.append(call.problem("9109", "There are too many groups.", "Il y a trop de groupes."))
    problems.extend(
        call.problem("9118", f'Group "{group}" was not found.', f"Groupe « {group} » introuvable.")
        for group in body["groupIds"]
        if not state.find_shipments(group_id=group)
    )
    problems.extend(
        call.problem("9119", f'Shipment "{one}" was not found.', f"Envoi « {one} » introuvable.")
        for one in body.get("excludedShipments", ())
        if state.shipment(one) is None
    )
    return problems
