"""The schemas in their definition language, as the files beside this hold them; `python -m schema.sdl` writes them.

`python -m schema.sdl --release` writes what `released/` holds, too: those of the last release.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from schema.public import schema as public
from schema.releases import RELEASED
from schema.staff import schema as staff


def files(folder: Path = Path(__file__).parent) -> Mapping[Path, str]:
    """Return what each file is to hold."""
    return {
        folder / "public.graphql": public.as_str() + "\n",
        folder / "staff.graphql": staff.as_str() + "\n",
    }


if __name__ == "__main__":
    written = {**files(), **(files(RELEASED) if "--release" in sys.argv else {})}
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
