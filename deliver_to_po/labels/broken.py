"""The error of a PDF that cannot be read; here so that catching it loads no library."""


class BrokenPdf(Exception):
    """The PDF that a page was to come from cannot be read. The text names the kind of mistake, nothing of the page."""
