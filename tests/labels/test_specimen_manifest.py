"""The specimen manifest on paper."""

import pypdfium2

from deliver_to_po.labels.specimen_manifest import ROWS_A_PAGE, ManifestRow, ManifestWords, render_manifest
from tests.labels.reading import crossing, drawn_on

DRAWN = """\
SPECIMEN D906402103 by django-deliver-to-po in fr-CA
page of 612 x 792
.9 .642788 .766044 -0.766044 .642788 306 396 cm grey .88, lines 0
-276.3516 -34.56 Bold 96 grey .88, lines 0: SPECIMEN
54 722.2 Bold 15: Manifest / Manifeste D90640210
54 698.8 Roman 10: Boutique ?milie
54 687 Roman 10: 1 rue Principale
356.4 669.72 Roman 9: 2026-11-24
356.4 659.1 Roman 9: 1 / 1
34 bars, 370.4979 684 44 to 541.0825 684 44
54 612.36 Bold 7: Tracking number / Num?ro de re
235.44 612.36 Bold 7: Service
326.16 612.36 Bold 7: Reference / R?f?rence
477.36 612.36 Bold 7: Weight / Poids
.8 n 54 601.8 m 558 601.8 l S
54 592.52 Roman 9: 7023 2100 3940 0000
235.44 592.52 Roman 9: DOM.EP
326.16 592.52 Roman 9: ORDER-0
477.36 592.52 Roman 9: 1.25 kg
54 574.52 Roman 9: 7023 2100 3940 0001
235.44 574.52 Roman 9: DOM.EP
326.16 574.52 Roman 9: ORDER-1
477.36 574.52 Roman 9: 1.25 kg"""


def words(count: int) -> ManifestWords:
    rows = tuple(ManifestRow(f"70232100394{n:05d}", "DOM.EP", f"ORDER-{n}", "1.25 kg") for n in range(count))
    return ManifestWords("D906402103", ("Boutique Émilie", "1 rue Principale"), rows, ("2026-11-24",))


def test_it_names_every_parcel_on_as_many_pages_as_it_takes() -> None:
    document = pypdfium2.PdfDocument(render_manifest(words(ROWS_A_PAGE + 1)))
    texts = [page.get_textpage().get_text_bounded() for page in document]
    assert len(texts) == 2
    assert f"ORDER-{ROWS_A_PAGE - 1}" in texts[0]
    assert f"ORDER-{ROWS_A_PAGE}" in texts[1]
    assert all("SPECIMEN" in text and "Boutique Émilie" in text and "1.25 kg" in text for text in texts)
    assert [f"{page} / 2" in text for page, text in enumerate(texts, start=1)] == [True, True]


def test_all_of_it_stands_in_its_place() -> None:
    assert drawn_on(render_manifest(words(2)._replace(language="fr-CA"))) == DRAWN.splitlines()


def test_long_texts_do_not_touch_each_other() -> None:
    long = "Wolfeschlegelsteinhausen" * 3
    full = words(0)._replace(heading=long, sender=(long,) * 4, facts=(long,) * 2, columns=(long,) * 4, mark="")
    assert crossing(render_manifest(full._replace(rows=(ManifestRow(long, long, long, long),) * 2)), margin=50) == []


def test_an_empty_manifest_is_still_a_page() -> None:
    assert len(pypdfium2.PdfDocument(render_manifest(words(0)))) == 1
