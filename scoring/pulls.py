"""The part `[pull]` of a source's document: where its files are fetched, and when.

url             https://… or http://…: one file; sftp://user@host/folder/*.csv: all files of that name
folder, files   instead: files of a folder below the one that the settings name, files = "*.csv"
schedule        "every 6h", "daily 02:30" or "monthly 1 03:00" (`ledger.recurrence`)
credential      the name of a file in the settings' folder of credentials: a bearer token, user:password for basic
                authorization, or the private key of SFTP
authorization   bearer (default) or basic, where there is a credential of HTTPS
certificates    PEM of the authorities that HTTPS trusts instead of the system's
host_keys       the keys of an SFTP server, as in known_hosts: ["ssh-ed25519 AAAA…"]
name            what the file of an address is called whose path does not say it
marker          a file is complete once another one of its name and this ending lies beside it: ".done"
largest_mebibytes, seconds    limits of one file and of one fetch
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from cryptography.x509 import load_pem_x509_certificates

from ledger.errors import Invalid
from ledger.recurrence import Recurrence
from scoring.toml_tables import Table

LARGEST_MEBIBYTES = 256
SECONDS = 600
_URL = re.compile(
    r"(?P<scheme>https?|sftp)://(?:(?P<user>[^@/?#\s:]+)@)?(?P<host>[^@/?#\s:\[\]]+|\[[0-9a-fA-F:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^?#\s]*)?(?:\?[^#\s]*)?"
)
_NAME = re.compile(r"[\w.-]*\w[\w.-]*")
_STEP = re.compile(r"[^/\\]+")


class Authorization(StrEnum):
    """How a credential is shown to an HTTPS server (RFC 6750, RFC 7617)."""

    BEARER = "bearer"
    BASIC = "basic"


@dataclass(frozen=True)
class HttpPlace:
    """One file at an address; `certificates` is PEM text, None for the system's authorities."""

    url: str
    name: str
    credential: str | None
    authorization: Authorization
    certificates: str | None


@dataclass(frozen=True)
class SftpPlace:
    """The files of a folder of an SFTP server whose names fit a pattern; `host_keys` are lines of known_hosts."""

    host: str
    port: int
    user: str
    folder: str
    files: str
    marker: str | None
    credential: str
    host_keys: tuple[str, ...]


@dataclass(frozen=True)
class FolderPlace:
    """The files of a folder, below the settings' one, whose names fit a pattern."""

    folder: str
    files: str
    marker: str | None


@dataclass(frozen=True)
class Pull:
    """Where and when files are fetched; `schedule` is the recurrence's text."""

    place: HttpPlace | SftpPlace | FolderPlace
    recurrence: Recurrence
    schedule: str
    largest_bytes: int
    seconds: int


def read_pull(table: Table) -> Pull:
    """Read the table.

    Raises Invalid `pull_place_unclear`, `pull_url_unusable`, `pull_name_missing`, `pull_credential_missing`,
    `pull_credential_in_clear`, `pull_credential_name`, `pull_certificates_unusable`, `pull_host_keys_unusable`,
    `pull_folder_unusable`, `pull_files_unusable`, `pull_limit`, `recurrence_unreadable` and as the reader.
    """
    schedule = table.text("schedule")
    if table.has("url") == table.has("folder"):
        raise Invalid("pull_place_unclear", place=table.place)
    place: HttpPlace | SftpPlace | FolderPlace
    if table.has("folder"):
        place = _folder(table)
    else:
        url = table.text("url")
        parts = _URL.fullmatch(url)
        if parts is None or int(parts["port"] or 1) not in range(1, 65536):
            raise Invalid("pull_url_unusable", place=table.place)
        place = _sftp(table, parts) if parts["scheme"] == "sftp" else _http(table, url, parts)
    pull = Pull(
        place,
        Recurrence.parse(schedule),
        schedule,
        _limit(table, "largest_mebibytes", LARGEST_MEBIBYTES, 4096) << 20,
        _limit(table, "seconds", SECONDS, 3600),
    )
    table.finish()
    return pull


def _http(table: Table, url: str, parts: re.Match[str]) -> HttpPlace:
    if parts["user"] is not None:
        raise Invalid("pull_url_unusable", place=table.place)
    credential = _credential(table) if table.has("credential") else None
    if credential is not None and parts["scheme"] != "https":
        raise Invalid("pull_credential_in_clear", place=table.place)
    name = table.text("name") if table.has("name") else (parts["path"] or "").rpartition("/")[2]
    if not _STEP.fullmatch(name):
        raise Invalid("pull_name_missing", place=table.place)
    authorization = Authorization.BEARER
    if credential is not None and table.has("authorization"):
        authorization = table.choice("authorization", Authorization, "source_choice_unknown")
    certificates = table.text("certificates") if table.has("certificates") else None
    if certificates is not None:
        try:
            load_pem_x509_certificates(certificates.encode())
        except ValueError:
            raise Invalid("pull_certificates_unusable", place=table.place) from None
    return HttpPlace(url, name, credential, authorization, certificates)


def _sftp(table: Table, parts: re.Match[str]) -> SftpPlace:
    folder, _, files = (parts["path"] or "").rpartition("/")
    if parts["user"] is None or not _is_pattern(files):
        raise Invalid("pull_url_unusable", place=table.place)
    if not table.has("credential"):
        raise Invalid("pull_credential_missing", place=table.place)
    host_keys = table.ordered_texts("host_keys") if table.has("host_keys") else ()
    if not host_keys or not all(map(_is_host_key, host_keys)):
        raise Invalid("pull_host_keys_unusable", place=table.place)
    return SftpPlace(
        host=parts["host"].strip("[]"),
        port=int(parts["port"] or 22),
        user=parts["user"],
        folder=folder or "/",
        files=files,
        marker=_marker(table),
        credential=_credential(table),
        host_keys=host_keys,
    )


def _folder(table: Table) -> FolderPlace:
    folder, files = table.text("folder"), table.text("files")
    if not all(_NAME.fullmatch(step) for step in folder.split("/")):
        raise Invalid("pull_folder_unusable", place=table.place, folder=folder)
    if not _is_pattern(files):
        raise Invalid("pull_files_unusable", place=table.place, files=files)
    return FolderPlace(folder, files, _marker(table))


def _marker(table: Table) -> str | None:
    if not table.has("marker"):
        return None
    marker = table.text("marker")
    if not _NAME.fullmatch(marker):
        raise Invalid("pull_files_unusable", place=table.place, files=marker)
    return marker


def _credential(table: Table) -> str:
    name = table.text("credential")
    if not _NAME.fullmatch(name):
        raise Invalid("pull_credential_name", place=table.place)
    return name


def _is_pattern(text: str) -> bool:
    return _STEP.fullmatch(text) is not None and not text.startswith(".")


def _is_host_key(line: str) -> bool:
    try:
        load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def _limit(table: Table, key: str, default: int, largest: int) -> int:
    value = table.integer(key) if table.has(key) else default
    if not 1 <= value <= largest:
        raise Invalid("pull_limit", place=table.place, key=key, largest=largest)
    return value
