"""The address on file: compared with the one that is said, read in clear at level 2 (rules §3, §8)."""

from dataclasses import dataclass

from ameli_support.accounts.contract import (
    SaidAddressRequest,
    UnmaskRequest,
)
from ameli_support.accounts.errors import ServiceDown, ServiceProblem
from ameli_support.casework import texts
from ameli_support.casework.addresses import NotAnAddress, idna_address
from ameli_support.casework.bench import Bench, change_contact
from ameli_support.casework.errors import ActRefused, DeskError
from ameli_support.casework.identifying import spoken
from ameli_support.casework.permissions import Action
from ameli_support.casework.sentences import of_service
from ameli_support.casework.views import Said
from ameli_support.i18n import _
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import (
    Level,
)
from ameli_support.store.journal import Journal


@dataclass(slots=True)
class Addressing:
    """The address part of a desk."""

    bench: Bench

    def say_address(self, number: int, address: str) -> Said:
        """See `Desk.say_address`."""
        bench = self.bench
        bench.allow(Action.RESEND, number)
        row = spoken(bench, number)
        record = bench.case(number).record
        if record is None or bench.level(row) < Level.SIMPLE:
            raise ActRefused(_("Le contrôle de niveau 1 vient d’abord."), reason=Reason.LEVEL_1_FIRST)
        try:
            typed = idna_address(address)
        except NotAnAddress as wrong:
            raise DeskError(wrong.sentence) from None
        try:
            answer = bench.accounts.said_address(record, SaidAddressRequest(address=typed), row.check)
        except (ServiceDown, ServiceProblem) as error:
            raise of_service(error) from None

        def write(journal: Journal) -> None:
            payload = {"call": row.call, "matches": answer.matches, "tries_left": answer.tries_left}
            journal.append(number, None, bench.me.agent, "address.said", payload)
            change_contact(journal, row.call, said_address=answer.matches, said_tries_left=answer.tries_left)

        bench.write(number, write)
        return Said(answer.matches, answer.tries_left)

    def unmask(self, number: int, purpose: str) -> str:
        """See `Desk.unmask`."""
        bench = self.bench
        bench.allow(Action.UNMASK, number)
        row = spoken(bench, number)
        record = bench.case(number).record
        if record is None or bench.level(row) < Level.REINFORCED:
            raise ActRefused(_("Le contrôle de niveau 2 vient d’abord."), reason=Reason.LEVEL_2_FIRST)
        purpose = texts.reason(purpose)

        def write(journal: Journal) -> None:
            payload = {"call": row.call, "purpose": journal.keep(number, "purpose", purpose)}
            journal.append(number, None, bench.me.agent, "address.unmasked", payload)

        bench.write(number, write)
        try:
            return bench.accounts.unmask(record, UnmaskRequest(purpose=purpose), row.check).address
        except (ServiceDown, ServiceProblem) as error:
            raise of_service(error) from None
