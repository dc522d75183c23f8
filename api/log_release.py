"""Ending the hold on a restored log by what outsiders know of it: mirrors, and the witnesses of the policy."""

from collections.abc import Sequence

from api.bounded_http import new_client
from api.bureau import Bureau
from api.log_client import opened_log
from api.witness_client import NotCosigned, WitnessAhead, WitnessDisagrees, ask
from ledger import hold, signed
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.completeness import LogIncomplete, mirror_evidence
from ledger.entries import Entry
from ledger.errors import Conflict, Invalid
from ledger.following import LogForked
from ledger.hold import Evidence
from ledger.note import Signature


def release_by_evidence(bureau: Bureau, actor: Actor, mirrors: Sequence[str], witnesses: bool) -> Entry:
    """End the hold if all mirrors that are named know nothing more than the log, and a quorum of witnesses, if asked.

    Whichever knows more is remembered, so that the hold does not end by other evidence either.

    Raises Invalid("release_without_evidence") where neither is named, Conflict("mirrors_behind") where mirrors alone
    are, and none of them has the whole log, what `mirror_evidence` raises of any mirror, what `witness_evidence`
    raises, and what `ledger.hold.release` raises.
    """
    actor.require(Role.ADMINISTRATOR)
    with bureau.read() as tx:
        held = hold.require_held(tx).size
    if not mirrors and not witnesses:
        raise Invalid("release_without_evidence")
    evidence = [_of_mirror(bureau, actor, each) for each in mirrors]
    known = [int(str(each.public["size"])) for each in evidence]
    if witnesses:
        evidence += witness_evidence(bureau, actor)
    elif held not in known:
        raise Conflict("mirrors_behind", held=held, known=max(known))
    with bureau.write() as tx:
        return hold.release(tx, actor, bureau.now, evidence)


def witness_evidence(bureau: Bureau, actor: Actor) -> list[Evidence]:
    """Return that a quorum of the policy's witnesses cosigned the log's newest checkpoint now.

    A witness cosigns only what continues all that it has cosigned before, so it knows nothing more. Raises Conflict:
    log_without_witnesses, log_incomplete where one has cosigned a longer log, witness_disagrees where one has cosigned
    another history, witnesses_unheard where those that answered are no quorum.
    """
    policy = bureau.witness_policy
    if policy is None or not policy.needs_witnesses:
        raise Conflict("log_without_witnesses")
    with bureau.read() as tx:
        size = signed.size(tx)
    heard: list[Signature] = []
    reasons: list[str] = []
    with new_client() as client:
        for witness in policy.witnesses:
            try:
                heard.append(ask(bureau.database, client, witness, size))
            except WitnessAhead as ahead:
                _remember(bureau, actor, witness.verifier.vkey, ahead.size)
                lost = ahead.size - size
                raise LogIncomplete("log_incomplete", held=size, known=ahead.size, lost=lost) from None
            except WitnessDisagrees:
                _remember(bureau, actor, witness.verifier.vkey, size)
                raise Conflict("witness_disagrees", witness=witness.name, size=size) from None
            except NotCosigned as refused:
                reasons.append(f"{witness.name}: {refused.reason}")
    if not policy.is_met(policy.cosigners(heard)):
        raise Conflict("witnesses_unheard", reasons=reasons)
    return [_of_witness(each, size) for each in heard]


def _of_mirror(bureau: Bureau, actor: Actor, source: str) -> Evidence:
    try:
        with opened_log(source) as read, bureau.read() as tx:
            return mirror_evidence(tx, source, read)
    except LogIncomplete as incomplete:
        _remember(bureau, actor, source, incomplete.known, incomplete.note)
        raise
    except LogForked as forked:
        _remember(bureau, actor, source, int(str(forked.parameters["served"])), forked.served)
        raise


def _remember(bureau: Bureau, actor: Actor, source: str, known: int, note: str = "") -> None:
    with bureau.write() as tx:
        hold.contradict(tx, actor, bureau.now, source, known, note)


def _of_witness(cosignature: Signature, size: int) -> Evidence:
    vkey, time = cosignature.verifier.vkey, cosignature.time
    shown: dict[str, JSON] = {"kind": "witness", "vkey": vkey, "size": size, "time": time}
    return Evidence(shown, shown)
