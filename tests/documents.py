"""What docs/ and both READMEs repeat of the code, written from the code: `python -m tests.documents` writes it anew."""

from collections.abc import Mapping
from pathlib import Path

from api.settings import Settings
from api.told_settings import chinese
from sampling import sources
from sampling.registers import FORMATS
from scoring.measure_reader import RECORD_KINDS, shared_fields, type_of
from scoring.provincial.dictionary import ENTERPRISES, STATISTICS, VISITS, fixed_columns, readable
from tests.permission_table import with_permissions

FIELDS_START = "| kind | fields |\n| --- | --- |\n"
ROOT = Path(__file__).parents[1]
SOURCES_HEAD = """
## Sources that Qian ships

| source | title | kind | legal basis | catalogue entry |
| --- | --- | --- | --- | --- |
"""
FILES_HEAD = """# Files (文件格式)

CSV in UTF-8 or GB18030 (with or without byte order mark), XLSX (one sheet, without formulas and merged cells), or JSON
Lines with the headers as keys. `*` marks a column that must be there and filled; an unknown column refuses the file.
Licences and penalties have the columns of the national 双公示 data standard, the others are our own. A source of files
says which columns of its own give the fields (docs/sources.md); the own source of each kind, with the columns below, is
called as the kind: `qian import --source penalty penalties.csv`. Unless a source says otherwise, dates are
2026-11-23, 2026/11/23, 2026年11月23日 or 20261123, a term without end is 长期; amounts are in 万元; several values are
separated by 、 or ；. A file of refused rows can be corrected and handed in as it is, with its added columns.
A document's number is kept with its year in 〔〕, without spaces and its digits half-width, however a file writes it
(`罚[2026]7号`), so that it is the same from every source; so is a body's name (机关), its brackets full-width, other
signs half-width, without spaces between Chinese characters. Spaces in a person's name mean nothing. 无, -, /
or N/A is no number, date, amount, code, address, grade or party: the row is refused, and what has nothing to say is
left empty. The first row that is filled has the headers, which may be broken into lines. Of a workbook's numbers
fifteen digits count, as many as are seen.
What Qian writes as CSV has an apostrophe before a cell that a spreadsheet would take for a formula; a CSV file that is
read loses it again.

A row of an enterprise that is not in the register is no bad row: it is kept apart (`qian reconcile` counts what waits),
and goes in with the file that registers its enterprise; `--strict` refuses it. The same document number of one body and
enterprise is one record: said by another source it is seen twice, said otherwise it is corrected, and both versions
stay. A file that is handed in again says nothing new, yet it is a batch with an entry of its own, so that `qian
reconcile` counts its rows as read and the same.
A licence or penalty whose 当前状态 is 撤销 or 撤回 is taken back, and so is whatever a `revocation` names by
kind, body and number: it counts nowhere from then on. A `change` tells a former name, a former code or an old
registration number of 15 digits; by 合并 the enterprise absorbed that of the former code, whose records become its own.
Once a change of code other than 合并 is recorded, a row under the one code and a row under the other are of one
enterprise, along a whole chain of such changes: the same decision told under both is one record, a correction or a
`revocation` may name either, and each version keeps the code that its source wrote. So it is with what was kept apart
under a code that nobody knew, when the change lets it in. It was told when it was kept apart: where the record has said
something else since, what waited becomes no version of it, and of two rows of one file that contradict each other the
first goes in; the other ones are counted as refused (`row_outdated`, `row_contradicts`) and wait no more. A revocation
that was kept apart waits for its record. What a source only repeats leaves no row and changes no order: one that told a
decision under one code, otherwise under the other, and then again as at first, while one of the codes was unknown, is
held by what it told second until it tells the decision once more.
What had come in under both codes before the change was known stays two records, and both count until a `revocation`
takes one of them back: the one that came in under the code that it names. Records never change, and a version that
makes one of two would say what no source told.
Registrations and changes are of the code that they name alone, and the parties of a merger stay two: they may have
decisions of the same number.
An `inspection` may tell who inspected (检查人员: codes, for evaluation alone), which matters (检查事项), and in which
of them a problem was found (发现问题事项).
A `division` is the name of an administrative division, which is shown beside its code: 区域 of an enterprise may be
such a code, and digits 3 to 8 of a 统一社会信用代码 are one. A code has six digits (GB/T 2260), that of a town nine;
one without a name stands alone.
A column of a `complaint` that would name who complained refuses the file, and a source that takes one is refused. An
`outside_grade` is as confidential as a grade of ours.
Of an inspector, 区域 are the regions where he or she works, none means all; 同户人员 names of persons of one household,
kept as keyed pseudonyms like all persons; 曾任职企业 codes with the day of leaving, 91130304PDY00001XL至2024-05-31;
离岗日期 days or spans of days, 2026-11-25、2026-12-01至2026-12-05.

| kind | title | columns |
| --- | --- | --- |
"""
COLUMNS_START, COLUMNS_END = "<!-- columns -->\n", "<!-- /columns -->"
SETTINGS_START = "| variable | default | meaning |\n| --- | --- | --- |\n"
CHINESE_SETTINGS_START = "| 变量 | 默认值 | 含义 |\n| --- | --- | --- |\n"


