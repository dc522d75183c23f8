"""Getting the log's checkpoints cosigned, in the background, by the witnesses of the policy.

Whenever the newest checkpoint has no quorum yet, all witnesses that have not cosigned it are asked at the same time,
at most once in five seconds and each in a thread of its own, so that one that never ends its answer holds up nobody
else. One that fails is left alone for a while: 5 seconds, then twice as long each time, up to five minutes; once it
cosigns, it is as before. Several processes may do this side by side: a witness is then merely asked again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

import httpx2
import structlog

from api import logs
from api.bounded_http import new_client
from api.bureau import Bureau
from api.witness_client import NotCosigned, WitnessAhead, ask
from ledger import cosignatures, log, note, signed
from ledger.database import Database
from ledger.policy import Policy, PolicyWitness
from sampling.witnessing import late_campaigns, void_late

WAIT_SECONDS: Final = 1.0
ROUND_SECONDS: Final = 5.0
LONGEST_PAUSE: Final = 300.0
_MOST_DOUBLINGS = 6

_log = structlog.get_logger("qian.witnessing")


def keep_witnessed(bureau: Bureau, stop: Event) -> None:
    """Get the checkpoints cosigned, and void what was cosigned too late, until `stop` is set."""
    with new_client() as client:
        policy = bureau.witness_policy
        witnessing = None if policy is None else Witnessing(bureau.database, policy, client)
        while not stop.is_set():
            try:
                if witnessing is not None:
                    witnessing.step()
                void_what_is_late(bureau)
            except Exception as error:  # such as a database that is away
                logs.unexpected(error, with_trace=True)
            stop.wait(WAIT_SECONDS)


def void_what_is_late(bureau: Bureau) -> None:
    """Void the campaigns whose quorum did not come in time, each in a transaction of its own; none in a held log."""
    with bureau.read() as tx:
        late = [] if log.is_held(tx) else late_campaigns(tx, bureau.now)
    for campaign in late:
        with bureau.write() as tx:
            if void_late(tx, bureau.now, campaign) is not None:
                _log.warning("campaign_voided", campaign=campaign)


@dataclass
class _Patience:
    """How a witness has answered of late: failures in a row, when it is asked again, and who asks it now."""

    failures: int = 0
    due: float = 0.0
    asking: Thread | None = None


class Witnessing:
    """Asks the witnesses of one policy; `clock` is monotonic, in seconds."""

    def __init__(
        self, database: Database, policy: Policy, client: httpx2.Client, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with patience for everybody."""
        self._database = database
        self._policy = policy
        self._client = client
        self._clock = clock
        self._patience = {each.verifier: _Patience() for each in policy.witnesses}
        self._next_round = 0.0

    def step(self) -> list[Thread]:
        """Ask those who are due, unless the newest checkpoint has its quorum; return the threads that ask."""
        if self._clock() < self._next_round:
            return []
        with self._database.read() as tx:
            uncosigned = cosignatures.uncosigned_checkpoint(tx, self._policy)
            if uncosigned is None:
                return []
            size = note.parse_checkpoint(uncosigned.rpartition("\n\n")[0] + "\n").size
            done = {each.verifier for each in cosignatures.of_size(tx, size, self._policy)}
        self._next_round = self._clock() + ROUND_SECONDS
        due = [each for each in self._policy.witnesses if each.verifier not in done and self._is_due(each)]
        return [self._begin_asking(each, size) for each in due]

    def _is_due(self, witness: PolicyWitness) -> bool:
        patience = self._patience[witness.verifier]
        is_asked = patience.asking is not None and patience.asking.is_alive()
        return witness.url is not None and not is_asked and patience.due <= self._clock()

    def _begin_asking(self, witness: PolicyWitness, size: int) -> Thread:
        asking = Thread(target=self._ask, args=(witness, size), name=f"asking {witness.name}", daemon=True)
        self._patience[witness.verifier].asking = asking
        asking.start()
        return asking

    def _ask(self, witness: PolicyWitness, size: int) -> None:
        patience = self._patience[witness.verifier]
        try:
            cosignature = ask(self._database, self._client, witness, size)
        except NotCosigned as refused:
            if isinstance(refused, WitnessAhead) and refused.size <= self._signed_size():
                return  # another process has shown it a later checkpoint
            again_in = self._leave_alone(patience)
            tell = _log.error if isinstance(refused, WitnessAhead) else _log.warning
            tell("not_cosigned", witness=witness.name, size=size, reason=refused.reason, again_in=again_in)
        except Exception as error:  # such as a database that is away
            logs.unexpected(error, with_trace=True)
            self._leave_alone(patience)
        else:
            patience.failures, patience.due = 0, 0.0
            _log.info("cosigned", witness=witness.name, size=size, time=cosignature.time)

    def _leave_alone(self, patience: _Patience) -> float:
        pause = min(ROUND_SECONDS * (1 << min(patience.failures, _MOST_DOUBLINGS)), LONGEST_PAUSE)
        patience.failures, patience.due = patience.failures + 1, self._clock() + pause
        return pause

    def _signed_size(self) -> int:
        with self._database.read() as tx:
            return signed.size(tx)
