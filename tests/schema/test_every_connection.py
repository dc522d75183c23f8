"""Every list of both schemas: read from both ends, counted, found again by ids, and asked of the database in few words.

The lists are found in the schemas themselves, so that none can be forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from ledger.actors import Actor
from ledger.database import Database
from schema.building import Schema
from schema.public import schema as public_schema
from schema.staff import schema as staff_schema
from tests import bureau_files as files
from tests.engines import fresh_database
from tests.sampling.bureau import ADMINISTRATOR, ANALYST, AUDITOR, CAMPAIGN, OTHER_PLANNER, PLANNER, STRANGER, Bureau
from tests.schema import full_bureau
from tests.schema.full_bureau import INSPECTOR, MANY, NOW, Held, ask, statements

SCHEMAS = {"public": public_schema, "staff": staff_schema}
FEW = 2
LONGEST_PAGE = 100
DEPTH = 4

# How a list that hangs on an object is reached.
PARENTS = {
    "Query": "{{ {} }}",
    "Ledger": "{{ ledger {{ {} }} }}",
    "public Campaign": f'{{{{ campaign(code: "{CAMPAIGN}") {{{{ {{}} }}}} }}}}',
    "staff Campaign": f'{{{{ campaign(code: "{CAMPAIGN}") {{{{ published {{{{ {{}} }}}} }}}} }}}}',
    "StaffCampaign": f'{{{{ campaign(code: "{CAMPAIGN}") {{{{ {{}} }}}} }}}}',
    "Enterprise": f'{{{{ enterprise(code: "{files.code(1)}") {{{{ {{}} }}}} }}}}',
    "ConditionsPreview": "{{ conditionsPreview(conditions: {{}}) {{ {} }} }}",
}
# What a list must be told beside its page.
TOLD = {
    "judgements": 'purpose: "核对"',
    "warnings": 'purpose: "核对"',
    "warningsToPlan": 'purpose: "核对"',
    "staff Query.findings": f'campaign: "{CAMPAIGN}"',
}
# What of its objects a list goes by, by the fields of its order.
GOES_BY = {
    "CampaignOrderField.CODE": "code",
    "CampaignOrderField.DEPARTMENT": "departments { code } code",
    "CampaignOrderField.ENDS": "endsOn code",
    "CampaignOrderField.FROZEN": "frozenEntry { seq }",
    "CampaignOrderField.STARTS": "startsOn code",
    "CampaignOrderField.STATE": "state code",
    "CampaignOrderField.TYPE": "type code",
    "DeliveryOrderField.QUEUED": "number",
    "DeviationOrderField.ENTRY": "entry { seq }",
    "EndedFindingOrderField.ENDED": "endedAt",
    "EnterpriseOrderField.CODE": "code",
    "EnterpriseOrderField.ESTABLISHED": "established code",
    "EnterpriseOrderField.NAME": "name code",
    "EnterpriseOrderField.REGION": "region code",
    "EnterpriseOrderField.SECTOR": "sector code",
    "EntryOrderField.NUMBER": "seq",
    "ExpiringDocumentOrderField.BOUND": "boundBy { seq }",
    "FindingOrderField.ENTERPRISE": "enterpriseCode number",
    "FindingOrderField.PUBLISHED": "number",
    "FindingOrderField.VISITED": "visitedOn number",
    "GradeReadingOrderField.READ": "time",
    "InboxMessageOrderField.TOLD": "toldAt",
    "InspectionObjectOrderField.CODE": "departmentCode enterpriseCode",
    "InspectionObjectOrderField.ENTERPRISE": "enterpriseCode departmentCode",
    "InspectorOrderField.CERTIFICATE": "certificate",
    "InspectorOrderField.NAME": "name certificate",
    "InspectorOrderField.VALID_TO": "certificateValidTo certificate",
    "ItemOrderField.CODE": "code",
    "ItemOrderField.NAME": "name code",
    "JobOrderField.CREATED": "createdAt",
    "JudgementOrderField.PROPOSED": "proposedAt",
    "KeptRecordOrderField.ENTERPRISE": "enterpriseCode",
    "ModelOrderField.ADDED": "steps { at }",
    "NoticeOrderField.PUBLISHED": "number",
    "PeerFindingOrderField.ENTERPRISE": "enterpriseCode number",
    "PeerFindingOrderField.PUBLISHED": "number",
    "PeerFindingOrderField.VISITED": "visitedOn number",
    "ProceedingOrderField.OPENED": "openedAt",
    "ProgrammeOrderField.DEPARTMENT": "departmentCode year",
    "ProgrammeOrderField.YEAR": "year departmentCode",
    "PublishedAnswerOrderField.PUBLISHED": "number",
    "RecordOrderField.DATED": "dated",
    "RecordedFindingOrderField.ENTERPRISE": "enterpriseCode position",
    "RecordedFindingOrderField.POSITION": "position",
    "RecordedFindingOrderField.VISITED": "visitedOn position",
    "RelatedEnterpriseOrderField.CODE": "code",
    "StaffCampaignOrderField.CODE": "code",
    "StaffCampaignOrderField.DEPARTMENT": "plan { departmentCodes } code",
    "StaffCampaignOrderField.ENDS": "plan { endsOn } code",
    "StaffCampaignOrderField.STARTS": "plan { startsOn } code",
    "StaffCampaignOrderField.STATE": "state code",
    "StaffCampaignOrderField.TYPE": "plan { type } code",
    "StaffNoticeOrderField.DRAFTED": "draftedAt",
    "StaffSubmissionOrderField.RECEIVED": "receivedAt",
    "UserOrderField.CHANGED": "changedAt subject",
    "UserOrderField.SUBJECT": "subject",
    "VisitOrderField.ENTERPRISE_NAME": "enterpriseName campaignCode position",
    "VisitOrderField.POSITION": "campaignCode position",
    "WarningOrderField.RAISED": "raisedAt",
    "WarningToPlanOrderField.ACKNOWLEDGED": "acknowledgedAt",
}
# Who reads a list, where that is not the auditor, and when.
READERS = {"warningsToPlan": PLANNER, "members": PLANNER, "inbox": PLANNER, "judgements": ANALYST}
LATER = {"documents": NOW.replace(year=2060)}
# What costs more for more nodes, and why it may.
EXEMPT = {
    "StaffCampaign.preview": "it reads grades, and each such reading is recorded for its own campaign",
    "StaffCampaign.predictableAssignments": "it computes the matching of each campaign again",
    "ExpiringDocument.needed": "each rule of what must be kept is asked of each document",
}


@dataclass(frozen=True)
class List:
    """A list of a schema."""

    audience: str
    owner: str
    name: str
    field: GraphQLField

    @property
    def place(self) -> str:
        return f"{self.audience} {self.owner}.{self.name}"

    @property
    def schema(self) -> Schema:
        return SCHEMAS[self.audience]

    @property
    def actor(self) -> Actor | None:
        return None if self.audience == "public" else READERS.get(self.name, AUDITOR)

    @property
    def now(self) -> datetime:
        return LATER.get(self.name, NOW)

    @property
    def node(self) -> Any:
        connection: Any = get_named_type(self.field.type)
        return get_named_type(connection.fields["nodes"].type)

    def query(self, paging: str, selected: str) -> str:
        told = TOLD.get(self.place, TOLD.get(self.name, "")) if self.owner == "Query" else ""
        parent = PARENTS.get(f"{self.audience} {self.owner}") or PARENTS[self.owner]
        return parent.format(f"list: {self.name}({paging} {told}) {{ {selected} }}")

    def ask(self, held: Held, paging: str, selected: str) -> Any:
        found = ask(self.schema, replace(held, now=self.now), self.query(paging, selected), self.actor)
        while "list" not in found:
            (found,) = found.values()
        return found["list"]


def is_list(field: GraphQLField) -> bool:
    named = get_named_type(field.type)
    return isinstance(named, GraphQLObjectType) and {"edges", "pageInfo"} <= set(named.fields)


def lists() -> Iterator[List]:
    for audience, schema in SCHEMAS.items():
        for owner in schema._schema.type_map.values():
            if isinstance(owner, GraphQLObjectType):
                for name, field in owner.fields.items():
                    if is_list(field):
                        yield List(audience, owner.name, name, field)


LISTS = sorted(lists(), key=lambda each: each.place)  # type_map has no fixed order
each_list = pytest.mark.parametrize("of", LISTS, ids=[each.place for each in LISTS])


def selections(kind: Any) -> Iterator[str]:
    """Return what may be selected of a type: its plain fields together, and each field that has fields of its own."""
    selected = list(_selected(kind, DEPTH))
    yield " ".join(each for each in selected if "{" not in each)
    yield from (each for each in selected if "{" in each)


def _selected(kind: Any, depth: int) -> Iterator[str]:
    yield "__typename"
    for name, field in kind.fields.items():
        named: Any = get_named_type(field.type)
        if f"{kind.name}.{name}" in EXEMPT or any(map(is_required_argument, field.args.values())):
            continue
        if is_leaf_type(named):
            yield name
        elif is_list(field):
            if depth > 1:
                below = " ".join(_selected(get_named_type(named.fields["nodes"].type), depth - 2))
                yield f"{name}(first: 2) {{ totalCount nodes {{ {below} }} }}"
        elif isinstance(named, GraphQLUnionType):  # one by one: their fields of one name may differ in their types
            for each in named.types:
                yield f"{name} {{ ... on {each.name} {{ {' '.join(_selected(each, depth - 1))} }} }}"
        elif depth > 0:
            yield f"{name} {{ {' '.join(_selected(named, depth - 1))} }}"


@pytest.fixture(scope="module")
def held(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    with fresh_database("sqlite", tmp_path_factory.mktemp("full"), sqlite_template) as url:
        database = Database(url)
        full_bureau.fill(Bureau(database))
        yield Held(database)
        database.close()


PAGE = """totalCount nodes { __typename } edges { cursor node { __typename } }
pageInfo { startCursor endCursor hasNextPage hasPreviousPage }"""


def walk(
    of: List, held: Held, size: int, way: str, order: str = "", asked: str = PAGE
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the cursors of a list in its order, read page by page from one end, and the pages in the order read.

    A long list is read in few pages, which are larger.
    """
    pages: list[dict[str, Any]] = []
    cursor = ""
    forward = way == "first"
    while True:
        paging = f"{way}: {size}{order}" + (f', {"after" if forward else "before"}: "{cursor}"' if cursor else "")
        page = of.ask(held, paging, asked)
        pages.append(page)
        size = max(size, min(LONGEST_PAGE, page["totalCount"] // 4))
        told = page["pageInfo"]
        if not told["hasNextPage" if forward else "hasPreviousPage"]:
            break
        cursor = told["endCursor" if forward else "startCursor"]
    ordered = pages if forward else pages[::-1]
    return [edge["cursor"] for page in ordered for edge in page["edges"]], pages


@each_list
def test_a_list_is_the_same_from_both_ends(held: Held, of: List) -> None:
    size = 5
    forward, ahead = walk(of, held, size, "first")
    backward, back = walk(of, held, size, "last")
    assert forward == backward
    assert len(set(forward)) == len(forward) >= MANY
    for pages in (ahead, back):
        assert {page["totalCount"] for page in pages} == {len(forward)}
        for page in pages:
            edges, info = page["edges"], page["pageInfo"]
            assert len(page["nodes"]) == len(edges)
            assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
            assert info["hasPreviousPage"] is (edges[0]["cursor"] != forward[0])
            assert info["hasNextPage"] is (edges[-1]["cursor"] != forward[-1])


def fields_of(of: List) -> list[str]:
    """Return what a list may go by."""
    order: Any = get_named_type(of.field.args["order"].type)
    fields: Any = get_named_type(order.fields["field"].type)
    return [f"{fields.name}.{value}" for value in fields.values]


def values(told: Any) -> list[Any]:
    """Return what a node tells, part by part, and of lists the first; numbers that stand as text are numbers."""
    if isinstance(told, dict | list):
        return [each for part in (told.values() if isinstance(told, dict) else told[:1]) for each in values(part)]
    return ["" if told is None else int(told) if isinstance(told, str) and told.isdecimal() else told]


@each_list
def test_a_list_goes_up_and_down_by_each_field_of_its_order(held: Held, of: List) -> None:
    for field in fields_of(of):
        asked = PAGE.replace("nodes { __typename }", f"nodes {{ {GOES_BY[field]} }}", 1)
        told = {}
        for direction, down in (("ASC", False), ("DESC", True)):
            order = f", order: {{ field: {field.split('.')[1]}, direction: {direction} }}"
            cursors, pages = walk(of, held, 7, "first", order, asked)
            assert walk(of, held, 9, "last", order, asked)[0] == cursors
            told[direction] = [values(node) for page in pages for node in page["nodes"]]
            assert told[direction] == sorted(told[direction], reverse=down)
        assert told["ASC"] == told["DESC"][::-1]


@each_list
def test_a_page_between_two_cursors_is_what_stands_there(held: Held, of: List) -> None:
    whole, _ = walk(of, held, 100, "first")
    ends = f'after: "{whole[1]}", before: "{whole[5]}"'
    for paging, expected in ((f"first: 2, {ends}", whole[2:4]), (f"last: 2, {ends}", whole[3:5])):
        page = of.ask(held, paging, PAGE)
        assert [edge["cursor"] for edge in page["edges"]] == expected
        assert page["pageInfo"]["hasNextPage"] is page["pageInfo"]["hasPreviousPage"] is True


@each_list
def test_a_list_asks_the_database_as_often_for_many_as_for_few(held: Held, of: List) -> None:
    costly = []
    for selected in selections(of.node):
        told = []
        for size in (FEW, FEW, MANY - 1):  # the first fills what is kept for the process
            with statements(held.database) as executed:
                page = of.ask(held, f"first: {size}", f"totalCount nodes {{ {selected} }} edges {{ cursor }}")
            assert len(page["nodes"]) == size
            told.append(executed)
        _, few, many = told
        if len(few) != len(many):
            more = [each for each in dict.fromkeys(many) if many.count(each) > few.count(each)]
            costly.append((selected[:40], len(few), len(many), more[:2]))
    assert costly == []


@each_list
def test_what_is_not_asked_for_is_not_counted(held: Held, of: List) -> None:
    with statements(held.database) as plain:
        of.ask(held, f"first: {FEW}", "nodes { __typename }")
    with statements(held.database) as counted:
        of.ask(held, f"first: {FEW}", "totalCount nodes { __typename }")
    assert len(plain) <= len(counted)
    assert not any(statement.startswith("SELECT count(*)") for statement in plain)


def again(audience: str, selected: str) -> str:
    """Return the query of objects by their ids; a purpose is given for those that are read with one."""
    purpose = ', purpose: "核对"' if audience == "staff" else ""
    return f"query ($ids: [ID!]!) {{ nodes(ids: $ids{purpose}) {{ {selected} }} }}"


@each_list
def test_every_node_is_found_again_by_its_id(held: Held, of: List) -> None:
    nodes = of.ask(held, "first: 100", "nodes { __typename id }")["nodes"]
    assert len({each["id"] for each in nodes}) == len(nodes)
    wanted = [each["id"] for each in nodes[::-1]]
    query = again(of.audience, "__typename id")
    bureau = replace(held, now=of.now)
    assert ask(of.schema, bureau, query, of.actor, {"ids": wanted})["nodes"] == nodes[::-1]
    told = []
    for ids in (wanted[:FEW], wanted[: MANY - 1]):
        with statements(held.database) as executed:
            ask(of.schema, bureau, query, of.actor, {"ids": ids})
        told.append(len(executed))
    assert told[0] == told[1]


# Somebody of each role, an inspector of a department, and planners of the lead's, a partner's and another department.
SOMEBODY = (ADMINISTRATOR, ANALYST, PLANNER, OTHER_PLANNER, STRANGER, INSPECTOR)
REFUSED = {"role_not_allowed", "department_not_allowed", "campaign_missing"}


@pytest.mark.parametrize("actor", SOMEBODY, ids=lambda actor: actor.subject)
@pytest.mark.parametrize("of", [each for each in LISTS if each.audience == "staff"], ids=lambda of: of.place)
def test_a_node_is_found_by_whoever_sees_it_in_its_list(held: Held, of: List, actor: Actor) -> None:
    if of.owner != "Query":
        pytest.skip("its objects hang on others")
    if of.name == "inbox":
        pytest.skip("everybody has a list of his own")
    bureau = replace(held, now=of.now)
    ids = [each["id"] for each in of.ask(held, "first: 100", "nodes { id }")["nodes"]]
    listed = full_bureau.answer(of.schema, bureau, of.query("first: 100", "nodes { id }"), actor)
    assert full_bureau.codes(listed) <= REFUSED
    found: Any = listed.data
    while found is not None and "nodes" not in found:
        (found,) = found.values()
    seen = {each["id"] for each in found["nodes"]} if found else set()
    query = again(of.audience, "id")
    nodes = ask(of.schema, bureau, query, actor, {"ids": ids})["nodes"]
    assert nodes == [{"id": each} if each in seen else None for each in ids]


@pytest.mark.parametrize("name", ["judgements", "warnings", "warningsToPlan"])
def test_what_is_read_with_a_purpose_is_found_with_one_alone(held: Held, name: str) -> None:
    (of,) = (each for each in LISTS if each.name == name)
    (node,) = of.ask(held, "first: 1", "nodes { id }")["nodes"]
    wanted = {"ids": [node["id"]]}
    for query in ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", again("staff", "id").replace("核对", " ")):
        assert full_bureau.codes(full_bureau.answer(of.schema, held, query, of.actor, wanted)) == {"purpose_missing"}
        assert ask(of.schema, held, query, INSPECTOR, wanted)["nodes"] == [None]
    query = "query { gradeReadings(first: 1) { totalCount nodes { subject purpose } } }"
    before = ask(of.schema, held, query, AUDITOR)["gradeReadings"]["totalCount"]
    assert ask(of.schema, held, again("staff", "id"), of.actor, wanted)["nodes"] == [node]
    readings = ask(of.schema, held, query, AUDITOR)["gradeReadings"]
    assert of.actor is not None
    assert readings == {"totalCount": before + 1, "nodes": [{"subject": of.actor.subject, "purpose": "核对"}]}


@pytest.mark.parametrize("name", ["judgements", "warnings", "warningsToPlan"])
def test_a_list_that_is_read_with_a_purpose_leaves_one_reading_whatever_is_asked_of_it(held: Held, name: str) -> None:
    (of,) = (each for each in LISTS if each.name == name)
    cursor = of.ask(held, "first: 2", PAGE)["pageInfo"]["endCursor"]

    def readings() -> int:
        return int(
            ask(of.schema, held, "{ gradeReadings(first: 1) { totalCount } }", AUDITOR)["gradeReadings"]["totalCount"]
        )

    before = readings()
    of.ask(held, f'last: 1, before: "{cursor}"', PAGE)
    assert readings() == before + 1
    found = full_bureau.answer(of.schema, held, of.query("first: 0", PAGE), of.actor)
    assert full_bureau.codes(found) == {"page_size"}
    assert readings() == before + 1


def test_an_id_is_good_for_its_schema_alone(held: Held) -> None:
    (item,) = ask(public_schema, held, "{ items(first: 1) { nodes { id } } }")["items"]["nodes"]
    for schema, actor, given in (
        (staff_schema, AUDITOR, item["id"]),
        (public_schema, None, item["id"][:-1] + ("A" if item["id"][-1] != "A" else "B")),
        (public_schema, None, "x"),
        (public_schema, None, ""),
        (public_schema, None, "2026-0001"),
    ):
        for query, variables in (
            ("query ($id: ID!) { node(id: $id) { id } }", {"id": given}),
            ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [given]}),
        ):
            found = full_bureau.answer(schema, held, query, actor, variables)
            assert full_bureau.codes(found) == {"id_unknown"}


