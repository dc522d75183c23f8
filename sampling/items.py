"""Items of the list (随机抽查事项): whether one may be planned, and which enterprises are its objects. Pure.

An item's objects are the enterprises of its sectors that have one of its tags, where it names tags.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ledger.errors import Conflict, Invalid, Missing
from sampling.conditions import Attributes

IN_USE = "有效"


def in_use(item: Mapping[str, Any]) -> bool:
    """Tell whether an item of the list has not been taken out of use."""
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


def is_object(item: Mapping[str, Any], of: Attributes) -> bool:
    """Tell whether an enterprise with these attributes is an object of an item."""
    wanted = item.get("tags", ())
    return of.sector in item["sectors"] and (not wanted or not of.tags.isdisjoint(wanted))


def check_objects(items: Mapping[str, Mapping[str, Any]], members: Iterable[tuple[str, Attributes]]) -> None:
    """Check that items and members of a frame agree: each member is an object of some item, each item has an object.

    Raises Invalid: members_not_objects, which tells how many are not and the first, or item_without_objects.
    """
    without = dict.fromkeys(items)
    strangers = []
    for code, attributes in members:
        matters = [item for item, content in items.items() if is_object(content, attributes)]
        for item in matters:
            without.pop(item, None)
        if not matters:
            strangers.append(code)
    if strangers:
        raise Invalid("members_not_objects", field="conditions", count=len(strangers), first=strangers[0])
    for item in without:
        raise Invalid("item_without_objects", field="items", item=item)
