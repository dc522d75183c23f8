import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from api.sample.bureau import MANIFEST, SampleFile, read_manifest, write_sample_bureau
from api.sample.chance import TODAY
from api.sample.enterprises import Enterprise, Quality, enterprises
from sampling.formats import FORMATS as SAMPLING_FORMATS
from scoring.columns import ParsedRow
from scoring.formats import FORMATS
from scoring.grader import GradeResult, grade_all
from scoring.model import parse_model
from scoring.models import default_text
from tests.api.sample.bureau_facts import Parsed, facts_of, parsed_sample

SEVEN_KINDS = ("registration", "licence", "confirmation", "inspection", "penalty", "coercion", "breach")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bureau")


@pytest.fixture(scope="module")
def parsed(folder: Path) -> Parsed:
    return parsed_sample(folder)


@pytest.fixture(scope="module")
def grades(parsed: Parsed) -> list[GradeResult]:
    return grade_all([parse_model(default_text())], facts_of(parsed), TODAY)


def rows_of(parsed: Parsed, kind: str) -> list[ParsedRow]:
    return [row for file, rows in parsed if file.kind == kind for row in rows if isinstance(row, ParsedRow)]


def digest(folder: Path) -> str:
    """Return a digest over the names and bytes of a folder's files."""
    names = sorted(path.name for path in folder.iterdir())
    return hashlib.sha256(b"".join(name.encode() + (folder / name).read_bytes() for name in names)).hexdigest()


def test_the_bytes_are_the_same_in_every_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from api.sample.bureau import write_sample_bureau;"
        " write_sample_bureau(Path(sys.argv[1]))"
    )
    settings = (
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"},
    )
    for name, setting in zip("ab", settings, strict=True):
        subprocess.run([sys.executable, "-c", program, str(tmp_path / name)], env={**os.environ, **setting}, check=True)
    write_sample_bureau(tmp_path / "c")
    assert digest(tmp_path / "a") == digest(tmp_path / "b") == digest(tmp_path / "c")


def test_the_manifest_lists_every_file_in_the_order_of_import(tmp_path: Path) -> None:
    files = write_sample_bureau(tmp_path)
    assert read_manifest(tmp_path) == files
    named = {name for file in files for name in (file.name, file.document)}
    assert {path.name for path in tmp_path.iterdir()} == {MANIFEST, *named}
    kinds = [file.kind for file in files]
    assert kinds[:4] == ["department", "division", "registration", "registration"]
    later = {"change", "revocation", "outside_grade"}  # what happens to a bureau only once it is at work
    assert set(kinds) == (set(FORMATS) | set(SAMPLING_FORMATS)) - later


def test_several_sources_hand_in_files_of_every_form(parsed: Parsed, folder: Path) -> None:
    assert len({file.source for file, _ in parsed}) >= 5
    assert {Path(file.name).suffix for file, _ in parsed} == {".csv", ".xlsx", ".jsonl"}
    forms = {encoding(folder, file) for file, _ in parsed if file.name.endswith(".csv")}
    assert forms == {"utf-8-sig", "gb18030"}


def encoding(folder: Path, file: SampleFile) -> str:
    data = (folder / file.name).read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    data.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    return "gb18030"


def test_every_row_of_every_file_is_good(parsed: Parsed, folder: Path) -> None:
    for file, rows in parsed:
        assert rows, file
        assert all(isinstance(row, ParsedRow) for row in rows), file
    for file in read_manifest(folder):
        if file.kind in SAMPLING_FORMATS:
            with (folder / file.name).open("rb") as stream:
                rows = list(SAMPLING_FORMATS[file.kind].read(file.name, stream, TODAY))
            assert all(isinstance(row, ParsedRow) for row in rows), file
            assert file.kind == "object" or len(rows) == {"item": 15, "inspector": 60}[file.kind]


def test_the_district_has_its_size(parsed: Parsed) -> None:
    assert len(rows_of(parsed, "department")) == 3
    assert len(rows_of(parsed, "registration")) == 2000
    assert 18_000 <= sum(len(rows_of(parsed, kind)) for kind in SEVEN_KINDS) <= 22_000
    assert len(rows_of(parsed, "relation")) > 5000
    assert len(rows_of(parsed, "complaint")) > 500


@pytest.mark.parametrize("kind", SEVEN_KINDS[1:])
def test_each_kind_of_record_occurs_in_every_year_since_2018(parsed: Parsed, kind: str) -> None:
    years = {str(row.values["date"])[:4] for row in rows_of(parsed, kind)}
    assert years == {str(year) for year in range(2018, 2027)}


