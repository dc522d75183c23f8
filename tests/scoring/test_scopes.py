"""Which of several models holds: the documented order, and that no order of the models matters."""

from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.scopes import GENERAL, Scope, holding

SECTORS, REGIONS, STAGES = ("供热", "燃气经营"), ("东区", "西区"), ("operating", "closing")
DEPARTMENTS = ("SC", "ZJ")


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(values)).map(lambda chosen: tuple(sorted(chosen)))


SCOPES = st.builds(
    Scope, sectors=some(SECTORS), regions=some(REGIONS), departments=some(DEPARTMENTS), stages=some(STAGES)
)
PLACES = st.tuples(st.sampled_from((*SECTORS, "物业服务")), st.sampled_from((*REGIONS, "")), st.sampled_from(STAGES))


def test_the_most_specific_scope_holds() -> None:
    rising = [
        Scope(),
        Scope(regions=("东区",)),
        Scope(sectors=("供热", "燃气经营")),
        Scope(sectors=("供热",)),
        Scope(stages=("operating",)),
        Scope(sectors=("供热",), regions=("东区",)),
        Scope(stages=("operating",), regions=("东区",)),
        Scope(stages=("operating",), sectors=("供热",)),
        Scope(stages=("operating",), sectors=("供热",), regions=("东区",)),
    ]
    assert sorted(rising, key=lambda scope: scope.specificity) == rising
    for place in range(len(rising)):
        among = [(scope, scope) for scope in rising[: place + 1]]
        assert holding(among[::-1], "供热", "东区", "operating") == {GENERAL: rising[place]}


def test_a_department_has_a_grade_of_its_own_beside_the_general_one() -> None:
    models = {
        "general": Scope(),
        "of both": Scope(departments=("SC", "ZJ")),
        "of one": Scope(departments=("ZJ",)),
        "of heat": Scope(departments=("SC",), sectors=("供热",)),
    }
    among = [(scope, name) for name, scope in models.items()]
    assert holding(among, "供热", "东区", "operating") == {GENERAL: "general", "SC": "of heat", "ZJ": "of one"}
    assert holding(among, "物业服务", "东区", "operating") == {GENERAL: "general", "SC": "of both", "ZJ": "of one"}


def test_nothing_holds_outside_every_scope() -> None:
    assert holding([(Scope(sectors=("供热",)), "heat")], "燃气经营", "东区", "operating") == {}


@given(st.lists(SCOPES, max_size=5), PLACES, st.data())
def test_where_no_two_tie_the_order_of_models_means_nothing(
    scopes: list[Scope], place: tuple[str, str, str], data: st.DataObject
) -> None:
    assume(not any(one.ties(other) for number, one in enumerate(scopes) for other in scopes[:number]))
    among = [(scope, number) for number, scope in enumerate(scopes)]
    assert holding(data.draw(st.permutations(among)), *place) == holding(among, *place)


@given(SCOPES, SCOPES, PLACES)
def test_scopes_tie_exactly_where_an_enterprise_could_meet_both_and_nothing_decides(
    one: Scope, other: Scope, place: tuple[str, str, str]
) -> None:
    assert one.ties(other) == other.ties(one)
    common = set(one.for_whom()) & set(other.for_whom())
    if one.meets(*place) and other.meets(*place) and common:
        assert one.ties(other) == (one.specificity == other.specificity)


@given(SCOPES, SCOPES)
def test_general_models_share_readers_with_every_department(one: Scope, other: Scope) -> None:
    shared = not one.departments or not other.departments or set(one.departments) & set(other.departments)
    assert one.shares_readers(other) == bool(shared)
