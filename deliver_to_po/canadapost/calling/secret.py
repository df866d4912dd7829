"""Text that proves who asks, such as a token: debug pages and error trackers that show variables do not show it."""


class Secret(str):
    """A text that is sent as it is, and shown as nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"
