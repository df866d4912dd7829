"""The tests that a shop's checkout must pass, whatever becomes of a payment: subclass ``CheckoutTests``."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, Any, ClassVar
from unittest.mock import patch

from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory, override_settings
from django.test.utils import override_script_prefix
from django.utils import timezone
from django.utils.translation import get_language_from_request, override

from deliver_to_po.adapter import OrderAdapter, Rate, Service, order_adapter
from deliver_to_po.core.background import module_of_tasks
from deliver_to_po.core.choices import DeliveryState, OfficeCheck
from deliver_to_po.core.conf import LABEL_STORAGE, app_settings, order_model
from deliver_to_po.models import Delivery, Pause
from deliver_to_po.privacy.expiring import delete_expired_drafts
from deliver_to_po.testing.checkout_hooks import Form, Hooks
from deliver_to_po.testing.checkout_mistakes import MistakeFound
from deliver_to_po.testing.emulated import EmulatedCanadaPost

if TYPE_CHECKING:
    from deliver_to_po.emulator.server import EmulatorServer

# How long each of two answers waits for the other before it makes its order: one may wait for the other's lock.
MEET_SECONDS = 0.5
ANSWER_SECONDS = 60
# As often as a provider sends again what the shop refused.
TRIES = 3
MEMORY = "django.core.files.storage.InMemoryStorage"


class CheckoutTests(Hooks):
    """Mix it into ``django.test.TransactionTestCase``, and write the five hooks for your own checkout.

    Each failure is a ``MistakeFound``: what the shop does wrong, and the part of the docs that mends it. If your
    checkout needs rows that migrations write, make them in ``setUp``, since such a test case begins without them.
    """

    # A shop may read from a replica.
    databases = "__all__"
    #: The names of tests about what your shop has nothing of.
    left_out: ClassVar[Collection[str]] = ()

    _server: "EmulatorServer"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take out what is left out; raises AttributeError for a test that there is not."""
        super().__init_subclass__(**kwargs)
        for name in cls.left_out:
            getattr(CheckoutTests, name)
            setattr(cls, name, None)

    @classmethod
    def setUpClass(cls) -> None:
        """Start Canada Post on this machine."""
        from deliver_to_po.emulator.server import EmulatorServer

        super().setUpClass()
        cls._server = cls.enterClassContext(EmulatorServer())

    def setUp(self) -> None:
        """Begin with an empty Canada Post, and touch nothing that outlives the test."""
        super().setUp()
        self.enterContext(_nothing_outside())
        # As a browser asks that prefers no language, without the folder that the shop's server takes off.
        self.enterContext(override(get_language_from_request(RequestFactory().get("/"))))
        self.enterContext(override_script_prefix("/"))
        self.canada_post = EmulatedCanadaPost(self._server)
        self.canada_post.reset()
        self.enterContext(self.canada_post.use())
        self._orders_before = _orders()

    # -- A payment whose answer comes --------------------------------------------------------------------------------

    def test_an_order_that_is_paid_goes_where_the_buyer_chose(self) -> None:
        _client, office_id, payment = self._paid()
        self._goes_to(payment, office_id, "not_as_chosen")

    def test_what_is_charged_for_the_delivery_is_its_price(self) -> None:
        _client, _office_id, payment = self._paid()
        delivery = self._delivery(payment, "not_as_chosen")
        charged = self.charged_for_delivery(payment)
        price = delivery.charge if delivery.price is None else delivery.price
        if None not in (charged, price) and charged != price:
            raise MistakeFound("charged_otherwise", f"{charged} instead of {price}")

    def test_an_answer_that_comes_twice_makes_one_order(self) -> None:
        client, office_id, payment = self._paid()
        refused = self._answer(client, payment)
        self._one_order("answer_twice", refused)
        self._goes_to(payment, office_id, "answer_twice")

    def test_two_answers_at_once_make_one_order(self) -> None:
        if connection.in_atomic_block:
            self.skipTest("Two connections see the same rows only in a TransactionTestCase.")
        client, office_id, payment = self._paying()
        meet = partial(_meet_before_the_order, Barrier(2))

        def answer() -> str:
            try:
                with connection.execute_wrapper(meet):
                    return self._answer(client, payment)
            finally:
                for each in connections.all(initialized_only=True):
                    BaseDatabaseWrapper.close(each)  # SQLite's own leaves a database in memory open: a ResourceWarning

        with ThreadPoolExecutor(2) as both:
            tried = [both.submit(answer) for _ in range(2)]
            refused = [why for one in tried if (why := one.result(ANSWER_SECONDS))]
        for _ in range(TRIES):
            if not refused:
                break
            # A provider sends again what was refused.
            refused = [why for _why in refused if (why := self._answer(client, payment))]
        self._one_order("answer_twice_at_once", ", ".join(refused))
        self._goes_to(payment, office_id, "answer_twice_at_once")

    def test_an_answer_that_comes_days_late_finds_order_and_post_office(self) -> None:
        client, office_id, payment = self._paying()
        with _later(app_settings.draft_lifetime + timedelta(days=1)):
            delete_expired_drafts()
            self._answer(client, payment)
            self._goes_to(payment, office_id, "answer_late")

    def test_an_answer_needs_no_session(self) -> None:
        client, office_id, payment = self._paying()
        client.session.flush()
        client.cookies.clear()
        self._answer(client, payment)
        self._goes_to(payment, office_id, "no_session")

    def test_a_payment_that_was_cancelled_and_is_paid_after_all_makes_an_order(self) -> None:
        client, office_id, payment = self._paying()
        self._answer(client, payment, succeeded=False)
        self._answer(client, payment)
        self._goes_to(payment, office_id, "cancelled_and_paid")

    def test_a_payment_of_another_amount_lets_no_parcel_go(self) -> None:
        client, _office_id, payment = self._paying()
        self._answer(client, payment, amount=Decimal("0.01"))
        self._goes_nowhere(payment, "another_amount")

    def test_a_payment_in_another_currency_lets_no_parcel_go(self) -> None:
        client, _office_id, payment = self._paying()
        self._answer(client, payment, currency="USD")
        self._goes_nowhere(payment, "another_currency")

    # -- What happens before the payment -----------------------------------------------------------------------------

    def test_what_another_tab_has_chosen_is_not_paid_unseen(self) -> None:
        client, _office_id, form = self._at_the_review()
        self.choose_office(client, which=1)
        self._begins_no_payment(client, form, "paid_unseen")

    def test_a_post_office_that_has_closed_is_not_paid_for(self) -> None:
        client, _office_id, form = self._at_the_review()
        _close()
        self._begins_no_payment(client, form, "office_closed")

    def test_nothing_is_paid_during_a_pause(self) -> None:
        client, _office_id, form = self._at_the_review()
        _pause()
        self._begins_no_payment(client, form, "paused")

    def test_a_price_that_nobody_saw_is_not_charged(self) -> None:
        if not order_adapter().keeps_prices:
            self.skipTest("This shop has prices of its own.")
        client, _office_id, form = self._at_the_review()
        shown = Delivery.objects.latest("created_at").price
        with _dearer(Decimal(1)):
            self._begins_no_payment(client, form, "price_unseen", unless_at=shown)

    # -- What happens during the payment -----------------------------------------------------------------------------

    def test_what_another_tab_chooses_during_the_payment_changes_nothing(self) -> None:
        client, office_id, payment = self._paying()
        self.choose_office(client, which=1)
        self._answer(client, payment)
        self._goes_to(payment, office_id, "another_tab")

    def test_what_is_put_into_the_cart_during_the_payment_is_not_shipped(self) -> None:
        _client, _office_id, undisturbed = self._paid()
        client, _office_id, payment = self._paying()
        self.fill_cart(client, more=True)
        self._answer(client, payment)
        paid, shipped = (self._ordered(one) for one in (undisturbed, payment))
        if paid != shipped:
            raise MistakeFound("cart_not_frozen", f"{shipped} instead of {paid}")

    def test_a_post_office_that_closes_during_the_payment_costs_no_order(self) -> None:
        client, _office_id, payment = self._paying()
        _close()
        refused = self._answer(client, payment)
        self._delivery(payment, "office_closed_meanwhile", refused)

    def test_a_pause_during_the_payment_costs_no_order(self) -> None:
        client, _office_id, payment = self._paying()
        _pause()
        refused = self._answer(client, payment)
        self._delivery(payment, "paused_meanwhile", refused)

    # -- A buyer after the payment -----------------------------------------------------------------------------------

    def test_who_has_paid_is_not_asked_to_pay_again(self) -> None:
        client, _office_id, _payment = self._paid()
        if self.review(client):
            raise MistakeFound("asked_again")

    def test_the_button_of_an_old_page_begins_no_payment(self) -> None:
        client, _office_id, form = self._at_the_review()
        payment = self._begin(client, form)
        self._answer(client, payment)
        self.come_back(client, payment)
        self._begins_no_payment(client, form, "back_button")

    def test_the_next_order_begins_without_a_post_office(self) -> None:
        client, _office_id, payment = self._paid()
        self.come_back(client, payment)
        self.fill_cart(client)
        page = client.get(str(self.review_url), follow=True)
        order = self.order_of(payment)
        leads_to = page.request["PATH_INFO"]
        if leads_to == getattr(order, "get_absolute_url", str)() or self.review(client):
            raise MistakeFound("not_forgotten", f"the review page led to {leads_to}")

    # -- What they share ---------------------------------------------------------------------------------------------

    def _at_the_review(self) -> tuple[Client, str, Form]:
        """Return a buyer at the review page, the post office chosen, and what the page's form would send."""
        client = Client()
        self.fill_cart(client)
        office_id = self.choose_office(client)
        form = self.review(client)
        if not form:
            raise MistakeFound("no_way_through", f"the step led to {self.review_url}")
        return client, office_id, form

    def _paying(self) -> tuple[Client, str, Any]:
        client, office_id, form = self._at_the_review()
        return client, office_id, self._begin(client, form)

    def _paid(self) -> tuple[Client, str, Any]:
        client, office_id, payment = self._paying()
        self._answer(client, payment)
        return client, office_id, payment

    def _begin(self, client: Client, form: Form) -> Any:
        payment = self.start_payment(client, form)
        if payment is None:
            raise MistakeFound("no_payment")
        return payment

    def _begins_no_payment(self, client: Client, form: Form, code: str, *, unless_at: Decimal | None = None) -> None:
        payment = None
        # Not nice to the buyer, but nothing is paid.
        with suppress(Exception):
            payment = self.start_payment(client, form)
        if payment is not None and (unless_at is None or self.charged_for_delivery(payment) != unless_at):
            raise MistakeFound(code)

    def _answer(self, client: Client, payment: Any, **told: Any) -> str:
        """Return why the shop did not take the answer of a payment, ``""`` if it did; by default all was paid."""
        all_paid: dict[str, Any] = {"succeeded": True, "amount": None, "currency": "CAD"}
        try:
            answer = self.answer(client, payment, **{**all_paid, **told})
        except NotImplementedError:
            raise
        except Exception as error:  # noqa: BLE001 - a provider sees HTTP 500, whatever the shop raised
            return f"{type(error).__name__}: {error}"
        return f"HTTP {answer.status_code}" if answer.status_code >= 400 else ""

    def _one_order(self, code: str, refused: str) -> None:
        made = _orders() - self._orders_before
        if made != 1 or refused:
            raise MistakeFound(code, ", ".join(filter(None, (f"{made} orders", refused))))

    def _delivery(self, payment: Any, code: str, refused: str = "") -> Delivery:
        order = self.order_of(payment)
        if order is None:
            raise MistakeFound(code, refused or "there is no order")
        delivery = Delivery.objects.filter(current_order=order).first()
        if delivery is None:
            raise MistakeFound(code, "the order has no delivery: is place() called?")
        return delivery

    def _goes_to(self, payment: Any, office_id: str, code: str) -> Delivery:
        delivery = self._delivery(payment, code)
        if delivery.state != _going():
            raise MistakeFound(code, _stands(delivery))
        if delivery.office_id.lstrip("0") != office_id.lstrip("0"):
            raise MistakeFound(code, f"post office {delivery.office_id} instead of {office_id}")
        return delivery

    def _goes_nowhere(self, payment: Any, code: str) -> None:
        order = self.order_of(payment)
        if order is not None and Delivery.objects.filter(current_order=order, state=_going()).exists():
            raise MistakeFound(code)

    def _ordered(self, payment: Any) -> tuple[object, ...]:
        """Return what an order is made of, as far as the adapter tells."""
        order, adapter = self._delivery(payment, "cart_not_frozen").order, order_adapter()
        return list(adapter.parcels(order)), list(adapter.contents(order)), self.charged_for_delivery(payment)


