"""What the matching of inspectors starts from: the pool, sealed at the freeze, and the targets, known by the draw.

The JSON forms have the fields' names; dates as "2026-11-23". Lists whose order has no meaning are kept sorted, so one
pool has one canonical document; the order of the roles has a meaning (see `sampling.matching`) and is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import civil_date, integer, is_plain, items, members, members_or, text, texts, truth

LEAST_TEAM = 2


@dataclass(frozen=True)
class Inspector:
    """An inspector: `cap` visits at most in the season, `load` of them so far, `recused` from these enterprises.

    `category` is the certificate's, empty for none; `areas` are the regions where the inspector works, none for all;
    `duty_days` is on how many days of the campaign's period he or she is not away.
    """

    id: str
    certificate: str
    unit: str
    department: str
    specialties: tuple[str, ...]
    valid_until: date
    cap: int
    load: int
    recused: tuple[str, ...] = ()
    category: str = ""
    areas: tuple[str, ...] = ()
    duty_days: int = 1


@dataclass(frozen=True)
class TeamRole:
    """Places in every team for `count` inspectors of a department.

    A `specialist` must have the target's sector among the specialties, a `local` one the target's region among the
    areas; `specialties`, where there are any, must have one in common with the inspector's; `category` is that of the
    certificate, empty for any. `unit` is the one that the inspectors must be of, empty for any; `inspectors`, where
    there are any, are the ids of those who may take the places.
    """

    name: str
    department: str
    specialist: bool
    count: int = 1
    specialties: tuple[str, ...] = ()
    category: str = ""
    local: bool = False
    unit: str = ""
    inspectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pool:
    """Roles and inspectors, and what must hold of all teams.

    `last_day` is the day on which a certificate must still be valid, `least_duty_days` how many days of the period an
    inspector must be on duty, `different_units` whether a team is of distinct units.

    Raises Invalid: matching_text_unusable, role_without_places, team_too_small, duplicate_role, duplicate_inspector,
    duplicate_certificate, load_negative. Since one certificate stands for one inspector here, a team of n inspectors
    has n certificates.
    """

    roles: tuple[TeamRole, ...]
    different_units: bool
    last_day: date
    inspectors: tuple[Inspector, ...]
    least_duty_days: int = 0

    def __post_init__(self) -> None:
        """Check, and sort the inspectors by id."""
        object.__setattr__(self, "inspectors", tuple(sorted(self.inspectors, key=lambda inspector: inspector.id)))
        if not all(is_plain(name) for name in (*_ids(self), *(role.name for role in self.roles))):
            raise Invalid("matching_text_unusable")
        if any(role.count < 1 for role in self.roles):
            raise Invalid("role_without_places", field="roles")
        if self.team_size < LEAST_TEAM:
            raise Invalid("team_too_small", field="roles", least=LEAST_TEAM)
        _refuse_repeated("duplicate_role", (role.name for role in self.roles))
        _refuse_repeated("duplicate_inspector", _ids(self))
        _refuse_repeated("duplicate_certificate", (inspector.certificate for inspector in self.inspectors))
        if any(inspector.load < 0 or inspector.cap < 0 for inspector in self.inspectors):
            raise Invalid("load_negative")

    @property
    def team_size(self) -> int:
        """How many inspectors a team has."""
        return sum(role.count for role in self.roles)

    def to_json(self) -> dict[str, JSON]:
        """Return the pool as it is sealed."""
        return {
            "roles": [role_json(role) for role in self.roles],
            "different_units": self.different_units,
            "last_day": self.last_day.isoformat(),
            "least_duty_days": self.least_duty_days,
            "inspectors": [_inspector_json(inspector) for inspector in self.inspectors],
        }


@dataclass(frozen=True)
class Target:
    """A drawn slot: its position in the frame, its enterprise's code, sector and region."""

    position: int
    enterprise: str
    sector: str
    region: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Assignment:
    """An inspector, by id, in a role at a target, by position."""

    position: int
    role: str
    inspector: str


