"""A log as the files that it is served as, made from its definition: what the readers are tested against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import merkle
from ledger.canonical import JSON
from ledger.entries import NO_PREVIOUS, make_entry
from ledger.keys import Ed25519Signer
from ledger.note import Checkpoint, Verifier, sign_note
from ledger.tiles import TILE_WIDTH, encode_bundle, entries_path, tile_path

ORIGIN = "log.example/static"
SIGNER = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
VERIFIER = Verifier.from_vkey(SIGNER.verifier_key)


@dataclass
class StaticLog:
    """`files` by path; `asked` are the paths that were read, in order."""

    files: dict[str, bytes]
    checkpoint: Checkpoint
    asked: list[str] = field(default_factory=list)

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        return self.files.get(path)


def static_log(entries: Sequence[bytes], signer: Ed25519Signer = SIGNER) -> StaticLog:
    """Lay out a log of any entries, signed, without the partial tiles of earlier sizes."""
    files: dict[str, bytes] = {}
    for start in range(0, len(entries), TILE_WIDTH):
        bundle = entries[start : start + TILE_WIDTH]
        files[entries_path(start // TILE_WIDTH, len(bundle))] = encode_bundle(bundle)
    hashes, level = [merkle.leaf_hash(entry) for entry in entries], 0
    root = merkle.root_of(hashes)
    while hashes:
        tiles = [hashes[start : start + TILE_WIDTH] for start in range(0, len(hashes), TILE_WIDTH)]
        for number, tile in enumerate(tiles):
            files[tile_path(level, number, len(tile))] = b"".join(tile)
        hashes, level = [merkle.root_of(tile) for tile in tiles if len(tile) == TILE_WIDTH], level + 1
    checkpoint = Checkpoint(ORIGIN, len(entries), root)
    files["checkpoint"] = signed(checkpoint, signer)
    return StaticLog(files, checkpoint)


def signed(checkpoint: Checkpoint, signer: Ed25519Signer = SIGNER) -> bytes:
    return sign_note(checkpoint.body(), [signer]).encode()


def chained(count: int, told: Mapping[int, tuple[str, Mapping[str, JSON]]] | None = None) -> list[bytes]:
    """Return entries that follow each other as a bureau's do; `told` are kinds and bodies by place in the log."""
    entries: list[bytes] = []
    previous = NO_PREVIOUS
    created = ("ledger.created", {"subject": ORIGIN, "name": "A bureau", "vkey": SIGNER.verifier_key})
    for seq in range(count):
        time = f"2026-11-23T{seq // 3600:02}:{seq // 60 % 60:02}:{seq % 60:02}Z"
        kind, body = (told or {}).get(seq) or (created if seq == 0 else ("test.entry", {"subject": "s", "n": seq}))
        entry = make_entry(seq, previous, time, kind, dict(body))
        entries.append(entry.data)
        previous = entry.leaf_hash.hex()
    return entries


def log_signer(seed: int) -> Ed25519Signer:
    """Another key of the same log."""
    return Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
