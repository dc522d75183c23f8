"""Expected failures: a code and its parameters, no prose (`schema.messages` has the words)."""


class Refusal(Exception):
    """An expected failure, told to the caller.

    `code` is snake_case and has its words in `schema/messages/`; `field` is the input field at fault, if one is;
    `parameters` fill the words' placeholders, sequences as lists of what they hold, and must never hold a secret.
    """

    def __init__(self, code: str, /, *, field: str | None = None, **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.parameters = parameters

    def told(self) -> dict[str, str | list[str]]:
        """Return the parameters as texts and lists of texts, to be kept or sent."""
        return {
            name: list(map(str, value)) if isinstance(value, list | tuple) else str(value)
            for name, value in self.parameters.items()
        }

    def __str__(self) -> str:
        texts = {name: ", ".join(value) if isinstance(value, list) else value for name, value in self.told().items()}
        told = ", ".join(f"{name}={text}" for name, text in texts.items())
        return f"{self.code}({told})"


class Invalid(Refusal):
    """The input is wrong."""


class Forbidden(Refusal):
    """The actor may not do this."""


class Missing(Refusal):
    """What was named does not exist, or not for this actor."""


class Unavailable(Refusal):
    """Somebody else's service, which is needed for this, does not answer now."""


class Conflict(Refusal):
    """The state of things does not allow it now."""
