"""What ``d2po_doctor --shop`` finds out: the shop's own checkout under every fate of a payment, and what is around it.

Nothing of it reaches Canada Post, the shop's rows, its cache, its queue or its files.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import TestCase, TestLoader, TestResult, TestSuite

from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.test import override_settings
from django.test.runner import DiscoverRunner
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from deliver_to_po.core.conf import SETTING, app_settings
from deliver_to_po.core.configured import subclass_named
from deliver_to_po.core.database_errors import described
from deliver_to_po.examination.doctor import without_calls
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.testing.checkout_mistakes import MistakeFound
from deliver_to_po.testing.checkouts import CheckoutTests

# Labels, cache, templates, apps, pages, workers, databases: what costs an order or a parcel, not what a call needs.
SURROUNDINGS = frozenset((*range(50, 57), 59, 60, 61, 67, 71, 74, 81, 82, 90, 91, 94, 96, 98))
PAGE = "docs/how-to/test-your-checkout.md#whatever-becomes-of-a-payment"
# While that one fails, all others say the same in other words.
FIRST = CheckoutTests.test_an_order_that_is_paid_goes_where_the_buyer_chose.__name__


def examine_checkout() -> Iterator[Finding]:
    """Yield what is wrong around the shop, then with its checkout; makes a test database and deletes it."""
    yield from without_calls.settings(surroundings())
    subject, language = _("Checkout"), get_language()
    if not app_settings.checkout_tests:
        todo = _("Write the class that %(page)s shows, and name it in CHECKOUT_TESTS.") % {"page": PAGE}
        yield Finding(subject, Verdict.NOT_ASKED, _("there are no tests of your checkout yet"), todo)
        return
    try:
        tests = subclass_named(app_settings.checkout_tests, CheckoutTests, f'{SETTING}["CHECKOUT_TESTS"]')
        # Making a database leaves Django's own language behind, and so does deleting it.
        with override(language), _test_database(), override(language):
            yield from examine_by(tests)
    except ImproperlyConfigured as error:
        yield Finding(subject, Verdict.WRONG, str(error), PAGE)
    except (DatabaseError, SystemExit) as error:
        why = described(error) if isinstance(error, DatabaseError) else _("see above")
        says = _("no test database can be made (%(error)s)") % {"error": why}
        todo = _("Allow the database’s user to create one, or run this where you develop.")
        yield Finding(subject, Verdict.WRONG, says, todo)


def surroundings() -> list[CheckMessage]:
    """Return what ``manage.py check`` says of what stands around the app, as it would with LIVE on."""
    ours = getattr(settings, SETTING)
    live = {**ours, "CANADA_POST": {**ours.get("CANADA_POST", {}), "LIVE": True}}
    with override_settings(**{SETTING: live}):
        messages = [message for message in run_checks() if not message.is_silenced()]
    of_oscar = [message for message in messages if str(message.id).startswith("deliver_to_po_")]
    return [*without_calls.numbered(messages, SURROUNDINGS), *of_oscar]


def examine_by(tests: type[CheckoutTests]) -> Iterator[Finding]:
    """Yield what a shop's own tests of its checkout find in the database that there is."""
    names = TestLoader().getTestCaseNames(tests)
    first, others = ([name for name in names if (name == FIRST) is wanted] for wanted in (True, False))
    found, passed = _run(tests, first)
    if not found:
        found, more = _run(tests, others)
        passed += more
    elif others:
        says = _("not before an order that is paid goes to the post office chosen")
        found.append(Finding(_("Checkout"), Verdict.NOT_ASKED, says))
    yield from found
    if passed and all(finding.verdict == Verdict.NOT_ASKED for finding in found):
        says = ngettext("%(count)d test of your checkout passes", "%(count)d tests of your checkout pass", passed)
        yield Finding(_("Checkout"), Verdict.OK, says % {"count": passed})


def _run(tests: type[CheckoutTests], names: Sequence[str]) -> tuple[list[Finding], int]:
    noted = _Noted()
    # The shop's pages leave their own language behind.
    with override(get_language()):
        TestSuite(tests(name) for name in names).run(noted)
    return [_finding(name, why) for name, why in noted.found], noted.passed


class _Noted(TestResult):
    """Keeps why each test failed or was skipped, and counts those that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, BaseException | str]] = []
        self.passed = 0

    def addSuccess(self, test: TestCase) -> None:  # noqa: N802 - unittest's own name
        self.passed += 1

    def addSkip(self, test: TestCase, reason: str) -> None:  # noqa: N802 - unittest's own name
        self.found.append((_name(test), reason))

    def addSubTest(self, test: TestCase, subtest: TestCase, err: Any) -> None:  # noqa: N802 - unittest's own name
        if err is not None:
            self.addError(test, err)

    def addFailure(self, test: TestCase, err: Any) -> None:  # noqa: N802 - unittest's own name
        self.addError(test, err)

    def addError(self, test: TestCase, err: Any) -> None:  # noqa: N802 - unittest's own name
        self.found.append((_name(test), err[1]))


def _finding(name: str, why: BaseException | str) -> Finding:
    if isinstance(why, MistakeFound):
        says = f"{why.mistake.says} ({why.code})"
        todo = ". ".join(filter(None, (_("Read %(page)s") % {"page": why.mistake.page}, why.detail)))
        return Finding(_("Checkout"), Verdict.WRONG, says, todo, why.code)
    if isinstance(why, str):
        says = _("the test %(test)s was skipped: %(why)s") % {"test": name, "why": why}
        return Finding(_("Checkout"), Verdict.NOT_ASKED, says, code=name)
    says = _("the test %(test)s cannot tell: %(error)s") % {"test": name, "error": f"{type(why).__name__}: {why}"}
    return Finding(_("Checkout"), Verdict.WRONG, says, _("Run it with your own tests."))


def _name(test: TestCase) -> str:
    # That of a whole class ends with its name in brackets.
    return test.id().rpartition(".")[2].rstrip(")")


@contextmanager
def _test_database() -> Iterator[None]:
    """Make an empty database beside the shop's, as the shop's own tests do, and delete it at the end."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    with TemporaryDirectory() as folder:
        for database in connections.all():
            if database.vendor == "sqlite":
                # One in memory lets no two threads write.
                database.settings_dict["TEST"]["NAME"] = str(Path(folder) / f"{database.alias}.sqlite3")
        runner.setup_test_environment()
        try:
            made = runner.setup_databases()
            try:
                yield
            finally:
                runner.teardown_databases(made)
        finally:
            runner.teardown_test_environment()
