"""The provider's keys: when they are asked for, and what counts while the provider is away."""

from collections.abc import Sequence

import pytest
from joserfc.jwk import ECKey, Key

from api.oidc.discovery import ProviderUnreachable
from api.oidc.keys import (
    FRESH_SECONDS,
    LOST_SECONDS,
    RETRY_SECONDS,
    STALE_SECONDS,
    Due,
    ProviderKeys,
)

FIRST = ECKey.generate_key("P-256", {"kid": "first"})
SECOND = ECKey.generate_key("P-256", {"kid": "second"})


class World:
    """A provider and a clock."""

    def __init__(self) -> None:
        self.told: Sequence[Key] | None = [FIRST]
        self.asked = 0
        self.time = 1000.0
        self.keys = ProviderKeys(self.fetch, lambda: self.time)

    def fetch(self) -> Sequence[Key]:
        """Answer, or be away."""
        self.asked += 1
        if self.told is None:
            raise ProviderUnreachable("away")
        return self.told


@pytest.fixture
def world() -> World:
    """A provider whose keys were asked for once."""
    world = World()
    assert world.keys.due("first") is Due.NOW
    world.keys.refresh()
    return world


def test_keys_that_are_fresh_are_not_asked_for_again(world: World) -> None:
    world.time += FRESH_SECONDS
    assert world.keys.due("first") is Due.NO
    world.time += 1
    assert world.keys.due("first") is Due.SOON
    world.time += STALE_SECONDS
    assert world.keys.due("first") is Due.NOW


def test_an_unknown_key_is_asked_for_but_not_for_each_token(world: World) -> None:
    assert world.keys.due("second") is Due.NOW
    assert not world.keys.may_be_asked_for()
    world.time += RETRY_SECONDS
    assert world.keys.may_be_asked_for()
    for _ in range(1000):
        world.keys.refresh()
        assert not world.keys.may_be_asked_for()
    assert world.asked == 2


def test_a_key_that_was_taken_back_counts_no_more(world: World) -> None:
    world.told = [SECOND]
    world.time += RETRY_SECONDS
    world.keys.refresh()
    assert world.keys.held() == [SECOND]


def test_while_the_provider_is_away_its_keys_go_on_for_a_day(world: World) -> None:
    world.told = None
    world.time += LOST_SECONDS
    world.keys.refresh()
    assert world.keys.held() == [FIRST]
    assert not world.keys.may_be_asked_for()  # it was just asked
    world.time += 1
    assert world.keys.held() is None
    assert world.keys.due("first") is Due.NOW
    world.time += RETRY_SECONDS
    assert world.keys.may_be_asked_for()


def test_a_provider_that_never_answered_leaves_nothing() -> None:
    world = World()
    world.told = None
    world.keys.refresh()
    assert world.keys.held() is None
    assert world.keys.due("first") is Due.NOW
    assert not world.keys.may_be_asked_for()
    world.time += RETRY_SECONDS
    assert world.keys.may_be_asked_for()
