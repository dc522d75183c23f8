"""Write docs/vectors/draw.json from our own code, with inputs that never change: `python -m tests.vectors`.

docs/vectors/README.md says what stands in it. `--bundle` makes the bundle beside it, too, whose salts are random.
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger.calendar import instant_text
from ledger.canonical import JSON, canonical
from sampling.beacon_evidence import ceremony_evidence, local_evidence, sources_evidence, verify_evidence
from sampling.beacons import Beacon, Ceremony, Drand, Local, Party, Source, Sources, Throw, ceremony_commitment
from sampling.design_plans import Cell, DesignPlan, Kind, Rule
from sampling.drand import DEFAULT, QUICKNET, Round
from sampling.draw import Lots, draw, positions_root, seed, ticket
from sampling.inference import Campaign, Member, Past, chances_of, kinds, riskier_half, worst_case
from sampling.matching import Matching, match, match_seed
from sampling.matching_inputs import Assignment, Inspector, MatchingInputs, Pool, Target, TeamRole
from sampling.past_findings import Experience, Found
from sampling.reveals import Fell, Reveal
from sampling.slots import SealedFrame, SlotSecrets, seal_frame, slots_root
from sampling.strata import Design, Limits, design_strata
from scoring.model import parse_model
from tests.conftest import make_tables
from tests.documents import ROOT
from tests.sampling import auditing
from tests.sampling import bureau as steps

FOLDER = ROOT / "docs/vectors"
FILE = FOLDER / "draw.json"
BUNDLE = FOLDER / "campaign.bundle"
TRUST = FOLDER / "trust.toml"

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SECTORS = ("燃气经营", "供热", "物业服务")
REGIONS = ("东区", "西区")
DRAND = re.findall(
    r"^((?:round|chained)[a-z_]*) ([0-9a-f]+)$", (ROOT / "docs/draw.md").read_text("utf-8"), re.MULTILINE
)


def vectors() -> dict[str, JSON]:
    """Return all vectors as JSON."""
    plan, sizes, excluded = STRATA[0]
    design = design_strata(plan, SCALE, sizes, excluded, LIMITS)
    frame = seal_frame(_secrets(design))
    return {
        "strata": [_strata(*each) for each in STRATA],
        "inference": [_inference(number) for number in range(4)],
        "frame": {
            "slots": [_slot_json(frame, position) for position in range(len(frame.slots))],
            "root": slots_root(frame.slots).hex(),
        },
        "draw": _draw(frame, design),
        "beacons": [_beacon(*each) for each in _beacons()],
        "matchings": [_matching(number) for number in range(6)],
        "models": [{"text": text, "digest": parse_model(text).digest()} for text in _models()],
    }


def fixed(*names: object) -> bytes:
    """Return 32 bytes that follow from names."""
    return hashlib.sha256("/".join(map(str, ("vectors", *names))).encode()).digest()


def by_grade(values: Sequence[int], kind: Kind = Kind.RATES, *more: Rule, **rest: Any) -> DesignPlan:
    """Return a design with a rule for each grade, and more of them."""
    return DesignPlan(
        kind, (*(Rule(Cell(grade), value) for grade, value in zip(SCALE, values, strict=True)), *more), **rest
    )


def in_grades(*sizes: int) -> dict[Cell, int]:
    """Return the sizes of cells that name grades alone."""
    return {Cell(grade): size for grade, size in zip(SCALE, sizes, strict=True)}


def parted(sizes: Sequence[int], among: Sequence[Cell]) -> tuple[tuple[Rule, ...], dict[Cell, int]]:
    """Return rules of the rate 1500 for cells, and their sizes."""
    return tuple(Rule(cell, 1500) for cell in among), dict(zip(among, sizes, strict=True))


SCALE = "ABCD"
LIMITS = Limits(10, 50, 700)
FLAT = (500, 1000, 2500, 5000)
EXPECTED = (300, 900, 2100, 4400)
SIZES = (600, 250, 110, 40)
PLACES, PLACE_SIZES = parted(
    (30, 4, 3, 12, 9, 2, 0, 40),
    [
        Cell("A", False, "供热", "东区"),
        Cell("A", False, "供热", "西区"),
        Cell("A", True, "供热", "东区"),
        Cell("A", True, "燃气经营"),
        Cell("A", None, "燃气/液化", "100%+"),
        Cell("B", False),
        Cell("B", True),
        Cell("C", None, "", "西区"),
    ],
)
EXPERIENCE = Experience(
    ("2025-0001", "2026-0001"),
    Found(41, 200),
    {"A": Found(0, 90), "B": Found(7, 40), "C": Found(13, 39), "D": Found(20, 30)},
)
STRATA: Sequence[tuple[DesignPlan, dict[Cell, int], int]] = (
    (by_grade(FLAT), in_grades(61, 27, 9, 14), 3),
    (by_grade(FLAT), in_grades(*SIZES), 0),
    (by_grade(FLAT), in_grades(4, 3, 80, 2), 1),
    (by_grade((1000,) * 4), in_grades(70, 0, 0, 12), 0),
    (by_grade((10000,) * 4), in_grades(3, 3, 3, 60), 7),
    (by_grade((1,) * 4), in_grades(1000, 10, 10, 10), 0),
    (by_grade(FLAT, Kind.RATES, *PLACES, floor=400, months=12), in_grades(5, 12, 3, 30) | PLACE_SIZES, 2),
    (by_grade((9, 6, 4, 3), Kind.COUNTS, floor=300), in_grades(*SIZES), 0),
    (
        by_grade((2, 3, 4, 9), Kind.COUNTS, Rule(Cell("A", True), 2), months=6),
        in_grades(60, 4, 5, 30) | {Cell("A", True): 8},
        0,
    ),
    (DesignPlan(Kind.PROPORTIONAL, (), floor=300, capacity=57), in_grades(*SIZES), 4),
    (
        DesignPlan(Kind.PROPORTIONAL, tuple(Rule(rule.cell) for rule in PLACES), floor=2500, months=12, capacity=60),
        in_grades(5, 12, 3, 30) | PLACE_SIZES,
        0,
    ),
    (by_grade((3, 10, 17, 40), Kind.NEYMAN, floor=300, capacity=91), in_grades(*SIZES), 0),
    (by_grade((3, 10, 17, 40), Kind.NEYMAN, floor=300, capacity=40), in_grades(70, 5, 4, 30), 0),
    (by_grade(EXPECTED, Kind.NEYMAN_FINDINGS, floor=300, capacity=90), in_grades(*SIZES), 0),
    (by_grade(EXPECTED, Kind.FINDINGS, floor=300, capacity=90, greatest_error=420), in_grades(*SIZES), 0),
    (by_grade(EXPECTED, Kind.FINDINGS, floor=100, capacity=90, greatest_error=10000), in_grades(*SIZES), 9),
    (
        by_grade(
            (900, 900, 2000, 2000), Kind.FINDINGS, Rule(Cell("A", None, "供热"), 2000), capacity=40, greatest_error=600
        ),
        in_grades(90, 60, 40, 30) | {Cell("A", None, "供热"): 33},
        0,
    ),
    (
        DesignPlan(Kind.NEYMAN_FINDINGS, (Rule(PLACES[-1].cell),), capacity=70, past=True),
        in_grades(*SIZES) | {PLACES[-1].cell: 40},
        0,
    ),
)


def _strata(plan: DesignPlan, sizes: Mapping[Cell, int], excluded: int) -> JSON:
    expecting = plan.expecting(EXPERIENCE.expected_rates(plan.shrinkage)) if plan.past else plan
    return {
        **plan.member(),
        "experience": EXPERIENCE.to_json() if plan.past else None,
        "scale": list(SCALE),
        "sizes": [{**cell._asdict(), "size": size} for cell, size in sizes.items()],
        "excluded": excluded,
        "limits": {"stratum_size": 10, "frame_size": 50, "uniform_share": 700},
        "strata": [each.to_json() for each in design_strata(expecting, SCALE, sizes, excluded, LIMITS).strata],
    }


def _inference(number: int) -> JSON:
    """The worst case of a planned campaign and `number` past ones, each of which may settle those after it."""
    codes = [f"91130304PDY{each:05}XL" for each in range(1, 61)]
    label = SCALE + "-"
    planned = design_strata(by_grade(FLAT), SCALE, in_grades(30, 20, 20, 16), 0, LIMITS).strata
    members = [
        Member(
            code,
            SCALE[_pick("grade", code) % 4],
            ("", *SECTORS)[_pick("sector", code) % 3] if number % 2 else None,
            ("", "东区")[_pick("region", code) % 2] if number > 1 else None,
            planned[_pick("grade", code) % 4].label,
        )
        for code in codes
    ]
    pasts, told = list[Past](), list[JSON]()
    for past in range(number):
        strata = design_strata(
            by_grade((1000, 2000, 3000, 4000)), SCALE, in_grades(20, 14, 40 + past, 12), 9, LIMITS
        ).strata
        held = {code: label[each] for code in codes if (each := _pick("past", past, code) % 6) < 5}
        held = {code: each.replace("-", "excluded") for code, each in held.items()}
        drawn = {code for code, each in held.items() if each != "excluded" and _pick("drawn", past, code) < 90}
        settled_by = [each.id for each in pasts if _pick("settled", number, past, each.id) < 128]
        pasts.append(Past(f"2026-{past + 1:04}", settled_by, held, chances_of(strata), drawn))
        strata_json: list[JSON] = [each.to_json() for each in strata]
        told.append(
            {
                "campaign": pasts[-1].id,
                "settled_by": list[JSON](settled_by),
                "strata": strata_json,
                "slots": dict[str, JSON](held),
                "drawn": list[JSON](sorted(drawn)),
            }
        )
    by = [each.id for each in pasts[:-1]]
    counted = kinds(members, planned, pasts)
    worst = worst_case([*pasts, Campaign("2026-0009", by)], counted, riskier_half(SCALE), 10)
    return {
        "scale": list(SCALE),
        "frame_size": 10,
        "strata": [each.to_json() for each in planned],
        "settled_by": list[JSON](by),
        "members": [each._asdict() for each in members],
        "past": told,
        "worst": [worst.posterior.numerator, worst.posterior.denominator],
        "campaigns": len(worst.seen),
    }


def _secrets(design: Design) -> SlotSecrets:
    labels = [stratum.label for stratum in design.strata for _ in range(stratum.size)]
    numbers = range(1, len(labels) + 1)
    columns = [[fixed(name, number) for number in numbers] for name in ("key", "id salt", "stratum salt", "key salt")]
    return SlotSecrets([f"91130304PDY{number:05}XL" for number in numbers], labels, *columns)


def _slot_json(frame: SealedFrame, position: int) -> JSON:
    held = frame.secrets
    return {
        "enterprise": held.codes[position],
        "stratum": held.strata[position],
        "ticket_key": held.keys[position].hex(),
        "identity_salt": held.identity_salts[position].hex(),
        "stratum_salt": held.stratum_salts[position].hex(),
        "key_salt": held.key_salts[position].hex(),
        "slot": frame.slots[position].hex(),
    }


def _draw(frame: SealedFrame, design: Design) -> JSON:
    the_seed = seed(fixed("leaf"), fixed("output"))
    lots = Lots(frame.slots, frame.secrets.strata, frame.secrets.keys)
    drawing = draw(the_seed, lots, design.strata)
    positions = list(drawing.positions)
    return {
        "strata": [each.to_json() for each in design.strata],
        "leaf": fixed("leaf").hex(),
        "output": fixed("output").hex(),
        "seed": the_seed.hex(),
        "tickets": [ticket(the_seed, key).hex() for key in lots.keys],
        "drawn": [
            {"position": each.position, "stratum": each.stratum, "rank": each.rank, "uniform": each.uniform}
            for each in drawing.drawn
        ],
        "reserves": {label: list(each) for label, each in drawing.reserves.items()},
        "root": positions_root(positions).hex(),
        "file": hashlib.sha256(canonical(positions)).hexdigest(),
    }


def _beacons() -> list[tuple[Beacon, dict[str, JSON]]]:
    hour = timedelta(hours=1)
    local = Local(AT - hour)
    published = {
        "ssq": "5.8.12.20.31.33./7./",
        "kl8": "".join(f"{number}." for number in range(2, 42, 2)) + "/",
        "fc3d": "0.9.0./",
        "dlt": "1.2.3.34.35./11.12./",
        "pl5": "9.9.0.0.1./",
        "sse_close": "3265.4/",
        "csi300_close": "4100./",
    }
    sources = Sources(tuple(Source(kind, "2026118", AT - hour) for kind in published))
    fallback = Local(AT + hour)
    ending = Sources(sources.sources, AT - timedelta(minutes=30), Local(AT - timedelta(minutes=30)))
    values = {name: fixed("value", name) for name in ("企业代表", "消费者协会", "公证处")}
    parties = tuple(
        Party(name, ceremony_commitment(name, fixed("salt", name), value)) for name, value in values.items()
    )
    opens, ends = AT - 3 * hour, AT - 2 * hour
    reveals = [Reveal(name, fixed("salt", name), value, opens) for name, value in reversed(values.items())]
    dice = Throw(Throw.DICE, 6, 6, ("甲", "乙"), AT - hour)
    lots = Throw(Throw.LOTS, 3, 40, ("甲", "乙"), AT - hour)
    plain, with_dice, with_lots = (Ceremony(parties, opens, ends, throw, fallback) for throw in (None, dice, lots))
    failed = Ceremony(parties, opens, ends, dice, Local(AT - hour))
    drand = {name: bytes.fromhex(value) for name, value in DRAND}
    quicknet = Round(1000, drand["round_signature"], None)
    chained = Round(5347804, drand["chained_signature"], drand["chained_previous"])
    return [
        (local, local_evidence(fixed("local"))),
        (sources, sources_evidence(sources, list(published.values()), None)),
        (ending, sources_evidence(ending, list(published.values()), None)),
        (ending, sources_evidence(ending, [], local_evidence(fixed("fallback")))),
        (plain, ceremony_evidence(plain, reveals, None, None)),
        (with_dice, ceremony_evidence(with_dice, reveals, Fell("6.1.1.3.5.6./", ends), None)),
        (with_lots, ceremony_evidence(with_lots, reveals, Fell("40.2.17./", ends), None)),
        (failed, ceremony_evidence(failed, reveals[1:], None, local_evidence(fixed("fallback")))),
        (failed, ceremony_evidence(failed, reveals, None, local_evidence(fixed("fallback")))),
        (Drand(QUICKNET, 1000), {"kind": "drand", **quicknet.to_json()}),
        (Drand(DEFAULT, 5347804), {"kind": "drand", **chained.to_json()}),
    ]


def _beacon(beacon: Beacon, evidence: dict[str, JSON]) -> JSON:
    output = verify_evidence(beacon, evidence, AT)
    return {"named": beacon.to_json(), "evidence": evidence, "at": instant_text(AT), "output": output.hex()}


def _matching(number: int) -> JSON:
    """A matching of 30 targets by a pool that is just large enough, so that paths must be found; the last again."""
    roles = (
        TeamRole("组长", "ZJ", True, category="行政执法证" if number == 1 else ""),
        TeamRole("组员", "SC", False, count=2, local=number % 2 == 1, specialties=SECTORS[:2] if number == 2 else ()),
    )
    inspectors = tuple(_inspector(number, each) for each in range(24))
    pool = Pool(roles, number in (2, 4), date(2026, 12, 31), inspectors, 5)
    targets = tuple(
        Target(
            3 * each + 1,
            f"91130304PDY{each + 1:05}XL",
            SECTORS[_pick(number, "sector", each) % 3],
            REGIONS[_pick(number, "region", each) % 2] if number % 2 == 1 else "",
        )
        for each in range(30)
    )
    inputs = MatchingInputs(pool, targets)
    the_seed = match_seed(fixed("seed", number), fixed("match key"))
    found = match(inputs, the_seed)
    assert isinstance(found, Matching), number
    if number == 5:
        gone = found.assignments[0].inspector
        standing = tuple(each for each in found.assignments if each.inspector != gone)
        lacking = {each.position for each in found.assignments if each.inspector == gone}
        inputs = MatchingInputs(
            pool,
            tuple(each for each in targets if each.position in lacking),
            tuple(each for each in standing if each.position in lacking),
            frozenset([gone]),
        )
        found = match(inputs, the_seed)
        assert isinstance(found, Matching), number
    return {
        **inputs.to_json(),
        "standing": [_assignment(each) for each in inputs.standing],
        "barred": sorted(inputs.barred),
        "seed": fixed("seed", number).hex(),
        "match_key": fixed("match key").hex(),
        "match_seed": the_seed.hex(),
        "assignments": [_assignment(each) for each in found.assignments],
    }


def _pick(*names: object) -> int:
    return fixed(*names)[0]


def _inspector(number: int, each: int) -> Inspector:
    department = ("ZJ", "SC")[each % 2]
    name = f"{department}{each:03}"
    specialties = SECTORS[: 1 + _pick(number, "specialties", each) % 3]
    recused = tuple(f"91130304PDY{code:05}XL" for code in range(1, 31) if _pick(number, "recused", each, code) < 40)
    return Inspector(
        name,
        name,
        unit=f"{department}{_pick(number, 'unit', each) % 5}",
        department=department,
        specialties=tuple(sorted(specialties)),
        valid_until=date(2027, 1, 1),
        cap=7 if number < 3 else 9,
        load=_pick(number, "load", each) % 3,
        recused=recused,
        category="行政执法证",
        areas=REGIONS[: 1 + each // 2 % 2] if number % 2 == 1 and each % 3 == 0 else (),
        duty_days=9,
    )


def _assignment(each: Assignment) -> JSON:
    return {"position": each.position, "role": each.role, "inspector": each.inspector}


def _models() -> list[str]:
    """Qian's own example, and that of docs/model.md with each of its parts."""
    whole, *parts = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/model.md").read_text("utf-8"), re.DOTALL)
    own = (ROOT / "scoring/default_model.toml").read_text("utf-8")
    return [own, whole, *(whole + part for part in parts)]


