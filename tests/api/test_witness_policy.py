"""The policy that an operator configures is read when the bureau is opened, and found fit for its log."""

from datetime import timedelta
from pathlib import Path

import pytest

from api.bureau import Bureau, create
from api.settings import Settings
from api.witness_policy import load_policy
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Invalid, Missing
from ledger.note import COSIGNATURE, ED25519, Verifier

KEY = Verifier("log.test/qian", ED25519, bytes(range(32)))
OTHER = Verifier("log.test/other", ED25519, bytes(range(1, 33)))
ADDRESSES = ("http://w1/", "https://w2/")
WITNESSES = [Verifier(f"w{number}.test", COSIGNATURE, bytes([number]) * 32) for number in (1, 2)]


def written(folder: Path, quorum: str, addresses: tuple[str, str] = ADDRESSES, log: str = "") -> Path:
    lines = [f"witness w{at} {each.vkey} {addresses[at - 1]}\n" for at, each in enumerate(WITNESSES, 1)]
    path = folder / "witnesses.policy"
    path.write_text("".join([log, *lines, quorum]), "utf-8")
    return path


BOTH = "group g all w1 w2\nquorum g\n"
EITHER = "group g any w1 w2\nquorum g\n"


def test_a_policy_is_read_from_its_file(tmp_path: Path) -> None:
    assert [each.url for each in load_policy(written(tmp_path, BOTH), [KEY]).witnesses] == list(ADDRESSES)


def test_a_file_that_cannot_be_read_or_is_no_policy_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(Missing, match="policy_file_missing"):
            load_policy(path, [KEY])
    with pytest.raises(Invalid, match="policy_quorum_missing"):
        load_policy(written(tmp_path, ""), [KEY])


@pytest.mark.parametrize("address", ["", "ftp://w2/", "w2:8080"])
def test_a_quorum_that_cannot_be_asked_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(Invalid, match="policy_without_addresses") as caught:
        load_policy(written(tmp_path, BOTH, ("http://w1/", address)), [KEY])
    assert caught.value.parameters["witnesses"] == ["w2"]
    load_policy(written(tmp_path, EITHER, ("http://w1/", address)), [KEY])


def test_a_policy_that_names_other_logs_alone_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, BOTH, log=f"log {KEY.vkey}\n")
    assert load_policy(path, [OTHER, KEY]).accepts(KEY)
    with pytest.raises(Conflict, match="policy_of_another_log"):
        load_policy(path, [OTHER])


def test_a_bureau_opens_with_its_policy_and_gives_the_witnesses_time(settings: Settings, tmp_path: Path) -> None:
    create(settings.model_copy(update={"beacon_margin": 20}), "log.test/qian", "测试单位").close()
    for quorum, seconds in ((BOTH, 320), ("quorum none\n", 20)):
        path = written(tmp_path, quorum)
        changes = {"witness_policy": path, "witness_wait": 300, "beacon_margin": 20}
        bureau = Bureau(settings.model_copy(update=changes))
        assert bureau.witness_policy is not None
        assert bureau.witness_policy.text == path.read_text("utf-8")
        lead = bureau.beacon_terms.lead(timedelta(0))
        assert (bureau.beacon_margin, lead) == (timedelta(seconds=20), timedelta(seconds=seconds))
        bureau.close()


def test_a_policy_for_a_log_outlives_the_rotation_of_its_key(settings: Settings, tmp_path: Path) -> None:
    bureau = create(settings, "log.test/qian", "测试单位")
    path = written(tmp_path, BOTH, log=f"log {bureau.verifier.vkey}\n")
    bureau.rotate_key(Actor("admin", Role.ADMINISTRATOR))
    bureau.close()
    Bureau(settings.model_copy(update={"witness_policy": path})).close()