def files_document() -> str:
    """Return docs/files.md."""
    lines = []
    for kind, form in FORMATS.items():
        columns = " · ".join(column.header + ("\\*" if column.required else "") for column in form.columns)
        lines.append(f"| `{kind}` | {form.title} | {columns} |\n")
    shipped = [held.source for name, held in sources.shipped().items() if name not in FORMATS]
    listed = [f"| `{s.name}` | {s.title} | `{s.kind}` | {s.legal_basis} | {s.catalogue} |\n" for s in shipped]
    return FILES_HEAD + "".join(lines) + SOURCES_HEAD + "".join(listed)


def settings_table(start: str, meanings: Mapping[str, str]) -> str:
    """Return a README's table of settings: its head, then each setting with what it means."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = "—" if field.default is None else str(field.default)
        lines.append(f"| `QIAN_{name.upper()}` | {default} | {meanings[name]} |\n")
    return start + "".join(lines)


def with_settings(readme: str) -> str:
    """Return README.md whose table of settings is the present one."""
    meanings = {name: str(field.description) for name, field in Settings.model_fields.items()}
    return _with_table(readme, SETTINGS_START, settings_table(SETTINGS_START, meanings))


def with_chinese_settings(readme: str) -> str:
    """Return README.zh-CN.md whose table of settings is the present one."""
    return _with_table(readme, CHINESE_SETTINGS_START, settings_table(CHINESE_SETTINGS_START, chinese()))


def _with_table(document: str, start: str, table: str) -> str:
    """Return a document whose table that begins so is this one."""
    head, found, rest = document.partition(start)
    assert found, start
    return head + table.rstrip("\n") + rest[rest.index("\n\n") :]


def fields_table() -> str:
    """Return docs/model.md's table of what a measure can ask of each kind of record."""
    lines = []
    for kind in RECORD_KINDS:
        told = (f"`{name}` {type_of(columns[0])}" for name, columns in shared_fields((kind,)).items())
        lines.append(f"| `{kind}` | {' · '.join(told)} |\n")
    return FIELDS_START + "".join(lines)


def with_fields(document: str) -> str:
    """Return docs/model.md with the present table of fields."""
    return _with_table(document, FIELDS_START, fields_table())


def with_provincial_columns(document: str) -> str:
    """Return docs/provincial.md with the present columns of the data that goes upward."""
    head, _, rest = document.partition(COLUMNS_START)
    _, end, tail = rest.partition(COLUMNS_END)
    tables = {name: fixed_columns(name) for name in (VISITS, ENTERPRISES, STATISTICS)}
    return f"{head}{COLUMNS_START}\n{readable(tables).replace('## ', '### ')}\n{end}{tail}"


if __name__ == "__main__":
    (ROOT / "docs/files.md").write_text(files_document(), "utf-8")
    for path, renewed in (
        (ROOT / "README.md", with_settings),
        (ROOT / "README.zh-CN.md", with_chinese_settings),
        (ROOT / "docs/model.md", with_fields),
        (ROOT / "docs/provincial.md", with_provincial_columns),
        (ROOT / "ARCHITECTURE.md", with_permissions),
    ):
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")
