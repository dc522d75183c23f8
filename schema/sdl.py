"""The schemas in their definition language, as the files beside this hold them; `python -m schema.sdl` writes them."""

from collections.abc import Mapping
from pathlib import Path

from schema.public import schema as public
from schema.staff import schema as staff


def files() -> Mapping[Path, str]:
    """Return what each file is to hold."""
    folder = Path(__file__).parent
    return {
        folder / "public.graphql": public.as_str() + "\n",
        folder / "staff.graphql": staff.as_str() + "\n",
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
