"""Files for those who may see them: what jobs left, visits' printed forms, and evidence.

Images tell more than they show; auditors alone get all of it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.bureau import Bureau
from api.printing.pdf import pdf_of
from api.printing.visits import form_of
from api.signing_in import shown_by, sign_in
from ledger import jobs
from ledger.actors import Actor
from sampling.visits import noticing
from sampling.visits.evidence import opened_file, sees_metadata
from sampling.visits.file_types import without_metadata
from sampling.visits.numbering import FormKind
from schema.context import Serving

FORMS: Final[Mapping[str, FormKind]] = {f"{kind.value}.pdf": kind for kind in FormKind}


def routes(bureau: Bureau, serving: Serving) -> list[Route]:
    """Return the route of the files."""

    async def actor_of(request: Request) -> Actor:
        return (await sign_in(bureau, serving.transactions, shown_by(request))).actor

    async def file(request: Request) -> Response:
        actor = await actor_of(request)
        job, name = request.path_params["job"], request.path_params["name"]
        content = await serving.transactions.read(lambda tx: jobs.result_file(tx, actor, job, name))
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    async def evidence(request: Request) -> Response:
        actor, identifier = await actor_of(request), request.path_params["id"]
        kept, content = await serving.transactions.read(lambda tx: opened_file(tx, actor, identifier))
        if not sees_metadata(actor):
            content = await run_sync(without_metadata, content, kept.type)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(kept.name)}"}
        return Response(content, media_type=kept.type, headers=headers)

    async def form(request: Request) -> Response:
        actor, at = await actor_of(request), request.path_params
        kind = FORMS.get(at["kind"])
        if kind is None:
            return Response(status_code=404)
        printed = await serving.transactions.read(
            lambda tx: noticing.printed(tx, actor, at["campaign"], at["enterprise"], kind)
        )
        content = await run_sync(partial(pdf_of, form_of(printed), font=bureau.settings.font))
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(printed.form.text)}.pdf"}
        return Response(content, media_type="application/pdf", headers=headers)

    return [
        Route("/staff/files/forms/{campaign}/{enterprise}/{kind}", form),
        Route("/staff/files/{id}", evidence),
        Route("/staff/files/{job}/{name}", file),
    ]
