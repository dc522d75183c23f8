"""Files that jobs left, for those who may see the job."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.bureau import Bureau
from api.signing_in import actor_of
from ledger import jobs
from schema.context import Serving


def routes(bureau: Bureau, serving: Serving) -> list[Route]:
    """Return the route of the files."""

    async def file(request: Request) -> Response:
        actor = actor_of(bureau, request.headers.get("authorization"))
        job, name = request.path_params["job"], request.path_params["name"]
        content = await serving.transactions.read(lambda tx: jobs.result_file(tx, actor, job, name))
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    return [Route("/staff/files/{job}/{name}", file)]
