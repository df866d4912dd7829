"""What only Canada Post or only the desk knows is named on the page of the day's end, and each button cures it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.admin.day_end import differences
from deliver_to_po.admin.day_end.differences import summaries
from deliver_to_po.core.choices import Compared, DeliveryState, Differs, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Comparison, Delivery, Shipment
from deliver_to_po.models.comparison import Difference
from tests.admin.browsing import desk, page_of, typed
from tests.admin.conftest import Clerk
from tests.admin.day_end.conftest import GROUP, MAY, PAGE, Labelled, page
from tests.rounds import do_due

pytestmark = pytest.mark.django_db
AGAIN = {"again": "1"}


@pytest.fixture
def client(clerk: Clerk) -> Client:
    """Return the browser of a clerk that may also cure what differs."""
    return clerk(*MAY, "settle_shipment", "make_again", "hand_off_delivery")


def shown(client: Client, language: str = "en") -> BeautifulSoup:
    """Return the page, asked to check again, as if every label was made a while ago."""
    Shipment.objects.exclude(shipment_id="").update(made_at=timezone.now() - timedelta(hours=1))
    with translation.override(language):
        return page_of(client, reverse(PAGE), language, **AGAIN)


def said(soup: BeautifulSoup) -> str:
    """Return the line that compares both."""
    line = soup.select_one(".d2po-same")
    return " ".join(line.get_text().split()) if line else ""


def button_of(soup: BeautifulSoup, number: str, label: str) -> Tag:
    [row] = [row for row in soup.select(".d2po-stays tr") if number in row.get_text()]
    [button] = [link for link in row.select("a.d2po-button") if link.get_text() == label]
    return button


def press(client: Client, soup: BeautifulSoup, number: str, label: str) -> str:
    """Press a button of a parcel and confirm; return what is then said."""
    url = str(button_of(soup, number, label)["href"])
    [confirm] = page_of(client, url).select("input.default")
    assert confirm["value"] == label
    asking = client.post(url, {str(confirm["name"]): label}, follow=True).content.decode()
    assert "This field is required" in asking
    answer = client.post(url, {str(confirm["name"]): label, "note": "asked them"}, follow=True)
    return answer.content.decode()


def test_a_good_day_says_so_in_one_line(client: Client, labelled: Labelled) -> None:
    labelled(), labelled()
    assert said(shown(client)) == "✔ Canada Post has 2 parcels, we have 2"
    assert said(shown(client, "fr")) == "✔ Postes Canada a 2 colis, nous en avons 2"
    assert "differ" not in page(client, PAGE)


def test_double_foreign_and_orphan_are_found_and_each_is_cured_by_its_button(
    client: Client, labelled: Labelled, emulator: EmulatorServer
) -> None:
    """A proxy doubled the first, another shop's lies in the group, of the others a restored database knows less."""
    first, orphan, early = labelled(), labelled(), labelled()
    double = emulator.another_like(first.tracking_pin)
    foreign = emulator.another_like(first.tracking_pin, "S-77")
    Shipment.objects.filter(pk__in=[orphan.pk, early.pk]).delete()
    Delivery.objects.filter(pk=orphan.delivery_id).delete()
    Delivery.objects.filter(pk=early.delivery_id).update(state=DeliveryState.PLACED, released_at=None)
    soup = shown(client)
    assert said(soup) == "▲ Canada Post has 5 parcels, we have 1"
    assert "S-77" in soup.get_text()
    # The rest goes anyway, and none of these with it.
    page(client, PAGE, group=[GROUP])
    stands = {one.pin: one.status for one in emulator.shipments}
    assert [pin for pin, status in stands.items() if status == "transmitted"] == [first.tracking_pin]
    soup = shown(client)
    assert "The label is voided." in press(client, soup, double.pin, "Void the second label")
    assert "It is no longer listed here." in press(client, soup, foreign.pin, "Leave it to the other shop")
    assert "The label is voided." in press(client, soup, orphan.tracking_pin, "Void it")
    assert "The label is requested." in press(client, soup, early.tracking_pin, "Request the label")
    do_due()
    again = Shipment.objects.get(delivery=early.delivery_id)
    assert (again.shipment_id, again.state) == (early.shipment_id, ShipmentState.LABELLED)
    told = " ".join(LogEntry.objects.values_list("change_message", flat=True))
    assert f"Leave it to the other shop, S-77 {foreign.pin} · Canada Post, group {GROUP}: asked them" in told
    assert told.count("asked them") == 4
    voided = {one.pin for one in emulator.shipments if one.voided}
    assert voided == {double.pin, orphan.tracking_pin}
    # It lies in the group of the day on which it was made.
    shown(client)
    assert Shipment.objects.get(pk=again.pk).group == GROUP
    assert said(shown(client)) == "✔ Canada Post has 1 parcel, we have 1"
    assert not Comparison.objects.filter(differing__gt=0).exists()


def test_a_label_that_was_voided_there_is_made_again(
    client: Client, labelled: Labelled, emulator: EmulatorServer
) -> None:
    shipment = labelled()
    [held] = emulator.shipments
    emulator.state.void_shipment(held.number)
    assert "The parcel is made again." in press(client, shown(client), shipment.tracking_pin, "Make the label again")
    do_due()
    states = dict(Shipment.objects.filter(delivery=shipment.delivery_id).values_list("revision", "state"))
    assert states == {1: ShipmentState.VOIDED, 2: ShipmentState.LABELLED}


