"""What every closed list of values has: words that people read."""

from django.db.models import TextChoices
from django.utils.functional import Promise


class Vocabulary(TextChoices):
    """A closed list of values that a field may hold, each with its words.

    Fields say ``choices=….pairs``. Migrations keep that path instead of the words, so that rewording makes no
    migration; once released, no class of ``core.choices`` that a field uses is renamed or moved.
    """

    @classmethod
    def pairs(cls) -> list[tuple[str, str | Promise]]:
        """Return each value with its words."""
        return list(cls.choices)
