"""docs/vectors holds what our code gives today, and both implementations verify its bundle."""

import subprocess

import pytest

from sampling.verification import Trust
from tests import vectors
from tests.sampling.both import WEB, is_built, verify_bundle

needs_node = pytest.mark.skipif(not is_built(), reason="the browser's part is not built, or Node is not here")


def test_the_file_is_what_the_code_gives() -> None:
    """`python -m tests.vectors` writes it anew."""
    assert vectors.FILE.read_text("utf-8") == vectors.text_of(vectors.vectors())


def test_the_bundle_is_verified() -> None:
    trust = Trust.parse(vectors.TRUST.read_text("utf-8"))
    checks = verify_bundle(vectors.BUNDLE.read_bytes(), trust)
    assert [check.fault for check in checks if not check.passed] == []
    assert checks[-1].name == "attestations"


@needs_node
def test_the_second_implementation_holds_to_the_vectors() -> None:
    tests = subprocess.run(
        ["node", "--test", *sorted((WEB / "verify/tests").glob("*.test.mjs"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tests.returncode == 0, tests.stdout


@needs_node
def test_the_second_implementation_is_a_command() -> None:
    command = ["node", str(WEB / "dist/verify.mjs")]
    keys = ["--trust", str(vectors.TRUST)]
    sound = subprocess.run([*command, *keys, vectors.BUNDLE], capture_output=True, text=True, check=False)
    assert (sound.returncode, sound.stdout.count("✓"), sound.stdout.count("✗")) == (0, 30, 0)
    other = subprocess.run([*command, *keys, vectors.FILE], capture_output=True, text=True, check=False)
    assert (other.returncode, other.stdout[:7]) == (1, "✗ file:")
    misused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (misused.returncode, misused.stdout) == (2, "")
