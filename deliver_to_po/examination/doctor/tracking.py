"""What the doctor sees of parcels on their way and of the e-mails about them: the same figures as health."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.health import finding as health
from deliver_to_po.examination.health.following import following, mails


def tracking() -> Iterator[Finding]:
    """Yield how late parcels are asked for, which share is answered, unknown events by number, and failed e-mails.

    Where there is nothing to tell, nothing is told.
    """
    limits = health.Limits()
    about = [(_("Tracking"), found) for found in following(limits)] + [(_("E-mails"), mails(limits))]
    for subject, found in about:
        if found.value or not found.ok:
            # What is well, and still has something to do, is a note.
            verdict = Verdict.WRONG if not found.ok else Verdict.NOTE if found.todo else Verdict.OK
            yield Finding(subject, verdict, found.says, found.todo)
