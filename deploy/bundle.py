"""Makes the bundle that installs on a closed network: `make dist`."""

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
LOCK = ROOT / "requirements.lock"
WEB_LOCK = ROOT / "api" / "web" / "package-lock.json"
SHIPPED = ("README.md", "README.zh-CN.md", "docs", "requirements.lock")
OF_WHEEL = ("api", "schema", "sampling", "scoring", "ledger", "pyproject.toml", "README.md")
FOR_SERVICE = ("install.sh", "qian", "qian.env", "qian.service")


def main(into: Path) -> None:
    """Write qian-VERSION-PYTHON-MACHINE.tar.gz into a folder, and its SHA-256 beside it."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    python = "{}.{}".format(*sys.version_info)
    name = f"qian-{version}-python{python}-{platform.machine()}"
    folder = into / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _copy(SHIPPED, folder)
    for each in FOR_SERVICE:
        shutil.copy2(HERE / each, folder)
    (folder / "VERSION").write_text(f"{version}\n", "ascii")
    (folder / "PYTHON").write_text(f"{python} {platform.machine()}\n", "ascii")
    _write_wheels(folder / "wheels")
    bill = bill_of_materials(version, LOCK.read_text("utf-8"), json.loads(WEB_LOCK.read_text("utf-8")))
    (folder / "bill-of-materials.json").write_text(json.dumps(bill, indent=1), "utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files)
    (folder / "SHA256SUMS").write_text(sums, "utf-8")
    archive = folder.with_name(f"{name}.tar.gz")
    with tarfile.open(archive, "w:gz", compresslevel=0) as tar:  # wheels are compressed already
        tar.add(folder, name, filter=_of_root)
    archive.with_name(f"{archive.name}.sha256").write_text(f"{_sha256(archive)}  {archive.name}\n", "ascii")
    print(archive)


def bill_of_materials(version: str, lock: str, web_lock: dict[str, Any]) -> dict[str, Any]:
    """Return a bill of materials (CycloneDX 1.6, packages named by purl) of what the two lock files pin.

    From `web_lock`, a package-lock.json of version 3, come the packages that the pages are built of.
    """
    components = []
    for pinned in re.split(r"\n(?=\S)", lock.strip()):
        name, _, found = pinned.split()[0].partition("==")
        hashes = [{"alg": "SHA-256", "content": each} for each in re.findall("sha256:([0-9a-f]{64})", pinned)]
        # Each hash is that of one distribution of the package: source, or built for one platform.
        distributions = [{"type": "distribution", "url": f"pkg:pypi/{name}@{found}", "hashes": [one]} for one in hashes]
        components.append(_component("pypi", name, found, {"externalReferences": distributions}))
    for path, package in web_lock["packages"].items():
        if path and not package.get("dev"):
            algorithm, _, digest = package["integrity"].partition("-")
            content = {"alg": algorithm.upper().replace("SHA", "SHA-"), "content": b64decode(digest).hex()}
            name = path.rpartition("node_modules/")[2]
            components.append(_component("npm", name, package["version"], {"hashes": [content]}))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("pypi", "qian", version, {"type": "application"})},
        # A package may lie in the tree more than once; what refers to it means one.
        "components": list({each["bom-ref"]: each for each in components}.values()),
    }


def _component(kind: str, name: str, version: str, more: dict[str, Any]) -> dict[str, Any]:
    purl = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    return {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl, **more}


def _write_wheels(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(LOCK)], check=True)
    with tempfile.TemporaryDirectory() as clean:  # without what setuptools left beside the sources at an earlier time
        _copy(OF_WHEEL, Path(clean))
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", clean], check=True)


def _copy(names: Sequence[str], folder: Path) -> None:
    unwanted = shutil.ignore_patterns("node_modules", "__pycache__")
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
        else:
            shutil.copy2(ROOT / name, folder / name)


def _of_root(file: tarfile.TarInfo) -> tarfile.TarInfo:
    file.uid = file.gid = 0
    file.uname = file.gname = "root"
    return file


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
