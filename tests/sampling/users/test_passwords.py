"""Passwords' hashes."""

from sampling.users import passwords

PASSWORD = "correct horse battery staple"  # noqa: S105


def test_the_hash_is_argon2id_with_the_parameters_of_the_standard() -> None:
    """RFC 9106, section 4, the second recommendation."""
    held = passwords.new_hasher().hash(PASSWORD)
    assert held.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_password(held, PASSWORD)


def test_each_hash_has_a_salt_of_its_own() -> None:
    assert passwords.hashed("x1", PASSWORD) != passwords.hashed("x1", PASSWORD)


def test_the_same_letters_typed_otherwise_are_the_same_password() -> None:
    held = passwords.hashed("x1", "Ａ horse, a café!")
    assert passwords.is_password(held, "A horse, a cafe\u0301!")


def test_no_password_has_no_hash_or_a_broken_one() -> None:
    for held in ("", "x", "$argon2id$v=19$m=65536,t=3,p=4$"):
        assert not passwords.is_password(held, PASSWORD)
        assert not passwords.is_password(held, "")
