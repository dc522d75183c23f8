"""The public side of two bureaus that differ only in grades: equal, once what is random by nature is masked.

Both have the same enterprises, keys and clock; the same are drawn and found the same. In the second one, half of the
drawn, and as many others, have another grade. Whatever public door tells them apart would tell grades.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import pyarrow
import pytest

import api.bureau
import api.worker
from api.bureau import Bureau, create
from api.settings import Settings
from api.worker import Worker
from ledger.tiles import TILE_WIDTH
from sampling import draw, sealing
from sampling.slots import SlotSecrets
from schema.public import schema
from tests import bureau_files as files
from tests.api import public_side, small_bureau
from tests.api.house import NAME, ORIGIN, PLANNER, PLENTY, House, served_bureau
from tests.api.small_bureau import COUNT, tree_of
from tests.api.states import test_graphql_publicity as publicity

CAMPAIGN = "2026-0001"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MOVED = {
    **dict.fromkeys(range(1, 11), "Larch"),
    **dict.fromkeys(range(101, 111), "Walnut"),
    **dict.fromkeys(range(11, 21), "Juniper"),
    **dict.fromkeys(range(61, 71), "Walnut"),
}
"""The grades that some enterprises have in the second bureau alone; strata are as large as in the first one."""

DRAWN = (1, 2, 11, 12, 21, 22, 61, 62, 71, 72, 73, 74, 101, 102, 111, 112)
"""As many of each grade as are drawn, by either bureau's grades."""


class Still(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # orjson writes the class itself alone
        """Return noon."""
        return datetime.fromtimestamp(NOON.timestamp(), tz)


def keys_of(codes: Sequence[str]) -> list[bytes]:
    """Return ticket keys: those of whom the tests want drawn come first."""
    wanted = {files.code(number) for number in DRAWN}
    return [bytes([code not in wanted]) + sha256(code.encode()).digest()[1:] for code in codes]


@pytest.fixture(scope="module")
def bureaus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, House]]:
    """Both bureaus, served."""
    folder = tmp_path_factory.mktemp("two bureaus")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(api.bureau, "datetime", Still)
        patched.setattr(api.worker, "datetime", Still)
        patched.setattr(
            sealing,
            "fresh_secrets",
            lambda codes, strata: SlotSecrets(
                codes, strata, keys_of(codes), *(sealing._random(len(codes)) for _ in range(3))
            ),
        )
        patched.setattr(
            draw,
            "_by_ticket",
            lambda _seed, lots: pyarrow.array(
                sorted(range(len(lots.keys)), key=lambda at: lots.keys[at]), pyarrow.uint64()
            ),
        )
        create(Settings(home=folder / "one"), ORIGIN, NAME).close()
        shutil.copytree(folder / "one", folder / "other")
        with served(folder / "one") as one, served(folder / "other") as other:
            run(one)
            patched.setattr(small_bureau, "tree_of", lambda number: MOVED.get(number, tree_of(number)))
            run(other)
            yield one, other


@contextmanager
def served(home: Path) -> Iterator[House]:
    """Serve a bureau whose jobs are worked, and that does nothing else by itself."""
    settings = Settings(home=home, **PLENTY)
    bureau, stop = Bureau(settings), Event()
    with served_bureau(bureau, worker=False) as house:
        worker = Thread(target=Worker(bureau).run, args=(stop,), daemon=True)
        worker.start()
        try:
            yield house
        finally:
            stop.set()
            worker.join()


def run(house: House) -> None:
    """Run a campaign up to its close, each finding published by itself, in the order of the codes."""
    small_bureau.import_all(house)
    small_bureau.grade_all(house)
    assert small_bureau.plan(house) == CAMPAIGN
    small_bureau.freeze(house, CAMPAIGN)
    small_bureau.reveal(house, CAMPAIGN)
    for name in ("drawCampaign", "matchCampaign"):
        house.do(small_bureau.step(name), PLANNER, campaign=CAMPAIGN)
    visits = sorted(small_bureau.visits(house, CAMPAIGN), key=lambda visit: str(visit["enterpriseCode"]))
    assert [visit["enterpriseCode"] for visit in visits] == sorted(files.code(number) for number in DRAWN)
    for visit in visits:
        for step in (small_bureau.record, small_bureau.confirm, small_bureau.approve):
            step(house, CAMPAIGN, visit)
        house.do(small_bureau.PUBLISH, PLANNER, campaign=CAMPAIGN, enterprises=[visit["enterpriseCode"]])
    notice = house.do(publicity.DRAFT, PLANNER, title="公告", text="正文")["notice"]["id"]
    house.do(publicity.PUBLISH, small_bureau.REVIEWER, id=notice)
    house.do(small_bureau.step("closeCampaign"), PLANNER, campaign=CAMPAIGN)


