"""The check that the witnesses whom the freeze named saw it in time. Pure."""

from collections.abc import Sequence

from ledger import merkle, note
from ledger.calendar import instant_text
from ledger.entries import Entry
from ledger.rotation import first_key, signing_key, signing_keys
from sampling.beacon_entries import KINDS
from sampling.bundle_format import Mismatch
from sampling.verified import Evidence
from sampling.witnessed import Witnessed, WitnessRule, parse_witnessed, witness_rule


def witnesses(evidence: Evidence) -> str:
    """Check the quorum's cosignatures by pinned keys, on a checkpoint of this log that holds the freeze, in time."""
    return check_witnesses(evidence, evidence.frozen, evidence.decided)


def check_witnesses(evidence: Evidence, naming: Entry, decided: Entry) -> str:
    """Check the quorum between an entry that names a beacon and the one that it decided; return what they saw."""
    rule = witness_rule(naming)
    if rule is None:
        if decided.body["witnessed"] is not None:
            raise Mismatch("the draw holds evidence of witnesses whom the freeze did not name")
        if evidence.witness_keys:
            raise Mismatch("the freeze named no witnesses, though some are pinned")
        return "none named: that the freeze came before the beacon rests on the bureau's word"
    witnessed = parse_witnessed(decided.body["witnessed"])
    opened = opened_checkpoint(evidence, rule, witnessed)
    _check_place(evidence, opened.checkpoint, naming, decided)
    check_included(evidence, opened.checkpoint, naming, witnessed)
    cosigners = rule.policy.cosigners(opened.signatures, rule.latest_unix)
    if not rule.policy.is_met(cosigners):
        awaited = ", ".join(rule.policy.awaited(cosigners))
        raise Mismatch(f"no quorum of trusted witnesses cosigned by {instant_text(rule.latest)}: missing are {awaited}")
    known = "unverified, taken from the bundle" if evidence.witness_keys is None else "pinned"
    names = ", ".join(each.name for each in rule.policy.witnesses if each.verifier in cosigners)
    return f"cosigned by {instant_text(rule.latest)} by {names} (keys {known}), {opened.checkpoint.size} entries"


def opened_checkpoint(evidence: Evidence, rule: WitnessRule, witnessed: Witnessed) -> note.OpenedCheckpoint:
    """Open the note under the key of the log that was due, and those of the named witnesses that are trusted."""
    named = [each.verifier for each in rule.policy.witnesses]
    pinned = evidence.witness_keys
    trusted = named if pinned is None else [each for each in named if each in pinned]
    text = witnessed.checkpoint
    try:
        size = note.parse_checkpoint(text.partition("\n\n")[0] + "\n").size
        due = signing_key(signing_keys(first_key(evidence.entries[0]), evidence.entries), size)
        return note.open_checkpoint(text, [due, *trusted])
    except ValueError as error:
        raise Mismatch(f"the witnesses' checkpoint: {error}") from None


def check_included(evidence: Evidence, checkpoint: note.Checkpoint, entry: Entry, witnessed: Witnessed) -> None:
    """Check that a checkpoint is a head of this very log, and the proof that it holds an entry."""
    leaves: Sequence[bytes] = [each.leaf_hash for each in evidence.entries[: checkpoint.size]]
    if len(leaves) != checkpoint.size or merkle.root_of(leaves) != checkpoint.root:
        raise Mismatch("the witnesses cosigned another log than this one")
    merkle.verify_inclusion(entry.leaf_hash, entry.seq, checkpoint.size, witnessed.proof, checkpoint.root)


def _check_place(evidence: Evidence, checkpoint: note.Checkpoint, naming: Entry, decided: Entry) -> None:
    if not naming.seq < checkpoint.size <= decided.seq:
        raise Mismatch("the witnesses' checkpoint does not lie between freeze and draw")
    if any(naming.seq < entry.seq < checkpoint.size for kind in KINDS for entry in evidence.of_kind(kind)):
        raise Mismatch("the beacon came before the witnesses had cosigned")
