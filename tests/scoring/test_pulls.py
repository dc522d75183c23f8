"""Where a source's files are fetched, as its document says, and all that is refused in it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.errors import Invalid
from sampling import sources
from scoring.pulls import Authorization, FolderPlace, HttpPlace, Pull, SftpPlace
from tests.scoring.source_text import PULLED

HOST_KEY = (
    Ed25519PrivateKey.from_private_bytes(bytes(32))
    .public_key()
    .public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    .decode()
)
DAILY = 'schedule = "daily 02:30"\n'
HTTPS = DAILY + 'url = "https://data.example.gov.cn:8443/out/departments.csv?day=all"\n'
SFTP = (
    DAILY
    + 'url = "sftp://qian@sftp.example.gov.cn/out/part-*.csv"\n'
    + f'credential = "sftp-key"\nhost_keys = ["{HOST_KEY}"]\n'
)
FOLDER = DAILY + 'folder = "platform/departments"\nfiles = "*.csv"\n'


def pull_of(table: str) -> Pull:
    found = sources.parse(f"{PULLED}[pull]\n{table}").pull
    assert found is not None
    return found


def test_an_address_gives_one_file() -> None:
    pull = pull_of(HTTPS + 'credential = "platform"\nauthorization = "basic"\nlargest_mebibytes = 2\nseconds = 9\n')
    url = "https://data.example.gov.cn:8443/out/departments.csv?day=all"
    assert pull.place == HttpPlace(url, "departments.csv", "platform", Authorization.BASIC, None)
    assert (pull.schedule, pull.largest_bytes, pull.seconds) == ("daily 02:30", 2 << 20, 9)


def test_an_address_without_a_file_name_says_one() -> None:
    place = pull_of(DAILY + 'url = "http://10.0.0.7/export"\nname = "departments.csv"\n').place
    assert place == HttpPlace("http://10.0.0.7/export", "departments.csv", None, Authorization.BEARER, None)


def test_a_server_of_files_is_pinned_by_its_keys() -> None:
    assert pull_of(SFTP).place == SftpPlace(
        "sftp.example.gov.cn", 22, "qian", "/out", "part-*.csv", None, "sftp-key", (HOST_KEY,)
    )


def test_a_folder_lies_below_the_one_of_the_settings() -> None:
    assert pull_of(FOLDER + 'marker = ".done"\n').place == FolderPlace("platform/departments", "*.csv", ".done")


WRONG = {
    "no schedule": (HTTPS.replace(DAILY, ""), "toml_key_missing"),
    "a schedule that is none": (HTTPS.replace("daily 02:30", "每天"), "recurrence_unreadable"),
    "an unknown key": (HTTPS + "retries = 3\n", "toml_key_unknown"),
    "no place": (DAILY, "pull_place_unclear"),
    "two places": (HTTPS + 'folder = "x"\nfiles = "*.csv"\n', "pull_place_unclear"),
    "another scheme": (HTTPS.replace("https", "ftp"), "pull_url_unusable"),
    "a file of the machine": (DAILY + 'url = "file:///etc/passwd"\n', "pull_url_unusable"),
    "a password in an address": (HTTPS.replace("https://", "https://a:b@"), "pull_url_unusable"),
    "a user in an HTTP address": (HTTPS.replace("https://", "https://a@"), "pull_url_unusable"),
    "a port that is none": (HTTPS.replace("8443", "99999"), "pull_url_unusable"),
    "a space in an address": (HTTPS.replace("/out/", "/o ut/"), "pull_url_unusable"),
    "no name": (DAILY + 'url = "https://data.example.gov.cn/"\n', "pull_name_missing"),
    "a name with a path": (HTTPS + 'name = "../departments.csv"\n', "pull_name_missing"),
    "a credential in the clear": (
        HTTPS.replace("https", "http") + 'credential = "platform"\n',
        "pull_credential_in_clear",
    ),
    "a credential elsewhere": (HTTPS + 'credential = "../keys/log.key"\n', "pull_credential_name"),
    "a credential that is the secret": (HTTPS + 'credential = "Bearer abc/def=="\n', "pull_credential_name"),
    "an unknown authorization": (
        HTTPS + 'credential = "platform"\nauthorization = "digest"\n',
        "source_choice_unknown",
    ),
    "an authorization of nothing": (HTTPS + 'authorization = "basic"\n', "toml_key_unknown"),
    "certificates that are none": (HTTPS + 'certificates = "trust me"\n', "pull_certificates_unusable"),
    "host keys of HTTPS": (HTTPS + f'host_keys = ["{HOST_KEY}"]\n', "toml_key_unknown"),
    "no user of SFTP": (SFTP.replace("qian@", ""), "pull_url_unusable"),
    "no files of SFTP": (SFTP.replace("part-*.csv", ""), "pull_url_unusable"),
    "no key of SFTP": (SFTP.replace('credential = "sftp-key"\n', ""), "pull_credential_missing"),
    "no host key": (SFTP.replace(f'host_keys = ["{HOST_KEY}"]\n', ""), "pull_host_keys_unusable"),
    "a host key that is none": (SFTP.replace(HOST_KEY, "ssh-ed25519 AAAA"), "pull_host_keys_unusable"),
    "a folder elsewhere": (FOLDER.replace("platform/departments", "../keys"), "pull_folder_unusable"),
    "a folder from the root": (FOLDER.replace("platform/departments", "/etc"), "pull_folder_unusable"),
    "files in other folders": (FOLDER.replace("*.csv", "*/*.csv"), "pull_files_unusable"),
    "hidden files": (FOLDER.replace("*.csv", ".*"), "pull_files_unusable"),
    "a marker with a path": (FOLDER + 'marker = "/done"\n', "pull_files_unusable"),
    "no size": (HTTPS + "largest_mebibytes = 0\n", "pull_limit"),
    "endless time": (HTTPS + "seconds = 100000\n", "pull_limit"),
}


@pytest.mark.parametrize(("table", "code"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused_and_not_repeated(table: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        pull_of(table)
    assert refused.value.code == code
    assert "abc/def" not in str(refused.value)
