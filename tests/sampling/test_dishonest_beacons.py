"""A bureau that owns its database and its key forges the randomness: an auditor who verifies the bundle finds it.

As in `forgeries`, each forgery is hashed, chained and signed anew by the log's own key.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from sampling.beacons import Drand
from sampling.drand import KNOWN
from sampling.verification import Trust
from tests.drand_network import Network
from tests.engines import fresh_database
from tests.sampling import beacon_bureau as by
from tests.sampling import bureau as steps
from tests.sampling.beacon_bureau import CANONICAL, DRAND, NETWORK, NUMBER, ROUND
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import SIGNER, TRUST
from tests.sampling.forging import Forgery, taken_apart

FROZEN, DRAWN = "campaign.frozen", "campaign.drawn"
REVEALED, ENTERED, CONFIRMED, SIGNED = "beacon.revealed", "beacon.entered", "beacon.confirmed", "beacon.signed"
PINNED = Trust(TRUST.log, drand=(NETWORK.chain,))
DRAWS = {"drand": by.draw_by_drand, "sources": by.draw_by_sources, "ceremony": by.draw_by_dice}

Forge = Callable[[Forgery], object]
FORGERIES: dict[str, tuple[str, str, Forge]] = {}
"""By name: the beacon of the campaign, what the fault says, and the forgery."""


@pytest.fixture(scope="module")
def bundles(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """The bundle of a campaign drawn under each beacon."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("beacons")
        planned = stack.enter_context(fresh_database("sqlite", folder, sqlite_template))
        with steps.opened(planned, steps.HAMLET) as made:
            steps.build(made, "planned")
        drawn = {}
        for kind, draw in DRAWS.items():
            url = stack.enter_context(fresh_database("sqlite", tmp_path_factory.mktemp(kind), planned))
            bureau = stack.enter_context(steps.opened(url, steps.HAMLET))
            draw(bureau)
            drawn[kind] = bureau.bundle()
        yield drawn


def found_in(kind: str, says: str) -> Callable[[Forge], Forge]:
    """Enter a forgery into the table."""

    def enter(forge: Forge) -> Forge:
        FORGERIES[forge.__name__.replace("_", " ")] = (kind, says, forge)
        return forge

    return enter


def beacon_of(forgery: Forgery) -> dict[str, Any]:
    return dict(forgery.of(FROZEN)["body"]["beacon"])


def named(forgery: Forgery, beacon: dict[str, Any]) -> None:
    forgery.of(FROZEN)["body"]["beacon"] = beacon


def last_fault(forgery: Forgery, trust: Trust = PINNED) -> tuple[str, str]:
    *passed, failed = verify_bundle(forgery.made(SIGNER), trust)
    assert all(check.passed for check in passed)
    return failed.name, failed.fault or ""


def replaced_round(forgery: Forgery, drand: Drand, number: int, network: Network = NETWORK) -> None:
    """Let another round have decided, in the log and in the draw."""
    signed = network.round(number)
    forgery.of(SIGNED)["body"] |= signed.to_json()
    forgery.of(DRAWN)["body"]["beacon"] = {"kind": drand.kind, **signed.to_json()}
    forgery.of(DRAWN)["body"]["output"] = signed.randomness.hex()


# A round


@found_in("drand", "round_of_another_number")
def a_round_that_is_not_the_named_one(forgery: Forgery) -> None:
    replaced_round(forgery, DRAND, NUMBER + 1)


@found_in("drand", "round_not_signed")
def a_round_that_another_network_signed(forgery: Forgery) -> None:
    replaced_round(forgery, DRAND, NUMBER, Network(name="another"))


@found_in("drand", "round_not_signed")
def a_signature_of_nothing(forgery: Forgery) -> None:
    for body in (forgery.of(SIGNED)["body"], forgery.of(DRAWN)["body"]["beacon"]):
        body["signature"] = NETWORK.round(NUMBER + 1).signature.hex()


@found_in("drand", "is none that is pinned")
def a_chain_of_the_bureaus_own(forgery: Forgery) -> None:
    own = Network(name="the bureau's own")
    beacon = Drand(own.chain, NUMBER)
    named(forgery, beacon.to_json())
    replaced_round(forgery, beacon, NUMBER, own)


@found_in("drand", "is none that is pinned")
def a_known_chains_name_on_another_key(forgery: Forgery) -> None:
    beacon = Drand(replace(NETWORK.chain, hash=KNOWN["quicknet"].hash), NUMBER)
    named(forgery, beacon.to_json())


@found_in("drand", "is none that is pinned")
def a_chain_whose_rounds_are_said_to_fall_later(forgery: Forgery) -> None:
    chain = replace(NETWORK.chain, genesis=NETWORK.chain.genesis + 3)
    named(forgery, Drand(chain, NUMBER - 1).to_json())
    replaced_round(forgery, DRAND, NUMBER - 1)


