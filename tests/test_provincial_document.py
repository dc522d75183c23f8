"""docs/provincial.md says what the code does."""

from scoring.provincial.anonymity import K
from scoring.provincial.counting import FEWEST
from scoring.provincial.dictionary import ENTERPRISES, STATISTICS, VISITS, fixed_columns
from scoring.provincial.local_findings import BANDS
from scoring.provincial.pseudonyms import KEY_TAG, LENGTH, Named
from tests.documents import ROOT, with_provincial_columns

TEXT = (ROOT / "docs/provincial.md").read_text("utf-8")


def test_the_columns_are_those_of_the_dictionary() -> None:
    """`python -m tests.documents` writes them anew."""
    assert with_provincial_columns(TEXT) == TEXT
    assert TEXT.count("\n| `") == sum(len(fixed_columns(table)) for table in (VISITS, ENTERPRISES, STATISTICS))


def test_the_pseudonyms_are_made_as_it_says() -> None:
    assert f'"{KEY_TAG.decode()}"' in TEXT
    assert f"first {LENGTH} hex digits" in TEXT
    assert [kind for kind in Named if f"`{kind}`" not in TEXT] == []


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"fewer than {K} enterprises" in TEXT
    assert f"a count of 1 to {FEWEST - 1} is withheld" in TEXT
    assert {5: "five"}[BANDS] + " bands of the score" in TEXT
