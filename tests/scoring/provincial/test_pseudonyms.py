"""A pseudonym is the same under the same key, and tells nothing to anybody without it."""

import hashlib
import hmac

from ledger.keys import Secret
from scoring.drafts import pseudonym
from scoring.provincial.pseudonyms import Named, Pseudonyms

KEY = Secret(bytes(range(32)))
CODE = "91130304PDY00001XL"
PSEUDONYMS = Pseudonyms(KEY)


def test_it_is_made_as_the_document_says() -> None:
    key = hmac.digest(KEY.value, b"qian/provincial/key/v1", hashlib.sha256)
    expected = hmac.digest(key, b"enterprise\x00" + CODE.encode(), hashlib.sha256).hex()[:32]
    assert PSEUDONYMS.of(Named.ENTERPRISE, CODE) == expected


def test_it_follows_from_key_kind_and_name_alone() -> None:
    assert Pseudonyms(KEY).of(Named.ENTERPRISE, CODE) == PSEUDONYMS.of(Named.ENTERPRISE, CODE)
    others = [
        Pseudonyms(Secret(bytes(32))).of(Named.ENTERPRISE, CODE),
        PSEUDONYMS.of(Named.INSPECTOR, CODE),
        PSEUDONYMS.of(Named.ENTERPRISE, CODE[:-1]),
        pseudonym(KEY, CODE),
        PSEUDONYMS.of(Named.STRATUM, "2026-0001", "A"),
        PSEUDONYMS.of(Named.STRATUM, "2026-0002", "A"),
    ]
    assert len({PSEUDONYMS.of(Named.ENTERPRISE, CODE), *others}) == len(others) + 1


def test_only_those_that_are_asked_for_are_resolved() -> None:
    names = [f"91130304PDY{number:05d}" for number in range(20)]
    wanted = [PSEUDONYMS.of(Named.ENTERPRISE, names[3]), PSEUDONYMS.of(Named.ENTERPRISE, "another"), "0" * 32]
    assert PSEUDONYMS.resolved(wanted, Named.ENTERPRISE, names) == {wanted[0]: names[3]}
    assert PSEUDONYMS.resolved(wanted, Named.INSPECTOR, names) == {}
