"""Every argument and input field of both schemas at the edges of its type: an answer or a refusal, never a fault.

The values are those that the schema lets through, since what it does not is refused before anybody here reads it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_required_argument,
    is_required_input_field,
    parse,
    print_ast,
    value_from_ast_untyped,
)

from ledger.actors import Actor, Role
from sampling.exchange import platforms
from schema import audiences
from schema.public import schema as public_schema
from schema.staff import schema as staff_schema
from tests.api import small_bureau
from tests.api.house import ADMINISTRATOR, PLANNER, House, served_on
from tests.api.test_permissions import CODE, MUTATIONS, QUERIES, somebody, ways
from tests.engines import ENGINES

PUBLIC, STAFF = public_schema._schema, staff_schema._schema
LONG: Final = "签" * 20_000
TEXTS: Final = (
    "",
    "\u2028\x01\x1b[0m\uffff",
    "１²٣",
    "9" * 40,
    "%_\\'\";--",
    "𠀀😀",
    "9999-12-31",
    "[[a]]\nb = 1e999",
    LONG,
)
DAYS: Final = ("0001-01-01", "2024-02-29", "9999-12-31")
CODES: Final = (CODE, "91130304PDY99999XX")
EDGES: Final[Mapping[str, tuple[Any, ...]]] = {
    "String": TEXTS,
    "ID": TEXTS,
    "Int": (-(2**31), 0, 2**31 - 1),
    "Boolean": (True, False),
    "Date": DAYS,
    "DateTime": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    "BigInt": ("-9223372036854775808", "-1", "0", "9223372036854775807"),
    "Digest": ("0" * 64, "f" * 64),
    "USCC": (CODE,),
    "FormerCode": (CODE, "110108000000016"),
    "JSON": (0, 1.5, 2**63, [], {}, {"": "\uffff"}, {"统一社会信用代码": 2**63}, {"企业名称": ["x"]}, LONG),
}
PLAIN: Final[Mapping[str, Any]] = {
    "String": "x",
    "ID": "x",
    "Int": 1,
    "Boolean": True,
    "Date": "2026-11-20",
    "DateTime": "2026-11-20T00:00:00Z",
    "BigInt": "1",
    "Digest": "0" * 64,
    "USCC": CODE,
    "FormerCode": CODE,
    "JSON": {"a": "b"},
}
ROLES: Final = (Role.PLANNER, Role.INSPECTOR, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR, Role.PEER)
"""Whoever may ask first asks."""


class Bureau:
    """A served bureau with a campaign that is planned and one whose teams are made."""

    def __init__(self, house: House) -> None:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        self.house = house
        self.campaigns = (small_bureau.plan(house), small_bureau.plan(house))
        self.matched = self.campaigns[1]
        small_bureau.freeze(house, self.matched)
        small_bureau.reveal(house, self.matched)
        for step in ("drawCampaign", "matchCampaign"):
            house.do(small_bureau.step(step), PLANNER, campaign=self.matched)
        self.visit = small_bureau.visits(house, self.matched)[0]
        with house.bureau.write() as tx:
            platforms.add(tx, ADMINISTRATOR, house.bureau.now, platforms.shipped()["national-publicity"].text)

    def actor(self, roles: frozenset[Role] | set[Role]) -> Actor:
        """Return who asks."""
        role = next(each for each in ROLES if each in roles)
        if role is Role.INSPECTOR:
            return small_bureau.leader(self.visit)
        return PLANNER if role is Role.PLANNER else somebody(role)


@pytest.fixture(scope="module", params=ENGINES)
def bureau(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The bureau, once on each engine."""
    with served_on(request.param, tmp_path_factory.mktemp("edges")) as house:
        yield Bureau(house)


