"""A bureau as `qian serve` serves it, and beside it the three real answers written by hand, in the same process.

What is written by hand reads through the same use cases, in one snapshot and one worker thread a request, and gives the
same data; it has no limits, no errors in words, and can answer nothing else.
"""

import gc
from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api import logs
from api.bureau import Bureau
from api.server import build_app
from api.settings import Settings
from api.signing_in import opened
from graphql_servers.real import CAMPAIGN, ENTRIES_SHOWN, PAGE, PROOFS_SHOWN
from ledger import cosignatures, signed
from ledger.calendar import instant_text
from ledger.windows import Window
from sampling import disclosures, registers
from sampling.public_filters import ANY_FINDING
from schema.public_types.findings import FINDINGS
from schema.public_types.ledger import ENTRIES
from schema.sealing import sealing, sealing_of
from schema.staff_types.enterprises import ENTERPRISES, EVERYWHERE
from scoring import enterprises
from scoring.enterprises import EVERY
from scoring.results import FollowUp, Result

Read = Callable[[Bureau, Connection, str], dict[str, Any]]


def enterprise_page(bureau: Bureau, tx: Connection, token: str) -> dict[str, Any]:
    """Answer a page of the register."""
    actor = opened(bureau, token).actor_in(tx)
    rows = enterprises.page(tx, actor, Window(PAGE + 1))
    shown, seal = rows[:PAGE], sealing.get().seal
    nodes = [
        {
            "id": seal("id", ["Enterprise", each.code]),
            "code": each.code,
            "name": each.name,
            "sector": each.sector,
            "region": each.region,
            "address": each.address,
            "established": each.established.isoformat(),
            "status": each.status,
            "formerNames": [{"name": name} for name, _ in each.former_names],
        }
        for each in shown
    ]
    end = ENTERPRISES.cursor(shown[-1], [EVERY, None, EVERYWHERE.told])
    return {"enterprises": {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > PAGE, "endCursor": end}}}


def campaign_with_findings(bureau: Bureau, tx: Connection, token: str) -> dict[str, Any]:
    """Answer a campaign, its findings and whose they are."""
    found = disclosures.campaign(tx, CAMPAIGN)
    body, names = found.frozen.body, registers.departments(tx)
    count = disclosures.count_published(tx, CAMPAIGN)
    rows = disclosures.findings_of(tx, Window(PAGE + 1), [CAMPAIGN])[CAMPAIGN]
    shown, seal = rows[:PAGE], sealing.get().seal
    nodes = [
        {
            "id": seal("id", ["Finding", each.number]),
            "number": each.number,
            "position": each.position,
            "enterpriseCode": each.enterprise,
            "enterpriseName": each.name,
            "departmentName": each.department,
            "itemNames": each.items,
            "visitedOn": each.visited.isoformat(),
            "results": [{"code": Result(of).name, "text": Result(of).text} for of in each.results],
            "followUp": {"code": FollowUp(each.follow_up).name, "text": FollowUp(each.follow_up).text},
            "publishedAt": instant_text(each.published_at),
            "opening": {
                "position": each.opening.position,
                "root": each.opening.root,
                "slot": each.opening.slot,
                "salt": each.opening.salt,
                "sealed": each.opening.sealed,
                "proof": each.opening.proof,
            },
        }
        for each in shown
    ]
    end = FINDINGS.cursor(shown[-1], [CAMPAIGN, ANY_FINDING])
    told = {
        "code": found.id,
        "title": body["title"],
        "state": found.state.upper(),
        "startsOn": body["starts"],
        "endsOn": body["ends"],
        "frameSize": body["slots"]["count"],
        "frameRoot": body["slots"]["root"],
        "toDraw": body["to_draw"],
        "departments": [{"code": each, "name": names[each]["name"]} for each in body["departments"]],
        "publishedCount": count,
        "findings": {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > PAGE, "endCursor": end}},
    }
    return {"campaign": told}


def ledger_page(bureau: Bureau, tx: Connection, token: str) -> dict[str, Any]:
    """Answer the newest checkpoint, a page of the ledger, and proofs of some entries."""
    size, checkpoint = signed.size(tx), cosignatures.served_checkpoint(tx, bureau.witness_policy)
    rows = signed.entries(tx, Window(ENTRIES_SHOWN + 1))
    shown = rows[:ENTRIES_SHOWN]
    nodes = [
        {
            "seq": str(each.seq),
            "time": each.time,
            "kind": each.kind,
            "subject": each.subject,
            "leafHash": each.leaf_hash.hex(),
            "text": each.data.decode(),
        }
        for each in shown
    ]
    end = ENTRIES.cursor(shown[-1], signed.EVERY_ENTRY)
    proofs = {
        f"of{seq}": {
            "seq": str(proof.seq),
            "size": str(proof.size),
            "root": proof.root.hex(),
            "hashes": [each.hex() for each in proof.hashes],
        }
        for seq, proof in signed.inclusions(tx, range(PROOFS_SHOWN)).items()
    }
    entries = {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > ENTRIES_SHOWN, "endCursor": end}}
    return {
        "ledger": {"origin": bureau.origin, "size": str(size), "checkpoint": checkpoint, "entries": entries, **proofs}
    }


HANDLERS: dict[str, tuple[str, Read]] = {
    "enterprises": ("staff", enterprise_page),
    "campaign": ("public", campaign_with_findings),
    "ledger": ("public", ledger_page),
}


def build(bureau: Bureau) -> ASGIApp:
    """Return an application that answers by hand under /by-hand, and everything else as the project does."""
    ours = build_app(bureau)
    hand = Starlette(routes=[Route(f"/by-hand/{name}", _handler(bureau, name), methods=["POST"]) for name in HANDLERS])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (hand if scope.get("path", "").startswith("/by-hand/") else ours)(scope, receive, send)

    return app


def _handler(bureau: Bureau, name: str) -> Callable[[Request], Any]:
    audience, read = HANDLERS[name]

    def work(token: str) -> bytes:
        sealing.set(sealing_of(bureau.pseudonym_key, audience))
        with bureau.read() as tx:
            return orjson.dumps({"data": read(bureau, tx, token)})

    async def answer(request: Request) -> Response:
        await request.body()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return Response(await run_in_threadpool(work, token), media_type="application/json")

    return answer


def served() -> ASGIApp:
    """Return the application of the bureau that the environment names."""
    settings = Settings()
    logs.configure("json", settings.log_level)
    app = build(Bureau(settings))
    gc.collect()
    gc.freeze()
    return app
