"""Histories of a small register, written row by row as intake leaves them, for what must hold of all of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.log import NewEntry
from scoring import judgements, model_steps
from scoring.entry_kinds import IMPORTED
from scoring.scorecard import Effect
from scoring.tables import OUTSIDE_GRADE, RECORD, enterprise, former_code, record
from tests import bureau_files as files
from tests.scoring.model_text import GRADES, HEAD
from tests.scoring.register import ADMINISTRATOR, ANALYST, NOW

OTHER = Actor("other", Role.ANALYST)
FIRST = NOW.date()
SECTORS = ("物业服务", "供热")

INDICATORS = """
[[indicators]]
id = "penalties"
title = "一年内处罚"
dimension = "supervision"
source = "records"
kinds = ["penalty"]
aggregate = "count"
window_days = 60
bins = [{ below = 1, points = 0 }, { from = 1, points = 11 }]

[[indicators]]
id = "fined"
title = "罚款"
dimension = "supervision"
source = "records"
kinds = ["penalty"]
aggregate = "sum"
field = "fine"
bins = [{ below = 150, points = 0 }, { from = 150, points = 2 }]

[[indicators]]
id = "sorts"
title = "检查结果种数"
dimension = "supervision"
source = "records"
kinds = ["inspection"]
aggregate = "distinct"
field = "results"
bins = [{ below = 2, points = 0 }, { from = 2, points = 2 }]

[[indicators]]
id = "documents"
title = "处罚文书数"
dimension = "supervision"
source = "records"
kinds = ["penalty"]
aggregate = "distinct"
field = "number"
where = [{ field = "body", is = ["样例局"] }]
bins = [{ below = 2, points = 0 }, { from = 2, points = 1 }]

[[indicators]]
id = "share"
title = "检查发现问题率"
dimension = "supervision"
source = "records"
kinds = ["inspection"]
aggregate = "per_mille"
where = [{ field = "results", is_not = ["未发现问题"] }]
window_days = 70
missing = 1
bins = [{ below = 400, points = 0 }, { from = 400, points = 3 }]
"""

FADING = """
[[indicators]]
id = "fading"
title = "渐远的处罚"
dimension = "supervision"
source = "records"
kinds = ["penalty"]
aggregate = "sum"
field = "fine"
half_life_days = 20
bins = [{ below = 40, points = 0 }, { from = 40, below = 90, points = 3 }, { from = 90, points = 9 }]
"""

OTHERS = """
[[indicators]]
id = "inspected"
title = "距检查的天数"
dimension = "supervision"
source = "records"
kinds = ["inspection"]
aggregate = "days_since"
missing = 2
bins = [{ below = 30, points = 0 }, { from = 30, points = 4 }]

[[indicators]]
id = "related"
title = "关联企业的失信"
dimension = "relations"
source = "related"
via = ["法定代表人", "地址"]
kinds = ["breach"]
aggregate = "enterprises"
where = [{ field = "removed", in_force = true }]
bins = [{ below = 1, points = 0 }, { from = 1, points = 6 }]

[[indicators]]
id = "neighbours"
title = "同址企业"
dimension = "relations"
source = "related"
via = ["地址"]
aggregate = "enterprises"
bins = [{ below = 1, points = 0 }, { from = 1, points = 1 }]