def text_of(value: Any) -> str:
    """Return the file's text, one vector a line."""

    def lines(key: str) -> str:
        part = value[key]
        if isinstance(part, list):
            return "[\n" + ",\n".join(canonical(each).decode() for each in part) + "\n]"
        return canonical(part).decode()

    return "{\n" + ",\n".join(f"{json.dumps(key)}: {lines(key)}" for key in value) + "\n}\n"


def make_bundle(folder: Path) -> None:
    """Make the bundle of a small bureau's closed campaign anew; its salts are the operating system's."""
    with TemporaryDirectory() as home:
        url = f"sqlite:///{home}/bureau.sqlite"
        make_tables(url)
        with steps.opened(url, steps.HAMLET) as bureau:
            steps.build_whole(bureau)
            auditing.register(bureau, auditing.ZHANG)
            auditing.attest(bureau)
            (folder / BUNDLE.name).write_bytes(bureau.bundle())
    keys = {"log": steps.SIGNER.verifier_key, "auditors": auditing.ZHANG.verifier_key}
    (folder / TRUST.name).write_text("".join(f'{name} = ["{key}"]\n' for name, key in keys.items()), "utf-8")


if __name__ == "__main__":
    FILE.write_text(text_of(vectors()), "utf-8")
    if sys.argv[1:] == ["--bundle"]:
        make_bundle(FOLDER)
