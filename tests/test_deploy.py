"""The bundle that installs on a closed network."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.bundle import bill_of_materials
from schema import sdl

ROOT = Path(sdl.__file__).parents[1]
LOCK = """one==1.0 \\
    --hash=sha256:{0} \\
    --hash=sha256:{1}
two-three==2.1.3 ; sys_platform == 'win32' \\
    --hash=sha256:{0}
""".format("a" * 64, "b" * 64)
WEB_LOCK = {
    "packages": {
        "": {"name": "qian-web"},
        "node_modules/@of/web": {"version": "3.0.0", "integrity": "sha512-" + "AAAA" * 21 + "AA=="},
        "node_modules/other/node_modules/@of/web": {"version": "3.0.0", "integrity": "sha512-" + "AAAA" * 21 + "AA=="},
        "node_modules/only-tests": {"version": "1.0.0", "dev": True, "integrity": "sha512-AAAA"},
    }
}


def test_a_bill_of_materials_names_what_the_locks_pin() -> None:
    bill = bill_of_materials("0.1.0", LOCK, WEB_LOCK)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["purl"] == "pkg:pypi/qian@0.1.0"
    assert [each["purl"] for each in bill["components"]] == [
        "pkg:pypi/one@1.0",
        "pkg:pypi/two-three@2.1.3",
        "pkg:npm/%40of/web@3.0.0",
    ]
    first, _, web = bill["components"]
    hashes = [each["hashes"] for each in first["externalReferences"]]
    assert hashes == [[{"alg": "SHA-256", "content": letter * 64}] for letter in "ab"]
    assert web["hashes"] == [{"alg": "SHA-512", "content": "00" * 64}]


def bundled(folder: Path) -> Path:
    """Make the bundle of this machine, and unpack it."""
    made = subprocess.run([sys.executable, "deploy/bundle.py", str(folder)], cwd=ROOT, check=True, capture_output=True)
    assert b"would be ignored" not in made.stdout + made.stderr
    (archive,) = folder.glob("*.tar.gz")
    shutil.rmtree(folder / archive.name.removesuffix(".tar.gz"))
    subprocess.run(["sha256sum", "--check", f"{archive.name}.sha256"], cwd=folder, check=True, capture_output=True)
    shutil.unpack_archive(archive, folder, filter="fully_trusted")
    return folder / archive.name.removesuffix(".tar.gz")


def test_the_bundle_installs_without_a_network_whole_and_where_it_belongs(tmp_path: Path) -> None:
    bundle = bundled(tmp_path)
    refuses_damage(bundle, tmp_path)
    installed = install(bundle, tmp_path)
    assert installed.returncode == 0, installed.stderr
    qian = tmp_path / "current" / "bin" / "qian"
    settings = {"PATH": os.environ["PATH"], "QIAN_HOME": str(tmp_path / "home"), "QIAN_LANGUAGE": "en"}
    version = subprocess.run([qian, "--version"], env=settings, check=True, capture_output=True, text=True).stdout
    assert version.strip() == (bundle / "VERSION").read_text("ascii").strip()
    made = subprocess.run(
        [qian, "init", "--origin", "log.test/qian", "--name", "测试单位"], env=settings, check=True, capture_output=True
    )
    assert b"log.test/qian" in made.stdout
    pages = next((tmp_path / "current" / "lib").glob("python*/site-packages/api/web/dist"))
    if (ROOT / "api" / "web" / "dist").exists():  # where there is no Node, there are none to carry
        assert (pages / "graphiql" / "index.html").is_file()

    again = install(bundle, tmp_path)
    assert again.returncode == 1
    assert "is there already" in again.stderr


def refuses_damage(bundle: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(bundle, other, ignore=shutil.ignore_patterns("wheels"))
    told = install(other, tmp_path / "opt")
    assert told.returncode == 1
    assert "not whole" in told.stderr
    (other / "PYTHON").write_text("2.7 pdp11\n", "ascii")
    sums = (other / "SHA256SUMS").read_text("utf-8")
    (other / "SHA256SUMS").write_text(re.sub(r"(?m)^.*  (wheels/.*|PYTHON)\n", "", sums), "utf-8")
    told = install(other, tmp_path / "opt")
    assert told.returncode == 1
    assert "for Python 2.7 pdp11" in told.stderr
    assert not (tmp_path / "opt").exists()


def install(bundle: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    quick = {"PIP_NO_COMPILE": "0"}  # so pip is told to compile nothing: what runs here is compiled as it runs
    environment = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "PIP_NO_INDEX": "1", **quick}
    return subprocess.run(
        ["./install.sh", "--program", str(folder)],
        cwd=bundle,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_every_setting_that_is_suggested_is_one() -> None:
    from api.settings import Settings

    suggested = re.findall(r"(?m)^#?QIAN_(\w+)=", (ROOT / "deploy" / "qian.env").read_text("utf-8"))
    assert {name.lower() for name in suggested} <= set(Settings.model_fields)


def test_every_value_that_is_suggested_stands_in_single_quotes() -> None:
    text = (ROOT / "deploy" / "qian.env").read_text("utf-8")
    assert "single quotes" in text
    assert re.findall(r"(?m)^#?QIAN_\w+=(?!'[^']*'$).*$", text) == []


def test_the_bill_of_this_release_is_whole() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    web_lock = json.loads((ROOT / "api" / "web" / "package-lock.json").read_text("utf-8"))
    components = bill_of_materials("0.1.0", lock, web_lock)["components"]
    assert len(components) > 150
    for each in components:
        assert re.fullmatch(r"pkg:(pypi|npm)/[\w.%/-]+@[\w.+-]+", each["purl"])
        assert each.get("hashes") or each["externalReferences"]