def test_so_many_ids_at_once_and_no_more(held: Held) -> None:
    (item,) = ask(public_schema, held, "{ items(first: 1) { nodes { id } } }")["items"]["nodes"]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert ask(public_schema, held, query, None, {"ids": [item["id"]] * 100})["nodes"] == [item] * 100
    found = full_bureau.answer(public_schema, held, query, None, {"ids": [item["id"]] * 101})
    assert full_bureau.codes(found) == {"too_many_ids"}


def test_ids_of_a_type_are_of_one_length(held: Held) -> None:
    for schema, query, actor in (
        (public_schema, "{ findings(first: 100) { nodes { id } } }", None),
        (staff_schema, "{ visits(first: 100) { nodes { id } } }", AUDITOR),
        (staff_schema, "{ enterprises(first: 100) { nodes { id } } }", AUDITOR),
    ):
        (found,) = ask(schema, held, query, actor).values()
        assert len({len(each["id"]) for each in found["nodes"]}) == 1


@pytest.mark.parametrize(
    ("many", "one", "code", "below", "actor"),
    [
        ("enterprises(first: 9)", "enterprise", "FormerCode", "records", AUDITOR),
        ("campaigns(first: 100)", "campaign", "String", "visits", AUDITOR),
        ("campaigns(first: 100)", "campaign", "String", "findings", AUDITOR),
        ("campaigns(first: 100)", "campaign", "String", "findings", None),
    ],
)
@pytest.mark.parametrize("way", ["first", "last"])
def test_a_list_below_many_nodes_is_the_list_below_each(
    held: Held, many: str, one: str, code: str, below: str, actor: Actor | None, way: str
) -> None:
    schema = public_schema if actor is None else staff_schema
    page = f"{below}({way}: 3) {{ {PAGE} }}"
    nodes = ask(schema, held, f"{{ list: {many} {{ nodes {{ code {page} }} }} }}", actor)["list"]["nodes"]
    assert sum(each[below]["totalCount"] for each in nodes) > 3
    for each in nodes:
        query = f"query ($code: {code}!) {{ {one}(code: $code) {{ code {page} }} }}"
        assert ask(schema, held, query, actor, {"code": each["code"]})[one] == each


