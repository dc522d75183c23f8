"""A real OpenID Connect provider, which tests start: oidc-provider, on loopback."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from urllib.parse import urljoin

import httpx2
from joserfc.jwk import Key, RSAKey

from tests.documents import ROOT

AUDIENCE = "https://qian.test"
SECRET = "for tests alone"  # noqa: S105
TOKEN_SECONDS = 600
WEB = ROOT / "api/web"
MISSING = not (WEB / "node_modules/oidc-provider").exists() or shutil.which("node") is None
WHY_MISSING = "Node, or what api/web/package-lock.json pins, is not here (make web)"
FORM = re.compile(r'<form [^>]*action="([^"]+)"')
PROMPT = re.compile(r'name="prompt" value="(\w+)"')


def rsa() -> Key:
    """Return a key that a provider signs with."""
    return RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"}, auto_kid=True)


class Provider:
    """A provider that can go away, and come back with other keys."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self, key: Key) -> Iterator[None]:
        """Run with a key; access tokens are good for TOKEN_SECONDS."""
        keys = [key.as_dict(private=True)]
        given = json.dumps({"keys": keys, "audience": AUDIENCE})
        command = ["node", "tests/provider.mjs", str(self.port)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=WEB, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as node:
            assert node.stdin is not None
            assert node.stdout is not None
            node.stdin.write(given)
            node.stdin.close()
            assert any("ready" in line for line in node.stdout)
            try:
                yield
            finally:
                node.kill()

    def later(self, seconds: int) -> None:
        """Let time pass at the provider."""
        httpx2.get(f"{self.issuer}/later", params={"seconds": seconds}, timeout=60).raise_for_status()

    def token(self, client: str = "analyst-7", audience: str = AUDIENCE) -> str:
        """Return an access token of a client."""
        form = {"grant_type": "client_credentials", "resource": audience, "scope": "read"}
        answer = httpx2.post(f"{self.issuer}/token", data=form, auth=(client, SECRET), timeout=60)
        return str(answer.json()["access_token"])

    def signed_in(self, address: str, subject: str, back_at: str, person: httpx2.Client | None = None) -> str:
        """Walk from an address of the provider through its forms, and return where it leads back to."""
        person = person or httpx2.Client(timeout=60)
        while not address.startswith(back_at):
            answer = person.get(address)
            if answer.status_code == 200:
                form, prompt = FORM.search(answer.text), PROMPT.search(answer.text)
                assert form is not None, answer.text
                assert prompt is not None, answer.text
                fields = {"prompt": prompt[1], "login": subject, "password": "any"}
                answer = person.post(urljoin(address, unescape(form[1])), data=fields)
            assert answer.has_redirect_location, answer.text
            address = urljoin(address, answer.headers["location"])
        return address
