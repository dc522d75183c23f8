"""Trust policies after c2sp.org/tlog-policy."""

import itertools
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from ledger.note import COSIGNATURE, ED25519, Signature, Verifier
from ledger.policy import LARGEST_POLICY, Group, Policy, parse_policy


def key(name: str, kind: int = COSIGNATURE, filled_with: str | None = None) -> Verifier:
    return Verifier(f"{name}.example", kind, (filled_with or name).encode().ljust(32, b"\0"))


LOG = key("log", ED25519)
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
WITNESS = {name: key(name) for name in NAMES}

# The example of the specification, with keys in the place of <vkey>.
EXAMPLE = f"""\
log {LOG.vkey}

witness X1 {WITNESS["X1"].vkey}
witness X2 {WITNESS["X2"].vkey}
witness X3 {WITNESS["X3"].vkey}
group X-witnesses 2 X1 X2 X3

witness Y1 {WITNESS["Y1"].vkey}
witness Y2 {WITNESS["Y2"].vkey}
witness Y3 {WITNESS["Y3"].vkey}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
WITNESS_LINES = "".join(f"witness {name} {WITNESS[name].vkey}\n" for name in NAMES)


def parse(text: str) -> Policy:
    return parse_policy(text.encode())


def keys(names: Collection[str]) -> set[Verifier]:
    return {WITNESS[name] for name in names}


def refused(text: str | bytes) -> tuple[str, object]:
    with pytest.raises(Invalid) as caught:
        parse_policy(text if isinstance(text, bytes) else text.encode())
    return caught.value.code, caught.value.parameters.get("line")


def test_the_example_of_the_specification_is_read() -> None:
    policy = parse(EXAMPLE)
    assert policy.text == EXAMPLE
    assert [(each.verifier, each.url) for each in policy.logs] == [(LOG, None)]
    assert [(each.name, each.verifier, each.url) for each in policy.witnesses] == [
        (name, WITNESS[name], None) for name in NAMES
    ]
    assert policy.groups == (
        Group("X-witnesses", 2, ("X1", "X2", "X3")),
        Group("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    )
    assert policy.quorum == "X-and-Y"


def test_the_example_needs_two_of_the_x_and_one_of_the_y_witnesses() -> None:
    policy = parse(EXAMPLE)
    for count in range(len(NAMES) + 1):
        for names in itertools.combinations(NAMES, count):
            enough = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
            assert policy.is_met(keys(names)) == enough


@pytest.mark.parametrize(("threshold", "least"), [("any", 1), ("1", 1), ("2", 2), ("6", 6), ("all", 6)])
def test_any_is_one_and_all_is_as_many_as_there_are(threshold: str, least: int) -> None:
    policy = parse(WITNESS_LINES + f"group g {threshold} {' '.join(NAMES)}\nquorum g\n")
    assert [policy.is_met(keys(NAMES[:count])) for count in range(7)] == [count >= least for count in range(7)]


def test_a_single_witness_can_be_the_quorum() -> None:
    policy = parse(WITNESS_LINES + "quorum X2\n")
    assert policy.is_met(keys(["X2"]))
    assert not policy.is_met(keys(["X1", "X3", "Y1", "Y2", "Y3"]))


def test_the_quorum_none_needs_no_witness() -> None:
    policy = parse("quorum none\n")
    assert policy.is_met(())
    assert not policy.needs_witnesses
    assert parse(EXAMPLE).needs_witnesses


def test_no_quorum_has_fewer_cosigners_than_the_least() -> None:
    for text, least in (
        (EXAMPLE, 3),
        ("quorum none\n", 0),
        (WITNESS_LINES + "quorum Y1\n", 1),
        (WITNESS_LINES + "group g all X1 X2\ngroup h any g Y1\ngroup i all h Y2\nquorum i\n", 2),
    ):
        policy = parse(text)
        quorums = [
            count
            for count in range(len(NAMES) + 1)
            if any(policy.is_met(keys(names)) for names in itertools.combinations(NAMES, count))
        ]
        assert policy.least_cosigners == min(quorums) == least


def test_a_policy_is_for_the_logs_that_it_names_or_for_any() -> None:
    assert parse(EXAMPLE).accepts(LOG)
    assert not parse(EXAMPLE).accepts(key("other", ED25519))
    assert parse("quorum none\n").accepts(LOG)


def test_a_key_outside_the_policy_counts_for_nothing() -> None:
    policy = parse(WITNESS_LINES + "group g 2 X1 X2\nquorum g\n")
    stranger = key("stranger")
    same_key_other_name = key("elsewhere", filled_with="X2")
    assert not policy.is_met({WITNESS["X1"], stranger, same_key_other_name, WITNESS["Y1"]})


def test_spaces_tabs_empty_lines_and_comments_are_ignored() -> None:
    text = f"# first\n\n \t \n\t#  indented, 市场监管\nwitness\t A \t{WITNESS['X1'].vkey}  \n  quorum\tA\t\n#last\n"
    assert parse(text).quorum == "A"


def test_urls_are_kept_as_they_are_written() -> None:
    policy = parse(
        f"log {LOG.vkey} https://log.example/\nwitness 甲 {WITNESS['X1'].vkey} https://例.cn/w1\nquorum 甲\n"
    )
    assert [each.url for each in policy.logs] == ["https://log.example/"]
    assert [(each.name, each.url) for each in policy.witnesses] == [("甲", "https://例.cn/w1")]


def test_names_are_bytes_so_that_letters_which_look_alike_are_two() -> None:
    text = f"witness K {WITNESS['X1'].vkey}\nwitness \u212a {WITNESS['X2'].vkey}\ngroup g all K \u212a\nquorum g\n"
    assert [each.name for each in parse(text).witnesses] == ["K", "\u212a"]


def test_a_key_may_be_that_of_a_log_and_of_a_witness() -> None:
    shared = key("both", ED25519), key("both")
    assert parse(f"log {shared[0].vkey}\nwitness w {shared[1].vkey}\nquorum w\n").is_met({shared[1]})


def test_the_quorum_may_stand_before_lines_that_it_does_not_name() -> None:
    policy = parse(f"witness a {WITNESS['X1'].vkey}\nquorum a\nwitness b {WITNESS['X2'].vkey}\n")
    assert [each.name for each in policy.witnesses] == ["a", "b"]


A, B = (f"witness {name} {WITNESS[at].vkey}\n" for name, at in (("a", "X1"), ("b", "X2")))

MANY_GROUPS = A + "".join(f"group g{n} 1 {f'g{n - 1}' if n else 'a'}\n" for n in range(65)) + "quorum a\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (A + "quorum a\nquorums a\n", "policy_line_malformed", 3),
        (A + "Quorum a\n", "policy_line_malformed", 2),
        (A + "quorum a # the only one\n", "policy_line_malformed", 2),
        (A + "quorum\n", "policy_line_malformed", 2),
        (A + "quorum\u00a0a\n", "policy_line_malformed", 2),
        ("log\n", "policy_line_malformed", 1),
        (f"log {LOG.vkey} https://a https://b\n", "policy_line_malformed", 1),
        (f"witness {WITNESS['X1'].vkey}\n", "policy_line_malformed", 1),
        (A[:-1] + " https://a https://b\n", "policy_line_malformed", 1),
        (A + "group g any\n", "policy_line_malformed", 2),
        (A + "group g\n", "policy_line_malformed", 2),
        (A + "group g most a\n", "policy_threshold_out_of_range", 2),
        (A + "group g 0 a\n", "policy_threshold_out_of_range", 2),
        (A + "group g 2 a\n", "policy_threshold_out_of_range", 2),
        (A + "group g -1 a\n", "policy_threshold_out_of_range", 2),
        (A + "group g +1 a\n", "policy_threshold_out_of_range", 2),
        (A + "group g ١ a\n", "policy_threshold_out_of_range", 2),
        (A + "group g ALL a\n", "policy_threshold_out_of_range", 2),
        (A + "group g any b\n", "policy_name_unknown", 2),
        (A + "group g any g\n", "policy_name_unknown", 2),
        (A + "group g any none\n", "policy_name_unknown", 2),
        (A + "group g any b\n" + B, "policy_name_unknown", 2),
        ("quorum a\n" + A, "policy_name_unknown", 1),
        (A + "quorum b\n", "policy_name_unknown", 2),
        (A + "group a any a\n", "policy_name_taken", 2),
        (A + B + "group g any a\ngroup g any b\n", "policy_name_taken", 4),
        (A + B.replace("witness b", "witness a"), "policy_name_taken", 2),
        (A.replace("witness a", "witness none"), "policy_name_taken", 1),
        (A + "group none any a\n", "policy_name_taken", 2),
        (A + "group g any a a\n", "policy_member_repeated", 2),
        (A + B + "group g any a\ngroup h any b a\n", "policy_member_repeated", 4),
        (A + A.replace("witness a", "witness b"), "policy_key_repeated", 2),
        (A + f"witness b {key('other', filled_with='X1').vkey}\n", "policy_key_repeated", 2),
        (f"log {LOG.vkey}\nlog {key('other', ED25519, 'log').vkey}\n", "policy_key_repeated", 2),
        (f"witness a {LOG.vkey}\n", "policy_key_of_no_witness", 1),
        ("witness a X1.example+00000000+AAAA\n", "policy_vkey_malformed", 1),
        (f"log {LOG.vkey[:-1]}\n", "policy_vkey_malformed", 1),
        (f"log {LOG.vkey.replace('log', 'lot')}\n", "policy_vkey_malformed", 1),
        (A + "quorum a\nquorum a\n", "policy_quorum_repeated", 3),
        (A + "quorum none\nquorum a\n", "policy_quorum_repeated", 3),
        (A, "policy_quorum_missing", None),
        ("", "policy_quorum_missing", None),
        (A + "quorum a", "policy_line_unfinished", 2),
        (A + "quorum a\n#", "policy_line_unfinished", 3),
        (A + "quorum a\r\n", "policy_not_text", 2),
        (A + "# \x00\nquorum a\n", "policy_not_text", 2),
        (A + "# \x7f\nquorum a\n", "policy_not_text", 2),
        (A.encode() + b"# \xff\nquorum a\n", "policy_not_text", 2),
        (A + "quorum a\n" + "#" * LARGEST_POLICY + "\n", "policy_too_large", None),
        (MANY_GROUPS, "policy_too_large", None),
    ],
)  # fmt: skip
def test_what_the_specification_does_not_allow_is_refused_with_its_line(
    text: str | bytes, code: str, line: int | None
) -> None:
    assert refused(text) == (code, line)


@given(st.integers(0, len(EXAMPLE) - 1))
def test_a_policy_that_is_cut_short_is_refused(length: int) -> None:
    """A cut may leave a shorter name that is defined as well, such as a witness's in the place of a group's."""
    assert refused(EXAMPLE[:length])[0] in ("policy_quorum_missing", "policy_line_unfinished", "policy_line_malformed",
                                            "policy_vkey_malformed", "policy_name_unknown",
                                            "policy_threshold_out_of_range")  # fmt: skip


def test_thirty_two_of_each_kind_are_supported() -> None:
    lines = [f"log {key(f'log{n}', ED25519).vkey}" for n in range(32)]
    lines += [f"witness w{n} {key(f'w{n}').vkey} https://w{n}.example/" for n in range(32)]
    lines += [f"group g{n} any {f'g{n - 1}' if n else ''} w{n}" for n in range(32)]
    policy = parse("\n".join([*lines, "quorum g31"]) + "\n")
    assert policy.is_met({key("w0")})
    assert not policy.is_met({key("w32")})


def test_those_are_awaited_whose_cosignature_could_still_help() -> None:
    policy = parse(EXAMPLE)
    assert policy.awaited(()) == list(NAMES)
    assert policy.awaited(keys(["X1"])) == ["X2", "X3", "Y1", "Y2", "Y3"]
    assert policy.awaited(keys(["X1", "X3"])) == ["Y1", "Y2", "Y3"]
    assert policy.awaited(keys(["X1", "Y2"])) == ["X2", "X3"]
    assert policy.awaited(keys(["X1", "X2", "Y3"])) == []


def test_a_witness_outside_the_quorum_is_not_awaited() -> None:
    assert parse(A + B + "quorum b\n").awaited(()) == ["b"]
    assert parse(A + B + "quorum none\n").awaited(()) == []


@given(st.sets(st.sampled_from(NAMES)))
def test_those_who_are_awaited_are_enough_and_none_of_them_is_there(names: set[str]) -> None:
    policy = parse(EXAMPLE)
    awaited = policy.awaited(keys(names))
    assert not names & set(awaited)
    assert policy.is_met(keys(names | set(awaited)))


def test_a_witness_counts_once_however_often_it_cosigned() -> None:
    policy = parse(A + B + "group g 2 a b\nquorum g\n")
    signatures = [Signature(WITNESS["X1"], 10), Signature(WITNESS["X1"], 11)]
    assert policy.cosigners(signatures) == keys(["X1"])
    assert not policy.is_met(policy.cosigners(signatures))


def test_only_cosignatures_up_to_the_latest_time_count() -> None:
    policy = parse(EXAMPLE)
    signatures = [Signature(LOG, None), Signature(WITNESS["X1"], 10), Signature(WITNESS["X2"], 11)]
    assert policy.cosigners(signatures) == keys(["X1", "X2"])
    assert policy.cosigners(signatures, latest=10) == keys(["X1"])
    assert policy.cosigners(signatures, latest=9) == set()


def test_a_late_cosignature_does_not_undo_one_in_time() -> None:
    signatures = [Signature(WITNESS["X1"], 20), Signature(WITNESS["X1"], 10)]
    assert parse(EXAMPLE).cosigners(signatures, latest=10) == keys(["X1"])


def test_signatures_by_others_than_its_witnesses_are_no_cosigners() -> None:
    signatures = [Signature(LOG, None), Signature(key("stranger"), 1), Signature(WITNESS["X3"], 1)]
    assert parse(A + B + "quorum a\n").cosigners(signatures) == set()
