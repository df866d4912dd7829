"""Is what is over erased? Where its file cannot be deleted it stays, and so does whom it names."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.examination.health.finding import Finding
from deliver_to_po.models import Delivery, Export, Manifest


def erasure() -> Finding:
    """Say how many rows could not be erased, or deleted, though their time is over: they are tried again each time."""
    models = (Delivery, Export, Manifest)
    count = sum(one.objects.filter(erasure_failed_at__isnull=False, erased_at=None).count() for one in models)
    says = ngettext(
        "%(count)d row whose time is over could not be erased",
        "%(count)d rows whose time is over could not be erased",
        count,
    )
    todo = _(
        "Look into the log of “manage.py d2po_handoff”, and run “manage.py d2po_doctor”: it tries whether files can be "
        "deleted."
    )
    return Finding("erasure", not count, count, says % {"count": count}, todo if count else "")
