"""What the matching of inspectors starts from: the pool, sealed at the freeze, and the targets, known by the draw.

The JSON forms have the fields' names; dates as "2026-11-23". Lists whose order has no meaning are kept sorted, so one
pool has one canonical document; the order of the roles has a meaning (see `sampling.matching`) and is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import civil_date, integer, is_plain, items, members, text, texts, truth

LEAST_TEAM = 2


@dataclass(frozen=True)
class Inspector:
    """An inspector: `cap` visits at most in the season, `load` of them so far, `recused` from these enterprises."""

    id: str
    certificate: str
    unit: str
    department: str
    specialties: tuple[str, ...]
    valid_until: date
    cap: int
    load: int
    recused: tuple[str, ...] = ()


@dataclass(frozen=True)
class TeamRole:
    """One place in every team, of a department; a specialist must have the target's sector among the specialties."""

    name: str
    department: str
    specialist: bool


@dataclass(frozen=True)
class Pool:
    """Roles and inspectors, the last day on which a certificate must be valid, and whether a team is of distinct units.

    Raises Invalid: matching_text_unusable, team_too_small, duplicate_role, duplicate_inspector, duplicate_certificate,
    load_negative. Since one certificate stands for one inspector here, a team of n inspectors has n certificates.
    """

    roles: tuple[TeamRole, ...]
    different_units: bool
    last_day: date
    inspectors: tuple[Inspector, ...]

    def __post_init__(self) -> None:
        """Check, and sort the inspectors by id."""
        object.__setattr__(self, "inspectors", tuple(sorted(self.inspectors, key=lambda inspector: inspector.id)))
        if not all(is_plain(name) for name in (*_ids(self), *(role.name for role in self.roles))):
            raise Invalid("matching_text_unusable")
        if len(self.roles) < LEAST_TEAM:
            raise Invalid("team_too_small", field="roles", least=LEAST_TEAM)
        _refuse_repeated("duplicate_role", (role.name for role in self.roles))
        _refuse_repeated("duplicate_inspector", _ids(self))
        _refuse_repeated("duplicate_certificate", (inspector.certificate for inspector in self.inspectors))
        if any(inspector.load < 0 or inspector.cap < 0 for inspector in self.inspectors):
            raise Invalid("load_negative")

    def to_json(self) -> dict[str, JSON]:
        """Return the pool as it is sealed."""
        return {
            "roles": [_role_json(role) for role in self.roles],
            "different_units": self.different_units,
            "last_day": self.last_day.isoformat(),
            "inspectors": [_inspector_json(inspector) for inspector in self.inspectors],
        }


@dataclass(frozen=True)
class Target:
    """A drawn slot: its position in the frame, its enterprise's code and sector."""

    position: int
    enterprise: str
    sector: str


@dataclass(frozen=True)
class MatchingInputs:
    """A pool and the targets, kept by ascending position; Invalid("duplicate_target") where two have one."""

    pool: Pool
    targets: tuple[Target, ...]

    def __post_init__(self) -> None:
        """Check, and sort the targets."""
        object.__setattr__(self, "targets", tuple(sorted(self.targets, key=lambda target: target.position)))
        if any(target.position < 0 for target in self.targets):
            raise ValueError("a position is negative")
        _refuse_repeated("duplicate_target", (str(target.position) for target in self.targets))

    def to_json(self) -> dict[str, JSON]:
        """Return pool and targets as they are sealed."""
        return {"pool": self.pool.to_json(), "targets": [_target_json(target) for target in self.targets]}


def parse_pool(value: JSON, path: str = "pool") -> Pool:
    """Read what `Pool.to_json` wrote; raises Invalid("json_wrong_shape") and the refusals of `Pool`."""
    given = members(value, path, "roles", "different_units", "last_day", "inspectors")
    return Pool(
        roles=tuple(_parse_role(each, f"{path}.roles[{i}]") for i, each in _numbered(given["roles"], f"{path}.roles")),
        different_units=truth(given["different_units"], f"{path}.different_units"),
        last_day=civil_date(given["last_day"], f"{path}.last_day"),
        inspectors=tuple(
            _parse_inspector(each, f"{path}.inspectors[{i}]")
            for i, each in _numbered(given["inspectors"], f"{path}.inspectors")
        ),
    )


def parse_matching_inputs(value: JSON) -> MatchingInputs:
    """Read what `MatchingInputs.to_json` wrote; raises Invalid as `parse_pool` does, and duplicate_target."""
    given = members(value, "inputs", "pool", "targets")
    targets = (_parse_target(each, f"targets[{i}]") for i, each in _numbered(given["targets"], "targets"))
    return MatchingInputs(parse_pool(given["pool"]), tuple(targets))


def _role_json(role: TeamRole) -> dict[str, JSON]:
    return {"name": role.name, "department": role.department, "specialist": role.specialist}


def _inspector_json(inspector: Inspector) -> dict[str, JSON]:
    return {
        "id": inspector.id,
        "certificate": inspector.certificate,
        "unit": inspector.unit,
        "department": inspector.department,
        "specialties": sorted(inspector.specialties),
        "valid_until": inspector.valid_until.isoformat(),
        "cap": inspector.cap,
        "load": inspector.load,
        "recused": sorted(inspector.recused),
    }


def _target_json(target: Target) -> dict[str, JSON]:
    return {"position": target.position, "enterprise": target.enterprise, "sector": target.sector}


def _parse_role(value: JSON, path: str) -> TeamRole:
    given = members(value, path, "name", "department", "specialist")
    return TeamRole(
        text(given["name"], f"{path}.name"),
        text(given["department"], f"{path}.department"),
        truth(given["specialist"], f"{path}.specialist"),
    )


def _parse_inspector(value: JSON, path: str) -> Inspector:
    names = ("id", "certificate", "unit", "department", "specialties", "valid_until", "cap", "load", "recused")
    given = members(value, path, *names)
    return Inspector(
        id=text(given["id"], f"{path}.id"),
        certificate=text(given["certificate"], f"{path}.certificate"),
        unit=text(given["unit"], f"{path}.unit"),
        department=text(given["department"], f"{path}.department"),
        specialties=texts(given["specialties"], f"{path}.specialties"),
        valid_until=civil_date(given["valid_until"], f"{path}.valid_until"),
        cap=integer(given["cap"], f"{path}.cap"),
        load=integer(given["load"], f"{path}.load"),
        recused=texts(given["recused"], f"{path}.recused"),
    )


def _parse_target(value: JSON, path: str) -> Target:
    given = members(value, path, "position", "enterprise", "sector")
    return Target(
        integer(given["position"], f"{path}.position"),
        text(given["enterprise"], f"{path}.enterprise"),
        text(given["sector"], f"{path}.sector"),
    )


def _numbered(value: JSON, path: str) -> Iterable[tuple[int, JSON]]:
    return enumerate(items(value, path))


def _ids(pool: Pool) -> Sequence[str]:
    return [inspector.id for inspector in pool.inspectors]


def _refuse_repeated(code: str, values: Iterable[str]) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise Invalid(code, value=value)
        seen.add(value)
