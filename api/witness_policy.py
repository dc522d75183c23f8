"""The witnesses' policy that the operator configures, read and found fit for this log."""

from collections.abc import Sequence
from pathlib import Path

from ledger.errors import Conflict, Invalid, Missing
from ledger.note import Verifier
from ledger.policy import Policy, parse_policy


def load_policy(path: Path, keys: Sequence[Verifier]) -> Policy:
    """Return the policy of a file; `keys` are those of the log, of any time.

    Raises Missing("policy_file_missing"), what `parse_policy` raises, Invalid("policy_without_addresses") where those
    that can be asked are no quorum, and Conflict("policy_of_another_log").
    """
    try:
        policy = parse_policy(path.read_bytes())
    except OSError as error:
        raise Missing("policy_file_missing", path=path, reason=error.strerror) from None
    can_be_asked = {each.verifier for each in policy.witnesses if (each.url or "").startswith(("http://", "https://"))}
    if not policy.is_met(can_be_asked):
        raise Invalid("policy_without_addresses", path=path, witnesses=list(policy.awaited(can_be_asked)))
    if not any(map(policy.accepts, keys)):
        raise Conflict("policy_of_another_log", path=path)
    return policy
