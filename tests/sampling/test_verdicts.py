"""An auditor's verdict: one text for one verdict, signed, standing alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.note import COSIGNATURE, Verifier, sign_note
from sampling.verdicts import (
    LONGEST_REASON,
    MOST_REASONS,
    Verdict,
    VerdictError,
    newest_of_each,
    open_verdict,
    parse_verdict,
    sign_verdict,
)
from tests import bureau_files
from tests.sampling.auditing import LI, ZHANG

VERDICT = Verdict(
    "sample.invalid/qian",
    "2026-0001",
    31,
    bytes(range(32)),
    bytes(range(1, 33)),
    bytes(range(2, 34)),
    (),
    date(2026, 11, 30),
)
KEYS = [Verifier.from_vkey(each.verifier_key) for each in (ZHANG, LI)]
TEXT = """qian/verdict/v1
sample.invalid/qian
campaign 2026-0001
tree 31 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
frozen 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20
drawn 02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021
verdict verified
date 2026-11-30
"""
REFUSED = TEXT.replace("verified\n", 'refused\nreason 仪式未按公告进行\nreason the check "draw" failed\n')

HASHES = st.binary(min_size=32, max_size=32)
REASONS = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=LONGEST_REASON)


def test_the_text_is_the_documented_one() -> None:
    assert VERDICT.text() == TEXT
    refused = replace(VERDICT, reasons=("仪式未按公告进行", 'the check "draw" failed'))
    assert refused.text() == REFUSED
    assert (VERDICT.verified, refused.verified) == (True, False)


@given(
    st.builds(
        Verdict,
        st.just("a/b"),
        st.just("2026-0001"),
        st.integers(1, 2**63 - 1),
        HASHES,
        HASHES,
        HASHES,
        st.lists(REASONS, max_size=MOST_REASONS).map(tuple),
        st.dates(),
    )
)
def test_what_is_written_is_read(verdict: Verdict) -> None:
    assert parse_verdict(verdict.text()) == verdict


@given(st.integers(0, len(REFUSED) - 1), st.sampled_from("\n a0é"))
def test_no_other_text_is_read_as_the_same_verdict(place: int, character: str) -> None:
    """Each text that is read is the one that its verdict writes, so no two texts say the same."""
    altered = REFUSED[:place] + character + REFUSED[place + 1 :]
    try:
        read = parse_verdict(altered)
    except VerdictError:
        return
    assert read.text() == altered


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("verified", "refused"),  # without a reason
        REFUSED.replace("refused", "verified"),
        TEXT.replace("tree 31", "tree 0"),
        TEXT.replace("tree 31", "tree 031"),
        TEXT.replace("2026-11-30", "2026-11-31"),
        TEXT.replace("/v1", "/v2"),
        TEXT.replace("0102", "0A02"),
        TEXT.replace("Hh8=", "Hh9="),  # stray bits
    ],
)
def test_what_is_no_verdict_is_refused(text: str) -> None:
    with pytest.raises(VerdictError):
        parse_verdict(text)


@pytest.mark.parametrize(
    "reasons",
    [
        [""],
        [" a"],
        ["a\nb"],
        ["a\tb"],
        ["a" * (LONGEST_REASON + 1)],
        ["a"] * (MOST_REASONS + 1),
        [f"企业{bureau_files.code(7)}未抽中"],
    ],
)
def test_a_reason_is_one_short_line_that_names_no_enterprise(reasons: list[str]) -> None:
    with pytest.raises(VerdictError):
        replace(VERDICT, reasons=tuple(reasons))


def test_a_signed_verdict_stands_alone() -> None:
    opened = open_verdict(sign_verdict(VERDICT, ZHANG), KEYS)
    assert (opened.verdict, opened.auditor) == (VERDICT, KEYS[0])


def test_signatures_of_others_are_left_out() -> None:
    both = sign_note(VERDICT.text(), [ZHANG, LI])
    assert open_verdict(both, KEYS[1:]).note == sign_verdict(VERDICT, LI)


def altered(note: str) -> str:
    return note.replace("tree 31", "tree 32")


@pytest.mark.parametrize("spoil", [altered, lambda note: "", lambda note: note[:-2] + "\n"])
def test_a_verdict_without_a_good_signature_is_refused(spoil: Any) -> None:
    with pytest.raises(VerdictError):
        open_verdict(spoil(sign_verdict(VERDICT, ZHANG)), KEYS)


def test_a_verdict_by_an_unknown_key_is_refused() -> None:
    with pytest.raises(VerdictError):
        open_verdict(sign_verdict(VERDICT, ZHANG), KEYS[1:])


def test_a_witness_key_is_no_auditor() -> None:
    witness = Verifier(ZHANG.name, COSIGNATURE, KEYS[0].public_key)
    with pytest.raises(VerdictError):
        open_verdict(sign_verdict(VERDICT, ZHANG), [witness])


def test_each_auditors_last_verdict_stands() -> None:
    later = replace(VERDICT, reasons=("too late",))
    said = [open_verdict(sign_verdict(*each), KEYS) for each in ((VERDICT, ZHANG), (VERDICT, LI), (later, ZHANG))]
    assert newest_of_each(said) == said[1:]
