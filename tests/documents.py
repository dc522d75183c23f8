"""What docs/ and README.md repeat of the code, written from the code: `python -m tests.documents` writes it anew."""

from pathlib import Path

from api.settings import Settings
from sampling.registers import FORMATS

ROOT = Path(__file__).parents[1]
FILES_HEAD = """# Files (文件格式)

CSV in UTF-8 (with or without byte order mark) or GB18030, XLSX (one sheet, without formulas and merged cells), or JSON
Lines with the headers as keys. `*` marks a column that must be there and filled; an unknown column refuses the file.
Licences and penalties have the columns of the national 双公示 data standard, the others are our own. Dates are
2026-11-23, 2026/11/23, 2026年11月23日 or 20261123, a term without end is 长期; amounts are in 万元; several values are
separated by 、 or ；. A file of refused rows can be corrected and handed in as it is, with its added columns.

Of an inspector, 区域 are the regions where he or she works, none means all; 同户人员 names of persons of one household,
kept as keyed pseudonyms like all persons; 曾任职企业 codes with the day of leaving, 91130304PDY00001XL至2024-05-31;
离岗日期 days or spans of days, 2026-11-25、2026-12-01至2026-12-05.

| kind | title | columns |
| --- | --- | --- |
"""
SETTINGS_START = "| variable | default | meaning |\n| --- | --- | --- |\n"


def files_document() -> str:
    """Return docs/files.md."""
    lines = []
    for kind, form in FORMATS.items():
        columns = " · ".join(column.header + ("\\*" if column.required else "") for column in form.columns)
        lines.append(f"| `{kind}` | {form.title} | {columns} |\n")
    return FILES_HEAD + "".join(lines)


def settings_table() -> str:
    """Return the README's table of settings."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = "—" if field.default is None else str(field.default)
        lines.append(f"| `QIAN_{name.upper()}` | {default} | {field.description} |\n")
    return SETTINGS_START + "".join(lines)


def with_settings(readme: str) -> str:
    """Return a README whose table of settings is the present one."""
    start = readme.index(SETTINGS_START)
    end = readme.index("\n\n", start)
    return readme[:start] + settings_table().rstrip("\n") + readme[end:]


if __name__ == "__main__":
    (ROOT / "docs/files.md").write_text(files_document(), "utf-8")
    path = ROOT / "README.md"
    path.write_text(with_settings(path.read_text("utf-8")), "utf-8")
