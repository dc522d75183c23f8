"""The limit: Starlette and orjson, the three answers built by hand."""

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphql_servers.rows import BOXES, PARTS_OF, QUERIES, THINGS

NAMES = {query: name for name, query in QUERIES.items()}


async def answer(request: Request) -> Response:
    """Answer one of the three queries."""
    name = NAMES[orjson.loads(await request.body())["query"]]
    data: dict[str, object]
    if name == "a":
        data = {"hello": "world"}
    elif name == "b":
        data = {
            "things": [
                {
                    "id": row.id,
                    "code": row.code,
                    "name": row.name,
                    "region": row.region,
                    "sector": row.sector,
                    "capital": row.capital,
                    "staff": row.staff,
                    "share": row.share,
                    "active": row.active,
                    "note": row.note,
                }
                for row in THINGS
            ]
        }
    else:
        data = {
            "boxes": [
                {
                    "id": box.id,
                    "name": box.name,
                    "parts": [{"id": part.id, "name": part.name} for part in PARTS_OF[box.id]],
                }
                for box in BOXES
            ]
        }
    return Response(orjson.dumps({"data": data}), media_type="application/json")


app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])])
