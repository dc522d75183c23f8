"""What graphql-core finds wrong with a document or its variables: under codes that clients know, in both languages.

Its own words are in English; they stay, since they name the place, and Chinese ones stand in front of them.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from graphql import ASTValidationRule, GraphQLError, GraphQLSyntaxError, ValidationContext
from graphql.validation.validate import ValidationAbortedError

from ledger.errors import Invalid, Refusal

RULE: Final = "rule"
_SUGGESTION: Final = " Did you mean "
_OF_ARGUMENT: Final = "Argument '"


class DocumentFault(Invalid):
    """A fault of a document; `rule` is the rule of the specification that it breaks."""

    def __init__(self, code: str, rule: str, **parameters: str) -> None:
        super().__init__(code, **parameters)
        self.rule = rule


@cache
def reporting(rule: type[ASTValidationRule]) -> type[ASTValidationRule]:
    """Return what `validate` calls for a rule: it makes one whose errors tell which rule they are of."""
    made: Any = lambda context: rule(_Reporting(context, rule_name(rule)))  # type: ignore[arg-type]  # noqa: E731
    return made  # type: ignore[no-any-return]


def rule_name(rule: type[ASTValidationRule]) -> str:
    """Return the name of a rule, without the word."""
    return rule.__name__.removesuffix("Rule")


def refusal_of(error: GraphQLError, *, suggestions: bool) -> Refusal | None:
    """Return what an error of graphql-core is as a refusal, with what it suggests or without.

    None: it is no fault of the caller's, such as a type that a resolver should not have given.
    """
    detail = error.message if suggestions else error.message.split(_SUGGESTION)[0]
    if isinstance(error, GraphQLSyntaxError):
        return Invalid("GRAPHQL_PARSE_FAILED", detail=detail)
    rule = (error.extensions or {}).get(RULE)
    if rule is not None:
        return DocumentFault("GRAPHQL_VALIDATION_FAILED", rule, detail=detail, what=rules_in_chinese()[rule])
    if isinstance(error, ValidationAbortedError):
        return Invalid("GRAPHQL_VALIDATION_FAILED", detail=detail, what=rules_in_chinese()["aborted"])
    if error.path is None or detail.startswith(_OF_ARGUMENT):
        return Invalid("BAD_USER_INPUT", detail=detail)
    return None


@cache
def rules_in_chinese() -> Mapping[str, str]:
    """What breaking each rule means, by its name."""
    found: Mapping[str, str] = tomllib.loads((files("schema") / "document_rules.toml").read_text(encoding="utf-8"))
    return found


class _Reporting:
    """A validation's context as one rule has it."""

    def __init__(self, context: ValidationContext, rule: str) -> None:
        self._context = context
        self._rule = rule

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def report_error(self, error: GraphQLError) -> None:
        error.extensions = {RULE: self._rule}
        self._context.report_error(error)
