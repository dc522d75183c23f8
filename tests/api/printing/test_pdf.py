"""A form's PDF, read by another library: all of it is there, in its font, and the same each time."""

import io
import re
import time
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from pypdf import PdfReader

from api.printing import fonts
from api.printing.fonts import font_at
from api.printing.forms import Fields, Figure, Form, Grid, Heading, Paragraph, Signatures
from api.printing.pdf import pdf_of
from ledger.errors import Invalid, Missing
from tests.printing import needs_font, pages_of, text_of

HOSTILE = "<script>alert(1)</script> {nb} \u202e<b>𬭎𨱇</b>&amp; %s \\n (\\)"
FORM = Form(
    "北戴河区双随机抽查现场检查记录",
    "北住建检字〔2026〕第 00012 号",
    [
        Fields([("被检查单位", "河北某某建筑工程有限公司"), ("统一社会信用代码", "91130304PDY00001XL")]),
        Heading("一、检查情况"),
        Paragraph("依据《建筑法》开展检查。\n" + HOSTILE),
        Signatures(["检查人员", "检查人员", "被检查单位负责人（签章）"]),
    ],
)


def long_table(rows: int, last: str = "末") -> Form:
    cells = [[str(number), f"企业{number}", last if number == rows - 1 else "未发现问题"] for number in range(rows)]
    return Form("汇总表", "", [Grid(["序号", "名称", "结果"], cells)])


@needs_font
def test_all_text_comes_out_again() -> None:
    text = text_of(pdf_of(FORM))
    for told in ("北戴河区双随机抽查现场检查记录", "第00012号", "河北某某建筑工程有限公司", "91130304PDY00001XL"):
        assert told in text
    assert text.count("检查人员：日期：年月日") == 2
    assert "第1页共1页" in text


@needs_font
def test_hostile_text_is_printed_as_it_is_and_its_marks_are_named() -> None:
    shown = "".join(HOSTILE.replace("\u202e", "[U+202E]").split())
    assert shown in text_of(pdf_of(FORM))


@needs_font
def test_every_character_has_a_glyph_in_the_font_and_an_outline_in_the_file() -> None:
    """Those of rare names too; the file holds a TrueType subset, which every reader takes."""
    font = font_at(None)
    written = set("".join(pages_of(pdf_of(FORM)))) - {"\n"}
    assert set("北戴河𬭎𨱇") <= written
    assert all(ord(character) in font.advances for character in written)

    embedded = embedded_font(pdf_of(FORM))
    drawn = [name for name in embedded.getGlyphOrder() if embedded["glyf"][name].numberOfContours]
    visible = {character for character in written if not character.isspace()}
    assert len(drawn) >= len(visible)


@needs_font
def test_a_file_holds_only_the_glyphs_that_it_uses() -> None:
    assert len(pdf_of(Form("签", "", []))) < 12_000


@needs_font
def test_the_same_form_gives_the_same_bytes_at_another_time() -> None:
    first = pdf_of(FORM)
    time.sleep(1.1)
    assert pdf_of(FORM) == first


@needs_font
def test_a_long_table_goes_over_pages_under_its_heads() -> None:
    pages = pages_of(pdf_of(long_table(120)))
    assert len(pages) > 3
    assert all("序号 名称 结果" in page for page in pages)
    assert [int(number) for page in pages for number in re.findall(r"企业(\d+)", page)] == list(range(120))
    assert f"第 2 页 共 {len(pages)} 页" in pages[1]


@needs_font
def test_a_cell_longer_than_a_page_goes_on_on_the_next() -> None:
    text = "".join(pages_of(pdf_of(long_table(3, "长" * 9000))))
    assert text.count("长") == 9000


@needs_font
def test_a_very_long_name_wraps_within_the_page() -> None:
    name = "某" * 400 + "公司" + "A" * 400
    pages = pages_of(pdf_of(Form(name, "", [Fields([(name, name)])])))
    assert "".join(pages).count("某") == 3 * 400
    assert max(len(line) for page in pages for line in page.splitlines()) < 150


@needs_font
def test_forms_in_one_file_have_pages_of_their_own() -> None:
    pages = pages_of(pdf_of(FORM, long_table(60), FORM))
    assert "第 1 页 共 1 页" in pages[0]
    assert "第 1 页 共 1 页" in pages[-1]
    assert "第 1 页 共" in pages[1]


@needs_font
def test_a_picture_stands_whole_on_a_page_with_its_caption_and_its_words() -> None:
    figures = [Figure(f"图 {number}　示例", f"说明{number}", "", png(number), 60, 40) for number in range(1, 4)]
    pdf = pdf_of(Form("示例", "", [Paragraph("一\n" * 10), *figures]))
    pages = pages_of(pdf)
    assert [f"图 {number}" in page for number in (1, 2, 3) for page in pages].count(True) == 3
    read = PdfReader(io.BytesIO(pdf)).pages
    assert [len(page.images) for page in read] == [page.count("图 ") for page in pages]
    assert pdf_of(Form("示例", "", [Paragraph("一\n" * 10), *figures])) == pdf


@needs_font
def test_the_form_names_itself() -> None:
    reader = PdfReader(io.BytesIO(pdf_of(FORM)))
    assert reader.metadata is not None
    assert reader.metadata.title == FORM.title
    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == (595, 842)


def test_without_a_font_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="font_missing") as caught:
        font_at(None, (tmp_path,))
    assert caught.value.parameters["package"] == "fonts-noto-cjk"
    with pytest.raises(Missing, match="font_missing"):
        pdf_of(FORM, font=tmp_path / "none.ttf")


@pytest.mark.parametrize("name", ["text.ttf", "text.ttc"])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"not a font")
    with pytest.raises(Invalid, match="font_unusable"):
        pdf_of(FORM, font=file)


@needs_font
@pytest.mark.parametrize("part", [100, 3, 2])
def test_a_part_of_a_font_is_refused(tmp_path: Path, part: int) -> None:
    whole = font_at(None).path
    file = tmp_path / whole.name
    with whole.open("rb") as source:
        file.write_bytes(source.read(whole.stat().st_size // part))
    with pytest.raises(Invalid, match="font_unusable"):
        pdf_of(FORM, font=file)


def test_the_best_font_of_a_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("wqy-zenhei.ttc", "NotoSerifCJK-Regular.ttc", "DejaVuSans.ttf"):
        (tmp_path / name).touch()
    monkeypatch.setattr(fonts, "_read", lambda path: fonts.Font(path, 0, {}))
    assert font_at(None, (tmp_path,)).path == tmp_path / "NotoSerifCJK-Regular.ttc"


def png(shade: int) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, 0, 0)).save(drawn, "png")
    return drawn.getvalue()


def embedded_font(pdf: bytes) -> TTFont:
    fonts_of: Any = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]
    (font,) = fonts_of["/Font"].values()
    (descendant,) = font.get_object()["/DescendantFonts"]
    return TTFont(io.BytesIO(descendant.get_object()["/FontDescriptor"]["/FontFile2"].get_data()))
