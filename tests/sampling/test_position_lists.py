"""Long public lists of positions are files that an entry names, so that an entry stays as short as it must be."""

import json
import subprocess

import pytest

from ledger import documents
from ledger.entries import MAX_ENTRY_BYTES, NO_PREVIOUS, make_entry
from sampling import closing, disclosures, position_lists
from sampling.entry_kinds import CLOSED, DRAWN
from sampling.position_lists import MOST_INLINE, file_of, named_file, told
from sampling.verification import verify_bundle
from tests.sampling.both import BUILT, is_built
from tests.sampling.bureau import CAMPAIGN, PLANNER, TRUST
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.test_campaigns import AFTER_THE_PERIOD

MANY = range(9_000_000, 9_070_000)


def test_an_entry_with_seventy_thousand_drawn_overdue_and_replaced_is_short() -> None:
    lists = {name: told(MANY) for name in ("overdue", "replaced", "substitutes")}
    for kind, body in ((DRAWN, {"drawn": named_file(MANY)}), (CLOSED, {"published": 0, **lists})):
        entry = make_entry(1, NO_PREVIOUS, "2026-11-23T00:00:00Z", kind, {"subject": CAMPAIGN, **body})
        assert len(entry.data) < 1000


def test_the_longest_lists_that_stand_in_an_entry_fit_into_it() -> None:
    longest = told(MANY[:MOST_INLINE])
    assert isinstance(longest, list)
    body = {"subject": CAMPAIGN, "overdue": longest, "replaced": longest, "substitutes": longest}
    assert len(make_entry(1, NO_PREVIOUS, "2026-11-23T00:00:00Z", CLOSED, body).data) < MAX_ENTRY_BYTES


@pytest.mark.skipif(not is_built(), reason="the browser's part is not built, or Node is not here")
@pytest.mark.parametrize("count", [MOST_INLINE, MOST_INLINE + 1])
def test_the_second_implementation_expects_the_same(count: int) -> None:
    positions = f"Array.from({{ length: {count} }}, (_, at) => {MANY[0]} + at)"
    script = f"const {{ vectors }} = await import({BUILT.as_uri()!r}); "
    script += f"console.log(JSON.stringify(vectors.toldPositions({positions})))"
    answer = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == told(MANY[:count])


def test_a_long_list_is_kept_under_the_name_that_the_entry_tells(bureau_in: BureauIn) -> None:
    bureau = bureau_in("empty")
    name = bureau.do(lambda tx: documents.publish_file(tx, file_of(MANY)))
    assert named_file(MANY)["file"] == name


@on_one_engine
def test_a_close_with_a_long_list_is_read_and_verified_like_any_other(
    bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = bureau_in("drawn")
    for module in (position_lists, closing):
        monkeypatch.setattr(module, "MOST_INLINE", 3)
    entry = bureau.do(lambda tx: closing.close(tx, PLANNER, AFTER_THE_PERIOD, CAMPAIGN))
    with bureau.read() as tx:
        found = disclosures.campaign(tx, CAMPAIGN)
        positions = disclosures.drawn_positions(tx, found)
        assert entry.body["overdue"] == named_file(positions)
        assert disclosures.closing_positions_of(tx, [found], "overdue") == {CAMPAIGN: positions}
    assert [check.fault for check in verify_bundle(bureau.bundle(), TRUST) if not check.passed] == []
