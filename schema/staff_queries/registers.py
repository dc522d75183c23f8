"""What staff may ask of the registers: departments, divisions, items, inspectors, objects, enterprises (名录库)."""

import strawberry

from sampling.register_filters import EVERY_ROW
from schema.connections import After, Before, Connection, First, Last, Paging
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.filtering import chosen
from schema.public_types.divisions import FOUND, KNOWN, Division, DivisionCodes, Words, divisions, find_divisions
from schema.public_types.items import Department, Item, ItemsBy, OnDay, WhichItems, departments, item_page
from schema.registers import register_page
from schema.staff_mutations.arguments import AnyCode
from schema.staff_types.enterprises import Enterprise, EnterprisesBy, WhichEnterprises, enterprise_page
from schema.staff_types.objects import OBJECTS_BY, InspectionObject, ObjectsBy, WhichObjects
from schema.staff_types.people import INSPECTORS_BY, Inspector, InspectorsBy, WhichInspectors
from scoring import enterprises


@strawberry.type
class RegisterQueries:
    """The registers."""

    @field("The departments, by code (部门).")
    async def departments(self) -> list[Department]:
        """Return the departments."""
        return list((await departments()).values())

    @field(KNOWN)
    async def divisions(self, codes: DivisionCodes) -> list[Division]:
        """Return the divisions of codes."""
        return await divisions(codes)

    @field(FOUND)
    async def find_divisions(self, text: Words) -> list[Division]:
        """Return the first divisions that a text finds."""
        return await find_divisions(text)

    @field("The list of inspection items, by code (随机抽查事项清单).")
    async def items(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        on: OnDay = None,
        where: WhichItems = None,
        order: ItemsBy = None,
    ) -> Connection[Item] | None:
        """Return a page of items."""
        return await item_page(Paging(first, after, last, before), on, where, order)

    @field("The inspectors that your department keeps, by certificate number (执法检查人员名录库).")
    async def inspectors(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        on: OnDay = None,
        where: WhichInspectors = None,
        order: InspectorsBy = None,
    ) -> Connection[Inspector] | None:
        """Return a page of inspectors."""
        actor, paging, wanted = info.context.signed_in, Paging(first, after, last, before), chosen(where, EVERY_ROW)
        return await register_page("inspector", actor, INSPECTORS_BY, order, paging, Inspector.of, on, wanted)

    @field("What departments say of their objects, by department and enterprise (检查对象名录库).")
    async def objects(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        on: OnDay = None,
        where: WhichObjects = None,
        order: ObjectsBy = None,
    ) -> Connection[InspectionObject] | None:
        """Return a page of objects."""
        actor, paging, wanted = info.context.signed_in, Paging(first, after, last, before), chosen(where, EVERY_ROW)
        return await register_page("object", actor, OBJECTS_BY, order, paging, InspectionObject.of, on, wanted)

    @field("The register of enterprises (检查对象名录库).")
    async def enterprises(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichEnterprises = None,
        order: EnterprisesBy = None,
    ) -> Connection[Enterprise] | None:
        """Return a page of enterprises."""
        return await enterprise_page(info, Paging(first, after, last, before), where, order)

    @field("One enterprise, by a code that it has or had (企业).")
    async def enterprise(self, info: Info, code: AnyCode) -> Enterprise | None:
        """Return an enterprise."""
        return Enterprise.of(await read_as_staff(info, lambda tx, actor: enterprises.read(tx, actor, code)))
