"""Until when this process leaves a job alone that somebody else cannot answer just now."""

import time

# Whatever a shipping system asks for, its parcels are asked about again the same day.
LONGEST_SECONDS = 3600.0


class BackOff:
    """Until when this process asks nothing at all: what one question was told holds for the whole batch."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """Ask nothing for so long, LONGEST_SECONDS at most."""
        self._until = max(self._until, time.monotonic() + min(LONGEST_SECONDS, seconds))

    def end(self) -> None:
        self._until = 0.0

    def seconds(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def __bool__(self) -> bool:
        return self.seconds() > 0
