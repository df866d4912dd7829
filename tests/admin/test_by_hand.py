"""The page of parcels shipped by hand: cards, exports, numbers typed and imported; each only for those who may."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from deliver_to_po.choices import Reason, ShipmentState
from deliver_to_po.handoff.cancelling import cancel_delivery
from deliver_to_po.handoff.exporting import export
from deliver_to_po.management.commands.d2po_clerks import NAME
from deliver_to_po.models import Export, Shipment
from deliver_to_po.shipping.table_file import MOST_PASTED
from tests.admin.conftest import Clerk
from tests.handoff.by_hand import by_hand, handed_to, number, reference
from tests.handoff.conftest import post_offices

__all__ = ["by_hand", "post_offices"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]
MAY = ("ship_by_hand", "view_export", "view_delivery", "settle_shipment")


def url(name: str = "by_hand", *args: Any) -> str:
    return reverse(f"admin:deliver_to_po_{name}", args=args)


def shown(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def pressed(client: Client, do: str, system: str = "desk", **data: Any) -> str:
    answer = client.post(url(), {"do": do, "system": system, **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def state_of(shipment: Shipment) -> tuple[str, str]:
    shipment.refresh_from_db()
    return shipment.state, shipment.tracking_pin


def test_nobody_without_the_permission_sees_a_parcel_a_card_or_a_file(clerk: Clerk) -> None:
    desk, est = handed_to("desk"), handed_to("est")
    made = export("est").export
    assert made is not None
    client = clerk("view_export", "view_delivery")
    for address in (url(), url("card", desk.pk), url("export_file", made.pk)):
        assert client.get(address).status_code == 403
    assert client.post(url(), {"do": "export", "system": "est", "parcel": est.pk}).status_code == 403
    assert url() not in shown(client, url("export_changelist"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_card_has_everything_that_a_clerk_types(clerk: Clerk, language: str) -> None:
    options = [{"code": "SO", "amount": None}, {"code": "COV", "amount": "500.00"}]
    shipment = handed_to("desk", options=options, recipient_name="<b>Ève</b> Côté")
    text = shown(clerk(*MAY), url("card", shipment.pk), language)
    for word in (
        shipment.office_id,
        "3080, av. Carling",
        "&lt;b&gt;Ève&lt;/b&gt; Côté",
        "23, rue du Jardin",
        "App. 4",
        "K1K 4T3",
        "6135550199",
        "marie@example.com",
        reference(shipment),
        "TEST" if language == "en" else "ESSAI",
        "SO – Signature",
        "COV ($500.00) – Coverage" if language == "en" else "COV (500,00\xa0$) – Couverture",
    ):
        assert word in text
    assert text.count("data-d2po-copy=") == 19
    assert "<script>" not in text
    assert "<b>Ève" not in text


def test_a_card_keeps_a_number_and_says_what_is_wrong_with_another(clerk: Clerk) -> None:
    shipment = handed_to("desk")
    client = clerk(*MAY)
    wrong = client.post(url("card", shipment.pk), {"number": "7023210000000011"})
    assert "check digit" in wrong.content.decode()
    assert 'value="7023210000000011"' in wrong.content.decode()
    assert (
        "1 tracking number is kept."
        in client.post(url("card", shipment.pk), {"number": number()}, follow=True).content.decode()
    )
    assert state_of(shipment) == (ShipmentState.DONE, number())
    assert client.get(url("card", shipment.pk)).status_code == 404


def test_an_export_can_be_downloaded_and_again_with_the_same_bytes(clerk: Clerk) -> None:
    shipment, other = handed_to("est"), handed_to("est")
    client = clerk(*MAY)
    assert reference(shipment) in shown(client, url())
    assert "Tick the parcels first." in pressed(client, "export", "est")
    after = pressed(client, "export", "est", parcel=[shipment.pk])
    assert "1 parcel is exported." in after
    made = Export.objects.get()
    assert str(made.user) == "clerk"
    answers = [client.get(url("export_file", made.pk))]
    first = b"".join(answers[0])
    answers.append(client.get(url("export_file", made.pk)))
    second = b"".join(answers[1])
    assert first == second
    assert reference(shipment).encode() in first
    assert answers[0].headers["Cache-Control"] == "no-store, private"
    assert answers[0].headers["Content-Disposition"].startswith('attachment; filename="TEST-est-')
    assert state_of(other)[0] == ShipmentState.WAITING
    assert reference(shipment) in shown(client, reverse("admin:deliver_to_po_export_change", args=[made.pk]))
    Export.objects.update(erased_at=made.claimed_at)
    assert client.get(url("export_file", made.pk)).status_code == 404


def test_what_is_unverified_says_so(clerk: Clerk, change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={"est": {"BACKEND": "deliver_to_po.shipping.est.Est2File"}})
    client = clerk(*MAY)
    assert "Import File Specifications" in shown(client, url())
    assert "n’est pas vérifiée" in shown(client, url(), "fr")


def test_numbers_that_are_typed_are_kept_one_by_one_and_wrong_ones_are_shown_again(clerk: Clerk) -> None:
    one, other, done = handed_to("desk"), handed_to("desk"), handed_to("desk")
    client = clerk(*MAY)
    pressed(client, "numbers", **{f"number-{done.pk}": number(9)})
    page = pressed(
        client,
        "numbers",
        **{f"number-{one.pk}": number(1), f"number-{other.pk}": "12", f"number-{done.pk}": number(8), "number-x": "1"},
    )
    assert "1 tracking number is kept." in page
    assert f'name="number-{other.pk}" value="12"' in page
    assert "another tracking number already" in page
    assert state_of(one) == (ShipmentState.DONE, number(1))
    assert state_of(other) == (ShipmentState.HANDED, "")
    assert state_of(done) == (ShipmentState.DONE, number(9))


def test_ticked_parcels_are_a_file_that_no_cache_keeps(clerk: Clerk) -> None:
    shipment, other = handed_to("desk"), handed_to("desk")
    client = clerk(*MAY)
    assert "Tick the parcels first." in pressed(client, "csv")
    answer = client.post(url(), {"do": "csv", "system": "desk", "parcel": [shipment.pk, "nonsense"]})
    content = b"".join(answer).decode("utf-8-sig")
    assert reference(shipment) in content
    assert reference(other) not in content
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("how", ["file", "pasted"])
def test_an_import_answers_line_by_line(clerk: Clerk, how: str) -> None:
    good, bad = handed_to("desk"), handed_to("desk")
    lines = f"Order ID,PIN\n{reference(good)},{number()}\n{reference(bad)},12\n<i>,{number(2)}\n"
    sent = {"file": SimpleUploadedFile("n.csv", lines.encode())} if how == "file" else {"lines": lines}
    page = pressed(clerk(*MAY), "import", **sent)
    assert "1 tracking number is kept." in page
    assert "2 lines were not taken." in page
    assert "check digit" in page
    assert "&lt;i&gt;" in page
    assert state_of(good) == (ShipmentState.DONE, number())
    assert state_of(bad) == (ShipmentState.HANDED, "")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "Choose a file first"), (b"PK\x03\x04", "not a text file"), (b"a,b\n1,2\n", "columns are not known")],
)
def test_a_file_that_is_none_says_what_to_do(clerk: Clerk, content: bytes, said: str) -> None:
    shipment = handed_to("desk")
    assert said in pressed(clerk(*MAY), "import", file=SimpleUploadedFile("n.csv", content))
    assert state_of(shipment)[0] == ShipmentState.HANDED


@pytest.mark.parametrize("system", ["nope", "default", ""])
def test_a_button_for_a_system_that_there_is_not_does_nothing(clerk: Clerk, system: str) -> None:
    assert "Parcels shipped by hand" in pressed(clerk(*MAY), "export", system)


def test_a_clerk_says_that_nothing_was_made_of_what_they_ship_themselves(clerk: Clerk) -> None:
    shipment = handed_to("desk")
    client = clerk(*MAY)
    delivery = reverse("admin:deliver_to_po_delivery_change", args=[shipment.delivery_id])
    page = shown(client, delivery)
    assert url("card", shipment.pk) in page
    asked = url("nothing_made", shipment.pk)
    assert asked in page
    client.post(asked, {"note": "EST refused the line", "change_confirmed": "1"})
    assert state_of(shipment)[0] == ShipmentState.REFUSED
    assert url("card", shipment.pk) not in shown(client, delivery)


def test_the_page_that_cancels_foretells_what_a_person_has_to_do(clerk: Clerk) -> None:
    shipment = handed_to("desk")
    client = clerk(*MAY, "cancel_delivery")
    page = shown(client, url("cancel", shipment.delivery_id))
    assert "Parcel 1 is with whoever ships it by hand: take it out there" in page


def test_a_cancelled_parcel_tells_the_clerk_what_to_do_there(clerk: Clerk) -> None:
    shipment = handed_to("desk")
    cancel_delivery(shipment.delivery)
    page = shown(clerk(*MAY), url())
    with translation.override("en"):
        assert Reason.NOT_WANTED.advice[:40] in page
    assert "Nothing was made" in page


def test_pasted_lines_that_a_browser_may_have_cut_are_not_imported(clerk: Clerk) -> None:
    shipment = handed_to("desk")
    client = clerk(*MAY)
    assert shown(client, url()).count(f'maxlength="{MOST_PASTED}"') == 2
    first = f"Order ID,PIN\r\n{reference(shipment)},{number()}"
    room = MOST_PASTED - len(first) + 1
    assert "may have been cut" in pressed(client, "import", lines=first + "\r\n" * room)
    assert state_of(shipment)[0] == ShipmentState.HANDED
    assert "1 tracking number is kept." in pressed(client, "import", lines=first + "\r\n" * (room - 1))


def test_whoever_may_not_see_the_list_of_exports_is_not_sent_there(clerk: Clerk) -> None:
    assert url("export_changelist") not in shown(clerk("ship_by_hand", "view_delivery"), url())


def test_a_clerk_of_the_group_finds_the_parcels_shipped_by_hand() -> None:
    call_command("d2po_clerks", verbosity=0)
    user = get_user_model().objects.create_user("anne", is_staff=True)
    user.groups.add(Group.objects.get(name=NAME))
    client = Client()
    client.force_login(user)
    assert url("export_changelist") in shown(client, reverse("admin:index"))
    assert url() in shown(client, url("export_changelist"))
    assert url("export_changelist") in shown(client, url())
