"""From the options that name a beacon to the request of a beacon (`sampling.naming`)."""

import re
from dataclasses import dataclass, fields

from api.command_line.ceremony import parties_of
from api.command_line.options import instant
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Invalid

QUICKNET = "quicknet"


@dataclass(frozen=True)
class BeaconOptions:
    """The options that say more of a beacon than its kind."""

    chain: str | None
    round: int | None
    at: str | None
    sources: list[str] | None
    parties: list[str] | None
    deadline: str | None
    dice: str | None
    lots: str | None
    before: list[str] | None
    thrown_by: str | None
    fallback: str | None


USED = {
    "local": (),
    "drand": ("chain", "round", "at"),
    "sources": ("sources",),
    "ceremony": ("parties", "deadline", "dice", "lots", "before", "thrown_by", "fallback"),
}
OPTION = {"sources": "--source", "parties": "--party", "thrown_by": "--thrown-by"}


def beacon_request(kind: str, options: BeaconOptions) -> dict[str, JSON]:
    """Return the request of a beacon.

    Raises Invalid: beacon_option_unused, ceremony_incomplete, source_option_malformed, throw_option_malformed.
    """
    used = {*USED[kind], *(USED[options.fallback] if kind == "ceremony" and options.fallback else ())}
    unused = [each.name for each in fields(options) if getattr(options, each.name) and each.name not in used]
    if unused:
        names = [OPTION.get(name, f"--{name}") for name in unused]
        raise Invalid("beacon_option_unused", field="beacon", kind=kind, options=names)
    return _ceremony(options) if kind == "ceremony" else _single(kind, options)


def _single(kind: str, options: BeaconOptions) -> dict[str, JSON]:
    if kind == "drand":
        at = None if options.at is None else instant_text(instant(options.at))
        return {"kind": kind, "chain": options.chain or QUICKNET, "round": options.round, "at": at}
    if kind == "sources":
        return {"kind": kind, "sources": [_source(option) for option in options.sources or ()]}
    return {"kind": kind}


def _ceremony(options: BeaconOptions) -> dict[str, JSON]:
    if options.deadline is None:
        raise Invalid("ceremony_incomplete", field="deadline")
    return {
        "kind": "ceremony",
        "parties": [party.to_json() for party in parties_of(options.parties or ())],
        "deadline": instant_text(instant(options.deadline)),
        "throw": _throw(options),
        "fallback": None if options.fallback is None else _single(options.fallback, options),
    }


def _source(option: str) -> dict[str, JSON]:
    found = re.fullmatch(r"([^:@]+):([^@]+)@(.+)", option)
    if found is None:
        raise Invalid("source_option_malformed", field="source", given=option)
    return {"source": found[1], "issue": found[2], "at": instant_text(instant(found[3]))}


def _throw(options: BeaconOptions) -> JSON:
    given = options.dice or options.lots
    if given is None and not options.before and options.thrown_by is None:
        return None
    found = re.fullmatch(r"([0-9]{1,3})x([0-9]{1,3})", given or "")
    if found is None or options.thrown_by is None or (options.dice and options.lots):
        raise Invalid("throw_option_malformed", field="throw")
    return {
        "what": "dice" if options.dice else "lots",
        "count": int(found[1]),
        "of": int(found[2]),
        "before": list(options.before or ()),
        "deadline": instant_text(instant(options.thrown_by)),
    }