def test_more_that_differ_than_are_shown_are_counted(
    client: Client, labelled: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "SHOWN", 2)
    labelled()
    one = Comparison.objects.create(what=Compared.DAY, name="2026-11-25", asked_at=timezone.now())
    one.keep([Difference(f"id-{number}", Differs.UNKNOWN) for number in range(5)])
    soup = shown(client)
    assert [heading.get_text() for heading in soup.select(".d2po-stays h2")] == ["5 parcels differ"]
    assert "And 3 more." in soup.get_text()
    assert "Leave all 5 to the other shop" in soup.get_text()


def test_each_system_is_compared_by_itself() -> None:
    compared = [Comparison(system=system, theirs=5, ours=ours) for system, ours in (("default", 5), ("other", 4))]
    told = [line["text"] for line in summaries([*compared, Comparison(system="default", theirs=2, ours=2)])]
    assert told == ["Canada Post has 7 parcels, we have 7", "other has 5 parcels, we have 4"]


def test_whatever_the_id_of_a_shipment_is_its_button_has_an_address(client: Client, labelled: Labelled) -> None:
    labelled()
    one = Comparison.objects.create(what=Compared.DAY, name="2026-11-25", asked_at=timezone.now())
    one.keep([Difference("A/1 ?#é%2F/", Differs.UNKNOWN, "1")])
    assert client.get(str(button_of(shown(client), "1", "Leave it to the other shop")["href"])).status_code == 200


@pytest.fixture
def every_kind(labelled: Labelled) -> None:
    one = Comparison.objects.create(what=Compared.MANIFEST, name="534881", asked_at=timezone.now())
    one.keep([Difference(f"id-{kind}", kind) for kind in (*Differs.values, "")])


@pytest.mark.usefixtures("every_kind")
def test_each_kind_is_worded_and_has_buttons_only_for_those_who_may(clerk: Clerk) -> None:
    client = clerk("transmit_manifest", "view_manifest")
    for language, words in (("en", "One request made two labels."), ("fr", "Une demande a produit deux étiquettes.")):
        soup = shown(client, language)
        assert words in soup.get_text()
        # All kinds, and what was not asked about yet, without what goes on by itself.
        assert len(soup.select(".d2po-stays tbody tr")) == len(Differs.values)
        assert soup.select(".d2po-stays a.d2po-button") == []
    [row] = shown(client).select('.d2po-stays tr:-soup-contains("id-not_listed")')
    assert "its manifest does not list it" in row.get_text()
    one = Comparison.objects.get(name="534881")
    url = desk("difference", one.pk, "id-twice", "take-back")
    assert client.get(url).status_code == 403
    assert client.post(url, {CONFIRMED: "1"}).status_code == 403


@pytest.mark.usefixtures("every_kind")
def test_each_button_asks_first_and_there_is_none_for_what_is_settled(client: Client, emulator: EmulatorServer) -> None:
    urls = [str(link["href"]) for link in shown(client).select(".d2po-stays a.d2po-button")]
    assert len(urls) == 14
    assert {client.get(url).status_code for url in urls} == {200}
    assert client.get(urls[0].replace("take-back", "adopt")).status_code == 404
    # What was found in the other mode, real or test, is not named and cannot be cured in this one.
    Comparison.objects.update(live=True)
    assert client.get(urls[0]).status_code == 404
    Comparison.objects.all().delete()
    assert client.get(urls[0]).status_code == 404
    assert emulator.calls.get("void_shipment", 0) == 0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_that_nothing_here_knows_is_left_with_one_reason(client: Client, language: str) -> None:
    one = Comparison.objects.create(what=Compared.DAY, name="2026-11-25", asked_at=timezone.now())
    one.keep([Difference(f"id-{number}", Differs.UNKNOWN) for number in range(3)])
    words = {"en": "Leave all 3 to the other shop", "fr": "Laisser les 3 à l’autre boutique"}[language]
    final = {"en": "This cannot be undone.", "fr": "Cette action est irréversible."}[language]
    [url] = [str(link["href"]) for link in shown(client, language).select("a.d2po-button") if link.get_text() == words]
    asked = page_of(client, url, language).get_text()
    assert "id-2" in asked
    assert final in asked
    sent = typed(client, url)
    # What was found since the page asked is not left unseen.
    one.keep([*one.found, Difference("id-3", Differs.UNKNOWN)])
    client.post(url, {**sent, "note": ""})
    assert Comparison.objects.get().left == []
    client.post(url, {**sent, "note": "they told us"})
    assert [each.shipment_id for each in Comparison.objects.get().open_ones] == ["id-3"]
    assert LogEntry.objects.filter(change_message__endswith="they told us").count() == 3
    assert "id-0" not in shown(client, language).get_text()
    Comparison.objects.all().delete()
    assert client.get(url)["Location"] == reverse(PAGE)
    get_user_model().objects.get().user_permissions.clear()
    assert client.post(url, {**sent, "note": "no"}).status_code == 403


def test_what_differs_is_named_with_its_list_and_what_is_left_is_counted(client: Client) -> None:
    lists = {Compared.GROUP: "g-1", Compared.DAY: "2026-11-25", Compared.MANIFEST: "m-1"}
    for what, name in lists.items():
        one = Comparison.objects.create(what=what, name=name, asked_at=timezone.now())
        one.keep([Difference(f"id-{name}", Differs.UNKNOWN)])
    soup = shown(client)
    rows = [" ".join(row.get_text(" ").split()) for row in soup.select(".d2po-stays tbody th")]
    assert sorted(rows) == [
        "id-2026-11-25 Canada Post, made on 2026-11-25",
        "id-g-1 Canada Post, group g-1",
        "id-m-1 Canada Post, manifest m-1",
    ]
    [url] = [str(link["href"]) for link in soup.select("a.d2po-button") if link.get_text().startswith("Leave all 3")]
    told = client.post(url, typed(client, url), follow=True).content.decode()
    assert "3 parcels are no longer listed here." in told