def _orders() -> int:
    return int(apps.get_model(order_model())._default_manager.count())


def _going() -> DeliveryState:
    """Return the state of a delivery that is paid and has nothing in its way."""
    return DeliveryState.PLACED if app_settings.release == "by_merchant" else DeliveryState.RELEASED


def _stands(delivery: Delivery) -> str:
    """Return state and reason of a delivery, and what its history notes of them."""
    noted = delivery.history.exclude(note="").values_list("note", flat=True)
    return ": ".join(filter(None, (delivery.get_state_display(), delivery.reason, *noted)))


def _close() -> None:
    """Let every post office that is chosen be one that Canada Post no longer offers."""
    Delivery.objects.update(office_check=OfficeCheck.NO_LONGER)


def _pause() -> None:
    now = timezone.now()
    Pause.objects.create(reason_en="Strike.", reason_fr="Grève.", ends_at=now + timedelta(days=1))


@contextmanager
def _later(by: timedelta) -> Iterator[None]:
    """Let it be later for Django and for the shop, as far as they ask ``timezone.now`` and ``time.time``."""
    now, seconds = timezone.now, time.time
    with (
        patch("django.utils.timezone.now", lambda: now() + by),
        patch("time.time", lambda: seconds() + by.total_seconds()),
    ):
        yield


