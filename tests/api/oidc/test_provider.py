"""Signing in at a real provider, which the tests start: oidc-provider, on loopback."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key

from api.oidc.identity import ALGORITHMS, Expected
from api.oidc.provider import Provider as Trusted
from api.settings import Settings
from ledger.actors import Role
from tests.api.house import ADMINISTRATOR, House, served
from tests.api.oidc.providers import AUDIENCE, MISSING, WHY_MISSING, Provider, rsa

pytestmark = pytest.mark.skipif(MISSING, reason=WHY_MISSING)


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


def test_all_who_bring_a_key_that_nobody_knew_wait_for_it() -> None:
    first, second = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("first", "second"))
    told: list[Sequence[Key]] = [[first], [second]]
    answering, asked = Event(), 0

    def fetch(_issuer: str) -> Sequence[Key]:
        nonlocal asked
        asked += 1
        answering.wait()
        return told.pop(0)

    trusted = Trusted(Expected("https://id.test", AUDIENCE, ALGORITHMS, "sub", None, None, 60), fetch)
    now = datetime.now(UTC)
    claims = {
        "iss": "https://id.test",
        "aud": AUDIENCE,
        "sub": "wang",
        "exp": int((now + timedelta(hours=1)).timestamp()),
    }
    token = jwt.encode({"alg": "ES256", "kid": "second"}, claims, second, algorithms=["ES256"])

    async def arrive(count: int) -> None:
        at_once = []
        for _ in range(count):
            at_once.append(asyncio.create_task(trusted.prepare(token)))
            await asyncio.sleep(0.1)
        assert not any(each.done() for each in at_once)
        answering.set()
        await asyncio.gather(*at_once)
        answering.clear()

    async def come_and_go() -> None:
        await arrive(3)
        trusted._keys._tried = None
        await arrive(3)

    asyncio.run(come_and_go())
    assert asked == 2
    assert trusted.identity(token, now).subject == "wang"
