"""A time-stamping authority at loopback: `openssl ts` behind HTTP, under a throw-away certificate authority."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509

from ledger.timestamp_tokens import read_certificates

_CONFIGURATION = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """A certificate authority and the time-stamping authority under it; all files lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Make both in a new folder; skips where OpenSSL is not here."""
        if shutil.which("openssl") is None:
            pytest.skip("openssl is not here")
        folder.mkdir()
        self.folder = folder
        (folder / "configuration").write_text(_CONFIGURATION)
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "configuration")
        self.openssl(
            *("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "3650"),
            *("-subj", "/CN=Test Authority", "-extensions", "authority"),
        )
        self.openssl("req", *key, "-keyout", "stamp.key", "-out", "stamp.request", "-subj", "/CN=Test Time-Stamping")
        self.openssl(
            *("x509", "-req", "-in", "stamp.request", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial"),
            *("-days", "3650", "-out", "stamp.pem", "-extfile", "configuration", "-extensions", "stamping"),
        )
        (folder / "serial").write_text("01\n")

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """What a verifier pins."""
        return read_certificates((self.folder / "root.pem").read_bytes())

    def answer(self, request: bytes) -> bytes:
        """Return the answer to a request (TimeStampReq → TimeStampResp, in DER)."""
        (self.folder / "request").write_bytes(request)
        self.openssl(
            *("ts", "-reply", "-config", "configuration", "-section", "tsa", "-queryfile", "request"),
            *("-signer", "stamp.pem", "-inkey", "stamp.key", "-out", "answer"),
        )
        return (self.folder / "answer").read_bytes()

    def verifies(self, note: str, token: bytes) -> bool:
        """Tell whether OpenSSL believes a token over a note under the pinned certificates."""
        (self.folder / "note").write_bytes(note.encode())
        (self.folder / "token").write_bytes(token)
        command = ["openssl", "ts", "-verify", "-data", "note", "-in", "token", "-CAfile", "root.pem"]
        return subprocess.run(command, cwd=self.folder, capture_output=True).returncode == 0

    def openssl(self, *arguments: str) -> None:
        """Run openssl in the folder."""
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of the whole run."""
    return Authority(tmp_path_factory.mktemp("tsa") / "authority")


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    """Serve the authority at loopback and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.answer(query) if known else b""
            self.send_response(200 if known else 415)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stamp"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