def test_nothing_happens_before_an_enterprise_is_established_or_after_the_sample_was_written(parsed: Parsed) -> None:
    established = {row.values["enterprise"]: str(row.values["established"]) for row in rows_of(parsed, "registration")}
    for kind in (*SEVEN_KINDS[1:], "complaint"):
        for row in rows_of(parsed, kind):
            assert established[row.values["enterprise"]] <= str(row.values["date"]) <= TODAY.isoformat()


def test_document_numbers_are_unique_within_a_kind(parsed: Parsed) -> None:
    for kind in (*SEVEN_KINDS, "complaint"):
        numbers = Counter(row.values["number"] for row in rows_of(parsed, kind))
        assert numbers.most_common(1)[0][1] == 1, kind


def test_all_codes_lie_in_the_private_zone_and_names_and_sources_say_that_they_are_synthetic(parsed: Parsed) -> None:
    for row in rows_of(parsed, "registration"):
        assert str(row.values["enterprise"]).startswith("91130304PDY")
        assert "合成" in str(row.values["name"])
    assert all("合成样本" in file.source for file, _ in parsed)


def test_the_manifest_says_that_the_sample_is_synthetic(folder: Path, parsed: Parsed) -> None:
    assert parsed
    assert "Synthetic sample (合成样本)" in (folder / MANIFEST).read_text("utf-8")


@pytest.mark.parametrize("kind", ["penalty", "breach", "coercion", "complaint"])
def test_worse_enterprises_have_more_of_what_is_bad(parsed: Parsed, kind: str) -> None:
    by_code = {enterprise.code: enterprise.quality for enterprise in enterprises()}
    sizes = Counter(by_code.values())
    found = Counter(by_code[str(row.values["enterprise"])] for row in rows_of(parsed, kind))
    rates = [found[quality] * 1000 // sizes[quality] for quality in Quality]
    assert rates == sorted(set(rates))


def test_worse_enterprises_fail_more_inspections_at_a_believable_rate(parsed: Parsed) -> None:
    by_code = {enterprise.code: enterprise.quality for enterprise in enterprises()}
    visits, problems = Counter[Quality](), Counter[Quality]()
    for row in rows_of(parsed, "inspection"):
        content = row.values["content"]
        assert isinstance(content, dict)
        quality = by_code[str(row.values["enterprise"])]
        visits[quality] += 1
        problems[quality] += content["results"] != ["no_problem"]
    rates = [problems[quality] * 1000 // visits[quality] for quality in Quality]
    assert rates == sorted(set(rates))
    assert 50 <= problems.total() * 1000 // visits.total() <= 200


def test_inspections_tell_two_inspectors_and_matters_with_problems_among_them(parsed: Parsed) -> None:
    violated = 0
    for row in rows_of(parsed, "inspection"):
        content = row.values["content"]
        assert isinstance(content, dict)
        inspectors, matters = content["inspectors"], content["matters"]
        assert isinstance(inspectors, list)
        assert isinstance(matters, list)
        assert len(inspectors) == 2
        if "violated" in content:
            violated += 1
            assert isinstance(content["violated"], list)
            assert set(map(str, content["violated"])) <= set(map(str, matters))
            assert content["results"] != ["no_problem"]
    assert violated


def test_the_default_model_spreads_the_district_over_its_grades(grades: list[GradeResult]) -> None:
    shares = {label: count * 1000 // len(grades) for label, count in Counter(one.grade for one in grades).items()}
    assert 550 <= shares["A"] <= 650
    assert 200 <= shares["B"] <= 280
    assert 80 <= shares["C"] <= 140
    assert 20 <= shares["D"] <= 50


def test_the_default_model_finds_the_worse_enterprises_without_knowing_them(grades: list[GradeResult]) -> None:
    by_code: dict[str, Enterprise] = {enterprise.code: enterprise for enterprise in enterprises()}
    labels = parse_model(default_text()).labels
    ranks = {
        quality: [labels.index(one.grade) for one in grades if by_code[one.enterprise].quality is quality]
        for quality in Quality
    }
    means = [sum(found) * 1000 // len(found) for found in ranks.values()]
    assert means == sorted(set(means))


def test_every_indicator_tells_some_enterprises_apart(grades: list[GradeResult]) -> None:
    points: dict[str, set[int]] = {}
    for one in grades:
        entries = one.reasons["indicators"]
        assert isinstance(entries, list)
        for entry in entries:
            points.setdefault(entry["id"], set()).add(entry["points"])
    assert [name for name, seen in points.items() if len(seen) < 2] == []