def masked(answer: bytes) -> str:
    """Return an answer with what is random by nature masked to a fixed width.

    It is digests and commitments, signatures, ids, places in the frame and what proves them; the address and the
    instant of the answer are masked as well.
    """
    text = re.sub(r"^\[[\d,]+\]$", lambda found: f"{found[0].count(',')} positions", answer.decode())
    for pattern, mask in (
        (r'"proof": ?\[[^\]]*\]', '"proof":[]'),
        (r'"drawnPositions": ?\[[^\]]*\]', lambda found: f'"drawnPositions":{found[0].count(",")}'),
        (r"127\.0\.0\.1:\d+", "HOST"),
        (r"'(date|x-request-id|etag|content-length)': '[^']*'", ""),
        (r"(— \S+ )[A-Za-z0-9+/]{80,}={0,2}", r"\1SIGNATURE"),
        (r"[0-9a-f]{64}", "DIGEST"),
        (r"\b[0-9a-f]{16}\b|\b[0-9a-f]{32}\b", "ID"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"[A-Za-z0-9+/]{43}=", "BASE64"),
        (r'("position": ?)\d+|(position )\d+|([位签][位置] ?[：:]? ?)\d+|(/)\d+(?=[/"#?])', r"\1\2\3\4POSITION"),
    ):
        text = re.sub(pattern, mask, text)
    return text


def everything(house: House) -> list[str]:
    """Return all that the public side answers, also of every enterprise and of every position."""
    told = [masked(answer) for answer in public_side.answers(house, CAMPAIGN)]
    chosen = "findings(first: 9, filter: { enterpriseCode: $code }) { totalCount nodes { number results { code } } }"
    for number in range(1, COUNT + 2):
        answer = house.post(f"query ($code: USCC!) {{ {chosen} }}", {"code": files.code(number)})
        assert "errors" not in answer.json(), answer.text
        told.append(masked(answer.content))
    by_position = 'query ($at: Int!) { finding(campaign: "2026-0001", position: $at) { number enterpriseCode } }'
    told += sorted(masked(house.post(by_position, {"at": at}).content) for at in range(-1, COUNT + 1))
    return told


def test_they_differ_in_grades_alone(bureaus: tuple[House, House]) -> None:
    graded = [read_grades(house) for house in bureaus]
    assert sorted(graded[0].values()) == sorted(graded[1].values())
    changed = {code for code in graded[0] if graded[0][code] != graded[1][code]}
    assert changed == {files.code(number) for number in MOVED}
    assert len(changed & {files.code(number) for number in DRAWN}) == len(DRAWN) // 2


def read_grades(house: House) -> dict[str, str]:
    """Return every enterprise's grade, past all doors."""
    with house.bureau.read() as tx:
        return dict(tx.exec_driver_sql("SELECT enterprise, grade FROM grade").all())


def test_all_public_answers_are_equal(bureaus: tuple[House, House]) -> None:
    one, other = map(everything, bureaus)
    assert len(one) == len(other) > 2 * COUNT
    for first, second in zip(one, other, strict=True):
        assert first == second


def test_the_masks_leave_what_is_said() -> None:
    said = '{"position":%d,"enterprise":"91130304PDY001127E","grade":"%s","count":%d,"root":"%s"}'
    one, other = (masked((said % (at, "Larch", 16, root * 64)).encode()) for at, root in ((7, "a"), (107, "b")))
    assert one == other
    assert masked((said % (7, "Walnut", 16, "a" * 64)).encode()) != one
    assert masked((said % (7, "Larch", 17, "a" * 64)).encode()) != one


def test_the_log_s_files_have_the_same_sizes(bureaus: tuple[House, House]) -> None:
    one, other = (tiles(house) for house in bureaus)
    assert one == other
    assert len(one) > 1


def tiles(house: House) -> list[tuple[str, int, int]]:
    """Return the paths of the log's tiles with the sizes of their answers."""
    size = int(house.http.get("/log/checkpoint").text.split("\n")[1])
    assert size < TILE_WIDTH
    paths = [f"/log/tile/0/000.p/{size}", f"/log/tile/entries/000.p/{size}", "/log/vkey", "/log/checkpoint"]
    answers = [(path, house.http.get(path)) for path in paths]
    return [(path, answer.status_code, len(answer.content)) for path, answer in answers]


def test_a_grade_has_no_name_in_the_public_schema() -> None:
    words = re.compile(
        r"(?i)\b(grades?|scores?|scorecards?|strat(?:um|a)|weights?|rates?|quotas?|reserves?|designs?|targets?|models?|"
        r"assignments?|inspectors?|risk\w*)\b|等级|分类|评分|分值|层|权重|风险|比例"
    )
    named = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", schema.as_str())
    assert "position" in {word.lower() for word in named}
    assert [word for word in named if words.fullmatch(word)] == []
    assert [line for line in schema.as_str().splitlines() if words.search(line)] == []