@found_in("drand", "the beacon does not lie after the freeze by the stated margin")
def a_round_that_was_known_at_the_freeze(forgery: Forgery) -> None:
    known = Drand(NETWORK.chain, NUMBER - 1000)
    named(forgery, known.to_json())
    replaced_round(forgery, known, NUMBER - 1000)


@found_in("drand", "a beacon drand that lies only 59 s ahead may have been known")
def a_round_that_may_have_been_known(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["witnesses"] = "quorum none\n"
    forgery.of(FROZEN)["body"]["margin"] = 59


@found_in("drand", "json_wrong_shape")
def a_round_at_another_time_than_its_chain_gives_it(forgery: Forgery) -> None:
    named(forgery, {**DRAND.to_json(), "not_before": "2026-11-23T02:10:03Z"})
    forgery.of(FROZEN)["body"]["margin"] = 603


@found_in("drand", "round_awaited")
def a_round_that_stands_in_no_entry(forgery: Forgery) -> None:
    forgery.entries.remove(forgery.of(SIGNED))


@found_in("drand", "beacon_too_early")
def a_draw_before_its_round(forgery: Forgery) -> None:
    for kind in (SIGNED, DRAWN):
        forgery.of(kind)["time"] = "2026-11-23T02:09:59Z"


# Public numbers


def entered_as(forgery: Forgery, values: list[str], *kinds: str) -> None:
    for kind in kinds:
        forgery.of(kind)["body"]["values"] = values
    forgery.of(DRAWN)["body"]["beacon"]["values"] = values


@found_in("sources", "the values were entered and confirmed by the same person")
def values_that_one_person_entered_and_confirmed(forgery: Forgery) -> None:
    forgery.document(CONFIRMED, "by").content["by"] = forgery.document(ENTERED, "by").content["by"]


@found_in("sources", "the values confirmed are not those that were entered")
def values_that_only_the_second_person_read(forgery: Forgery) -> None:
    entered_as(forgery, ["1.2.3.4.5.6./7./", CANONICAL[1]], CONFIRMED)


@found_in("sources", "the draw's evidence is not what stands in the log before it")
def values_that_nobody_read(forgery: Forgery) -> None:
    entered_as(forgery, ["1.2.3.4.5.6./7./", CANONICAL[1]])


@found_in("sources", "values_awaited")
def values_that_only_one_person_read(forgery: Forgery) -> None:
    del forgery.documents[forgery.of(CONFIRMED)["body"]["documents"]["by"]]
    forgery.entries.remove(forgery.of(CONFIRMED))
    forgery.of(DRAWN)["body"]["beacon"] = {"kind": "local", "value": "00" * 32}


@found_in("sources", "the values were entered before they could be published")
def values_before_their_publication(forgery: Forgery) -> None:
    forgery.of(ENTERED)["time"] = "2026-11-23T13:24:59Z"


@found_in("sources", "values were entered or confirmed again after they were confirmed")
def values_that_were_confirmed_twice(forgery: Forgery) -> None:
    entry = copy.deepcopy(forgery.of(CONFIRMED))
    forgery.entries.insert(forgery.entries.index(forgery.of(DRAWN)), entry)


@found_in("sources", "json_wrong_shape")
def numbers_in_another_order_than_the_canonical_one(forgery: Forgery) -> None:
    entered_as(forgery, ["9.3.12.20.28.33./7./", CANONICAL[1]], ENTERED, CONFIRMED)


@found_in("sources", "beacon_entropy_too_low")
def a_guessable_beacon(forgery: Forgery) -> None:
    beacon = beacon_of(forgery)
    named(forgery, {**beacon, "sources": beacon["sources"][:1]})


@found_in("sources", "source_kind_unknown")
def a_source_of_the_bureaus_own(forgery: Forgery) -> None:
    beacon = copy.deepcopy(beacon_of(forgery))
    beacon["sources"][0]["source"] = "our own wheel"
    named(forgery, beacon)


@found_in("sources", "the beacon does not lie after the freeze by the stated margin")
def a_source_published_before_the_freeze(forgery: Forgery) -> None:
    beacon = copy.deepcopy(beacon_of(forgery))
    beacon["sources"][0]["at"] = beacon["not_before"] = "2026-11-23T01:15:00Z"
    named(forgery, beacon)
    forgery.of(FROZEN)["body"]["margin"] = 0


# Dice


def moved(forgery: Forgery, entry: dict[str, Any], before: dict[str, Any]) -> None:
    forgery.entries.remove(entry)
    entry["time"] = before["time"]
    forgery.entries.insert(forgery.entries.index(before), entry)


@found_in("ceremony", "what fell was entered before all parties had revealed, or too late")
def dice_that_were_entered_before_the_last_reveal(forgery: Forgery) -> None:
    moved(forgery, forgery.of(ENTERED), forgery.of(REVEALED, 1))


@found_in("ceremony", "what fell was entered before all parties had revealed, or too late")
def dice_that_fell_after_their_deadline(forgery: Forgery) -> None:
    late = "2026-11-23T04:00:01Z"
    for kind in (CONFIRMED, DRAWN):
        forgery.of(kind)["time"] = late
    forgery.of(DRAWN)["body"]["beacon"]["throw"]["at"] = late


@found_in("ceremony", "the values were entered and confirmed by the same person")
def dice_that_one_person_entered_and_confirmed(forgery: Forgery) -> None:
    forgery.document(CONFIRMED, "by").content["by"] = forgery.document(ENTERED, "by").content["by"]


@found_in("ceremony", "the throw was entered or confirmed by a person who was not named")
def dice_that_a_stranger_confirmed(forgery: Forgery) -> None:
    forgery.document(CONFIRMED, "by").content["by"] = "planner-zj"


@found_in("ceremony", "json_wrong_shape")
def dice_with_other_faces(forgery: Forgery) -> None:
    throw = {**beacon_of(forgery)["throw"], "of": 9}
    fell = "9." + forgery.of(ENTERED)["body"]["values"][0][2:]
    forgery.of(FROZEN)["body"]["beacon"]["throw"]["what"] = throw["what"]
    for kind in (ENTERED, CONFIRMED):
        forgery.of(kind)["body"]["values"] = [fell.replace("9.", "09.", 1)]
    forgery.of(DRAWN)["body"]["beacon"]["throw"]["values"] = fell.replace("9.", "09.", 1)
    forgery.of(FROZEN)["body"]["beacon"]["throw"] = throw


@found_in("ceremony", "the draw's evidence is not what stands in the log before it")
def dice_that_the_draw_forgets(forgery: Forgery) -> None:
    forgery.of(DRAWN)["body"]["beacon"]["throw"] = None


@found_in("ceremony", "reveals_missing")
def a_withheld_reveal_that_the_fallback_does_not_decide(forgery: Forgery) -> None:
    """A party withholds, and the bureau goes on without it although another round was named for that."""
    forgery.entries.remove(forgery.of(REVEALED, 1))
    del forgery.of(DRAWN)["body"]["beacon"]["reveals"][1]
    forgery.of(DRAWN)["body"]["beacon"]["throw"] = None
    for kind in (ENTERED, CONFIRMED):
        del forgery.documents[forgery.of(kind)["body"]["documents"]["by"]]
        forgery.entries.remove(forgery.of(kind))


@pytest.mark.parametrize("kind", DRAWS)
def test_an_honest_draw_passes(bundles: dict[str, bytes], kind: str) -> None:
    assert [check.fault for check in verify_bundle(bundles[kind], PINNED) if check.fault] == []


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found_and_named(bundles: dict[str, bytes], name: str) -> None:
    kind, says, forge = FORGERIES[name]
    forgery = taken_apart(bundles[kind])
    forge(forgery)
    found, told = last_fault(forgery)
    assert (found, says in told) == ("beacon", True), f"{found}: {told}"


@pytest.mark.parametrize(
    ("trust", "passes"),
    [
        (None, False),
        (TRUST, False),
        (Trust(TRUST.log, drand=(replace(NETWORK.chain, period=30),)), False),
        (Trust(TRUST.log, drand=(Network(name="another").chain,)), False),
        (Trust(TRUST.log, drand=(Network(name="another").chain, NETWORK.chain)), True),
    ],
    ids=["no keys", "no chain", "another period", "another chain", "it and another"],
)
def test_a_chain_counts_only_if_the_verifier_pins_it(
    bundles: dict[str, bytes], trust: Trust | None, passes: bool
) -> None:
    faults = [(check.name, check.fault) for check in verify_bundle(bundles["drand"], trust) if check.fault]
    expected = f"the chain {NETWORK.chain.hash.hex()} is none that is pinned"
    assert faults == ([] if passes else [("beacon", expected)])


def test_a_fallback_of_a_chain_that_nobody_pins_is_found_though_it_did_not_decide(bundles: dict[str, bytes]) -> None:
    failed = verify_bundle(bundles["ceremony"], TRUST)[-1]
    assert (failed.name, failed.passed) == ("beacon", False)
    assert ROUND.number == NUMBER


class TestTrustFile:
    """Chains in the file of pinned keys."""

    TEXT = f'log = ["{SIGNER.verifier_key}"]\n'

    def test_it_pins_chains_by_any_name(self) -> None:
        lines = "\n".join(f"{name} = {value!r}".replace("'", '"') for name, value in NETWORK.chain.to_json().items())
        assert Trust.parse(f"{self.TEXT}[drand.province]\n{lines}\n").drand == (NETWORK.chain,)

    @pytest.mark.parametrize("more", ["drand = 1", '[drand.x]\nhash = "00"', "[drand]\nx = 1"])
    def test_another_shape_is_refused(self, more: str) -> None:
        with pytest.raises(Exception, match="trust_malformed"):
            Trust.parse(self.TEXT + more)
