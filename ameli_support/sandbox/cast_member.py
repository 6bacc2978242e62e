"""One of the documented cast: a stable key, a sentence in French, a number, and what the person can say."""

from dataclasses import dataclass
from datetime import date

from ameli_support.accounts.contract import ProvisionalCode
from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.journey import Route, Step
from ameli_support.sandbox.lives import (
    FundFile,
    Life,
    Person,
    ago,
)


@dataclass(frozen=True, slots=True)
class CastMember:
    """One stable person: a key for the code, a sentence for people (a msgid), and the facts."""

    key: str
    what: str
    person: Person

    @property
    def nir(self) -> str:
        """The 13 characters."""
        return self.person.nir

    @property
    def name(self) -> str:
        """The name that the person goes by, as it is said at level 1."""
        return self.person.name

    @property
    def birth_date(self) -> date:
        """The day of birth."""
        return date.fromisoformat(self.person.birth_date)

    @property
    def postcode(self) -> str:
        """Five digits."""
        return self.person.postcode

    @property
    def address(self) -> str | None:
        """The mail address of step 5, if the person came that far."""
        return self.person.address

    @property
    def facts(self) -> dict[Fact, str]:
        """What the person can say: the four facts of level 1, and those of the fund's file."""
        said = {
            Fact.NIR: self.nir,
            Fact.NAME: self.name,
            Fact.BIRTH_DATE: f"{self.birth_date:%d/%m/%Y}",
            Fact.POSTCODE: self.postcode,
        }
        on_file = {fact: getattr(self.person.file, fact.value) for fact in Fact if fact not in said}
        return said | {fact: value for fact, value in on_file.items() if value is not None}


FULL = FundFile(
    bank_last4="4821",
    card_serial="802500001234567890123",
    declared_doctor="Marchand",
    last_payment_month="2026-09",
    address_line="12 rue Lesdiguières",
    phone_before="+33465710112",
)


def at_step(step: Step, route: Route = Route.FRANCECONNECT, code: ProvisionalCode | None = None) -> Life:
    """Somebody who came to this step two hours ago."""
    return Life(step, ago(hours=2), route, provisional_code=code)


def member(
    key: str,
    what: str,
    nir: str,
    title: str,
    names: str,
    birth_date: str,
    address: str | None,
    life: Life | None,
    **other: object,
) -> CastMember:
    """`names` is « NOM, Prénom » or « NOM D’USAGE née NOM, Prénom »."""
    name, first_names = names.split(", ")
    used, _, birth = name.partition(" née ")
    values: dict[str, object] = {
        "nir": nir,
        "title": title,
        "birth_name": birth or used,
        "used_name": used if birth else None,
        "first_names": first_names,
        "birth_date": birth_date,
        "postcode": "38000",
        "address": address,
        "mobile": "+336000000" + nir[-2:] if address else None,
        "file": FULL,
        "life": life,
    }
    return CastMember(key, what, Person(**(values | other)))  # type: ignore[arg-type]
