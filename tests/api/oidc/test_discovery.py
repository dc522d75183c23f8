"""How a provider is asked: whatever its document names, an address that nobody can be asked at is as no answer."""

import pytest

from api.bounded_http import new_client
from api.oidc.discovery import ProviderUnreachable, address_in, asked


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:1/",
        "https://id.test:port/",
        "https://\0/",
        "https://id.test/\n",
        "https://é..x/",
        "https://.../",
        "https://" + "a" * 300 + "/",
        "https://id.test/" + "a" * 70_000,
    ],
)
def test_an_address_where_nobody_can_be_asked_is_no_answer(address: str) -> None:
    with pytest.raises(ProviderUnreachable), new_client() as client:
        asked(client, "GET", address_in({"jwks_uri": address}, "jwks_uri"))


@pytest.mark.parametrize("address", ["http://id.test/", "javascript:alert(1)", "https://", 5, None, []])
def test_an_address_that_somebody_on_the_way_could_answer_at_is_none(address: object) -> None:
    with pytest.raises(ProviderUnreachable):
        address_in({"jwks_uri": address}, "jwks_uri")
