"""`--plots FOLDER`: the plots of an answer as SVG, PNG and CSV; and folders of files that only their owner reads."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import Desk
from api.command_line.private_files import write_private
from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.evaluation.empirical import Evidence
from scoring.evaluation.results import Evaluation

Plots = Annotated[
    Path | None,
    typer.Option("--plots", file_okay=False, help="Write plots into this folder: SVG, PNG, CSV (图表文件夹)."),
]


def write_plots(desk: Desk, folder: Path | None, found: Evaluation | Evidence) -> dict[str, JSON]:
    """Write the files of an answer's plots into a folder where one is named, and return what the answer tells of them.

    Raises what `svg_of` and `write_folder` raise.
    """
    if folder is None:
        return {}
    from api.plotting.evaluated import evaluation_plots, evidence_plots
    from api.plotting.files import plot_files  # matplotlib takes a while to load, which other commands do without

    plots = evaluation_plots(found) if isinstance(found, Evaluation) else evidence_plots(found)
    font = desk.bureau.settings.font
    written = write_folder(folder, (file for plot in plots for file in plot_files(plot, font)))
    desk.output.say("plots_written", files=len(written), folder=folder)
    return {"plots": written}


def write_folder(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[JSON]:
    """Write files into a folder, which is made if it is not there, in the place of those of their names.

    Returns their paths. Raises Invalid("file_unwritable").
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid("file_unwritable", path=folder, reason=error.strerror) from None
    told: list[JSON] = []
    for name, content in files:
        write_private(folder / name, content, replace=True)
        told.append(str(folder / name))
    return told
