"""What a person may prefer: a language, and what labels are printed on."""

from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.vocabulary import Vocabulary


class Language(Vocabulary):
    """The languages a person is written to in."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")


class PrintForm(Vocabulary):
    """On what labels are printed."""

    LABEL = "label", _("Label printer, 4 × 6 inches: one label a page, as it was made")
    TWO = "two", _("Letter paper, two labels a page, full size")
    FOUR = "four", _("Letter paper, four labels a page, at 87.5%")
    ZPL = "zpl", _("Label printer that takes ZPL: one file of commands")
