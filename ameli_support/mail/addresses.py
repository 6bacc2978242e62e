"""One address read aloud or pasted: cleaned, checked, its provider found, the likely typo suggested.

The order matters: real domains, then typos, then throw-away ones, because the lists of the last hold
typos. Nothing here blocks anything and nothing asks the network.
"""

from dataclasses import dataclass, replace

from ameli_support.i18n import _
from ameli_support.mail.cleaning import MAX_TEXT, Step, clean
from ameli_support.mail.domains import is_disposable, is_known
from ameli_support.mail.providers import DomainStanding, Family, Kind, Providers, Standing, load
from ameli_support.mail.syntax import Syntax, syntax
from ameli_support.mail.syntax import sentence as syntax_sentence
from ameli_support.mail.typos import suggest


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the agent and its stable code."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class AddressReading:
    """What is known of one address without any network.

    `domain` is in IDNA form; `suggestion` is a whole address to ask about, never to put in place.
    """

    input: str
    cleaned: str
    steps: tuple[Step, ...]
    syntax: Syntax
    domain: str | None
    family: Family | None
    suggestion: str | None
    known_domain: bool
    disposable: bool
    standing: DomainStanding | None

    def with_mx(self, hosts: tuple[str, ...], providers: Providers | None = None) -> "AddressReading":
        """The same with the family of its MX, where the domain's name says nothing."""
        if self.family is not None:
            return self
        return replace(self, family=(providers or load()).family_by_mx(hosts))

    def notes(self) -> tuple[Note, ...]:
        """What an agent should hear of it, the most certain first; an ordinary address has none."""
        found = [Note(step.value, _STEPS[step]()) for step in self.steps if step in _STEPS]
        if self.syntax is not Syntax.VALID:
            found.append(Note(self.syntax.value, syntax_sentence(self.syntax)))
        if self.standing is not None:
            found.append(Note(self.standing.standing.value, _standing(self.standing.standing)))
        if self.suggestion is not None:
            found.append(Note("suggestion", _asked(self.suggestion)))
        if self.disposable:
            found.append(
                Note("disposable", _("Adresse jetable : elle ne durera pas, en demander une autre."))
            )
        if self.family is not None and self.family.kind is Kind.GATEWAY:
            text = _("Un filtre ({name}) précède la boîte : la personne regarde aussi sa quarantaine.")
            found.append(Note("gateway", text.format(name=self.family.name)))
        return tuple(found)


def read_address(text: str, providers: Providers | None = None) -> AddressReading:
    """Everything the text of an address says; never raises, bounded by the first 1,000 characters."""
    held = providers or load()
    cleaned = clean(text)
    address = cleaned.text
    verdict = Syntax.TOO_LONG if len(text) > MAX_TEXT else syntax(address)
    local, at, domain = address.rpartition("@")
    domain = domain if at else ""
    suggested = suggest(domain, held) if domain else None
    return AddressReading(
        input=text,
        cleaned=address,
        steps=cleaned.steps,
        syntax=verdict,
        domain=domain or None,
        family=held.family_of(domain),
        suggestion=_suggestion(local, domain, suggested, verdict) if at else _with_at(address, held),
        known_domain=bool(domain) and is_known(domain, held),
        disposable=bool(domain) and suggested is None and is_disposable(domain, held),
        standing=held.standings.get(domain),
    )


def _suggestion(local: str, domain: str, suggested: str | None, verdict: Syntax) -> str | None:
    """The address with the likely domain and without stray dots; None when that is no change or no better."""
    repaired = local
    if verdict in (Syntax.DOUBLE_DOT, Syntax.DOT_AT_EDGE):
        repaired = ".".join(part for part in local.split(".") if part)
    if repaired.startswith("www.") and len(repaired) > 4:
        repaired = repaired.removeprefix("www.")
    if repaired == local and suggested is None:
        return None
    address = f"{repaired}@{suggested or domain}"
    return address if repaired and syntax(address) is Syntax.VALID else None


def _with_at(text: str, held: Providers) -> str | None:
    """The @ that was left out, where a provider ends the text: jeandupont.gmail.com, jeandupontorange.fr."""
    for domain in sorted(held.frequent, key=len, reverse=True):
        if text.endswith(domain) and (found := _joined(text.removesuffix(domain), domain)):
            return found
    labels = text.split(".")
    ending = ".".join(labels[-2:])
    if len(labels) > 2 and (near := suggest(ending, held)):
        return _joined(".".join(labels[:-2]), near)
    return None


def _joined(before: str, domain: str) -> str | None:
    local = before.rstrip(".#&*²?/\\ ")
    address = f"{local}@{domain}"
    return address if len(local) > 1 and syntax(address) is Syntax.VALID else None


def _asked(suggestion: str) -> str:
    return _("Vérifier avec la personne : n’est-ce pas « {address} » ?").format(address=suggestion)


def _standing(standing: Standing) -> str:
    return {
        Standing.STAFF: _("Ce domaine est celui des salariés de l’entreprise, pas de ses clients."),
        Standing.CLOSED: _("Ce fournisseur a fermé : aucun courrier n’arrive plus à cette adresse."),
        Standing.NO_MAIL: _("Ce domaine ne reçoit pas de courrier."),
        Standing.FORMER: _("Ancien fournisseur : la boîte est peut-être fermée ou en sommeil."),
    }[standing]


_STEPS = {
    Step.DICTATED: lambda: _("Des mots dictés ont été lus comme des signes."),
    Step.ACCENTS: lambda: _("Les accents ont été retirés : une adresse n’en porte presque jamais."),
    Step.AZERTY: lambda: _("Des touches frappées sans Maj ou AltGr ont été corrigées."),
    Step.REPEATED: lambda: _("Le fournisseur était écrit deux fois."),
}
