"""What the app refuses: each error has a code of its own and says in both languages what to do."""

from copy import copy

import pytest
from django.urls import reverse
from django.utils.translation import override

from deliver_to_po import errors
from deliver_to_po.errors import DeliverToPoError, OfficeNoLongerTakesParcels


def every_error() -> list[type[DeliverToPoError]]:
    kinds = [value for value in vars(errors).values() if isinstance(value, type)]
    return [kind for kind in kinds if issubclass(kind, DeliverToPoError)]


def test_whatever_the_app_refuses_is_one_family() -> None:
    defined = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert defined == every_error()


def test_each_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in every_error()]
    assert len(set(codes)) == len(codes)


def test_each_error_says_in_both_languages_what_happened() -> None:
    for error in every_error():
        with override("en"):
            english = str(error().message)
        with override("fr"):
            french = str(error().message)
        assert english.endswith((".", "?"))
        assert french.endswith((".", "?"))
        assert english != french


def of_any_words() -> list[type[DeliverToPoError]]:
    """Return the errors that may say something of their own: one is about the fields of a form."""
    return [error for error in every_error() if error is not errors.RecipientRefused]


def test_an_error_reads_as_its_message() -> None:
    for error in of_any_words():
        with override("fr"):
            assert str(error()) == str(error.message)
        assert str(error("Something else.")) == "Something else."


def test_an_error_survives_on_its_way_to_another_process() -> None:
    for error in of_any_words():
        for message in (None, "Something else."):
            # As pickle makes it, which carries errors between processes.
            copied = copy(error(message))
            assert (type(copied), str(copied)) == (error, str(error(message)))


def test_a_buyer_is_sent_to_the_page_where_it_can_be_mended() -> None:
    for error in every_error():
        if error.page:
            assert error().url == f"{reverse(f'deliver_to_po:{error.page}')}?problem={error.code}"
        else:
            assert error().url == ""


@pytest.mark.urls("django.conf.urls.i18n")
def test_a_shop_without_the_steps_pages_mends_everything_on_its_own() -> None:
    assert {error().url for error in every_error()} == {""}


def test_a_post_office_that_takes_no_parcels_is_named() -> None:
    assert str(OfficeNoLongerTakesParcels.named("COMPTOIR DU COIN").message).startswith("Comptoir du Coin no longer")
    with override("fr"):
        assert "Comptoir du Coin" in str(OfficeNoLongerTakesParcels.named("COMPTOIR DU COIN").message)


def test_a_post_office_without_a_name_is_not_named() -> None:
    assert OfficeNoLongerTakesParcels.named("").message == OfficeNoLongerTakesParcels.message
