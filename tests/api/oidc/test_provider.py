"""Signing in at a real provider, which the tests start: oidc-provider, on loopback."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import Key, RSAKey

from api.settings import Settings
from ledger.actors import Role
from tests.api.house import ADMINISTRATOR, House, served
from tests.documents import ROOT

AUDIENCE = "https://qian.test"
SECRET = "for tests alone"  # noqa: S105
WEB = ROOT / "api/web"
MISSING = not (WEB / "node_modules/oidc-provider").exists() or shutil.which("node") is None

pytestmark = pytest.mark.skipif(MISSING, reason="Node, or what api/web/package-lock.json pins, is not here (make web)")


class Provider:
    """A provider that can go away, and come back with other keys."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self, key: Key) -> Iterator[None]:
        """Run with a key."""
        given = json.dumps({"keys": [key.as_dict(private=True)], "audience": AUDIENCE})
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

    def token(self, client: str = "analyst-7", audience: str = AUDIENCE) -> str:
        """Return an access token of a client."""
        form = {"grant_type": "client_credentials", "resource": audience, "scope": "read"}
        answer = httpx2.post(f"{self.issuer}/token", data=form, auth=(client, SECRET), timeout=60)
        return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def provider() -> Provider:
    """A provider's address."""
    return Provider()


@contextmanager
def house_of(folder: Path, provider: Provider, **settings: Any) -> Iterator[House]:
    """Serve a bureau that takes the provider's tokens."""
    wanted = Settings(home=folder, oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, **settings)
    with served(wanted, worker=False) as house:
        yield house


def me(house: House, token: str) -> httpx2.Response:
    """Ask who is signed in by a token."""
    query = {"query": "{ me { subject role departmentCode } }"}
    return house.http.post("/staff/graphql", json=query, headers={"Authorization": f"Bearer {token}"})


def code(answer: httpx2.Response) -> tuple[int, str]:
    """Return how an answer was refused."""
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def rsa() -> Key:
    return RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"}, auto_kid=True)


def let_time_pass(house: House) -> None:
    """Let the keys be asked for again, which else waits half a minute."""
    assert house.bureau.provider is not None
    house.bureau.provider._keys._tried = None


def test_a_user_of_the_bureau_signs_in_at_the_provider_until_he_is_disabled(tmp_path: Path, provider: Provider) -> None:
    with provider.running(rsa()), house_of(tmp_path, provider) as house:
        token = provider.token()
        assert code(me(house, token)) == (403, "user_unknown")
        add = 'mutation { addUser(subject: "analyst-7", role: PLANNER) { refusal { code } } }'
        house.do(add, ADMINISTRATOR)
        answer = me(house, token)
        assert answer.json()["data"]["me"] == {"subject": "analyst-7", "role": "PLANNER", "departmentCode": None}
        assert code(me(house, provider.token("stranger"))) == (403, "user_unknown")
        assert code(me(house, provider.token(audience=AUDIENCE + "/other"))) == (401, "token_refused")
        house.do('mutation { disableUser(subject: "analyst-7") { refusal { code } } }', ADMINISTRATOR)
        assert code(me(house, token)) == (403, "user_disabled")
        assert me(house, house.token(ADMINISTRATOR)).status_code == 200  # the bureau's own tokens are taken, too


def test_the_provider_may_tell_role_and_department(tmp_path: Path, provider: Provider) -> None:
    claims = {"oidc_role_claim": "bureau.roles", "oidc_department_claim": "bureau.department"}
    with provider.running(rsa()), house_of(tmp_path, provider, **claims) as house:
        answer = me(house, provider.token("stranger"))
        assert answer.json()["data"]["me"] == {"subject": "stranger", "role": "ANALYST", "departmentCode": "ZJ"}
        house.do('mutation { inviteUser(subject: "stranger", role: ANALYST) { refusal { code } } }', ADMINISTRATOR)
        assert code(me(house, provider.token("stranger"))) == (403, "user_unknown")


def test_keys_change_and_the_provider_goes_away(tmp_path: Path, provider: Provider) -> None:
    first, second = rsa(), rsa()
    claims = {"oidc_role_claim": "bureau.roles", "oidc_department_claim": "bureau.department"}
    with house_of(tmp_path, provider, **claims) as house:
        with provider.running(first):
            old = provider.token()
        assert code(me(house, old)) == (503, "provider_unreachable")  # it was never there
        let_time_pass(house)
        with provider.running(first):
            assert me(house, old).status_code == 200
        let_time_pass(house)
        assert me(house, old).status_code == 200  # it is away, and its keys go on
        with provider.running(second):
            new = provider.token()
            let_time_pass(house)
            assert me(house, new).status_code == 200  # a key that nobody knew
            assert code(me(house, old)) == (401, "token_refused")  # and that of before is gone
        assert me(house, new).json()["data"]["me"]["role"] == Role.ANALYST.name
