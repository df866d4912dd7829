"""The specimen manifest on paper."""

import pypdfium2
import zxingcpp

from deliver_to_po.labels.manifest import ROWS_A_PAGE, ManifestRow, ManifestWords, render_manifest


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


def test_its_number_stands_in_bars() -> None:
    page = pypdfium2.PdfDocument(render_manifest(words(1)))[0]
    assert [code.text for code in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())] == ["D906402103"]


def test_the_same_words_give_the_same_bytes() -> None:
    assert render_manifest(words(3)) == render_manifest(words(3))


def test_an_empty_manifest_is_still_a_page() -> None:
    assert len(pypdfium2.PdfDocument(render_manifest(words(0)))) == 1
