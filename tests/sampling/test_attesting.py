"""Auditors attest a draw: what the bureau takes in, what the public sees, what a verifier makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger import log
from ledger.audit import Fault
from ledger.errors import Invalid
from ledger.log import NewEntry
from ledger.note import Verifier
from ledger.tlog_proof import parse_proof, verify_proof
from sampling import attesting, disclosures
from sampling.entry_kinds import ATTESTED
from sampling.judging import judge
from sampling.verdicts import open_verdict, parse_verdict, sign_verdict
from sampling.verification import Trust
from tests.sampling import bureau as steps
from tests.sampling.auditing import LI, PINNED, STRANGER, ZHANG, attest, register, signed, submit
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import ADMINISTRATOR, AUDITOR, CAMPAIGN, CLOSED_AT, PLANNER, SIGNER, TRUST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import taken_apart

TODAY = CLOSED_AT.date()


@pytest.fixture
def closed(bureau_in: BureauIn) -> Bureau:
    """A closed campaign, and two auditors whose keys are registered."""
    bureau = bureau_in("closed")
    register(bureau, ZHANG, LI)
    return bureau


def to_be_trusted(bureau: Bureau) -> list[str]:
    return bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN)).to_be_trusted


def checked(bureau: Bureau, trust: Trust = PINNED) -> tuple[bool, str]:
    """Return what the verification of the campaign says of the attestations, all checks before it having passed."""
    *before, last = verify_bundle(bureau.bundle(), trust)
    assert [check for check in before if not check.passed] == []
    assert last.name == "attestations"
    return last.passed, last.fault or last.compared


def test_a_verdict_becomes_an_entry_that_everybody_sees(closed: Bureau) -> None:
    assert to_be_trusted(closed) == ["no_witnesses", "beacon_ceremony", "not_attested"]
    assert checked(closed) == (True, "no auditor has attested the draw yet")
    made = attest(closed)
    (found,) = closed.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN)).attested
    assert found == made
    assert found.verdict.verified
    assert found.signed.auditor.name == ZHANG.name
    assert found.entry.kind == ATTESTED
    assert to_be_trusted(closed) == ["no_witnesses", "beacon_ceremony"]
    assert checked(closed) == (True, f"verified by {ZHANG.name} (pinned), {TODAY}")
    assert checked(closed, TRUST) == (True, f"verified by {ZHANG.name} (not pinned), {TODAY}")
    assert closed.ask(lambda tx: list(attesting.audit_attestations(tx))) == []


def test_its_proof_comes_with_the_next_checkpoint(closed: Bureau) -> None:
    found = attest(closed)
    assert closed.ask(lambda tx: attesting.proof_of(tx, found.entry, None)) is None
    closed.sign()
    text = closed.ask(lambda tx: attesting.proof_of(tx, found.entry, None))
    assert text is not None
    verify_proof(parse_proof(text), found.entry.data, [Verifier.from_vkey(SIGNER.verifier_key)])


def test_a_draw_may_be_attested_before_its_visits_end(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    register(bureau, ZHANG, now=steps.MATCHED_AT)
    submit(bureau, signed(bureau, today=TODAY.replace(day=23)), steps.MATCHED_AT)
    steps.match(bureau)
    assert to_be_trusted(bureau) == ["no_witnesses", "beacon_ceremony"]
    assert checked(bureau)[0]


@on_one_engine
def test_a_refusal_is_shown_and_fails_who_trusts_the_auditor(closed: Bureau) -> None:
    submit(closed, signed(closed, LI))
    submit(closed, signed(closed, ZHANG, ["仪式未按公告进行"]))
    assert to_be_trusted(closed) == ["no_witnesses", "beacon_ceremony", "attestation_refused"]
    assert checked(closed) == (False, f"{ZHANG.name}, whom you trust, refuses the draw: 仪式未按公告进行")
    passed, told = checked(closed, TRUST)
    assert passed
    assert f"refused, 仪式未按公告进行 by {ZHANG.name} (not pinned)" in told


@on_one_engine
def test_an_auditor_may_come_to_another_verdict(closed: Bureau) -> None:
    first = submit(closed, signed(closed, ZHANG, ["尚有疑问"]))
    assert to_be_trusted(closed) == ["no_witnesses", "beacon_ceremony", "not_attested", "attestation_refused"]
    attest(closed)
    assert to_be_trusted(closed) == ["no_witnesses", "beacon_ceremony"]
    assert checked(closed)[0]
    found = closed.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN)).attested
    assert [each.stands for each in found] == [False, True]
    refusal = closed.refuse(
        "verdict_superseded", lambda tx: attesting.submit_verdict(tx, AUDITOR, CLOSED_AT, first.signed.note)
    )
    assert refusal.parameters["auditor"] == ZHANG.name


@on_one_engine
def test_a_verdict_is_taken_in_once(closed: Bureau) -> None:
    note = signed(closed)
    submit(closed, note)
    closed.refuse("verdict_superseded", lambda tx: attesting.submit_verdict(tx, AUDITOR, CLOSED_AT, note))


@on_one_engine
def test_only_registered_keys_attest(closed: Bureau) -> None:
    by_stranger, by_li = signed(closed, STRANGER), signed(closed, LI)
    for note in (by_stranger, by_stranger.replace(STRANGER.name, ZHANG.name), by_li.replace("tree ", "tree 1"), "x"):
        closed.refuse("verdict_unusable", lambda tx, note=note: attesting.submit_verdict(tx, AUDITOR, CLOSED_AT, note))  # type: ignore[misc]
    closed.do(lambda tx: attesting.withdraw_auditor(tx, ADMINISTRATOR, CLOSED_AT, LI.verifier_key))
    closed.refuse("verdict_unusable", lambda tx: attesting.submit_verdict(tx, AUDITOR, CLOSED_AT, by_li))


@on_one_engine
def test_what_was_attested_stands_when_the_key_is_withdrawn(closed: Bureau) -> None:
    attest(closed)
    closed.do(lambda tx: attesting.withdraw_auditor(tx, ADMINISTRATOR, CLOSED_AT, ZHANG.verifier_key))
    assert to_be_trusted(closed) == ["no_witnesses", "beacon_ceremony"]
    assert checked(closed)[0]
    assert closed.ask(lambda tx: list(attesting.audit_attestations(tx))) == []
    known = closed.ask(attesting.known_auditors)
    assert [(each.verifier.name, each.withdrawn is None) for each in known] == [(ZHANG.name, False), (LI.name, True)]


@on_one_engine
def test_a_key_is_registered_once_and_never_comes_back(closed: Bureau) -> None:
    for key in (ZHANG.verifier_key, Verifier(ZHANG.name, 1, bytes(32)).vkey):
        closed.refuse(
            "auditor_registered",
            lambda tx, key=key: attesting.register_auditor(tx, ADMINISTRATOR, CLOSED_AT, key),  # type: ignore[misc]
        )
    closed.do(lambda tx: attesting.withdraw_auditor(tx, ADMINISTRATOR, CLOSED_AT, ZHANG.verifier_key))
    closed.refuse(
        "auditor_registered",
        lambda tx: attesting.register_auditor(tx, ADMINISTRATOR, CLOSED_AT, ZHANG.verifier_key),
    )
    closed.refuse(
        "auditor_missing", lambda tx: attesting.withdraw_auditor(tx, ADMINISTRATOR, CLOSED_AT, ZHANG.verifier_key)
    )
    for unusable in ("", "x", Verifier("a", 4, bytes(32)).vkey, Verifier("a" * 65, 1, bytes(32)).vkey):
        closed.refuse(
            "auditor_key_unusable",
            lambda tx, key=unusable: attesting.register_auditor(tx, ADMINISTRATOR, CLOSED_AT, key),  # type: ignore[misc]
        )


@on_one_engine
def test_only_administrators_keep_the_auditors(closed: Bureau) -> None:
    for actor in (AUDITOR, PLANNER):
        closed.refuse(
            "role_not_allowed",
            lambda tx, actor=actor: attesting.register_auditor(tx, actor, CLOSED_AT, STRANGER.verifier_key),  # type: ignore[misc]
        )
    note = signed(closed)
    closed.refuse("role_not_allowed", lambda tx: attesting.submit_verdict(tx, PLANNER, CLOSED_AT, note))


@on_one_engine
def test_a_verdict_on_another_log_or_draw_is_refused(closed: Bureau) -> None:
    verdict = parse_verdict(open_verdict(signed(closed), PINNED.auditors).verdict.text())
    others = [
        replace(verdict, origin="other.invalid/qian"),
        replace(verdict, root=bytes(32)),
        replace(verdict, size=verdict.size + 9),
        replace(verdict, size=1),
        replace(verdict, frozen=bytes(32)),
        replace(verdict, drawn=bytes(32)),
    ]
    for other in others:
        note = sign_verdict(other, ZHANG)
        closed.refuse(
            "verdict_on_another_log",
            lambda tx, note=note: attesting.submit_verdict(tx, AUDITOR, CLOSED_AT, note),  # type: ignore[misc]
        )
    for days in (-30, 1):
        note = sign_verdict(replace(verdict, date=verdict.date + timedelta(days)), ZHANG)
        closed.refuse(
            "verdict_misdated",
            lambda tx, note=note: attesting.submit_verdict(tx, AUDITOR, CLOSED_AT, note),  # type: ignore[misc]
        )
    missing = sign_verdict(replace(verdict, campaign="2026-0009"), ZHANG)
    closed.refuse("campaign_missing", lambda tx: attesting.submit_verdict(tx, AUDITOR, CLOSED_AT, missing))


@on_one_engine
def test_an_auditor_refuses_a_forged_draw_without_telling_what_is_sealed(closed: Bureau) -> None:
    forged = taken_apart(closed.bundle())
    reserves = forged.document("campaign.drawn", "draw").content["reserves"]
    max(reserves.values(), key=len).reverse()
    checks, verdict = judge(forged.made(SIGNER), TRUST, ["另见附件"], TODAY)
    assert (checks[-1].name, checks[-1].passed) == ("reserves", False)
    assert "stratum" in (checks[-1].fault or "")
    assert verdict.reasons == ('the check "reserves" failed', "另见附件")


@on_one_engine
def test_no_verdict_follows_from_a_file_that_the_log_did_not_sign(closed: Bureau) -> None:
    bundle = closed.bundle()
    for data in (b"", bundle[:-1], bundle.replace(b"2026-0001", b"2026-0007")):
        with pytest.raises(Invalid, match="bundle_not_of_the_log"):
            judge(data, TRUST, [], TODAY)
    with pytest.raises(Invalid, match="reason_unusable"):
        judge(bundle, TRUST, ["a\nb"], TODAY)


@on_one_engine
def test_the_audit_and_a_verifier_name_what_no_registered_auditor_said(closed: Bureau) -> None:
    body = {"auditor": STRANGER.verifier_key, "verdict": signed(closed, STRANGER)}
    (entry,) = closed.do(lambda tx: log.append(tx, CLOSED_AT, [NewEntry(ATTESTED, CAMPAIGN, body=body)]))
    faults = closed.ask(lambda tx: list(attesting.audit_attestations(tx)))
    assert faults == [Fault("log_entry", f"seq={entry.seq}", "attestation_bad")]
    passed, told = checked(closed)
    assert (passed, told) == (False, f"an attestation: {STRANGER.name} was not registered then")
