"""Each beacon through the doors, by command line and GraphQL over HTTP: named, come, drawn by, shown, verified."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.bureau import Bureau
from api.sample.bureau import SampleFile
from api.settings import Settings
from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from sampling.assigning import visits
from sampling.drand import CHAINED_G2, UNCHAINED_G1
from tests.api import small_bureau
from tests.api.console import ANALYST, AUDITOR, PLANNER, REVIEWER, Answer, Console
from tests.api.house import House, served
from tests.api.small_bureau import FREEZE, step
from tests.api.test_command_line import ORIGIN, import_sample, plan
from tests.api.test_drand import chains_text
from tests.drand_network import Network, answer, node_of
from tests.drand_network import served as served_node

NETWORK = Network(UNCHAINED_G1)
CHAINED = Network(CHAINED_G2, "test network of pairs", 30)
JUDGE, CLERK = Actor("notary-1", Role.INSPECTOR, "ZJ"), Actor("inspector-7", Role.INSPECTOR, "ZJ")
FELL = "3 1 4 1 5 2 6 5 3 5 6 2 1 3 2 4 6 1 1 2"


class Clock:
    """The bureau's clock, which tests set forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    @property
    def now(self) -> datetime:
        """The present instant of the bureau."""
        return datetime.now(UTC).replace(microsecond=0) + self.ahead

    def forward_to(self, instant: datetime) -> None:
        """Let it be that instant, and a second more."""
        self.ahead += max(instant - self.now, timedelta(0)) + timedelta(seconds=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let every bureau have one clock."""
    made = Clock()
    monkeypatch.setattr(Bureau, "now", property(lambda _: made.now))
    return made


@pytest.fixture
def chains(tmp_path: Path) -> Path:
    """The file of the test networks' chains."""
    file = tmp_path / "chains.toml"
    file.write_text(chains_text(province=NETWORK.chain, pairs=CHAINED.chain))
    return file


@pytest.fixture(scope="module")
def graded(sample: tuple[Path, list[SampleFile]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a bureau at rest, to copy."""
    folder = tmp_path_factory.mktemp("graded")
    made = Console(Settings(home=folder / "home"), folder)
    made.done("init", "--origin", ORIGIN, "--name", "测试单位")
    import_sample(made, sample)
    made.done("grade", actor=ANALYST)
    return made.settings.home


class TestCommandLine:
    """By the commands."""

    @pytest.fixture
    def console(self, graded: Path, tmp_path: Path) -> Console:
        home = shutil.copytree(graded, tmp_path / "home")
        return Console(Settings(home=home), tmp_path)

    @staticmethod
    def planned(console: Console) -> str:
        return str(plan(console)["campaign"]["id"])

    @staticmethod
    def done(answer: Answer) -> Any:
        assert answer.code == 0, answer.stdout + answer.stderr
        return answer.json

    def verified(self, console: Console, campaign: str, chains: Path, folder: Path) -> str:
        bundle, trust = folder / "bundle.json", folder / "trust.toml"
        console.done("campaign", "export", campaign, "--output", bundle, actor=AUDITOR)
        bureau = Bureau(console.settings)
        trust.write_text(f'log = ["{bureau.verifier.vkey}"]\n' + chains.read_text())
        bureau.close()
        checks = console.done("verify", bundle, "--trust", trust)["checks"]
        return str(next(check["compared"] for check in checks if check["name"] == "beacon"))

    @pytest.mark.parametrize(("name", "network"), [("province", NETWORK), ("pairs", CHAINED)])
    def test_a_draw_fetches_the_round_that_its_freeze_named(
        self, console: Console, clock: Clock, chains: Path, tmp_path: Path, name: str, network: Network
    ) -> None:
        campaign = self.planned(console)
        setting = {"QIAN_DRAND_CHAINS": str(chains), "QIAN_DRAND_URLS": ""}
        freeze = ("campaign", "freeze", campaign, "--beacon", "drand", "--chain", name, "--json")
        frozen = self.done(console.run(*freeze, actor=PLANNER, **setting))["beacon"]
        number, due = frozen["round"], network.chain.time_of(frozen["round"])
        assert frozen["chain"] == network.chain.to_json()
        assert due - clock.now > timedelta(seconds=50)
        draw = ("campaign", "draw", campaign, "--json")
        with served_node(node_of((network.chain, network.round(number)))) as node:
            nodes = {**setting, "QIAN_DRAND_URLS": f"http://127.0.0.1:1 {node}"}
            assert console.run(*draw, actor=PLANNER, **nodes).error == "beacon_too_early"
            clock.forward_to(due)
            away = console.run(*draw, actor=PLANNER, **{**setting, "QIAN_DRAND_URLS": "http://127.0.0.1:1"})
            assert away.error == "round_not_obtained"
            drawn = self.done(console.run(*draw, actor=PLANNER, **nodes))
        assert drawn["beacon_evidence"] == {"kind": "drand", **network.round(number).to_json()}
        assert drawn["entropy_bits"] == 256
        assert drawn["to_be_trusted"] == ["no_witnesses", "beacon_drand", "not_attested"]
        assert "signed by its chain, which is pinned" in self.verified(console, campaign, chains, tmp_path)

    def test_on_a_closed_network_the_round_is_handed_in(
        self, console: Console, clock: Clock, chains: Path, tmp_path: Path
    ) -> None:
        campaign = self.planned(console)
        setting = {"QIAN_DRAND_CHAINS": str(chains), "QIAN_DRAND_URLS": ""}

        def run(*arguments: str) -> Answer:
            return console.run("campaign", *arguments, "--json", actor=PLANNER, **setting)

        unknown = run("freeze", campaign, "--beacon", "drand", "--chain", "nowhere")
        assert unknown.error == "drand_chain_unknown"
        assert run("freeze", campaign, "--beacon", "drand", "--round", "1000").error == "beacon_in_the_past"
        at = (clock.now + timedelta(hours=3)).isoformat()
        beacon = self.done(run("freeze", campaign, "--beacon", "drand", "--chain", "pairs", "--at", at))["beacon"]
        signed = CHAINED.round(beacon["round"])
        file = tmp_path / "answer.json"
        file.write_text(json.dumps(answer(signed)))
        assert run("round", campaign, "--file", str(file)).error == "beacon_too_early"
        clock.forward_to(CHAINED.chain.time_of(signed.number))
        assert run("draw", campaign).error == "round_not_obtained"
        assert run("round", campaign, "--signature", signed.signature.hex()).error == "round_not_signed"
        other = tmp_path / "other.json"
        other.write_text(json.dumps(answer(CHAINED.round(signed.number + 1))))
        assert run("round", campaign, "--file", str(other)).error == "round_of_another_number"
        other.write_text("<html>")
        assert run("round", campaign, "--file", str(other)).error == "round_file_unreadable"
        assert self.done(run("round", campaign, "--file", str(file)))["round"] == signed.number
        assert run("round", campaign, "--file", str(file)).error == "round_stands"
        assert self.done(run("draw", campaign))["state"] == "drawn"

    def test_two_persons_enter_what_others_published(self, console: Console, clock: Clock, tmp_path: Path) -> None:
        campaign = self.planned(console)
        at = clock.now + timedelta(hours=1)
        source = f"kl8:2026310@{at.isoformat()}"
        freeze = ("campaign", "freeze", campaign, "--beacon", "sources")
        assert console.json(*freeze, "--source", "kl8", actor=PLANNER).error == "source_option_malformed"
        weak = console.json(*freeze, "--source", f"ssq:1@{at.isoformat()}", actor=PLANNER)
        assert weak.error == "beacon_entropy_too_low"
        console.done(*freeze, "--source", source, actor=PLANNER)
        values = ("--values", " ".join(str(number) for number in range(80, 60, -1)))
        enter, confirm = ("campaign", "enter", campaign, *values), ("campaign", "confirm", campaign, *values)
        assert console.json(*enter, actor=PLANNER).error == "beacon_too_early"
        clock.forward_to(at)
        read = console.done(*enter, actor=PLANNER)["values"]
        assert read == [".".join(map(str, range(61, 81))) + "./"]
        assert console.json(*confirm, actor=PLANNER).error == "confirmed_by_same_person"
        console.done(*confirm, actor=REVIEWER)
        drawn = console.done("campaign", "draw", campaign, actor=PLANNER)
        assert (drawn["entropy_bits"], drawn["to_be_trusted"][1]) == (61, "beacon_sources")
        bundle = tmp_path / "bundle.json"
        console.done("campaign", "export", campaign, "--output", bundle, actor=AUDITOR)
        assert all(check["fault"] is None for check in console.done("verify", bundle)["checks"])
        assert console.done("audit", actor=AUDITOR)["faults"] == []

    def test_a_ceremony_with_dice_and_a_round_behind_it(
        self, console: Console, clock: Clock, chains: Path, tmp_path: Path
    ) -> None:
        campaign = self.planned(console)
        deadline, thrown_by = (clock.now + timedelta(hours=hours) for hours in (1, 2))
        freeze = ["campaign", "freeze", campaign, "--beacon", "ceremony", "--deadline", deadline.isoformat()]
        for party in ("甲", "乙"):
            kept = tmp_path / f"{party}.json"
            committed = console.done("ceremony", "commit", "--party", party, "--keep", kept)
            freeze += ["--party", f"{party}={committed['commitment']}"]
        freeze += ["--fallback", "drand", "--dice", "20x6"]
        assert console.json(*freeze, actor=PLANNER).error == "throw_option_malformed"
        freeze += ["--thrown-by", thrown_by.isoformat()]
        assert console.json(*freeze, actor=PLANNER).error == "throw_unusable"
        freeze += ["--before", JUDGE.subject, "--before", CLERK.subject]
        assert console.json(*freeze, "--source", "kl8:1@2036-01-01", actor=PLANNER).error == "beacon_option_unused"
        beacon = console.done(*freeze, actor=PLANNER)["beacon"]
        assert beacon["fallback"]["kind"] == "drand"
        shown = console.run("campaign", "show", campaign, actor=PLANNER)
        assert "20 dice of 6 faces before notary-1、inspector-7" in shown.stdout
        assert "fallback: drand" in shown.stdout

        clock.ahead += timedelta(seconds=2)
        for party in ("甲", "乙"):
            console.done("campaign", "reveal", campaign, "--kept", tmp_path / f"{party}.json", actor=PLANNER)
        assert console.json("campaign", "draw", campaign, actor=PLANNER).error == "throw_awaited"
        console.done("campaign", "enter", campaign, "--values", FELL, actor=JUDGE)
        confirm = ("campaign", "confirm", campaign, "--values", FELL)
        assert console.json(*confirm, actor=PLANNER).error == "person_not_named"
        console.done(*confirm, actor=CLERK)
        drawn = console.done("campaign", "draw", campaign, actor=PLANNER)
        assert drawn["beacon_evidence"]["throw"]["values"] == ".".join(FELL.split()) + "./"
        assert "of parties that were bound before" in self.verified(console, campaign, chains, tmp_path)

    def test_who_comes_instead_is_decided_by_a_later_round_and_then_by_later_numbers(
        self, console: Console, clock: Clock, chains: Path, tmp_path: Path
    ) -> None:
        campaign = self.planned(console)
        setting = {"QIAN_DRAND_CHAINS": str(chains), "QIAN_DRAND_URLS": ""}

        def run(*arguments: str, actor: Actor = PLANNER, **more: str) -> Answer:
            return console.run("campaign", *arguments, "--json", actor=actor, **{**setting, **more})

        self.done(run("freeze", campaign, "--beacon", "local"))
        self.done(run("draw", campaign))
        self.done(run("match", campaign))
        bureau = Bureau(console.settings)
        with bureau.read() as tx:
            first, second, *_ = visits(tx, AUDITOR, campaign)
        bureau.close()
        ill = ("--inspector", first.team[0][1], "--enterprise", first.enterprise, "--cause", "突发疾病")
        named = self.done(run("reopen", campaign, *ill, "--beacon", "drand", "--chain", "province"))["beacon"]
        signed = NETWORK.round(named["round"])
        with served_node(node_of((NETWORK.chain, signed))) as node:
            assert run("rematch", campaign, QIAN_DRAND_URLS=node).error == "beacon_too_early"
            clock.forward_to(NETWORK.chain.time_of(signed.number))
            assert run("rematch", campaign).error == "round_not_obtained"
            told = self.done(run("rematch", campaign, QIAN_DRAND_URLS=node))
        assert told["output"] == signed.randomness.hex()
        at = clock.now + timedelta(hours=1)
        away = ("--inspector", second.team[0][1], "--enterprise", second.enterprise, "--cause", "借调")
        issue = ("--beacon", "sources", "--source", f"kl8:2026310@{at.isoformat()}")
        self.done(run("reopen", campaign, *away, *issue))
        values = ("--values", " ".join(str(number) for number in range(1, 21)))
        clock.forward_to(at)
        assert run("rematch", campaign).error == "values_awaited"
        self.done(run("enter", campaign, *values))
        assert run("confirm", campaign, *values).error == "confirmed_by_same_person"
        self.done(run("confirm", campaign, *values, actor=REVIEWER))
        self.done(run("rematch", campaign))
        assert "local" in self.verified(console, campaign, chains, tmp_path)

    def test_the_kinds_of_public_numbers_are_listed(self, console: Console) -> None:
        listed = {each["code"]: each for each in console.done("campaign", "sources")["sources"]}
        assert listed["kl8"]["outcomes"] == "3535316142212174320"
        assert "双色球" in console.run("campaign", "sources", QIAN_LANGUAGE="zh").stdout


BEACON = """query ($campaign: String!) { campaign(code: $campaign) {
  toBeTrusted { code }
  beaconEntries { kind }
  beacon {
    kind notBefore marginSeconds entropyBits decidedBy evidence output deadline
    parties { name value }
    round { number signature previousSignature chain { hash scheme publicKey genesis periodSeconds } }
    sources { kind name issue publishedAt outcomes values }
    throw { what count of persons deadline values }
    fallback { kind entropyBits round { number } sources { kind } }
  }
} }"""
VALUES = """mutation ($campaign: String!, $values: [String!]!) {
  %s(campaign: $campaign, values: $values) { entry { kind } refusal { code } }
}"""
ENTER, CONFIRM = VALUES % "enterBeaconValues", VALUES % "confirmBeaconValues"
HAND_IN = """mutation ($campaign: String!, $signature: String!, $number: BigInt) {
  enterBeaconRound(campaign: $campaign, signature: $signature, number: $number) { entry { kind } refusal { code } }
}"""


class TestGraphQL:
    """By GraphQL over HTTP, with the worker of `qian serve`."""

    @pytest.fixture
    def house(self, clock: Clock, tmp_path: Path, chains: Path) -> Iterator[House]:
        nodes: dict[str, Any] = {}
        with served_node(lambda path: nodes["node"](path)) as url:
            settings = Settings(home=tmp_path / "home", drand_urls=url, drand_chains=chains)
            nodes["node"] = node_of()
            self.nodes = nodes
            with served(settings) as made:
                small_bureau.import_all(made)
                small_bureau.grade_all(made)
                yield made

    def told(self, house: House, campaign: str) -> Any:
        return house.ask(BEACON, campaign=campaign)["campaign"]

    def test_the_worker_gets_the_round_and_the_public_sees_all_of_it(self, house: House, clock: Clock) -> None:
        campaign = small_bureau.plan(house)
        known = {"campaign": campaign}
        asked = {"drand": {"chain": "province", "at": instant_text(clock.now + timedelta(hours=1))}}
        assert house.refused(FREEZE, PLANNER, **known, beacon={"drand": {"chain": "x"}}) == ("drand_chain_unknown")
        house.work(FREEZE, PLANNER, **known, beacon=asked)
        named = self.told(house, campaign)["beacon"]
        number = int(named["round"]["number"])
        assert named["round"]["chain"] == {
            "hash": NETWORK.chain.hash.hex(),
            "scheme": NETWORK.chain.scheme,
            "publicKey": NETWORK.chain.public_key.hex(),
            "genesis": str(NETWORK.chain.genesis),
            "periodSeconds": 3,
        }
        assert (named["kind"], named["round"]["signature"], named["output"]) == ("drand", None, None)
        signed = NETWORK.round(number)
        assert house.refused(step("drawCampaign"), PLANNER, **known) == "beacon_too_early"
        assert house.refused(HAND_IN, PLANNER, **known, signature=signed.signature.hex()) == ("beacon_too_early")
        self.nodes["node"] = node_of((NETWORK.chain, signed))
        clock.forward_to(NETWORK.chain.time_of(number))
        end = datetime.now(UTC) + timedelta(seconds=60)
        while self.told(house, campaign)["beacon"]["round"]["signature"] is None:
            assert datetime.now(UTC) < end
        house.do(step("drawCampaign"), PLANNER, **known)
        drawn = self.told(house, campaign)
        assert drawn["beaconEntries"] == [{"kind": "beacon.signed"}]
        assert drawn["toBeTrusted"][1] == {"code": "beacon_drand"}
        assert (drawn["beacon"]["output"], drawn["beacon"]["decidedBy"]) == (signed.randomness.hex(), "drand")
        assert json.loads(drawn["beacon"]["evidence"])["signature"] == signed.signature.hex()

    def test_dice_and_numbers_are_entered_and_confirmed(self, house: House, clock: Clock) -> None:
        campaign = small_bureau.plan(house)
        known = {"campaign": campaign}
        numbers = clock.now + timedelta(hours=5)
        sources = [
            {"kind": "ssq", "issue": "2026135", "publishedAt": instant_text(numbers)},
            {"kind": "dlt", "issue": "2026135", "publishedAt": instant_text(numbers)},
        ]
        ceremony = small_bureau.ceremony(house) | {
            "throw": {
                "what": "dice",
                "count": 20,
                "of": 6,
                "persons": [JUDGE.subject, CLERK.subject],
                "deadline": instant_text(clock.now + timedelta(hours=2)),
            },
            "fallback": {"sources": sources},
        }
        few = {**ceremony, "fallback": {"sources": sources[:1]}}
        assert house.refused(FREEZE, PLANNER, **known, beacon={"ceremony": few}) == ("beacon_entropy_too_low")
        none: dict[str, Any] = {"sources": []}
        assert house.refused(FREEZE, PLANNER, **known, beacon=none) == "beacon_entropy_too_low"
        house.work(FREEZE, PLANNER, **known, beacon={"ceremony": ceremony})
        assert house.refused(ENTER, JUDGE, **known, values=[FELL]) == "reveals_missing"
        clock.ahead += timedelta(seconds=2)
        small_bureau.reveal(house, campaign)
        house.do(ENTER, JUDGE, **known, values=[FELL])
        assert house.refused(CONFIRM, JUDGE, **known, values=[FELL]) == "confirmed_by_same_person"
        assert house.refused(CONFIRM, CLERK, **known, values=[FELL[:-1] + "1"]) == "values_differ"
        house.do(CONFIRM, CLERK, **known, values=[FELL])
        house.do(step("drawCampaign"), PLANNER, **known)
        beacon = self.told(house, campaign)["beacon"]
        assert beacon["throw"]["values"] == ".".join(FELL.split()) + "./"
        assert beacon["fallback"] == {
            "kind": "sources",
            "entropyBits": 48,
            "round": None,
            "sources": [{"kind": "ssq"}, {"kind": "dlt"}],
        }
        assert beacon["decidedBy"] == "ceremony"

    def test_a_withheld_value_leaves_the_decision_to_numbers_that_two_persons_read(
        self, house: House, clock: Clock
    ) -> None:
        campaign = small_bureau.plan(house)
        known = {"campaign": campaign}
        numbers = clock.now + timedelta(hours=5)
        fallback = {"sources": [{"kind": "kl8", "issue": "2026310", "publishedAt": instant_text(numbers)}]}
        ceremony = {**small_bureau.ceremony(house), "fallback": fallback}
        house.work(FREEZE, PLANNER, **known, beacon={"ceremony": ceremony})
        read = " ".join(map(str, range(1, 21)))
        assert house.refused(ENTER, PLANNER, **known, values=[read]) == "beacon_has_no_values"
        clock.ahead += timedelta(hours=2)
        assert house.refused(ENTER, PLANNER, **known, values=[read]) == "beacon_too_early"
        clock.ahead += timedelta(hours=4)
        house.do(ENTER, PLANNER, **known, values=[read])
        house.do(CONFIRM, small_bureau.REVIEWER, **known, values=[read])
        house.do(step("drawCampaign"), PLANNER, **known)
        told = self.told(house, campaign)
        assert told["beacon"]["decidedBy"] == "sources"
        assert {"code": "beacon_sources"} in told["toBeTrusted"]
