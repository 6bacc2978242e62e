"""What every request and answer is made of: headers, kinds of text, the base of all models."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

CHECK_HEADER = "Ameli-Check"
PURPOSE_HEADER = "Ameli-Purpose"
IDEMPOTENCY_HEADER = "Idempotency-Key"
REQUEST_HEADER = "X-Request-Id"


def storable(text: str) -> str:
    """Refuses what no database or page can hold: lone surrogates and NUL."""
    if any("\ud800" <= c <= "\udfff" or c == "\x00" for c in text):
        raise ValueError("unstorable character")
    return text


Text = Annotated[str, AfterValidator(storable)]
ShortText = Annotated[Text, Field(max_length=320)]
LongText = Annotated[Text, Field(min_length=1, max_length=2000)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
AgentNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,32}$")]
ProviderName = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,48}$")]


class Wire(BaseModel):
    """Strict about unknown fields, immutable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
