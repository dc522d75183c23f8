"""Reading a campaign's public side from a bureau's address: its log, its public files, its published findings."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

import httpx2

from api.log_client import SECONDS, opened_log
from ledger.calendar import instant_text
from ledger.entries import parse_entry
from ledger.errors import Conflict
from ledger.log_reader import LogReader, Read, read_checkpoint
from sampling.entry_kinds import CLOSED, DRAWN
from sampling.position_lists import files_named
from sampling.public_checks import PublicSide, PublishedName

PAGE: Final = 100
NAMES: Final = """query ($campaign: String!, $first: Int!, $after: String) {
  campaign(code: $campaign) {
    findings(first: $first, after: $after) {
      nodes { enterpriseCode position publishedAt opening { position size root slot salt sealed proof } }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""

Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""A GraphQL query with its variables → the data of its answer."""


def read_public(address: str, campaign: str) -> PublicSide:
    """Return what anybody reads of a campaign at a bureau's address, such as https://qian.example.gov.cn.

    Raises Conflict: log_unreachable, public_side_unusable; LogFault where the log's files do not belong together.
    """
    base = address.rstrip("/")
    with opened_log(f"{base}/log") as read, _asking(base) as client:
        return public_side(campaign, read, lambda query, variables: _ask(client, query, variables))


def public_side(campaign: str, read: Read, ask: Ask) -> PublicSide:
    """Put a campaign's public side together; names are read before the log, so that the log is no older than they."""
    names = []
    after: str | None = None
    while True:
        page = ask(NAMES, {"campaign": campaign, "first": PAGE, "after": after})["campaign"]["findings"]
        names += [_name(node) for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    note, checkpoint = read_checkpoint(read)
    entries = list(LogReader(read, checkpoint).entries())
    return PublicSide(campaign, note, entries, _files(campaign, read, entries), names)


def _files(campaign: str, read: Read, entries: list[bytes]) -> dict[str, bytes]:
    """Return the files that the campaign's draw and close name."""
    files = {}
    marks = [f'"kind":"{kind}"'.encode() for kind in (DRAWN, CLOSED)]
    for entry in (parse_entry(data) for data in entries if any(mark in data for mark in marks)):
        if entry.kind in (DRAWN, CLOSED) and entry.subject == campaign:
            for name in files_named(entry.body):
                file = read(f"data/{name}")
                if file is not None:
                    files[name] = file
    return files


def _name(node: Mapping[str, Any]) -> PublishedName:
    opening = node["opening"]
    stratum, key = opening["sealed"]
    told = {
        **{name: opening[name] for name in ("position", "root", "slot", "proof")},
        "slots": opening["size"],
        "identity_salt": opening["salt"],
        "stratum_commitment": stratum,
        "key_commitment": key,
    }
    published_at = instant_text(datetime.fromisoformat(node["publishedAt"]))
    return PublishedName(node["enterpriseCode"], node["position"], published_at, told)


def _asking(address: str) -> AbstractContextManager[httpx2.Client]:
    return httpx2.Client(base_url=address, timeout=SECONDS, follow_redirects=True)


def _ask(client: httpx2.Client, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    try:
        answer: Any = client.post("/graphql", json={"query": query, "variables": variables}).json()
        if "errors" in answer:
            raise Conflict("public_side_unusable", address=client.base_url, reason=answer["errors"][0]["message"])
        data: dict[str, Any] = answer["data"]
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Conflict("log_unreachable", address=client.base_url, reason=f"{type(error).__name__} {error}") from None
    except (ValueError, TypeError, KeyError) as error:
        raise Conflict("public_side_unusable", address=client.base_url, reason=str(error)) from None
    return data
