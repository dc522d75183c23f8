"""Hash a log anew with SHA-256 and nothing of Qian: `python rehash.py <exported folder or bundle>` (docs/ledger.md)."""

import base64
import hashlib
import json
import sys
from pathlib import Path


def root_of(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def exported(folder: Path, size: int) -> list[bytes]:
    entries: list[bytes] = []
    while (left := size - len(entries)) > 0:
        *high, low = (group.zfill(3) for group in f"{len(entries) // 256:,}".split(","))
        path = "tile/entries/" + "".join(f"x{group}/" for group in high) + low + (f".p/{left}" if left < 256 else "")
        data = (folder / path).read_bytes()
        while data:
            end = 2 + int.from_bytes(data[:2], "big")
            entries.append(data[2:end])
            data = data[end:]
    return entries


given = Path(sys.argv[1])
bundle = {} if given.is_dir() else json.loads(given.read_bytes().partition(b"\n")[0])
size, signed_root = (bundle["checkpoint"] if bundle else (given / "checkpoint").read_text("utf-8")).split("\n")[1:3]
leaves = [bytes(32)]
for seq, data in enumerate(map(str.encode, bundle["entries"]) if bundle else exported(given, int(size))):
    if (json.loads(data)["seq"], json.loads(data)["prev"]) != (seq, leaves[-1].hex()):
        sys.exit(f"entry {seq} does not follow the one before")
    leaves.append(hashlib.sha256(b"\0" + data).digest())
if len(leaves) != 1 + int(size) or root_of(leaves[1:]) != base64.b64decode(signed_root):
    sys.exit("the entries are not those of the checkpoint")
sys.stdout.write(f"{size} entries, root {root_of(leaves[1:]).hex()}\n")