@each_list
def test_a_list_is_filtered_by_one_input_and_ordered_by_another(of: List) -> None:
    for name in ("filter", "order"):
        assert get_named_type(of.field.args[name].type).name.endswith(name.capitalize())


SECRET = re.compile("grade|score|stratum|strata|risk|rate|weight|chance", re.IGNORECASE)


@each_list
def test_no_list_goes_by_what_is_secret(of: List) -> None:
    assert [field for field in fields_of(of) if SECRET.search(f"{field.split('.')[1]} {GOES_BY[field]}")] == []


EXTREMES = ("0001-01-01", "9999-12-31")


@each_list
def test_a_list_takes_every_day_of_the_calendar(held: Held, of: List) -> None:
    where: Any = get_named_type(of.field.args["filter"].type)
    asked = [
        f'filter: {{ {name}: "{day}" }}' for name, each in where.fields.items() if _is_day(each) for day in EXTREMES
    ]
    asked += [f'{name}: "{day}"' for name, each in of.field.args.items() if _is_day(each) for day in EXTREMES]
    for chosen in asked:
        assert of.ask(held, f"first: 1, {chosen}", "totalCount nodes { __typename }")["totalCount"] >= 0


def _is_day(of: Any) -> bool:
    return str(get_named_type(of.type)) == "Date"


@pytest.mark.parametrize("days", [("0001-01-01", "9999-12-31"), ("9999-12-31", "0001-01-01")])
@pytest.mark.parametrize(
    ("name", "since", "until"),
    [("answers", "answeredSince", "answeredUntil"), ("endedFindings", "endedSince", "endedUntil")],
)
def test_a_public_list_takes_any_days(held: Held, name: str, since: str, until: str, days: tuple[str, str]) -> None:
    chosen = f'first: 1, filter: {{ {since}: "{days[0]}", {until}: "{days[1]}" }}'
    both = f"{{ all: {name}(first: 1) {{ totalCount }} some: {name}({chosen}) {{ totalCount }} }}"
    told = ask(public_schema, held, both)
    assert told["some"]["totalCount"] in (0, told["all"]["totalCount"])
    assert (told["some"] == told["all"]) is (days[0] < days[1])
