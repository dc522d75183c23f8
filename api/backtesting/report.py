"""A backtest as files: results as JSON, the table of periods as Markdown, the learned model, and pictures as SVG."""

import tomllib
from pathlib import Path

from api.atomic_files import write_atomically
from api.backtesting.bureau import model_text
from api.backtesting.plots import plots_of
from api.backtesting.rolling import Backtest, TestedPeriod
from api.plotting.canvas import svg_of
from ledger.canonical import canonical
from scoring.learning.documents import toml_text, with_learned

HEADS = (
    "Period",
    "Visits",
    "Findings",
    "AUC",
    "AUC, adjusted",
    "Days earlier",
    "First half: order of then",
    "by score",
    "Inspector known",
    "AUC there",
    "with inspector",
    "Days earlier, with inspector",
    "First half, with inspector",
)


def write_report(found: Backtest, folder: Path, font: Path | None = None) -> list[Path]:
    """Write `results.json`, `periods.md`, `learned.toml` and a picture of each plot; return where."""
    folder.mkdir(parents=True, exist_ok=True)
    learned = with_learned(tomllib.loads(model_text()), found.model, {"version": "1-learned"})
    contents = {
        "results.json": canonical(found.document()) + b"\n",
        "periods.md": markdown(found).encode(),
        "learned.toml": toml_text(learned, ()).encode(),
        **{f"{plot.name}.svg": svg_of(plot, font).encode() for plot in plots_of(found)},
    }
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return [folder / name for name in contents]


def markdown(found: Backtest) -> str:
    """Return the table of periods."""
    rows = [list(HEADS), ["---", *["---:"] * (len(HEADS) - 1)]]
    rows += [cells(period) for period in found.periods]
    plain, adjusted = (_number(found.mean_auc(name)) for name in ("plain", "adjusted"))
    rows.append(["mean of the last three", "", "", plain, adjusted, *[""] * (len(HEADS) - 5)])
    if found.compared is not None:
        rows.append(cells(found.compared))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def cells(period: TestedPeriod) -> list[str]:
    """Return a period's row."""
    known, order = period.with_inspector, period.adjusted.order
    return [
        f"{period.first} – {period.last}",
        str(period.visits),
        str(period.found),
        _number(period.plain.auc),
        _number(period.adjusted.auc),
        _number(order.days_earlier, 2),
        _number(order.first_half_actual),
        _number(order.first_half_by_score),
        str(period.known),
        _number(period.known_adjusted.auc),
        _number(known.auc),
        _number(known.order.days_earlier, 2),
        _number(known.order.first_half_by_score),
    ]


def _number(value: float | None, digits: int = 3) -> str:
    return "—" if value is None else f"{value:.{digits}f}"