@contextmanager
def _dearer(by: Decimal) -> Iterator[None]:
    """Let each delivery cost so many CAD more."""
    kind = type(order_adapter())
    price = kind.price

    def dearer(adapter: OrderAdapter[Any], cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        asked = price(adapter, cart, service, rate)
        return None if asked is None else Decimal(asked) + by

    with patch.object(kind, "price", dearer):
        yield


def _meet_before_the_order(
    both: Barrier,
    execute: Callable[[str, Any, bool, Mapping[str, Any]], Any],
    sql: str,
    params: Any,
    many: bool,
    context: Mapping[str, Any],
) -> Any:
    """Let two threads make their orders at the same moment, unless one of them waits for the other's lock."""
    if sql.startswith("INSERT") and apps.get_model(order_model())._meta.db_table in sql:
        with suppress(BrokenBarrierError):
            both.wait(MEET_SECONDS)
    return execute(sql, params, many, context)


def _nothing_outside() -> override_settings:
    """Return what lets a test use neither cache nor queue nor files of the shop's, whatever its settings say."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    tasks = module_of_tasks()
    changed: dict[str, Any] = {
        "CACHES": {alias: {**memory, "LOCATION": alias} for alias in settings.CACHES},
        "STORAGES": {
            **settings.STORAGES,
            # Where the manifest of static files was never made, each page would fail.
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
            LABEL_STORAGE: {"BACKEND": MEMORY},
        },
        "SECURE_SSL_REDIRECT": False,
        "PREPEND_WWW": False,
        "FORCE_SCRIPT_NAME": None,
    }
    if tasks:
        dummy = {"BACKEND": f"{tasks}.backends.dummy.DummyBackend"}
        changed["TASKS"] = dict.fromkeys(getattr(settings, "TASKS", {"default": {}}), dummy)
    return override_settings(**changed)
