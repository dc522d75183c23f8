"""A beacon counts only if a quorum of witnesses saw the freeze in time; what they saw too late is void by rule."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from ledger import cosignatures, log, merkle, note
from ledger.audit import audit
from ledger.entries import Entry
from ledger.log import NewEntry
from ledger.note import Checkpoint, Signature, Verifier
from ledger.policy import Policy, parse_policy
from ledger.windows import Window
from ledger.witness import Cosigner
from sampling import announcing, campaigns, disclosures, drawing, freezing, planning, witnessing
from sampling.entry_kinds import DRAWN, FROZEN, VOIDED
from sampling.tables import BINDINGS as SAMPLING_BINDINGS
from sampling.verification import Check, Trust
from sampling.witnessed import Witnessed, WitnessRule, witness_rule
from scoring.tables import BINDINGS as SCORING_BINDINGS
from tests.sampling import bureau as made
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import BOUND, CAMPAIGN, FROZEN_AT, NOTARY, PARTIES, PLANNER, SIGNER, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine

MARGIN = timedelta(minutes=2)
LATEST = FROZEN_AT + made.MARGIN - MARGIN
BEACON = FROZEN_AT + made.MARGIN
VOID_FROM = LATEST + timedelta(seconds=31)


def witness(number: int) -> Cosigner:
    key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return Cosigner(f"witness{number}.example", key.public_key().public_bytes_raw(), key.sign)


WITNESSES = {f"w{number}": witness(number) for number in (1, 2, 3)}
STRANGER = witness(9)
LINES = "".join(f"witness {name} {each.verifier.vkey}\n" for name, each in WITNESSES.items())
POLICY = parse_policy(f"{LINES}group g 2 w1 w2 w3\nquorum g\n".encode())
NOBODY = parse_policy(f"{LINES}quorum none\n".encode())
ALL = [(each, LATEST) for each in WITNESSES.values()]
BINDINGS = (*SCORING_BINDINGS, *SAMPLING_BINDINGS)
PINNED = [each.verifier for each in WITNESSES.values()]


def freeze(bureau: Bureau, policy: Policy | None = POLICY, margin: timedelta = MARGIN) -> Entry:
    limits = bureau.size.limits
    entry = bureau.do(
        lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, CAMPAIGN, made.ceremony(), limits, BOUND, policy, margin)
    )
    bureau.sign()
    return entry


def cosign(bureau: Bureau, names: Iterable[str], at: datetime = LATEST) -> None:
    """Store cosignatures of the newest checkpoint, dated at an instant."""
    with bureau.database.write() as tx:
        text = log.checkpoint(tx).partition("\n\n")[0] + "\n"
        size = note.parse_checkpoint(text).size
        for name in names:
            line = WITNESSES[name].cosign(text, int(at.timestamp()))
            cosignatures.store(tx, size, WITNESSES[name].verifier, line)


def grow(bureau: Bureau) -> None:
    bureau.do(lambda tx: log.append(tx, FROZEN_AT, [NewEntry("test.noted", "a")]))
    bureau.sign()


def wait(bureau: Bureau) -> witnessing.WitnessWait | None:
    return bureau.ask(lambda tx: witnessing.witness_wait(tx, log.about(tx, CAMPAIGN, FROZEN)[0]))


def reveal_first(now: datetime) -> Callable[[Connection], object]:
    return lambda tx: announcing.reveal(tx, PLANNER, now, CAMPAIGN, NOTARY, *PARTIES[NOTARY])


def draw_at(now: datetime) -> Callable[[Connection], Entry]:
    return lambda tx: drawing.draw_campaign(tx, PLANNER, now, CAMPAIGN)


def void_at(bureau: Bureau, now: datetime) -> Entry | None:
    return bureau.do(lambda tx: witnessing.void_late(tx, now, CAMPAIGN))


def late(bureau: Bureau, now: datetime) -> list[str]:
    return bureau.ask(lambda tx: witnessing.late_campaigns(tx, now))


@pytest.fixture
def planned(bureau_in: BureauIn) -> Bureau:
    return bureau_in("planned")


class TestFreezing:
    def test_the_freeze_states_the_policy_and_the_margin(self, planned: Bureau) -> None:
        frozen = freeze(planned)
        assert (frozen.body["witnesses"], frozen.body["margin"]) == (POLICY.text, 120)
        assert witness_rule(frozen) == WitnessRule(POLICY, LATEST)

    @on_one_engine
    def test_without_witnesses_the_margin_is_how_far_the_beacon_lies_ahead(self, planned: Bureau) -> None:
        frozen = freeze(planned, None, timedelta(0))
        assert (frozen.body["witnesses"], frozen.body["margin"]) == ("", 600)
        assert witness_rule(frozen) is None

    @on_one_engine
    def test_a_policy_whose_quorum_is_nobody_asks_for_no_witness(self, planned: Bureau) -> None:
        frozen = freeze(planned, NOBODY)
        assert frozen.body["witnesses"] == NOBODY.text
        assert witness_rule(frozen) is None
        assert drawing.to_be_trusted(frozen, None) == ["no_witnesses", "beacon_ceremony", "not_attested"]

    @on_one_engine
    def test_a_beacon_that_leaves_the_witnesses_no_time_is_refused(self, planned: Bureau) -> None:
        limits, margin = planned.size.limits, made.MARGIN + timedelta(seconds=1)
        planned.refuse(
            "beacon_too_near",
            lambda tx: freezing.freeze(
                tx, PLANNER, FROZEN_AT, CAMPAIGN, made.ceremony(), limits, BOUND, POLICY, margin
            ),
        )

    @on_one_engine
    def test_with_witnesses_their_word_is_not_said_to_be_missing(self, planned: Bureau) -> None:
        assert drawing.to_be_trusted(freeze(planned), None) == ["beacon_ceremony", "not_attested"]


class TestWaiting:
    def test_nothing_is_revealed_or_drawn_before_the_quorum_is_there(self, planned: Bureau) -> None:
        freeze(planned)
        cosign(planned, ["w1"])
        for step in (reveal_first(LATEST), draw_at(LATEST)):
            refusal = planned.refuse("witnesses_awaited", step)
            assert refusal.parameters["witnesses"] == ["w2", "w3"]
            assert refusal.parameters["latest"] == "2026-11-23T02:08:00Z"

    def test_once_it_is_there_the_campaign_goes_on_and_the_draw_tells_of_it(self, planned: Bureau) -> None:
        frozen = freeze(planned)
        cosign(planned, ["w1", "w3"])
        grow(planned)
        made.reveal(planned)
        drawn = planned.do(draw_at(made.DRAWN_AT))
        opened = note.open_checkpoint(
            drawn.body["witnessed"]["checkpoint"], [Verifier.from_vkey(SIGNER.verifier_key), *PINNED]
        )
        at = int(LATEST.timestamp())
        assert opened.signatures[1:] == (
            Signature(WITNESSES["w1"].verifier, at),
            Signature(WITNESSES["w3"].verifier, at),
        )
        checkpoint = opened.checkpoint
        proof = [bytes.fromhex(step) for step in drawn.body["witnessed"]["proof"]]
        merkle.verify_inclusion(frozen.leaf_hash, frozen.seq, checkpoint.size, proof, checkpoint.root)

    @on_one_engine
    def test_a_draw_without_witnesses_holds_no_evidence_of_them(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("drawn")
        (drawn,) = bureau.ask(lambda tx: log.about(tx, CAMPAIGN, DRAWN))
        assert drawn.body["witnessed"] is None

    @on_one_engine
    def test_the_wait_is_told(self, planned: Bureau) -> None:
        freeze(planned)
        rule = WitnessRule(POLICY, LATEST)
        assert wait(planned) == witnessing.WitnessWait(rule, False, ("w1", "w2", "w3"))
        cosign(planned, ["w2"])
        assert wait(planned) == witnessing.WitnessWait(rule, False, ("w1", "w3"))
        grow(planned)  # the next checkpoint is asked for anew
        assert wait(planned) == witnessing.WitnessWait(rule, False, ("w1", "w2", "w3"))
        cosign(planned, ["w1", "w2"])
        grow(planned)
        assert wait(planned) == witnessing.WitnessWait(rule, True, ())

    @on_one_engine
    def test_a_campaign_without_witnesses_waits_for_none(self, bureau_in: BureauIn) -> None:
        assert wait(bureau_in("frozen")) is None

    @on_one_engine
    def test_a_cosignature_from_before_the_freeze_does_not_count(self, planned: Bureau) -> None:
        planned.sign()
        cosign(planned, WITNESSES, FROZEN_AT)
        freeze(planned)
        planned.refuse("witnesses_awaited", draw_at(LATEST))

    @on_one_engine
    def test_one_that_is_dated_in_time_counts_though_it_arrives_later(self, planned: Bureau) -> None:
        freeze(planned)
        planned.refuse("witness_quorum_late", draw_at(LATEST + timedelta(seconds=1)))
        cosign(planned, ["w1", "w2"], LATEST)
        planned.do(reveal_first(BEACON))


class TestVoiding:
    def test_a_late_quorum_voids_the_campaign_publicly(self, planned: Bureau) -> None:
        freeze(planned)
        cosign(planned, ["w1"], LATEST)
        cosign(planned, ["w2", "w3"], LATEST + timedelta(seconds=1))
        for step in (reveal_first(BEACON), draw_at(BEACON)):
            planned.refuse("witness_quorum_late", step)
        assert late(planned, VOID_FROM) == [CAMPAIGN]
        entry = void_at(planned, VOID_FROM)
        assert entry is not None
        assert (entry.kind, entry.subject, entry.body["reason"]) == (VOIDED, CAMPAIGN, "witness_quorum_late")
        public = planned.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN))
        assert (public.state, public.voided) == ("voided", entry)
        assert planned.ask(lambda tx: disclosures.campaigns(tx, Window(10))) == [public]

    def test_what_is_void_is_neither_revealed_nor_drawn_nor_voided_again(self, planned: Bureau) -> None:
        freeze(planned)
        void_at(planned, VOID_FROM)
        planned.refuse("campaign_state", reveal_first(BEACON))
        planned.refuse("campaign_state", draw_at(BEACON))
        assert late(planned, VOID_FROM) == []
        assert void_at(planned, VOID_FROM) is None

    def test_the_audit_finds_nothing_wrong_with_a_void_campaign(self, planned: Bureau) -> None:
        freeze(planned)
        void_at(planned, VOID_FROM)
        planned.sign()
        with planned.read() as tx:
            assert audit(tx, Verifier.from_vkey(SIGNER.verifier_key), BINDINGS, [campaigns.audit_states]) == []

    @on_one_engine
    def test_cosignatures_may_be_on_their_way_for_half_a_minute(self, planned: Bureau) -> None:
        freeze(planned)
        for seconds in (0, 1, 30):
            now = LATEST + timedelta(seconds=seconds)
            assert late(planned, now) == []
            assert void_at(planned, now) is None
        cosign(planned, ["w1", "w2"], LATEST)
        assert late(planned, VOID_FROM) == []
        assert void_at(planned, VOID_FROM) is None

    @on_one_engine
    def test_a_campaign_whose_quorum_was_in_time_or_that_needs_none_is_never_void(self, bureau_in: BureauIn) -> None:
        timely = bureau_in("planned")
        freeze(timely)
        cosign(timely, ["w2", "w3"])
        for bureau in (timely, bureau_in("planned"), bureau_in("frozen"), bureau_in("drawn"), bureau_in("closed")):
            much_later = made.CLOSED_AT + timedelta(days=365)
            assert late(bureau, much_later) == []
            assert void_at(bureau, much_later) is None

    @on_one_engine
    def test_a_new_campaign_may_be_frozen_over_a_void_one(self, planned: Bureau) -> None:
        freeze(planned)
        next_one = planned.do(lambda tx: planning.plan_campaign(tx, PLANNER, FROZEN_AT, made.PLAN)).id
        limits = planned.size.limits

        def freeze_next(tx: Connection) -> Entry:
            return freezing.freeze(
                tx, PLANNER, VOID_FROM, next_one, made.ceremony(VOID_FROM), limits, BOUND, replaces=[CAMPAIGN]
            )

        planned.refuse("campaigns_overlap", freeze_next)
        void_at(planned, VOID_FROM)
        planned.do(freeze_next)


class TestVerifying:
    """What an auditor finds in a bundle, whatever the bureau wrote into it."""

    pytestmark = on_one_engine

    def bundle(
        self, bureau: Bureau, forge: Callable[[Connection, Entry, Witnessed | None], Witnessed | None] | None = None
    ) -> bytes:
        """Reveal and draw, with evidence that is forged after the quorum was asked for."""
        honest = witnessing.witnessed
        with pytest.MonkeyPatch.context() as patch:
            if forge is not None:
                patch.setattr(
                    witnessing, "witnessed", lambda tx, now, frozen: forge(tx, frozen, honest(tx, now, frozen))
                )
            made.reveal(bureau)
            made.draw(bureau)
        return bureau.bundle()

    def checks(self, data: bytes, witnesses: Iterable[Verifier] | None = PINNED) -> list[Check]:
        log_key = Verifier.from_vkey(SIGNER.verifier_key)
        return verify_bundle(data, None if witnesses is None else Trust((log_key,), tuple(witnesses)))

    def fault(self, data: bytes, witnesses: Iterable[Verifier] | None = PINNED) -> str:
        failed = self.checks(data, witnesses)[-1]
        assert failed.name == "witnesses", failed
        assert failed.fault is not None
        return failed.fault

    def told(self, data: bytes, witnesses: Iterable[Verifier] | None = PINNED) -> str:
        checks = self.checks(data, witnesses)
        assert [each for each in checks if not each.passed] == []
        return {each.name: each.compared for each in checks}["witnesses"]

    @pytest.fixture
    def cosigned(self, planned: Bureau) -> Bureau:
        freeze(planned)
        cosign(planned, ["w1", "w3"])
        return planned

    def test_the_pinned_witnesses_are_told(self, cosigned: Bureau) -> None:
        data = self.bundle(cosigned)
        assert self.told(data).startswith("cosigned by 2026-11-23T02:08:00Z by w1, w3 (keys pinned)")
        assert self.told(data, [*PINNED, STRANGER.verifier]).startswith("cosigned by")

    def test_without_pinned_keys_the_policy_s_own_are_told_to_be_unverified(self, cosigned: Bureau) -> None:
        assert "keys unverified" in self.told(self.bundle(cosigned), None)

    def test_witnesses_that_are_not_pinned_are_not_believed(self, cosigned: Bureau) -> None:
        data = self.bundle(cosigned)
        for pinned, missing in (([], "w1, w2, w3"), (PINNED[:1], "w2, w3"), (PINNED[:2], "w2, w3")):
            assert self.fault(data, pinned).endswith(f"missing are {missing}")

    def test_a_draw_without_witnesses_says_whose_word_it_is(self, bureau_in: BureauIn) -> None:
        data = bureau_in("drawn").bundle()
        assert "the bureau's word" in self.told(data, None)
        assert "though some are pinned" in self.fault(data)

    def test_no_evidence_where_the_freeze_named_witnesses_is_found(self, cosigned: Bureau) -> None:
        assert "json_wrong_shape" in self.fault(self.bundle(cosigned, lambda tx, frozen, honest: None))

    def test_evidence_where_the_freeze_named_nobody_is_found(self, planned: Bureau) -> None:
        freeze(planned, None, timedelta(0))
        data = self.bundle(planned, lambda tx, frozen, honest: Witnessed("", []))
        assert "whom the freeze did not name" in self.fault(data)

    def forged(
        self, tx: Connection, frozen: Entry, by: Iterable[tuple[Cosigner, datetime]], **changes: object
    ) -> Witnessed:
        """Evidence as it should be, but for who cosigned when and what is changed."""
        leaves = [entry.leaf_hash for entry in log.scan(tx)]
        size = int(str(changes.get("size", frozen.seq + 1)))
        root = changes.get("root", merkle.root_of(leaves[:size]))
        assert isinstance(root, bytes)
        text = Checkpoint(SIGNER.name, size, root).body()
        lines = "".join(each.cosign(text, int(at.timestamp())) for each, at in by)
        at = int(str(changes.get("proof_of", frozen.seq)))
        proof = merkle.inclusion_proof(at, max(size, at + 1), merkle.nodes_over(leaves))
        signed = note.sign_note(text, [SIGNER]) if changes.get("signed", True) else text + "\n"
        return Witnessed(signed + lines, proof)

    @pytest.mark.parametrize(
        ("by", "missing"),
        [
            ([("w1", LATEST), ("w3", LATEST + timedelta(seconds=1))], "w2, w3"),
            ([("w1", LATEST), ("w1", LATEST), ("w1", FROZEN_AT)], "w2, w3"),
            ([("w2", LATEST), (None, LATEST)], "w1, w3"),
            ([], "w1, w2, w3"),
        ],
    )
    def test_late_repeated_strange_and_missing_cosignatures_are_no_quorum(
        self, cosigned: Bureau, by: list[tuple[str | None, datetime]], missing: str
    ) -> None:
        cosigners = [(STRANGER if name is None else WITNESSES[name], at) for name, at in by]
        data = self.bundle(cosigned, lambda tx, frozen, _: self.forged(tx, frozen, cosigners))
        assert self.fault(data, [*PINNED, STRANGER.verifier]).endswith(f"missing are {missing}")

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"root": bytes(32)}, "another log"),
            ({"size": 5, "proof_of": 1}, "between freeze and draw"),
            ({"signed": False}, "the log itself did not sign"),
            ({"proof_of": 3}, "ProofError"),
        ],
    )
    def test_cosignatures_of_something_else_than_the_freeze_are_found(
        self, cosigned: Bureau, changes: dict[str, object], fault: str
    ) -> None:
        data = self.bundle(cosigned, lambda tx, frozen, _: self.forged(tx, frozen, ALL, **changes))
        assert fault in self.fault(data)

    def test_a_forged_cosignature_is_found(self, cosigned: Bureau) -> None:
        def forge(tx: Connection, frozen: Entry, honest: Witnessed | None) -> Witnessed:
            assert honest is not None
            lines = honest.checkpoint.split("\n")
            name, _, blob = lines[-2].rpartition(" ")
            lines[-2] = f"{name} {blob[:40]}{'A' if blob[40] != 'A' else 'B'}{blob[41:]}"
            return Witnessed("\n".join(lines), honest.proof)

        assert "is bad" in self.fault(self.bundle(cosigned, forge))

    def test_a_reveal_before_the_quorum_is_found(self, planned: Bureau) -> None:
        freeze(planned)

        def forge(tx: Connection, frozen: Entry, _: Witnessed | None) -> Witnessed:
            return self.forged(tx, frozen, ALL, size=log.size(tx))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(witnessing, "witnessed", lambda tx, now, frozen: forge(tx, frozen, None))
            made.reveal(planned)
            made.draw(planned)
        assert "the beacon came before" in self.fault(planned.bundle())

    def test_a_draw_of_a_void_campaign_is_found(self, planned: Bureau) -> None:
        freeze(planned)
        void_at(planned, VOID_FROM)
        cosign(planned, ["w1", "w2"])
        planned.do(lambda tx: campaigns.set_state(tx, CAMPAIGN, "frozen"))
        failed = self.checks(self.bundle(planned))[-1]
        assert (failed.name, failed.fault) == ("void", "a campaign that was voided is drawn")


def test_instants_are_whole_seconds_in_unix_time() -> None:
    assert WitnessRule(POLICY, datetime(2026, 11, 23, 2, 8, tzinfo=UTC)).latest_unix == 1_795_399_680
