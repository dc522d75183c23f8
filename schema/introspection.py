"""Whether the caller may ask for the schema: the rule is added before the documents' validation is looked up."""

from collections.abc import Iterator
from typing import Final

from graphql import ASTValidationRule, NoSchemaIntrospectionCustomRule, specified_rules
from strawberry.extensions import SchemaExtension

from schema.context import Context

RULES: Final = (NoSchemaIntrospectionCustomRule,)
STANDARD: Final = tuple(specified_rules)
CLOSED: Final = STANDARD + RULES


class Introspecting(SchemaExtension):
    """Refuses introspection where the context does not allow it."""

    def on_operation(self) -> Iterator[None]:
        """Surround one operation."""
        if not self.execution_context.context.introspection:
            self.execution_context.validation_rules += RULES
        yield


def rules_of(context: Context) -> tuple[type[ASTValidationRule], ...]:
    """Return the rules that a caller's documents are validated by, as the extension leaves them."""
    return STANDARD if context.introspection else CLOSED
