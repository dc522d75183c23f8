"""ARCHITECTURE.md's table of who may do what, written from `schema.audiences` and the two schemas."""

from collections import defaultdict
from collections.abc import Iterator

from ledger.actors import Role
from schema import public, staff
from schema.audiences import OPERATIONS, Rows, Rule, reached

START, END = "<!-- permissions -->\n", "<!-- /permissions -->"
ROLES = (Role.PEER, Role.PLANNER, Role.INSPECTOR, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
YES, NO, OWN, OWN_VISITS = "✓", "—", "own", "own visits"


def permission_table() -> str:
    """Return both tables: what each audience may ask, and which types it can reach."""
    told = [
        "| action | public | peer | planner | inspector | analyst | auditor | administrator | other departments |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *_public(),
        *(_row(kind, name, rule) for kind, rules in OPERATIONS.items() for name, rule in sorted(rules.items())),
        "",
        "| type | public | peer | planner | inspector | analyst | auditor | administrator |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *_types(),
    ]
    return "\n".join(told) + "\n"


def with_permissions(document: str) -> str:
    """Return a document whose permission table is the present one."""
    head, _, rest = document.partition(START)
    _, end, tail = rest.partition(END)
    return f"{head}{START}\n{permission_table()}\n{end}{tail}"


def _public() -> Iterator[str]:
    schema = public.schema._schema
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        for name in sorted(root.fields if root is not None else ()):
            yield f"| public {kind} `{name}` | {' | '.join([YES] * 7)} | all |"


def _row(kind: str, name: str, rule: Rule) -> str:
    cells = [NO, *(_cell(rule, role) for role in ROLES)]
    return f"| {kind} `{name}` | {' | '.join(cells)} | {rule.rows.value} |"


def _cell(rule: Rule, role: Role) -> str:
    if role not in rule.roles:
        return NO
    if role is Role.INSPECTOR and rule.rows in (Rows.JOINT, Rows.VISITED):
        return OWN_VISITS
    return OWN if role is Role.PEER and rule.rows is Rows.OFFERED else YES


def _types() -> Iterator[str]:
    """Give a row for all types that the same audiences reach."""
    open_to_all = {name for name in public.schema._schema.type_map if not name.startswith("__")}
    groups: dict[tuple[bool, frozenset[Role]], list[str]] = defaultdict(list)
    for name, roles in reached(staff.schema._schema).items():
        groups[name in open_to_all, roles].append(f"`{name}`")
    for (is_public, roles), names in sorted(groups.items(), key=lambda each: (len(each[0][1]), sorted(each[1]))):
        cells = [YES if is_public else NO, *(YES if role in roles else NO for role in ROLES)]
        yield f"| {' '.join(sorted(names))} | {' | '.join(cells)} |"
