"""Two machines with other hash seeds, languages and time zones come from one frozen bureau to the same draw."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.sampling.conftest import BureauIn

ROOT = Path(__file__).parents[2]
MACHINES = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "31337", "LC_ALL": "C.UTF-8", "TZ": "America/Los_Angeles", "LANG": "zh_CN.GB18030"},
)


def replayed(url: str, machine: dict[str, str]) -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LC_")} | machine
    command = [sys.executable, "-m", "tests.sampling.replay", url]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def test_grades_seed_draw_reserves_and_matching_are_the_same_bytes(bureau_in: BureauIn) -> None:
    copies = two_copies(bureau_in)
    first, second = (replayed(url, machine) for url, machine in zip(copies, MACHINES, strict=True))
    assert first == second
    told: dict[str, Any] = json.loads(first)
    assert [len(told[name]) for name in ("drawn", "matching", "frame")] == [19, 38, 120]
    assert sum(map(len, told["reserves"].values())) == 101
    assert all(len(bytes.fromhex(told[name])) == 32 for name in ("grades", "output", "seed"))


def two_copies(bureau_in: BureauIn) -> list[str]:
    """Return the addresses of two copies of one frozen bureau."""
    urls = []
    for _ in MACHINES:
        bureau = bureau_in("frozen")
        urls.append(bureau.database.url.render_as_string(hide_password=False))
        bureau.database.close()
    return urls
