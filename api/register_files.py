"""Registers as files to download: the list of items for anybody, all registers for staff."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.answers import tagged
from api.bureau import Bureau
from api.signing_in import shown_by, sign_in
from ledger.errors import Invalid
from sampling import registers
from sampling.register_files import Form
from schema.context import Serving


def public_routes(serving: Serving) -> list[Route]:
    """Return the routes of the list of items."""

    def route(how: Form) -> Route:
        async def items(request: Request) -> Response:
            content = await serving.transactions.read(lambda tx: registers.public_items(tx, how))
            return tagged(request, content, how.media_type, {"Cache-Control": "no-cache"})

        return Route(f"/items.{how.value}", items)

    return [route(how) for how in Form]


def staff_routes(bureau: Bureau, serving: Serving) -> list[Route]:
    """Return the routes of all registers."""

    def route(how: Form) -> Route:
        async def register(request: Request) -> Response:
            signed_in = await sign_in(bureau, serving.transactions, shown_by(request))
            kind = request.path_params["kind"]
            day, department = _day(request.query_params.get("on")), request.query_params.get("department")
            content = await serving.transactions.read(
                lambda tx: registers.export(tx, signed_in.actor, kind, how, day, department)
            )
            headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{kind}.{how.value}"'}
            return Response(content, media_type=how.media_type, headers=headers)

        return Route(f"/staff/registers/{{kind}}.{how.value}", register)

    return [route(how) for how in Form]


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid("day_unusable", field="on") from None