@dataclass(frozen=True)
class MatchingInputs:
    """A pool and the targets, kept by ascending position; Invalid("duplicate_target") where two have one.

    For a re-match `standing` are the places at these targets that are held and stay so, their loads counted in the
    pool, and `barred` the inspectors, by id, who were replaced and take no place again.
    """

    pool: Pool
    targets: tuple[Target, ...]
    standing: tuple[Assignment, ...] = ()
    barred: frozenset[str] = frozenset()

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
    given = members(value, path, "roles", "different_units", "last_day", "least_duty_days", "inspectors")
    return Pool(
        roles=tuple(parse_role(each, f"{path}.roles[{i}]") for i, each in _numbered(given["roles"], f"{path}.roles")),
        different_units=truth(given["different_units"], f"{path}.different_units"),
        last_day=civil_date(given["last_day"], f"{path}.last_day"),
        least_duty_days=integer(given["least_duty_days"], f"{path}.least_duty_days"),
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


def role_json(role: TeamRole) -> dict[str, JSON]:
    """Return a role as it is sealed."""
    return {
        "name": role.name,
        "department": role.department,
        "specialist": role.specialist,
        "count": role.count,
        "specialties": sorted(role.specialties),
        "category": role.category,
        "local": role.local,
        **({"unit": role.unit} if role.unit else {}),
        **({"inspectors": sorted(role.inspectors)} if role.inspectors else {}),
    }


def _inspector_json(inspector: Inspector) -> dict[str, JSON]:
    return {
        "id": inspector.id,
        "certificate": inspector.certificate,
        "category": inspector.category,
        "unit": inspector.unit,
        "department": inspector.department,
        "specialties": sorted(inspector.specialties),
        "areas": sorted(inspector.areas),
        "valid_until": inspector.valid_until.isoformat(),
        "duty_days": inspector.duty_days,
        "cap": inspector.cap,
        "load": inspector.load,
        "recused": sorted(inspector.recused),
    }


def _target_json(target: Target) -> dict[str, JSON]:
    return {
        "position": target.position,
        "enterprise": target.enterprise,
        "sector": target.sector,
        "region": target.region,
    }


def parse_role(value: JSON, path: str) -> TeamRole:
    """Read what `role_json` wrote; raises Invalid("json_wrong_shape")."""
    names = ("name", "department", "specialist", "count", "specialties", "category", "local")
    given = members_or(value, path, names, ("unit", "inspectors"))
    return TeamRole(
        name=text(given["name"], f"{path}.name"),
        department=text(given["department"], f"{path}.department"),
        specialist=truth(given["specialist"], f"{path}.specialist"),
        count=integer(given["count"], f"{path}.count"),
        specialties=texts(given["specialties"], f"{path}.specialties"),
        category=_text_or_none(given["category"], f"{path}.category"),
        local=truth(given["local"], f"{path}.local"),
        unit=text(given["unit"], f"{path}.unit") if "unit" in given else "",
        inspectors=texts(given["inspectors"], f"{path}.inspectors") if "inspectors" in given else (),
    )


def _parse_inspector(value: JSON, path: str) -> Inspector:
    names = (
        *("id", "certificate", "category", "unit", "department", "specialties", "areas"),
        *("valid_until", "duty_days", "cap", "load", "recused"),
    )
    given = members(value, path, *names)
    return Inspector(
        id=text(given["id"], f"{path}.id"),
        certificate=text(given["certificate"], f"{path}.certificate"),
        category=_text_or_none(given["category"], f"{path}.category"),
        unit=text(given["unit"], f"{path}.unit"),
        department=text(given["department"], f"{path}.department"),
        specialties=texts(given["specialties"], f"{path}.specialties"),
        areas=texts(given["areas"], f"{path}.areas"),
        valid_until=civil_date(given["valid_until"], f"{path}.valid_until"),
        duty_days=integer(given["duty_days"], f"{path}.duty_days"),
        cap=integer(given["cap"], f"{path}.cap"),
        load=integer(given["load"], f"{path}.load"),
        recused=texts(given["recused"], f"{path}.recused"),
    )


def _parse_target(value: JSON, path: str) -> Target:
    given = members(value, path, "position", "enterprise", "sector", "region")
    return Target(
        integer(given["position"], f"{path}.position"),
        text(given["enterprise"], f"{path}.enterprise"),
        text(given["sector"], f"{path}.sector"),
        _text_or_none(given["region"], f"{path}.region"),
    )


def _text_or_none(value: JSON, path: str) -> str:
    return "" if value == "" else text(value, path)


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
