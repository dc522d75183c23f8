"""Every refusal that the five packages raise has its words, every fault of the audit its label, and none is idle."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from sampling.eligibility import Reason
from schema.words import STATES_OF, TEXTS, say_code, state_words

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "schema", "sampling", "scoring", "ledger")
NOT_PARAMETERS = {"field"}
FAULT = "Fault"  # ledger.audit.Fault(table, row, code)


@dataclass(frozen=True)
class Raised:
    """One place where a refusal is made. `parameters` is None where they are not plain keywords."""

    code: str
    parameters: frozenset[str] | None
    place: str


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    files = (
        file
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in file.parts
    )
    return [(file, ast.parse(file.read_text(encoding="utf-8"))) for file in files]


def called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def refusal_classes(trees: list[tuple[Path, ast.Module]]) -> set[str]:
    """`Refusal` and all that inherit from it, by name."""
    classes = [node for _, tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = {"Refusal"}
    while more := {cls.name for cls in classes if known.intersection(map(called, cls.bases))} - known:
        known |= more
    return known


def forwarders(trees: list[tuple[Path, ast.Module]], classes: dict[str, int]) -> dict[str, int]:
    """Functions that make a refusal or a fault with a code of their caller's: name → the code's place among arguments.

    `classes` holds the same of the classes.
    """
    found = {}
    for _, tree in trees:
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                arguments = [argument.arg for argument in function.args.args if argument.arg != "self"]
                for node in ast.walk(function):
                    match node:
                        case ast.Call(func=called_, args=given) if len(given) > classes.get(called(called_), 99):
                            code = given[classes[called(called_)]]
                            if isinstance(code, ast.Name) and code.id in arguments:
                                found[function.name] = arguments.index(code.id)
    return found


@cache
def refusals() -> list[Raised]:
    """All places where refusals are made, looked for when the first test asks."""
    return list(raised(modules()))


def raised(trees: list[tuple[Path, ast.Module]]) -> Iterator[Raised]:
    classes = refusal_classes(trees)
    forwarded = forwarders(trees, dict.fromkeys(classes, 0))
    for file, tree in trees:
        own = [
            call
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and node.name in classes
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and called(call.func) == "__init__"
        ]
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            place = f"{file.relative_to(ROOT)}:{node.lineno}"
            name = called(node.func)
            if (name in classes or node in own) and node.args and isinstance(node.args[0], ast.Constant):
                names = [keyword.arg for keyword in node.keywords]
                plain = None if None in names else frozenset(name for name in names if name) - NOT_PARAMETERS
                yield Raised(str(node.args[0].value), plain, place)
            elif name in forwarded and len(node.args) > forwarded[name]:
                code = node.args[forwarded[name]]
                if isinstance(code, ast.Constant):
                    yield Raised(str(code.value), None, place)


def faults(trees: list[tuple[Path, ast.Module]]) -> Iterator[str]:
    """The codes of what the audit can find."""
    made_by = {FAULT: 2, **forwarders(trees, {FAULT: 2})}
    for _, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and len(node.args) > made_by.get(called(node.func), 99):
                code = node.args[made_by[called(node.func)]]
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


FILES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in (ROOT / "schema/messages").glob("*.toml")
}
WORDS: dict[str, dict[str, str]] = {code: texts for file in FILES.values() for code, texts in file.items()}
LABELS = tomllib.loads((ROOT / "api/command_line/words.toml").read_text(encoding="utf-8"))["fault_codes"]


def test_every_refusal_has_words() -> None:
    assert [(place.code, place.place) for place in refusals() if place.code not in WORDS] == []


def test_all_words_are_used() -> None:
    assert sorted(WORDS.keys() - {place.code for place in refusals()}) == []


def test_every_fault_of_the_audit_has_its_label_and_every_label_its_fault() -> None:
    assert sorted(LABELS) == sorted(set(faults(modules())))


def test_words_are_kept_in_the_file_of_a_package() -> None:
    assert sorted(FILES.keys() - set(PACKAGES)) == []


def test_no_code_has_words_in_two_files() -> None:
    counts = Counter(code for file in FILES.values() for code in file)
    assert [code for code, count in counts.items() if count > 1] == []


def test_every_code_has_all_four_texts_and_no_other() -> None:
    assert [code for code, texts in WORDS.items() if set(texts) != set(TEXTS)] == []
    assert [code for code, texts in WORDS.items() if not all(text.strip() for text in texts.values())] == []


def test_each_placeholder_is_given_at_every_raise() -> None:
    missing = [
        (place.place, place.code, sorted(unfilled))
        for place in refusals()
        if place.parameters is not None and place.code in WORDS
        for unfilled in [set().union(*map(placeholders, WORDS[place.code].values())) - place.parameters]
        if unfilled
    ]
    assert missing == []


def test_placeholders_are_plain_names() -> None:
    """`{a.b}` and `{a[0]}` would fail on a parameter that was not given."""
    odd = [
        (code, name)
        for code, texts in WORDS.items()
        for text in texts.values()
        for name in placeholders(text)
        if not name.isidentifier()
    ]
    assert odd == []


def test_every_reason_against_an_inspector_is_said_as_people_do() -> None:
    assert set(state_words()["unfit"]) == {reason.value for reason in Reason}
    told = {"others": ["ZJ002 (specialty)", "SC001 (department)"]}
    assert "ZJ002（专业不符）、SC001（不属该部门）" in say_code("matching_infeasible", told, "zh").message
    assert (
        "ZJ002 (another specialty), SC001 (of another department)"
        in say_code("matching_infeasible", told, "en").message
    )
    assert "甲（tired）" in say_code("matching_infeasible", {"others": ["甲 (tired)"]}, "zh").message


def test_no_list_is_joined_before_its_language_is_known() -> None:
    classes = refusal_classes(modules())
    joined = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and called(call.func) in classes
        for given in call.keywords
        if isinstance(given.value, ast.Call) and isinstance(given.value.func, ast.Attribute)
        if isinstance(given.value.func.value, ast.Constant) and given.value.func.attr == "join"
    ]
    assert joined == []


def test_every_state_that_a_refusal_names_is_called_as_people_do() -> None:
    naming = {code for code, texts in WORDS.items() if "{state}" in texts["zh"]}
    assert naming == set(STATES_OF)
    assert set(STATES_OF.values()) <= set(state_words())
    stands = {"campaign": "2026-0001", "state": "frozen", "needed": ["drawn", "matched"]}
    assert "“已冻结”" in say_code("campaign_state", stands, "zh").message
    assert "“已抽取、已匹配”" in say_code("campaign_state", stands, "zh").message
    assert "drawn, matched" in say_code("campaign_state", stands, "en").message
