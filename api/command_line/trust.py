"""The keys that whoever verifies pins: a file of their own, never learned from what is verified."""

from pathlib import Path

from ledger.errors import Invalid
from sampling.verification import Trust


def load_trust(path: Path) -> Trust:
    """Read the keys of a file; raises Invalid("trust_malformed")."""
    try:
        return Trust.parse(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise Invalid("trust_malformed", reason=error.reason) from None