[[indicators]]
id = "elsewhere"
title = "省级分类"
dimension = "reputation"
source = "outside"
system = "省平台"
aggregate = "value"
levels = ["好", "差"]
missing = 1
bins = [{ below = 1, points = 0 }, { from = 1, points = 7 }]
"""

RULES = """
[[rules]]
id = "breach"
title = "失信"
effect = "at_least"
grade = "C"
reason = "失信"
legal_basis = "样例条例"
when = [{ source = "records", kinds = ["breach"], aggregate = "exists", at_least = 1, where = [
  { field = "removed", in_force = true },
] }]
"""


def model(name: str, scope: str = "", points: int = 11, fading: bool = True) -> str:
    """Return a model that asks of everything that can change; without what fades, sums can be added."""
    head = HEAD.replace('name = "small"', f'name = "{name}"')
    indicators = INDICATORS.replace("points = 11", f"points = {points}") + (FADING if fading else "") + OTHERS
    return head + scope + GRADES + indicators + RULES


@dataclass(frozen=True)
class Said:
    """A row of `record` as a step writes it."""

    kind: str
    number: int
    what: str
    day: date | None
    content: Mapping[str, Any]
    revoked: bool = False


def noon(day: date) -> datetime:
    """Return an instant of a day."""
    return NOW + (day - NOW.date())


def write(tx: Connection, day: date, said: Sequence[Said]) -> None:
    """Write records, each the newest version of its identity, as one batch."""
    rows: list[dict[str, object]] = []
    versions: dict[str, int] = {}
    for each in said:
        code = files.code(each.number)
        identity = hashlib.sha256(f"{each.kind} {code} {each.what}".encode()).hexdigest()
        held = tx.execute(select(func.max(record.c.version)).where(record.c.identity == identity)).scalar() or 0
        versions[identity] = versions.get(identity, held) + 1
        rows.append(
            {
                "identity": identity,
                "version": versions[identity],
                "enterprise": code,
                "kind": each.kind,
                "date": each.day,
                "body": "样例局",
                "number": each.what,
                "content": dict(each.content),
                "revoked": int(each.revoked),
            }
        )
    _bind(tx, day, RECORD, rows)


def register(tx: Connection, day: date, number: int, sector: str, established: date) -> None:
    """Register an enterprise, or change its registration."""
    code = files.code(number)
    content = {"name": files.name(number), "sector": sector, "region": "示范镇", "address": "路"}
    content |= {"established": established.isoformat(), "status": "存续"}
    write(tx, day, [Said("registration", number, "", established, content)])
    tx.execute(enterprise.delete().where(enterprise.c.code == code))
    row = {**content, "established": established, "code": code, "registered_in": "0" * 32}
    tx.execute(enterprise.insert().values(**row))


def leave(tx: Connection, day: date, number: int) -> None:
    """Revoke a registration."""
    write(tx, day, [Said("registration", number, "", FIRST, {}, revoked=True)])
    tx.execute(enterprise.delete().where(enterprise.c.code == files.code(number)))


def absorb(tx: Connection, day: date, number: int, successor: int) -> None:
    """Let what is recorded of one enterprise count for another from now on."""
    write(tx, day, [Said("change", number, "合并", FIRST, {})])
    tx.execute(former_code.delete().where(former_code.c.code == files.code(number)))
    row = {"code": files.code(number), "enterprise": files.code(successor), "since": FIRST, "reason": "合并"}
    row["successor"] = files.code(successor)
    tx.execute(former_code.insert().values(**row))


def grade_outside(tx: Connection, day: date, number: int, grade: str, said: date) -> None:
    """Take in what another system said."""
    row = {"enterprise": files.code(number), "system": "省平台", "grade": grade, "date": said}
    _bind(tx, day, OUTSIDE_GRADE, [row])


def judge(tx: Connection, number: int, day: date, days: int, *, withdrawn: bool) -> None:
    """Judge an enterprise, and perhaps withdraw it."""
    now = noon(day)
    found = judgements.propose(
        tx, ANALYST, now, files.code(number), Effect.AT_LEAST, "D", "理由", "依据", day + timedelta(days)
    )
    judgements.confirm(tx, OTHER, now, found.document)
    if withdrawn:
        judgements.withdraw(tx, ANALYST, now, found.document, "不再需要")


def change_model(tx: Connection, day: date, name: str, text: str) -> None:
    """Put another version of a model in force."""
    now = noon(day)
    drafted = model_steps.draft(tx, ANALYST, now, text)
    version = drafted.model.version
    model_steps.review(tx, OTHER, now, name, version, True, "")
    model_steps.enforce(tx, ADMINISTRATOR, now, name, version, day)


def _bind(tx: Connection, day: date, bound: Any, rows: Sequence[Mapping[str, object]]) -> None:
    sealed = documents.seal(tx, "batch", {}, [(bound, rows)])
    log.append(tx, noon(day), [NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": "test"})])


numbers = st.integers(1, 6)
days_ago = st.integers(-20, 90)
steps = st.one_of(
    st.tuples(st.just("penalty"), numbers, st.integers(1, 2), days_ago, st.integers(0, 200)),
    st.tuples(st.just("inspection"), numbers, st.integers(1, 2), days_ago, st.booleans()),
    st.tuples(st.just("breach"), numbers, st.integers(1, 2), days_ago, st.none() | st.integers(-10, 40)),
    st.tuples(st.just("revoke"), st.sampled_from(("penalty", "breach", "relation")), numbers, st.integers(1, 2)),
    st.tuples(st.just("relation"), numbers, st.sampled_from(("法定代表人", "地址")), st.sampled_from("pq"), days_ago),
    st.tuples(st.just("register"), numbers, st.sampled_from(SECTORS), st.integers(0, 2000)),
    st.tuples(st.just("leave"), numbers),
    st.tuples(st.just("absorb"), numbers, numbers),
    st.tuples(st.just("outside"), numbers, st.sampled_from(("好", "差", "无")), days_ago),
    st.tuples(st.just("judge"), numbers, st.integers(0, 30), st.booleans()),
    st.tuples(st.just("model"), st.integers(1, 30), st.booleans()),
)
histories = st.lists(st.tuples(st.integers(0, 45), st.lists(steps, max_size=3)), min_size=1, max_size=5)


def take(tx: Connection, day: date, step: Sequence[Any]) -> None:
    """Take one step on a day."""
    match step:
        case ("penalty", number, what, ago, fine):
            write(tx, day, [Said("penalty", number, str(what), day - timedelta(ago), {"fine": fine})])
        case ("inspection", number, what, ago, found):
            results = ["pending", "not_disclosed"] if found else ["no_problem"]
            write(tx, day, [Said("inspection", number, str(what), day - timedelta(ago), {"results": results})])
        case ("breach", number, what, ago, removed):
            content = {} if removed is None else {"removed": (day + timedelta(removed)).isoformat()}
            write(tx, day, [Said("breach", number, str(what), day - timedelta(ago), content)])
        case ("revoke", kind, number, what):
            write(tx, day, [Said(kind, number, str(what), day, {"type": "地址", "party": "p"}, revoked=True)])
        case ("relation", number, via, party, ago):
            content = {"type": via, "party": party}
            write(tx, day, [Said("relation", number, via + party, day - timedelta(ago), content)])
        case ("register", number, sector, ago):
            register(tx, day, number, sector, day - timedelta(ago))
        case ("leave", number):
            leave(tx, day, number)
        case ("absorb", number, successor) if number != successor:
            absorb(tx, day, number, successor)
        case ("outside", number, grade, ago):
            grade_outside(tx, day, number, grade, day - timedelta(ago))
        case ("judge", number, days, withdrawn):
            if tx.execute(select(enterprise.c.code).where(enterprise.c.code == files.code(number))).first():
                judge(tx, number, day, days, withdrawn=withdrawn)
        case ("model", points, fading):
            text = model("heat", '[scope]\nsectors = ["供热"]\n', points, fading)
            count = log.size(tx)
            change_model(tx, day, "heat", text.replace('version = "1"', f'version = "{count}"'))
