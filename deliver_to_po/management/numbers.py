"""What a person types after a command: a number of seconds or minutes that a clock can add."""

from argparse import ArgumentTypeError

from django.utils.translation import gettext as _

# In seconds that is thirty years.
MOST = 1_000_000_000


def span(text: str) -> float:
    """Return a number from 0 to MOST; raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    # What is no number, such as nan, lies nowhere.
    if not 0 <= number <= MOST:
        raise ArgumentTypeError(_("“%(text)s” must be a number from 0 to %(most)d") % {"text": text[:40], "most": MOST})
    return number
