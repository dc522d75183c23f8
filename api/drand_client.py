"""Asking drand's nodes for a round, over their HTTP API (docs.drand.love/developer/http-api).

Every address is asked in turn until one gives the round that was named, signed by the chain that was named: no node is
trusted, so the first that verifies is as good as any.
"""

from collections.abc import Sequence

import httpx2
import orjson

from api.bounded_http import EndlessAnswer, read_bounded
from ledger.errors import Conflict, Invalid
from sampling.beacon_evidence import check_round
from sampling.beacons import Drand
from sampling.drand import Round, make_round


class _Useless(Exception):
    """A node's answer is of no use; the text says why, in English."""


def fetch_round(client: httpx2.Client, urls: Sequence[str], beacon: Drand) -> Round:
    """Return the round from the first node that gives it.

    Raises Conflict("round_not_obtained"), which says of each node why it was of no use.
    """
    tried = []
    for url in urls:
        try:
            return _ask(client, url, beacon)
        except _Useless as reason:
            tried.append(f"{url}: {reason}")
    raise Conflict("round_not_obtained", round=beacon.round, tried="; ".join(tried) or "QIAN_DRAND_URLS")


def _ask(client: httpx2.Client, url: str, beacon: Drand) -> Round:
    try:
        with client.stream("GET", f"{url}/{beacon.chain.hash.hex()}/public/{beacon.round}") as response:
            if response.status_code != 200:
                raise _Useless(f"HTTP {response.status_code}")
            answer = orjson.loads(read_bounded(response))
    except EndlessAnswer as error:
        raise _Useless(str(error)) from None
    except orjson.JSONDecodeError:
        raise _Useless("no JSON") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise _Useless(f"{type(error).__name__} {error}".strip()) from None
    if not isinstance(answer, dict):
        raise _Useless("no object")
    try:
        signed = make_round(
            beacon.chain, answer.get("round"), answer.get("signature"), answer.get("previous_signature"), "answer"
        )
        check_round(beacon, signed)
    except Invalid as refusal:
        raise _Useless(str(refusal)) from None
    return signed
