"""Verification by both implementations, which must tell the same of each bundle or public side, sound or forged."""

import atexit
import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from sampling import public_checks, verification
from sampling.public_checks import PublicSide
from sampling.verification import Check, Trust

WEB = Path(__file__).parents[2] / "api/web"
BUILT = WEB / "dist/verify.mjs"
FIRST = ("file", "signature", "chain", "inclusion", "documents")
ONE_IN = 16


def verify_bundle(data: bytes, trust: Trust | None) -> list[Check]:
    """Verify a bundle in Python and, where Node and the built module are there, in JavaScript, and compare.

    Of files whose bytes were altered one in sixteen is compared, chosen by its hash: there are thousands of them.
    """
    checks = verification.verify_bundle(data, trust)
    altered = checks[-1].name in FIRST and hashlib.sha256(data).digest()[0] % ONE_IN > 0
    if not altered and is_built():
        told = [(each["name"], each["fault"] is None, each["compared"]) for each in in_javascript(data, trust)]
        assert told == [(each.name, each.passed, each.compared) for each in checks]
    return checks


def verify_public(side: PublicSide, trust: Trust | None) -> list[Check]:
    """Verify a public side in Python and, where it can run, in JavaScript, and compare."""
    checks = public_checks.verify_public(side, trust)
    if is_built():
        told = [(each["name"], each["fault"] is None, each["compared"]) for each in public_in_javascript(side, trust)]
        assert told == [(each.name, each.passed, each.compared) for each in checks]
    return checks


@cache
def is_built() -> bool:
    """Tell whether the second implementation can run here."""
    return BUILT.exists() and shutil.which("node") is not None


def in_javascript(data: bytes, trust: Trust | None) -> list[dict[str, Any]]:
    """Return what the second implementation says of a bundle."""
    return _asked({"bundle": base64.b64encode(data).decode(), "trust": trust_json(trust)})


def public_in_javascript(side: PublicSide, trust: Trust | None) -> list[dict[str, Any]]:
    """Return what the second implementation says of a public side."""
    given = {
        "campaign": side.campaign,
        "checkpoint": side.checkpoint,
        "entries": [entry.decode() for entry in side.entries],
        "files": {name: file.decode() for name, file in side.files.items()},
        "names": [
            {
                "enterprise": name.enterprise,
                "position": name.position,
                "publishedAt": name.published_at,
                "opening": dict(name.opening),
            }
            for name in side.names
        ],
    }
    return _asked({"public": given, "trust": trust_json(trust)})


def are_plans_in_javascript(plans: Sequence[Any]) -> list[bool]:
    """Return of each value whether the second implementation reads it as a sealed plan."""
    return list(map(bool, _asked({"plans": plans})))


def _asked(question: dict[str, Any]) -> list[Any]:
    asking, answering = _process()
    asking.write(json.dumps(question) + "\n")
    asking.flush()
    told: list[Any] = json.loads(answering.readline())
    return told


def trust_json(trust: Trust | None) -> dict[str, Any] | None:
    """Return the pinned keys as a file of keys has them."""
    if trust is None:
        return None
    keys = {name: [each.vkey for each in getattr(trust, name)] for name in ("log", "witnesses", "auditors")}
    return {**keys, "drand": {str(place): chain.to_json() for place, chain in enumerate(trust.drand)}}


@cache
def _process() -> tuple[IO[str], IO[str]]:
    script = WEB / "verify/tests/answering.mjs"
    node = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert node.stdin is not None
    assert node.stdout is not None
    atexit.register(node.kill)
    return node.stdin, node.stdout