def plain(kind: Any) -> Any:
    """Return a value that a type takes."""
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        return [plain(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {name: plain(each.type) for name, each in kind.fields.items() if is_required_input_field(each)}
    return PLAIN.get(kind.name)


def edges(kind: Any, given: Any) -> Iterator[Any]:
    """Give a plain value of a type with one part of it at an edge, for each part and each edge."""
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        inner = given[0] if given else plain(kind.of_type)
        yield from ([], [inner, inner])
        yield from ([each] for each in edges(kind.of_type, inner))
    elif isinstance(kind, GraphQLEnumType):
        yield from kind.values
    elif isinstance(kind, GraphQLInputObjectType):
        known = given if isinstance(given, dict) else plain(kind)
        for name, each in kind.fields.items():
            yield from ({**known, name: value} for value in edges(each.type, known.get(name)))
    else:
        yield from EDGES.get(kind.name, ())


def selection(field: GraphQLField, deep: int = 2) -> str:
    """Return what is selected of a field: plain leaves, nodes and refusals."""
    kind = get_named_type(field.type)
    if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
        return ""
    told = ["__typename"]
    for name, each in kind.fields.items() if isinstance(kind, GraphQLObjectType) and deep else ():
        if not any(is_required_argument(argument) for argument in each.args.values()):
            leaf = isinstance(get_named_type(each.type), GraphQLScalarType | GraphQLEnumType)
            if leaf or name in ("nodes", "refusal"):
                told.append(name + ("(first: 1)" if "first" in each.args else "") + selection(each, deep - 1))
    return f"{{ {' '.join(told)} }}"


def asked(field: GraphQLField, name: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give a field with each of its arguments at each edge: its variables' types, the field, the variables."""
    given = {**{each: plain(kind.type) for each, kind in field.args.items() if is_required_argument(kind)}, **given}
    if "first" in field.args:
        given.setdefault("first", 2)
    for argument, kind in field.args.items():
        for value in edges(kind.type, given.get(argument)):
            told = {**given, argument: value}
            types = ", ".join(f"${each}: {field.args[each].type}" for each in told)
            named = ", ".join(f"{each}: ${each}" for each in told)
            yield types, f"{name}({named}) {selection(field)}", told


def of_table(text: str) -> dict[str, Any]:
    """Return the arguments of a field as the table of permissions gives them."""
    (operation,) = parse(f"{{ {text} }}").definitions
    (selected,) = operation.selection_set.selections  # type: ignore[attr-defined]
    assert isinstance(selected, FieldNode)
    return {
        each.name.value: value_from_ast_untyped(each.value)
        for each in selected.arguments or ()
        if not isinstance(each.value, VariableNode)
    }


def no_fault(house: House, document: str, variables: dict[str, Any], actor: Actor | None) -> None:
    answer = house.post(document, variables, actor)
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
    assert answer.status_code < 500, (document, variables)
    assert "unexpected" not in codes, (document, variables, house.logged.getvalue()[-3000:])


def roots(schema: GraphQLSchema) -> list[tuple[str, str]]:
    roots_of = (("query", schema.query_type), ("mutation", schema.mutation_type))
    return [(kind, name) for kind, root in roots_of if root for name, field in root.fields.items() if field.args]


def field_of(schema: GraphQLSchema, kind: str, name: str) -> GraphQLField:
    root = schema.query_type if kind == "query" else schema.mutation_type
    assert root is not None
    field: GraphQLField = root.fields[name]
    return field


@pytest.mark.parametrize(("kind", "name"), roots(PUBLIC))
def test_what_anybody_may_ask(bureau: Bureau, kind: str, name: str) -> None:
    given = {"campaign": bureau.matched} if name == "finding" else {}
    for types, field, variables in asked(field_of(PUBLIC, kind, name), name, given):
        no_fault(bureau.house, f"{kind} ({types}) {{ {field} }}", variables, None)


@pytest.mark.parametrize(("kind", "name"), roots(STAFF))
def test_what_staff_may_ask(bureau: Bureau, kind: str, name: str) -> None:
    table, audience = (QUERIES, audiences.QUERIES) if kind == "query" else (MUTATIONS, audiences.MUTATIONS)
    field, actor = field_of(STAFF, kind, name), bureau.actor(audience[name].roles)
    given = of_table(table[name][0]) if name in table else {}
    if "enterprise" in field.args:
        given["enterprise"] = bureau.visit["enterpriseCode"]
    if str(field.args["plan"].type if "plan" in field.args else "") == "PlanInput!":
        given["plan"] = small_bureau.plan_input(bureau.house)
    campaigns = ("",) if "campaign" not in field.args else bureau.campaigns if kind == "mutation" else (bureau.matched,)
    for campaign in campaigns:
        told = {**given, "campaign": campaign} if campaign else given
        for types, selected, variables in asked(field, name, told):
            no_fault(bureau.house, f"{kind} ({types}) {{ {selected} }}", variables, actor)


def within(schema: GraphQLSchema) -> list[tuple[str, str]]:
    roots_of = (schema.query_type, schema.mutation_type, schema.subscription_type)
    owners = {
        name: kind for name, kind in schema.type_map.items() if not name.startswith("__") and kind not in roots_of
    }
    return [
        (owner, name)
        for owner, kind in owners.items()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if field.args
    ]


@pytest.mark.parametrize(("owner", "name"), within(STAFF))
def test_what_staff_may_ask_of_what_they_found(bureau: Bureau, owner: str, name: str) -> None:
    query, way = next(iter(ways(owner).items()))
    (operation,) = parse(f"{{ {QUERIES[query][0]} }}").definitions
    (selected,) = operation.selection_set.selections  # type: ignore[attr-defined]
    given = ", ".join(print_ast(each) for each in selected.arguments or ())
    actor = bureau.actor(audiences.QUERIES[query].roles)
    kind = STAFF.type_map[owner]
    assert isinstance(kind, GraphQLObjectType)
    for types, field, variables in asked(kind.fields[name], name, {}):
        outer = f"{query}{f'({given})' if given else ''} {{ {' { '.join(way)}"
        no_fault(bureau.house, f"query ({types}) {{ {outer} {{ {field} {'} ' * (len(way) + 2)}", variables, actor)


def test_no_job_that_was_asked_for_so_failed_by_a_fault(bureau: Bureau) -> None:
    """Asked last: what nobody foresaw is logged."""
    bureau.house.work("mutation { auditDatabase { job { id } refusal { code } } }", ADMINISTRATOR)
    assert '"unexpected"' not in bureau.house.logged.getvalue()
    assert "Traceback" not in bureau.house.logged.getvalue()
