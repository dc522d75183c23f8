"""drand: networks of servers that sign one round after another, each signature being public randomness. Pure.

A chain is one network's sequence of rounds. It is pinned by all that verifying needs, and its hash names it. The bureau
may name a round of two known chains, which the League of Entropy runs: `quicknet` (signatures of 48 bytes in G1, each
round by itself) and `default` (signatures of 96 bytes in G2 that also sign the round before). Sources: drand's
specification (docs.drand.love), RFC 9380 for hashing to the curve, and draft-irtf-cfrg-bls-signature.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from py_arkworks_bls12381 import GT, G1Point, G2Point

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import hash_bytes, hex_bytes, integer, members, wrong_shape

UNCHAINED_G1: Final = "bls-unchained-g1-rfc9380"
CHAINED_G2: Final = "pedersen-bls-chained"
G1_DOMAIN: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
G2_DOMAIN: Final = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"
G1_BYTES: Final = 48
G2_BYTES: Final = 96
LAST_INSTANT: Final = 253402300799  # the end of the year 9999
_INFINITY = 0x40  # the flag of the compressed neutral element, a key under which everybody can sign


@dataclass(frozen=True)
class Round:
    """A round as the network signed it; `previous` is the signature before it, where the chain signs that, too."""

    number: int
    signature: bytes
    previous: bytes | None

    @property
    def randomness(self) -> bytes:
        """The round's 32 bytes."""
        return hashlib.sha256(self.signature).digest()

    def to_json(self) -> dict[str, JSON]:
        """Return the round as it stands in the log."""
        previous = None if self.previous is None else self.previous.hex()
        return {"round": self.number, "signature": self.signature.hex(), "previous": previous}


@dataclass(frozen=True)
class Chain:
    """A chain: its hash, scheme and public key; `genesis` is round 1's Unix time, `period` the seconds of a round."""

    hash: bytes
    scheme: str
    public_key: bytes
    genesis: int
    period: int

    @property
    def is_chained(self) -> bool:
        """Whether a round signs the signature before it."""
        return self.scheme == CHAINED_G2

    def to_json(self) -> dict[str, JSON]:
        """Return the chain as it stands in the frozen entry."""
        return {
            "hash": self.hash.hex(),
            "scheme": self.scheme,
            "public_key": self.public_key.hex(),
            "genesis": self.genesis,
            "period": self.period,
        }

    def time_of(self, number: int) -> datetime:
        """Return when a round is due."""
        return datetime.fromtimestamp(self.genesis, UTC) + timedelta(seconds=(number - 1) * self.period)

    def first_round(self, at: datetime) -> int:
        """Return the first round that is due at an instant or later."""
        before = datetime.fromtimestamp(self.genesis, UTC) - at
        return max(-(before // timedelta(seconds=self.period)), 0) + 1

    def check(self, signed: Round) -> None:
        """Check that the network signed a round; raises Invalid("round_not_signed")."""
        if not self._is_signed(signed):
            raise Invalid("round_not_signed", field="signature", round=signed.number, chain=self.hash.hex())

    def _is_signed(self, signed: Round) -> bool:
        number = signed.number.to_bytes(8, "big")
        try:
            if not self.is_chained:
                if signed.previous is not None:
                    return False
                signature = G1Point.from_compressed_bytes(signed.signature)
                hashed = G1Point.hash_to_curve(hashlib.sha256(number).digest(), G1_DOMAIN)
                key = G2Point.from_compressed_bytes(self.public_key)
                return GT.pairing_check([signature, -hashed], [G2Point(), key])
            if signed.previous is None or len(signed.previous) != G2_BYTES:
                return False
            signature_2 = G2Point.from_compressed_bytes(signed.signature)
            hashed_2 = G2Point.hash_to_curve(hashlib.sha256(signed.previous + number).digest(), G2_DOMAIN)
            key_1 = G1Point.from_compressed_bytes(self.public_key)
            return GT.pairing_check([G1Point(), -key_1], [signature_2, hashed_2])
        except ValueError:  # no point of the group
            return False


def parse_chain(value: JSON, path: str) -> Chain:
    """Read a chain; raises Invalid("json_wrong_shape")."""
    given = members(value, path, "hash", "scheme", "public_key", "genesis", "period")
    scheme = given["scheme"]
    if scheme not in (UNCHAINED_G1, CHAINED_G2):
        raise wrong_shape(f"{path}.scheme", f"{UNCHAINED_G1} | {CHAINED_G2}")
    period = integer(given["period"], f"{path}.period")
    genesis = integer(given["genesis"], f"{path}.genesis")
    if not 0 < period <= 86400 or genesis >= 2**33:
        raise wrong_shape(f"{path}.period", "1 – 86400")
    key = hex_bytes(given["public_key"], f"{path}.public_key", G2_BYTES if scheme == UNCHAINED_G1 else G1_BYTES)
    if key[0] & _INFINITY:
        raise wrong_shape(f"{path}.public_key", "BLS12-381")
    return Chain(hash_bytes(given["hash"], f"{path}.hash"), str(scheme), key, genesis, period)


def parse_chains(value: JSON, path: str) -> dict[str, Chain]:
    """Read chains by the names that somebody gives them; raises what `parse_chain` raises."""
    if not isinstance(value, dict):
        raise wrong_shape(path, "{name: chain}")
    return {name: parse_chain(each, f"{path}.{name}") for name, each in value.items()}


def make_round(chain: Chain, number: JSON, signature: JSON, previous: JSON, path: str) -> Round:
    """Return a round of a chain from its members; raises Invalid("json_wrong_shape")."""
    size = G2_BYTES if chain.is_chained else G1_BYTES
    return Round(
        round_number(number, f"{path}.round", chain),
        hex_bytes(signature, f"{path}.signature", size),
        None if previous is None else hex_bytes(previous, f"{path}.previous", G2_BYTES),
    )


def round_number(value: JSON, path: str, chain: Chain) -> int:
    """Return the number of a chain's round; raises Invalid("json_wrong_shape")."""
    number = integer(value, path)
    if number < 1 or chain.genesis + number * chain.period > LAST_INSTANT:
        raise wrong_shape(path, "1, 2, 3, …")
    return number


QUICKNET: Final = Chain(
    bytes.fromhex("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
    UNCHAINED_G1,
    bytes.fromhex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    1692803367,
    3,
)
DEFAULT: Final = Chain(
    bytes.fromhex("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"),
    CHAINED_G2,
    bytes.fromhex("868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31"),
    1595431050,
    30,
)
KNOWN: Final[Mapping[str, Chain]] = {"quicknet": QUICKNET, "default": DEFAULT}
"""The chains of the League of Entropy (docs.drand.love/developer/http-api), which every bureau may name."""
