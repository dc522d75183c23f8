"""A hardware security module in software (SoftHSM 2), with a token of its own for each test that asks for one."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest

LABEL = "qian test"
PIN = "271828"
MODULES = (
    *("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"),
    *("/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so"),
)
MODULE = next((Path(path) for path in MODULES if Path(path).exists()), None)


@dataclass(frozen=True)
class SoftHsm:
    """A token as the settings name it."""

    module: Path
    token: str
    pin_file: Path

    def restart(self) -> None:
        """End all sessions, as a token does that is plugged out and in again."""
        pkcs11.lib(str(self.module)).finalize()


@pytest.fixture
def softhsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    """A token of this test's own; skips where SoftHSM 2 is not here."""
    if MODULE is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM 2 (Debian package softhsm2) is not here")
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    make = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "314159"]
    subprocess.run(make, check=True, capture_output=True)
    pin_file = tmp_path / "pin"
    pin_file.touch(mode=0o600)
    pin_file.write_text(f"{PIN}\n")
    made = SoftHsm(MODULE, LABEL, pin_file)
    yield made
    made.restart()
