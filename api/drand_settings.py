"""The chains and nodes of drand that the operator configures."""

import re
import tomllib
from collections.abc import Mapping

from api.settings import Settings
from ledger.errors import Invalid
from sampling.drand import KNOWN, Chain, parse_chains


def drand_chains(settings: Settings) -> Mapping[str, Chain]:
    """Return the chains that a freeze may name, by name; the known ones are never another.

    Raises Invalid("drand_chains_unusable").
    """
    path = settings.drand_chains
    if path is None:
        return KNOWN
    try:
        added = parse_chains(tomllib.loads(path.read_text("utf-8")).get("drand", {}), "drand")
    except (OSError, ValueError) as error:
        raise Invalid("drand_chains_unusable", path=path, reason=type(error).__name__) from None
    except Invalid as error:
        raise Invalid("drand_chains_unusable", path=path, reason=str(error)) from None
    return {**added, **KNOWN}


def drand_urls(settings: Settings) -> list[str]:
    """Return the addresses of drand's nodes, without a stroke at the end."""
    return [url.rstrip("/") for url in re.split(r"[\s,]+", settings.drand_urls) if url]
