import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from ledger.errors import Invalid
from scoring.codes import (
    ALPHABET,
    check_character,
    check_former_code,
    check_uscc,
    make_uscc,
    organisation_check_character,
)

PUBLISHED = (
    "91110000600037341L",
    "91110000710926094P",
    "9144030071526726XG",
    "91340600MA2PBM9HXD",
    "92340602MA2PBMEM24",
    "91340600MA2PBP2120",
    "91350100M000100Y43",
)
PRIVATE_ZONE = {
    "PDY00001": "91130304PDY00001XL",
    "PDY00002": "91130304PDY000028L",
    "PDY00003": "91130304PDY000036F",
    "PDY00010": "91130304PDY0001088",
    "PDY99999": "91130304PDY999994G",
    "PDY00006": "91130304PDY0000600",
}


@pytest.mark.parametrize("code", [*PUBLISHED, *PRIVATE_ZONE.values()])
def test_a_published_code_is_valid(code: str) -> None:
    assert check_uscc(code) == code


@pytest.mark.parametrize("code", PUBLISHED)
def test_a_published_code_holds_a_valid_organisation_code(code: str) -> None:
    assert organisation_check_character(code[8:16]) == code[16]


@pytest.mark.parametrize(("body", "code"), PRIVATE_ZONE.items())
def test_a_code_is_made_of_region_and_body(body: str, code: str) -> None:
    assert make_uscc("130304", body) == code


def test_a_code_is_given_in_capitals_without_spaces_around_it() -> None:
    assert check_uscc(" 91130304pdy00001xl\t") == "91130304PDY00001XL"


@pytest.mark.parametrize("prefix", ["A1", "N1", "Y1", "11", "51", "92", "93"])
def test_letters_of_registering_departments_may_begin_a_code(prefix: str) -> None:
    code = make_uscc("130304", "PDY00007", prefix)
    assert code.startswith(prefix)
    assert check_uscc(code) == code


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [("91440300713555564J", "9"), ("91310115MA1H8R7C6D", "7"), ("91130304PDY00001XM", "L")],
)
def test_a_wrong_check_character_is_refused_with_the_right_one(wrong: str, expected: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_uscc(wrong)
    assert refused.value.code == "uscc_check_character"
    assert refused.value.parameters["expected"] == expected


@pytest.mark.parametrize("text", ["12345", "", "91130304PDY00001X", "91130304PDY00001XLL", "9 1130304PDY00001XL"])
def test_a_code_of_another_length_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="uscc_length"):
        check_uscc(text)


@pytest.mark.parametrize(
    ("text", "position", "character"),
    [
        ("9111000060003IOZSV", 14, "I"),
        ("91350100M000100Y4Z", 18, "Z"),
        ("91130304PDYO0001XL", 12, "O"),
        ("B1130304PDY00001XL", 1, "B"),
        ("01130304PDY00001XL", 1, "0"),
        ("911303A4PDY00001XL", 7, "A"),
        ("９1130304PDY00001XL", 1, "９"),
    ],
)
def test_a_character_that_cannot_stand_at_its_place_is_refused(text: str, position: int, character: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_uscc(text)
    assert refused.value.code == "uscc_character"
    assert (refused.value.parameters["position"], refused.value.parameters["character"]) == (position, character)


@given(st.integers(1, 99999), st.integers(8, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(number: int, index: int, character: str) -> None:
    code = make_uscc("130304", f"PDY{number:05}")
    changed = code[:index] + character + code[index + 1 :]
    if changed == code:
        assert check_uscc(changed) == code
    else:
        with pytest.raises(Invalid, match="uscc_check_character"):
            check_uscc(changed)


@pytest.mark.parametrize("body", ["PDY0001", "PDY0000１", "pdy00001"])
def test_an_organisation_code_has_eight_digits_or_capitals(body: str) -> None:
    with pytest.raises(ValueError, match="eight"):
        organisation_check_character(body)


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_the_check_character_is_that_of_another_implementation(without_check: str) -> None:
    assert check_character(without_check) == uscc.calc_check_digit(without_check)


@pytest.mark.parametrize("code", ["110108000000016", " 91130304PDY00001XL"])
def test_a_former_code_is_a_registration_number_or_a_code(code: str) -> None:
    assert check_former_code(code) == code.strip()


@pytest.mark.parametrize(
    ("code", "refusal", "expected"),
    [
        ("110108000000017", "registration_number_check_digit", "6"),
        ("91130304PDY00001XM", "uscc_check_character", "L"),
        ("1101080000000", "uscc_length", None),
        ("１１０１０８０００００００１６", "uscc_length", None),
    ],
)
def test_a_wrong_former_code_is_refused(code: str, refusal: str, expected: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        check_former_code(code)
    assert (refused.value.code, refused.value.parameters.get("expected")) == (refusal, expected)
