"""Do e-mails reach the people that they are for?"""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from deliver_to_po.core.choices import NoticeOutcome, NoticeProblem
from deliver_to_po.examination.health.finding import Finding, Limits
from deliver_to_po.models import Notice
from deliver_to_po.notices.about import written_about
from deliver_to_po.notices.sending import RETRY_AFTER_SECONDS

LAST_DAY = timedelta(days=1)


def mails(limits: Limits) -> Finding:
    """Say how many e-mails failed within the last day, or cannot be written for a mistake in the shop's program."""
    failed = Q(outcome=NoticeOutcome.FAILED, due_at__gte=timezone.now() - LAST_DAY)
    # These are tried again until that is mended.
    crashes = Q(problem=NoticeProblem.CRASHED)
    not_taken = Q(problem=NoticeProblem.NOT_TAKEN, tries__gte=len(RETRY_AFTER_SECONDS))
    tried = Q(crashes | not_taken, outcome=NoticeOutcome.TO_SEND, delivery__in=written_about())
    rows = Notice.objects.filter(failed | tried).order_by("problem").values_list("problem")
    counts = dict(rows.annotate(count=Count("pk")))
    total, crashed = sum(counts.values()), counts.get(NoticeProblem.CRASHED, 0)
    ok = total <= limits.mails
    says = _("of the last day’s e-mails, %(failed)d could not be sent; e-mails that cannot be written: %(crashed)d")
    says %= {"failed": total - crashed, "crashed": crashed}
    todo = _(
        "Each delivery’s page says why. Look into the settings of your mail server, and into SITE_URL; for those that "
        "cannot be written, into the log."
    )
    return Finding("mails", ok, total, says, "" if ok else todo, counts)
