"""Servers of files at loopback: HTTPS under an authority of its own, and SFTP, each as bad as a test wants it."""

import asyncio
import base64
import hashlib
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncssh
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class WebFile:
    """What the web server gives; `asked` are the headers of each request."""

    content: bytes = b""
    status: int = 200
    validators: bool = True
    cut_at: int | None = None
    pause: float = 0.0
    authorization: str | None = None
    compressed: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def etag(self) -> str:
        """The content's tag."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


@contextmanager
def web_server(file: WebFile, folder: Path | None = None) -> Iterator[tuple[str, str]]:
    """Serve a file, over TLS where a folder for the keys is given; give the address and the authority's PEM."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file.asked.append({name.lower(): value for name, value in self.headers.items()})
            if file.authorization is not None and self.headers.get("Authorization") != file.authorization:
                self.send_response(401)
                self.end_headers()
                return
            if file.validators and self.headers.get("If-None-Match") == file.etag:
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(file.status)
            self.send_header("Content-Length", str(len(file.content)))
            if file.status in (301, 302):
                self.send_header("Location", "/elsewhere.csv")
            if file.validators:
                self.send_header("ETag", file.etag)
            if file.compressed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            if file.pause:
                for start in range(len(file.content)):
                    self.wfile.write(file.content[start : start + 1])
                    self.wfile.flush()
                    time.sleep(file.pause)
            else:
                self.wfile.write(file.content[: file.cut_at])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme, authority = "http", ""
    if folder is not None:
        authority, chain = certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}/departments.csv", authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def basic(user: str, password: str) -> str:
    """Return the header of basic authorization (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def certificates(folder: Path) -> tuple[str, Path]:
    """Make an authority and the server's certificate under it; return the authority's PEM and the server's chain."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Authority")])
    now = datetime.now(UTC)

    def builder(public_key: ec.EllipticCurvePublicKey, subject: x509.Name) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
        )

    authority_id = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    authority = (
        builder(authority_key.public_key(), name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(authority_id, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        builder(key.public_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = folder / "server.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    return authority.public_bytes(Encoding.PEM).decode(), chain


@dataclass
class SftpServer:
    """A running server: its port, its key as a line of known_hosts, and the private key that it lets in."""

    port: int
    host_key: str
    private_key: bytes
    pause: float = 0.0
    growing: Path | None = None


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpServer]:
    """Serve a folder as the root of an SFTP server, to the user `qian` with a key."""
    host_key, user_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    server = SftpServer(0, host_key.export_public_key().decode().strip(), user_key.export_private_key())

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: "asyncssh.SSHServerChannel[bytes]") -> None:
            super().__init__(channel, chroot=str(folder).encode())

        async def read(self, file_obj: object, offset: int, size: int) -> bytes:
            if server.pause:
                await asyncio.sleep(server.pause)
            if server.growing is not None:
                with server.growing.open("ab") as growing:
                    growing.write(b"X")
            content = super().read(file_obj, offset, size)
            assert isinstance(content, bytes)
            return content

    ready, stopping, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        listening = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(user_key.export_public_key().decode()),
            sftp_factory=Files,
        )
        server.port = listening.get_port()
        ready.set()
        await stopping.wait()
        listening.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
        loop.close()
