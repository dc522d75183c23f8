"""`enterprise`: the register, by codes and names that enterprises have or had."""

from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.options import Json, TokenFile
from ledger.canonical import JSON
from ledger.windows import Window
from sampling import registers
from scoring import enterprises, shared_parties
from scoring.codes import region_text
from scoring.enterprises import EnterpriseFilter, EnterpriseOrder

MOST = 100


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="enterprise")


group = typer.Typer(no_args_is_help=True, help="The register of enterprises (检查对象名录库).")


@group.command("show")
def show(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="A code that it has or had, or its old registration number (代码).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Show an enterprise and what is recorded of it, its 100 newest records (查询企业)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = enterprises.read(tx, desk.actor, code)
            records = enterprises.records(tx, desk.actor, found.code, Window(MOST))
            divisions = registers.division_names(tx, [found.region])
        answer = {
            **{name: getattr(found, name) for name in ("code", "name", "sector", "region", "address", "status")},
            "division": divisions.get(found.region),
            "established": found.established.isoformat(),
            "succeeded_by": found.succeeded_by,
            "former_codes": [
                {"code": each.code, "since": each.since.isoformat(), "reason": each.reason}
                for each in found.former_codes
            ],
            "former_names": [
                {"name": name, "until": None if until is None else until.isoformat()}
                for name, until in found.former_names
            ],
            "records": [
                {
                    "kind": each.kind,
                    "version": each.version,
                    "date": None if each.date is None else each.date.isoformat(),
                    "body": each.body,
                    "number": each.number,
                    "superseded": each.superseded,
                    "revoked": each.revoked,
                    "sources": sorted({seen.source for seen in each.sources}),
                }
                for each in records
            ],
        }
        names = ("code", "name", "sector", "region", "address", "established", "enterprise_status", "succeeded_by")
        shown = vars(found) | {"region": region_text(found.region, divisions), "enterprise_status": found.status}
        facts = [(name, shown[name]) for name in names]
        facts += [("former_code", f"{each.code} ({each.since} {each.reason})") for each in found.former_codes]
        facts += [("former_name", name if until is None else f"{name} ({until})") for name, until in found.former_names]
        rows = [
            (
                desk.output.word_of("kinds", each.kind),
                each.date,
                each.body,
                each.number,
                each.version,
                desk.output.word("revoked_record" if each.revoked else "superseded")
                * (each.superseded or each.revoked),
                [seen.source for seen in each.sources],
            )
            for each in records
        ]
        columns = ("kind", "date", "body", "number", "version", "standing", "source")
        desk.output.answer(
            answer, desk.output.facts("enterprise_shown", facts), desk.output.table("records", columns, rows)
        )


@group.command("find")
def find(
    context: typer.Context,
    text: Annotated[
        str, typer.Argument(help="Words of its name, of one that it had, or of its address (名称或地址中的词).")
    ] = "",
    code: Annotated[str, typer.Option(help="How a code that it has or had begins (代码开头).")] = "",
    region: Annotated[str, typer.Option(help="How its place begins (区域开头).")] = "",
    sector: Annotated[list[str] | None, typer.Option(help="Its trade; may be given several times (行业).")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Its state, likewise (登记状态).")] = None,
    tag: Annotated[str, typer.Option(help="A tag that a department gave it (对象标签).")] = "",
    order: Annotated[EnterpriseOrder, typer.Option(help="In which order (排序).")] = EnterpriseOrder.CODE,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Find enterprises, the first 100 of them (查找企业)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            codes = registers.tagged(tx, desk.actor, tag) if tag else None
            wanted = EnterpriseFilter(text, code, region, tuple(sector or ()), tuple(status or ()), codes)
            found = enterprises.page(tx, desk.actor, Window(MOST), wanted, order)
        rows = [(each.code, each.name, each.status, [before for before, _ in each.former_names]) for each in found]
        told = [{"code": each.code, "name": each.name, "status": each.status} for each in found]
        table = desk.output.table("enterprises_found", ("code", "name", "enterprise_status", "former_name"), rows)
        desk.output.answer({"enterprises": told}, table)


@group.command("related")
def related(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="A code that it has or had (代码).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List the enterprises that share a party with one, the first 100 of them (关联企业)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            own = enterprises.read(tx, desk.actor, code).code
            found = shared_parties.related(tx, desk.actor, [own], Window(MOST))[own]
        output = desk.output
        rows = [
            (
                each.code,
                each.name,
                each.status,
                [f"{output.word_of('shared_party_kinds', tie.via)} {tie.party}" for tie in each.ties],
            )
            for each in found
        ]
        told: list[JSON] = [
            {
                "code": each.code,
                "name": each.name,
                "status": each.status,
                "shared": [{"kind": tie.via, "party": tie.party} for tie in each.ties],
            }
            for each in found
        ]
        columns = ("code", "name", "enterprise_status", "shared_parties")
        output.answer({"enterprises": told}, output.table("enterprises_related", columns, rows))
