"""Reading the fields of forms: what is wrong with one, in the words of procedure.toml (`forms.*`)."""

from dataclasses import dataclass
from datetime import date, datetime

from ameli_support.clock import paris
from ameli_support.onboarding.person import NirVerdict, read_nir
from ameli_support.onboarding.procedure import Procedure
from ameli_support.sandbox.comparing import read_date
from ameli_support.sandbox.site import looks

WHOLE = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: a sentence, and the field’s name, which is its id too; WHOLE blames none of them."""

    field: str
    message: str


def fault(procedure: Procedure, field: str, key: str, **values: str) -> Fault:
    """A fault in the words of `forms.<key>`."""
    return Fault(field, looks.text(procedure, procedure.text(f"forms.{key}", "fr", **values)))


def nir_fault(procedure: Procedure, typed: str, field: str = "nir") -> Fault | None:
    """Why this can be no insured person's number; a provisional one is told so (rules §6)."""
    reading = read_nir(typed)
    if reading.verdict is NirVerdict.VALID:
        return None
    return Fault(field, looks.text(procedure, procedure.text(f"nir.{reading.reason}")))


def birth_date_fault(
    procedure: Procedure, typed: str, now: datetime, field: str = "birth_date"
) -> Fault | None:
    """Why this is no birth date, as of `now`."""
    read = read_date(typed)
    if read is None:
        return fault(procedure, field, "birth_date")
    return fault(procedure, field, "birth_date_to_come") if read > _today(now) else None


def postcode_fault(procedure: Procedure, typed: str, field: str = "postcode") -> Fault | None:
    """Why this is no postcode: 5 digits, known or not."""
    digits = typed.replace(" ", "")
    return (
        None
        if len(digits) == 5 and digits.isascii() and digits.isdigit()
        else fault(procedure, field, "postcode")
    )


def _today(now: datetime) -> date:
    return paris(now).date()
