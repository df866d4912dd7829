"""What to install where the emulator's web server, an optional extra of the package, is missing."""

INSTALL = 'pip install "django-deliver-to-po[emulator]"'


class MissingExtra(ImportError):
    """The emulator cannot start, since werkzeug is not installed; the text says what to run."""

    def __init__(self) -> None:
        super().__init__(f"The Canada Post emulator needs werkzeug. Run: {INSTALL}", name="werkzeug")
