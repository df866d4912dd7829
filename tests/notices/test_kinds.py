"""What each kind of notice says, to whom and in which language."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem, Reason
from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.models import Delivery, Notice, links
from deliver_to_po.notices.kinds import KINDS
from tests.factories import RECIPIENT
from tests.notices.needing import kinds_sent, needing, notice, sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


def test_each_kind_has_its_row_and_its_switch_a_default() -> None:
    assert set(KINDS) == set(NoticeKind)
    assert {kind.switch for kind in KINDS.values()} == set(DEFAULTS["TELL"])


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("en", "TEST – Please choose the post office for your order", "no longer accepts parcels."),
        (
            "fr",
            "ESSAI – Veuillez choisir le bureau de poste pour votre commande",
            "n’accepte plus les colis.",
        ),
    ],
)
def test_the_buyer_is_written_to_in_their_language(language: str, subject: str, sentence: str) -> None:
    delivery = needing(language, recipient=RECIPIENT)
    sweep()
    [message] = mail.outbox
    assert message.subject == f"{subject} {delivery.reference}"
    assert "Counter & Sons" in message.body
    assert sentence in message.body
    url = next(line for line in message.body.splitlines() if line.startswith("https://shop.example.com/"))
    assert f"/again/{language}/" in url
    assert links.delivery_for(url.rstrip("/").rsplit("/", 1)[1]) == delivery
    assert isinstance(message, EmailMultiAlternatives)
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert f'<a href="{url}">' in str(html)
    assert "Counter &amp; Sons" in str(html)
    page = BeautifulSoup(str(html), "html.parser")
    *_, about_the_link, questions = [paragraph.get_text() for paragraph in page("p")]
    assert message.body.strip().split("\n\n")[-2:] == [about_the_link, questions]
    assert [tag["lang"] for tag in page("html")] == [language]
    personal = (RECIPIENT.name, RECIPIENT.phone, RECIPIENT.address.line_1, RECIPIENT.address.postal_code)
    assert not [text for text in personal if text in message.body + str(html)]


def test_the_shop_says_who_the_buyer_is_and_else_it_is_the_recipient(shop_says: Any) -> None:
    shop_says("email", "buyer@example.com")
    needing()
    sweep()
    shop_says("email", lambda _: 1 / 0)
    needing()
    sweep()
    assert [message.to for message in mail.outbox] == [["buyer@example.com"], [RECIPIENT.email]]


@pytest.mark.parametrize(
    ("settings_", "fields", "problem"),
    [
        ({"SITE_URL": ""}, {}, NoticeProblem.NO_SITE_URL),
        ({}, {"recipient_email": ""}, NoticeProblem.NO_ADDRESS),
    ],
)
def test_what_cannot_be_sent_says_why_and_the_clerks_are_told_at_once_and_once(
    clock: Any, change_settings: Any, shop_says: Any, settings_: Any, fields: Any, problem: str
) -> None:
    shop_says("email", "")
    change_settings(CLERKS=("desk@shop.example.com",), **settings_)
    delivery = needing()
    if fields:
        nobody = dict.fromkeys([name.name for name in Delivery._meta.fields if name.name.startswith("recipient")], "")
        Delivery.objects.filter(pk=delivery.pk).update(office_id="", **nobody)
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.FAILED, problem)
    clock.shift(timedelta(days=3))
    sweep()
    assert [message.to for message in mail.outbox] == [["desk@shop.example.com"]]
    assert notice(NoticeKind.REMIND, delivery).problem == problem
    clerks = notice(NoticeKind.CLERKS, delivery)
    assert (clerks.due_at, clerks.lease) == (None, None)


def test_the_clerks_are_told_of_the_buyer_s_answer_to_this_question_not_to_an_earlier_one(change_settings: Any) -> None:
    change_settings(CLERKS=("desk@shop.example.com",), SITE_URL="")
    delivery = needing()
    sent = {"outcome": NoticeOutcome.SENT, "sent_at": timezone.now()}
    Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion=0, **sent)
    sweep()
    [message] = mail.outbox
    assert "we could not e-mail the buyer" in message.body


def test_the_clerks_are_written_to_in_the_shops_language(settings: Any, change_settings: Any) -> None:
    settings.LANGUAGE_CODE = "fr-ca"
    change_settings(CLERKS=("desk@shop.example.com",), SITE_URL="")
    needing(reference="A & B")
    with override("en"):
        sweep()
    assert [message.subject for message in mail.outbox] == [
        "ESSAI – La commande A & B n’a toujours pas de bureau de poste"
    ]


def test_without_clerks_nobody_is_told(clock: Any) -> None:
    delivery = needing()
    clock.shift(timedelta(days=0))
    sweep()
    clock.shift(timedelta(days=7))
    sweep()
    assert notice(NoticeKind.CLERKS, delivery).outcome == NoticeOutcome.NOT_NEEDED
    assert kinds_sent() == ["choose", "remind"]


@pytest.mark.parametrize(("reason", "written"), [(Reason.OFFICE_GONE, 0), (Reason.CHOICE_ERASED, 1)])
def test_who_wished_to_be_forgotten_is_not_written_to_and_whose_choice_was_is_asked_for_a_first_one(
    shop_says: Any, reason: str, written: int
) -> None:
    shop_says("email", "buyer@example.com")
    delivery = needing()
    Delivery.objects.filter(pk=delivery.pk).update(erased_at=timezone.now(), reason=reason)
    sweep()
    sent: Any = mail.outbox
    parts = [part for message in sent for part in (message.body, message.alternatives[0][0])]
    assert ["No post office has been chosen yet" in part for part in parts] == [True, True] * written
