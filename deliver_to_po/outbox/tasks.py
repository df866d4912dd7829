"""The one task of the outbox: a worker is woken to do what is due for one row of a job."""

from deliver_to_po.core.background import task
from deliver_to_po.outbox.claiming import work_through
from deliver_to_po.outbox.jobs import registry


@task
def do_due(job: str, pk: int) -> None:
    work_through(registry.job(job), pk)
