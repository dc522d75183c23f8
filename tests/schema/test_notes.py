"""Remarks beside an answer."""

import pytest

from sampling.drawing import to_be_trusted
from schema.notes import Note
from schema.remark_words import all_notes


def test_every_remark_has_both_languages() -> None:
    assert [code for code, texts in all_notes().items() if set(texts) != {"en", "zh"} or not all(texts.values())] == []


@pytest.mark.parametrize(
    "code",
    [
        "no_witnesses",
        "beacon_local",
        "beacon_drand",
        "beacon_sources",
        "beacon_ceremony",
        "not_attested",
        "attestation_refused",
    ],
)
def test_what_must_be_trusted_can_be_said(code: str) -> None:
    assert code in (to_be_trusted.__doc__ or "")
    assert Note.of(code, "zh").text != Note.of(code, "en").text
