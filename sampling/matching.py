"""Randomised optimal semi-matching of inspectors with drawn targets, which anybody with its inputs can replay.

Match seed = SHA-256("qian/match/v1" ‖ seed ‖ match key), 32 bytes each. H(f1, …, fk) = SHA-256(match seed ‖ 1F ‖ f1 ‖
1F ‖ … ‖ 1F ‖ fk) with these fields: the one ASCII letter B, T or P; an inspector's id and a role's name as UTF-8, not
normalised, without control characters; a target's position and a place's number in ASCII decimal digits without leading
zeros. Digests are compared as bytes and reduced as big-endian integers.

1. Inspectors in the order of H(B, id), their *b-order*; targets in the order of H(T, position). Loads start at the
   season's so far.
2. Roles, scarcest first: by the sum, over the targets, of the eligible inspectors, divided by the role's number of
   places; ties by their order in the pool. Eligible: of the role's department, its category of certificate, valid on
   the last day, on duty for enough days, with one of the role's specialties if it has any, for a specialist with the
   sector among the specialties, and where the role is local with the region among the areas, if there are any. For each
   target, and each of its places from 1, E = eligible, not recused from its enterprise, not on its team, and where
   units must differ of another unit than the team's so far; C = those of E whose load is under their cap; both in
   b-order.
3. C empty: search breadth first from the place, over the E of each place that a visited inspector holds in this role
   (in the order in which it came to hold the targets; its own place does not count as the team's), for the first
   inspector under the cap, and shift along the path, the last place first. If there is none, the role is infeasible.
4. M = those of C with the smallest load, in b-order; take number H(P, position, role, place) mod |M|, counted from 0.
5. After the role's last target, repair. i0 = the open inspector with the largest load (ties: b-order). Search from i0
   likewise, never a closed inspector, for the first one under the cap whose load is at most load(i0) − 2, and shift
   along the path; if there is none, close i0 and all visited. Until none is open. All begin open.

For a re-match the targets are those with an empty place, their other places are held and stay so, and whoever was
replaced is not eligible.

Inspectors who are alike have the same chances; given the earlier roles, each role's loads minimise every convex norm,
and no feasible role is called infeasible. (After Harvey, Ladner, Lovász and Tamir, "Semi-matchings for bipartite
graphs and load balancing", 2006.)
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

from ledger.errors import Conflict, Invalid
from sampling.eligibility import Reason, group_of, not_eligible
from sampling.matching_inputs import Assignment, MatchingInputs, Target, TeamRole
from sampling.role_matching import Group, RoleMatching

MATCH_TAG = b"qian/match/v1"
SEED_BYTES = 32
NOBODY = "—"


@dataclass(frozen=True)
class Matching:
    """Every new assignment, by position, in the pool's order of roles and by id, and each inspector's load after it."""

    assignments: tuple[Assignment, ...]
    loads: dict[str, int]


@dataclass(frozen=True)
class Infeasible:
    """The target and role for which there is nobody: `full` are at their cap and cannot be relieved, by id.

    `others` are all other inspectors of the pool, by id, each with the reason. `unfilled` are all targets that found
    nobody in the role, by position, `target` among them.
    """

    target: Target
    role: str
    full: tuple[str, ...]
    others: dict[str, Reason]
    unfilled: tuple[Target, ...]

    def as_conflict(self) -> Conflict:
        """Return the refusal, for planners: it names the enterprise."""
        return Conflict(
            "matching_infeasible",
            count=len(self.unfilled),
            enterprises=[target.enterprise for target in self.unfilled],
            enterprise=self.target.enterprise,
            role=self.role,
            full=self.full,
            others=[f"{name} ({reason})" for name, reason in self.others.items()],
        )


def match_seed(seed: bytes, match_key: bytes) -> bytes:
    """Return the match seed, 32 bytes, of a draw's seed and the campaign's secret match key, 32 bytes each."""
    if len(seed) != SEED_BYTES or len(match_key) != SEED_BYTES:
        raise ValueError(f"a seed and a match key have {SEED_BYTES} bytes")
    return hashlib.sha256(MATCH_TAG + seed + match_key).digest()


def match(inputs: MatchingInputs, match_seed: bytes) -> Matching | Infeasible:
    """Match every target with as many inspectors in each role as it still lacks."""
    run = _Run(inputs, match_seed)
    for role in run.roles_by_scarcity():
        infeasible = run.match_role(role)
        if infeasible is not None:
            return infeasible
    return run.result()


def check_matching(inputs: MatchingInputs, match_seed: bytes, assignments: Sequence[Assignment]) -> None:
    """Replay a matching; raises Invalid("matching_differs") naming the first difference, or the replay's Conflict."""
    replayed = match(inputs, match_seed)
    if isinstance(replayed, Infeasible):
        raise replayed.as_conflict()
    for expected, actual in zip_longest(sorted(replayed.assignments), sorted(assignments)):
        if expected != actual:
            first = min(each for each in (expected, actual) if each is not None)
            place = (first.position, first.role)
            raise Invalid(
                "matching_differs",
                position=first.position,
                role=first.role,
                expected=_at(place, expected),
                actual=_at(place, actual),
            )


def _at(place: tuple[int, str], assignment: Assignment | None) -> str:
    if assignment is None or (assignment.position, assignment.role) != place:
        return NOBODY
    return assignment.inspector


