"""Items of the list (随机抽查事项): whether one may be planned, and which enterprises are its objects. Pure.

An item's objects are the enterprises of its sectors that have one of its tags, where it names tags.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any

from ledger.errors import Conflict, Invalid, Missing
from sampling.plans import Plan
from scoring.formats import IN_USE


def in_use(item: Mapping[str, Any]) -> bool:
    """Tell whether an item of the list, or a department, has not been taken out of use."""
    return bool(item.get("status", IN_USE) == IN_USE)


def check_items(codes: Iterable[str], items: Mapping[str, Mapping[str, Any]], departments: Collection[str]) -> None:
    """Check that every item of a plan may be planned by its departments.

    Raises Missing("item_missing"), Invalid("item_without_basis"), Conflict("item_not_in_use"),
    Invalid("item_of_other_department").
    """
    for code in codes:
        item = items.get(code)
        if item is None:
            raise Missing("item_missing", field="items", item=code)
        if not item.get("legal_basis", "").strip():
            raise Invalid("item_without_basis", field="items", item=code)
        if not in_use(item):
            raise Conflict("item_not_in_use", field="items", item=code)
        if item["department"] not in departments:
            raise Invalid("item_of_other_department", field="items", item=code, department=item["department"])


def check_planned(plan: Plan, items: Mapping[str, Mapping[str, Any]]) -> None:
    """Check the items of a plan and of each of its participants; raises what `check_items` raises."""
    check_items(plan.items, items, plan.departments)
    for each in plan.participants:
        check_items(each.items, items, [each.department])


def is_object(item: Mapping[str, Any], sector: str, tags: frozenset[str]) -> bool:
    """Tell whether an enterprise of a sector, with these tags, is an object of an item."""
    wanted = item.get("tags", ())
    return sector in item["sectors"] and (not wanted or not tags.isdisjoint(wanted))


def check_objects(items: Mapping[str, Mapping[str, Any]], members: Collection[tuple[str, str, frozenset[str]]]) -> None:
    """Check that items and members of a frame agree: each member is an object of some item, each item has an object.

    Members are codes with their sectors and tags. Millions of them are of few sectors and tags, each looked at once.
    Raises Invalid: members_not_objects, which tells how many are not and the first, or item_without_objects.
    """
    counts: Counter[tuple[str, frozenset[str]]] = Counter(map(itemgetter(1, 2), members))
    without = dict.fromkeys(items)
    strangers = set()
    for alike in counts:
        matters = [code for code, item in items.items() if is_object(item, *alike)]
        for code in matters:
            without.pop(code, None)
        if not matters:
            strangers.add(alike)
    if strangers:
        count = sum(counts[alike] for alike in strangers)
        first = next(code for code, *alike in members if tuple(alike) in strangers)
        raise Invalid("members_not_objects", field="conditions", count=count, first=first)
    for code in without:
        raise Invalid("item_without_objects", field="items", item=code)
