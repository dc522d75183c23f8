"""What is installed beside us, and what the lock files say."""

import json
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "schema", "sampling", "scoring", "ledger")
LOCKS = ("requirements.lock", "requirements-test.lock")


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_installed_beside_us_has_a_name_of_ours(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"qian"}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_file_on_the_path_has_a_name_of_ours(package: str) -> None:
    elsewhere = [Path(entry) for entry in sys.path if Path(entry).is_dir() and Path(entry).resolve() != ROOT]
    found = [file for folder in elsewhere for file in (folder / package, folder / f"{package}.py") if file.exists()]
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_each_package_with_hashes_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    pinned = text.replace("\\\n", " ").splitlines()
    assert [
        line for line in pinned if not re.fullmatch(r"\S+==\S+( ;[^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", line)
    ] == []


def test_what_runs_is_pinned_alike_for_running_and_for_testing() -> None:
    run, test = ({*re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)} for name in LOCKS)
    assert run <= test


def test_the_web_lock_file_holds_hashes_and_names_no_host() -> None:
    text = (ROOT / "api/web/package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert '"resolved"' not in text