class _Run:
    """One run of the algorithm; inspectors are numbered in b-order, targets by ascending position."""

    def __init__(self, inputs: MatchingInputs, match_seed: bytes) -> None:
        if len(match_seed) != SEED_BYTES:
            raise ValueError(f"a match seed has {SEED_BYTES} bytes")
        self._seed = match_seed
        self._pool = inputs.pool
        self._targets = inputs.targets
        self._inspectors = sorted(inputs.pool.inspectors, key=lambda each: self._hash("B", each.id))
        self._order = sorted(range(len(self._targets)), key=lambda number: self._hash("T", self._position(number)))
        self._loads = [inspector.load for inspector in self._inspectors]
        self._caps = [inspector.cap for inspector in self._inspectors]
        self._recused: dict[str, set[int]] = {}
        self._units: dict[str, set[int]] = {}
        for rank, inspector in enumerate(self._inspectors):
            self._units.setdefault(inspector.unit, set()).add(rank)
            for code in inspector.recused:
                self._recused.setdefault(code, set()).add(rank)
        self._barred = inputs.barred
        self._teams = self._standing_teams(inputs.standing)
        self._found: list[list[tuple[str, int]]] = [[] for _ in self._targets]

    def roles_by_scarcity(self) -> list[TeamRole]:
        def scarcity(role: TeamRole) -> Fraction:
            candidates = self._candidates(role)
            return Fraction(sum(len(candidates[group_of(role, target)]) for target in self._targets), role.count)

        return sorted(self._pool.roles, key=scarcity)

    def match_role(self, role: TeamRole) -> Infeasible | None:
        matching = RoleMatching(
            self._candidates(role),
            [group_of(role, target) for target in self._targets].__getitem__,
            self._forbidden,
            self._beside,
            self._loads,
            self._caps,
        )
        unfilled = []
        for number in self._order:
            held = sum(name == role.name for name in self._teams[number].values())
            for place in range(1, role.count - held + 1):
                digest = self._hash("P", self._position(number), role.name, str(place))
                visited = matching.assign(number, int.from_bytes(digest, "big"))
                if visited is not None:
                    unfilled.append((number, visited, set(matching.holders.get(number, ()))))
                    break
        if unfilled:
            return self._infeasible(unfilled, role)
        matching.repair()
        for number, ranks in matching.holders.items():
            self._found[number].extend((role.name, rank) for rank in ranks)
            self._teams[number].update(dict.fromkeys(ranks, role.name))
        return None

    def result(self) -> Matching:
        order = {role.name: index for index, role in enumerate(self._pool.roles)}
        assignments = tuple(
            Assignment(target.position, role, inspector)
            for target, found in zip(self._targets, self._found, strict=True)
            for role, inspector in sorted(
                ((role, self._inspectors[rank].id) for role, rank in found),
                key=lambda each: (order[each[0]], each[1]),
            )
        )
        loads = {inspector.id: load for inspector, load in zip(self._inspectors, self._loads, strict=True)}
        return Matching(assignments, dict(sorted(loads.items())))

    def _standing_teams(self, standing: Sequence[Assignment]) -> list[dict[int, str]]:
        """Return for each target by rank the roles of those who have a place there already."""
        ranks = {inspector.id: rank for rank, inspector in enumerate(self._inspectors)}
        teams: dict[int, dict[int, str]] = {target.position: {} for target in self._targets}
        for each in standing:
            teams[each.position][ranks[each.inspector]] = each.role
        return [teams[target.position] for target in self._targets]

    def _hash(self, *fields: str) -> bytes:
        return hashlib.sha256(b"\x1f".join([self._seed, *(field.encode() for field in fields)])).digest()

    def _position(self, number: int) -> str:
        return str(self._targets[number].position)

    def _candidates(self, role: TeamRole) -> dict[Group, list[int]]:
        """Return for each group of targets that are alike for the role the ranks of those eligible."""
        groups = sorted({group_of(role, target) for target in self._targets})
        return {
            group: [
                rank
                for rank, inspector in enumerate(self._inspectors)
                if inspector.id not in self._barred and not_eligible(self._pool, inspector, role, group) is None
            ]
            for group in groups
        }

    def _beside(self, rank: int) -> set[int]:
        return self._units[self._inspectors[rank].unit] if self._pool.different_units else {rank}

    def _forbidden(self, number: int) -> set[int]:
        forbidden = set(self._recused.get(self._targets[number].enterprise, ()))
        for rank in self._teams[number]:
            forbidden |= self._beside(rank)
        return forbidden

    def _infeasible(self, unfilled: Sequence[tuple[int, set[int], set[int]]], role: TeamRole) -> Infeasible:
        number, visited, holders = unfilled[0]
        target = self._targets[number]
        team = {*self._teams[number], *holders}

        def reason(rank: int) -> Reason:
            inspector = self._inspectors[rank]
            if inspector.id in self._barred:
                return Reason.REPLACED
            why = not_eligible(self._pool, inspector, role, group_of(role, target))
            if why is not None:
                return why
            if target.enterprise in inspector.recused:
                return Reason.RECUSED
            return Reason.ON_TEAM if rank in team else Reason.UNIT

        ranks = sorted(range(len(self._inspectors)), key=lambda rank: self._inspectors[rank].id)
        full = tuple(self._inspectors[rank].id for rank in ranks if rank in visited)
        others = {self._inspectors[rank].id: reason(rank) for rank in ranks if rank not in visited}
        targets = tuple(self._targets[each] for each in sorted(each for each, _, _ in unfilled))
        return Infeasible(target, role.name, full, others, targets)
