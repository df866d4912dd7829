"""The template tag for where a parcel is picked up: as HTML and as text, in the active language, escaped."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.models import Delivery
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = pytest.mark.django_db

HTML = "{% load deliver_to_po %}{% d2po_pickup order %}"
TEXT = "{% load deliver_to_po %}{% autoescape off %}{% d2po_pickup_text order %}{% endautoescape %}"


def shown(order: Any, template: str = HTML, language: str = "en") -> str:
    with translation.override(language):
        return Template(template).render(Context({"order": order})).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def delivery() -> Delivery:
    made = make_delivery(office_name="COMPTOIR DU COIN")
    make_shipment(made, tracking_pin="7023210039414604", state=ShipmentState.LABELLED)
    return made


@pytest.mark.parametrize("template", [HTML, TEXT])
def test_it_says_where_when_what_to_bring_how_long_and_how_to_find_it(delivery: Delivery, template: str) -> None:
    page = shown(delivery.order, template)
    for told in (
        "Comptoir du Coin",
        "Ottawa ON K2B 7K0",
        "openstreetmap.org/directions",
        "must show government-issued photo ID",
        "holds the parcel for 15 days",
        "7023210039414604",
    ):
        assert told in page, told


@pytest.mark.parametrize("tag", ["d2po_nearest", "d2po_desk order"])
def test_a_tag_that_needs_the_request_says_how_it_gets_one(delivery: Delivery, tag: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="needs the request"):
        shown(delivery.order, f"{{% load deliver_to_po %}}{{% {tag} %}}")


@pytest.mark.urls("django.conf.urls.i18n")
def test_without_the_steps_pages_it_has_no_links(delivery: Delivery, rf: RequestFactory) -> None:
    page = Template(HTML).render(Context({"order": delivery.order, "request": rf.get("/")}))
    assert "Comptoir du Coin" in page


def test_its_links_lead_back_to_the_page_with_its_query(rf: RequestFactory, change_settings: Any) -> None:
    change_settings(BUYER_MAY={"CANCEL": True})
    order = make_delivery().order
    page = Template(HTML).render(Context({"order": order, "request": rf.get("/order/?key=k")}))
    assert "back=%2Forder%2F%3Fkey%3Dk" in page


def test_what_few_need_is_behind_a_press_named_by_what_it_means_now(delivery: Delivery) -> None:
    page = BeautifulSoup(shown(delivery.order), "html.parser")
    hours, others = page.select("details")
    assert hours.summary
    assert hours.summary.get_text().startswith(("Open now", "Closed", "Holiday"))
    assert hours.table
    assert [item.get_text()[:6] for item in others.select("li")] == ["If tha", "Somebo", "Anyone"]
    Delivery.objects.update(office_hours=None)
    assert len(BeautifulSoup(shown(delivery.order), "html.parser").select("details")) == 1


def test_a_number_leads_to_canada_post_s_page_but_a_test_s(delivery: Delivery) -> None:
    link = '<a href="https://www.canadapost-postescanada.ca/track-reperage/fr#/details/7023210039414604">'
    assert link not in shown(delivery.order, language="fr")
    Delivery.objects.update(live=True)
    assert link in shown(delivery.order, language="fr")


@pytest.mark.parametrize("template", [HTML, TEXT])
def test_it_speaks_the_active_language(delivery: Delivery, template: str) -> None:
    assert "pièce d’identité avec photo" in shown(delivery.order, template, "fr")


def test_an_order_that_goes_home_and_a_missing_variable_show_nothing(delivery: Delivery) -> None:
    order = delivery.order
    Delivery.objects.filter(pk=delivery.pk).update(current_order=None)
    assert [shown(order), shown(order, TEXT), shown(""), shown(None)] == [""] * 4


def test_what_people_typed_is_escaped(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(recipient_name="<script>Zoé", office_location="<b>")
    page = shown(delivery.order)
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;Zoé" in page
    assert "<script>" not in shown(delivery.order, "{% load deliver_to_po %}{% d2po_pickup_text order %}")


def test_a_draft_is_told_of_without_tracking_number_and_without_the_mark_of_a_test() -> None:
    page = shown(make_draft(office_name="COMPTOIR DU COIN"))
    assert "Comptoir du Coin" in page
    assert "Tracking number" not in page
    assert "TEST" not in page


def test_a_warning_comes_first(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.HELD)
    page = shown(delivery.order)
    assert page.index("on hold") < page.index("Comptoir du Coin")


def test_without_the_request_it_leads_to_another_choice_all_the_same(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.NEEDS_CHOICE)
    assert "Choose a post office</a>" in shown(delivery.order)


def test_the_map_loads_leaflet_with_its_extras_and_nothing_for_drawing() -> None:
    page = Template("{% load deliver_to_po %}{% d2po_map %}").render(Context())
    files = [name for name in ("leaflet.css", "leaflet.js", "leaflet.extras.js", "leaflet.draw") if name in page]
    assert files == ["leaflet.css", "leaflet.js", "leaflet.extras.js"]
    # As they must run: what extends Leaflet comes after it.
    assert page.index("leaflet/leaflet.js") < page.index("leaflet/leaflet.extras.js")
    # No room is kept for a map that is closed.
    assert "data-shown" not in Template("{% load deliver_to_po %}{% d2po_map shown=True %}").render(Context())
