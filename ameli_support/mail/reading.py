"""All that one mail tells: its kind, whether it is ours and genuine, its links, filters, delays, bounce."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr

from ameli_support.i18n import _
from ameli_support.mail import antispam, bounces
from ameli_support.mail.answers import fold
from ameli_support.mail.antispam import Note
from ameli_support.mail.authentication import Authentication, read_authentication
from ameli_support.mail.bounces import Bounce
from ameli_support.mail.delays import Hop, hops
from ameli_support.mail.families import Family
from ameli_support.mail.kinds import (
    Kind,
    is_answer_or_forward,
    is_automatic_reply,
    is_of_a_machine,
    is_subject_of_confirmation,
)
from ameli_support.mail.links import links_in, shown_link
from ameli_support.mail.parsing import Mail, parse
from ameli_support.mail.rewriters import Link, host_of

# a hop that took longer is worth telling
LONG_WAIT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Ours:
    """What our confirmation mail is known by; `sender` None: its address is not set and not compared.

    `domains`: those that may stand in its address and vouch for it; empty: that of `sender`.
    """

    subject: str
    sender_name: str
    hosts: frozenset[str]
    sender: str | None = None
    domains: frozenset[str] = frozenset()

    def vouches(self, domain: str) -> bool:
        """Whether a domain, or one above it, is ours; every one while none is set."""
        own = self.domains or frozenset(filter(None, [(self.sender or "").rpartition("@")[2].lower()]))
        labels = domain.lower().rstrip(".").split(".")
        return not own or any(".".join(labels[at:]) in own for at in range(len(labels)))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell: a stable code, and the agent's sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail tells; nothing in it holds a token. `genuine` is None unless it could be decided."""

    kind: Kind
    genuine: bool | None
    links: tuple[Link, ...]
    authentication: Authentication
    antispam: tuple[Note, ...]
    delays: tuple[Hop, ...]
    bounce: Bounce | None
    findings: tuple[Finding, ...]


def read_mail(raw: bytes, ours: Ours) -> Reading:
    """The reading of a mail as a file holds it; never fails, whatever the bytes are."""
    return read(parse(raw), ours)


def read(mail: Mail, ours: Ours) -> Reading:
    """The reading of a parsed mail; of a confirmation mail that was attached, its own."""
    bounce = bounces.read_bounce(mail)
    kind = _kind(mail, bounce, ours)
    enclosed = None if kind in (Kind.BOUNCE, Kind.AUTO_REPLY) else _enclosed_confirmation(mail, ours)
    if enclosed is not None:
        mail, kind = enclosed, Kind.CONFIRMATION
    if kind is Kind.AUTO_REPLY and bounce is None:
        bounce = bounces.absent()
    links = links_in(mail)
    noted = read_authentication(mail.headers)
    verdicts = antispam.notes(mail.headers)
    route = hops(mail.headers)
    findings = [_attached()] if enclosed is not None else []
    genuine = None
    if kind is Kind.CONFIRMATION:
        genuine, told = _genuine(mail, links, noted, ours)
        findings += told
    if kind is Kind.HUMAN and _forwarded_inline(mail, ours):
        findings.append(_inline())
    findings += _of_links(links) + _of_filters(verdicts) + _of_route(route) + _of_bounce(bounce)
    return Reading(
        kind,
        genuine,
        tuple({link.href: link for link in map(shown_link, links)}.values()),
        noted,
        tuple(verdicts),
        tuple(route),
        bounce,
        tuple(findings),
    )


# ── kind ────────────────────────────────────────────────────────────────────


def _kind(mail: Mail, bounce: Bounce | None, ours: Ours) -> Kind:
    if bounce is not None:
        receipt = mail.of_type("message/disposition-notification", "message/global-disposition-notification")
        return Kind.AUTO_REPLY if receipt else Kind.BOUNCE
    if _is_confirmation(mail, ours):
        return Kind.CONFIRMATION
    if is_automatic_reply(mail):
        return Kind.AUTO_REPLY
    if not mail.headers.fields:
        return Kind.OTHER
    return Kind.OTHER if is_of_a_machine(mail) else Kind.HUMAN


def _is_confirmation(mail: Mail, ours: Ours) -> bool:
    subject = mail.headers.decoded("subject")
    if is_subject_of_confirmation(subject, ours.subject):
        return True
    if is_answer_or_forward(subject):
        return False
    name = parseaddr(mail.headers.decoded("from")[:500])[0]
    return fold(name) == fold(ours.sender_name) and any(
        "/confirmer/" in (link.target or link.href) for link in links_in(mail)
    )


def _enclosed_confirmation(mail: Mail, ours: Ours) -> Mail | None:
    for part in mail.of_type("message/rfc822")[:5]:
        if _is_confirmation(part.mail, ours):
            return part.mail
    return None


def _forwarded_inline(mail: Mail, ours: Ours) -> bool:
    return fold(ours.subject) in fold(mail.text[:4000]) and (
        is_answer_or_forward(mail.headers.decoded("subject"))
        or fold(ours.sender_name) in fold(mail.text[:4000])
    )


# ── genuine ─────────────────────────────────────────────────────────────────


def _genuine(
    mail: Mail, links: list[Link], noted: Authentication, ours: Ours
) -> tuple[bool | None, list[Finding]]:
    """Sender, authentication and links each against, for or silent; one against is enough."""
    against: list[Finding] = []
    open_: list[Finding] = []
    name, address = parseaddr(mail.headers.decoded("from")[:500])
    if fold(name) != fold(ours.sender_name):
        against.append(Finding("sender_name", _("L’expéditeur affiché n’est pas celui de notre mail.")))
    domain = address.rpartition("@")[2]
    if (ours.sender is not None and address.lower() != ours.sender.lower()) or not ours.vouches(domain):
        against.append(Finding("sender_address", _("L’adresse d’expédition n’est pas la nôtre.")))
    if noted.failed:
        against.append(
            Finding(
                "authentication_failed",
                _("Le fournisseur a noté que l’expéditeur est usurpé (SPF, DKIM, DMARC)."),
            )
        )
    elif not noted.passed_for(domain):
        open_.append(
            Finding(
                "authentication_missing",
                _("Aucun fournisseur n’a noté d’où vient ce mail : à lire avec prudence."),
            )
        )
    places = [_place(link) for link in links]
    foreign = sorted({host for host in places if host is not None and host not in ours.hosts})
    if foreign:
        against.append(
            Finding(
                "link_elsewhere",
                _("Un lien mène ailleurs que chez nous : {host}.").format(host=", ".join(foreign)[:200]),
            )
        )
    certain = bool(places) and all(host in ours.hosts for host in places)
    if not places:
        open_.append(Finding("link_missing", _("Le lien manque : en-têtes seuls, ou mail incomplet.")))
    elif not certain and not foreign:
        open_.append(Finding("link_opaque", _("Un lien a été réécrit et sa destination ne se lit pas.")))
    if against:
        first = Finding("not_genuine", _("Ce mail imite notre mail de confirmation : ne rien y ouvrir."))
        return False, [first, *against]
    if certain:
        return True, [Finding("genuine", _("C’est notre mail de confirmation.")), *open_]
    return None, [Finding("undecided", _("Il ressemble à notre mail de confirmation, sans preuve.")), *open_]


def _place(link: Link) -> str | None:
    """The host a link leads to, None when it cannot be known."""
    return host_of(link.target or link.href) if link.target or link.rewriter is None else None


# ── findings ────────────────────────────────────────────────────────────────


def _attached() -> Finding:
    return Finding("attached", _("Le mail de confirmation était joint : c’est lui qui est lu."))


def _inline() -> Finding:
    return Finding(
        "forwarded_inline",
        _("Le mail a été transféré dans le texte : ses en-têtes sont perdus. À transférer en pièce jointe."),
    )


def _of_links(links: list[Link]) -> list[Finding]:
    names = sorted({link.rewriter for link in links if link.rewriter})
    if not names:
        return []
    sentence = _("Les liens ont été réécrits par {names}.").format(names=", ".join(names))
    return [Finding("links_rewritten", sentence)]


def _of_filters(verdicts: list[Note]) -> list[Finding]:
    against = [note for note in verdicts if note.verdict in antispam.AGAINST]
    if any(note.verdict in antispam.BY_OWNER for note in against):
        return [
            Finding(
                "owner_setting",
                _("La cause est un réglage de la boîte de la personne, non le filtre du fournisseur."),
            )
        ]
    if against:
        return [Finding("spam_filter", _("Un filtre l’a pris pour du courrier indésirable."))]
    return []


def _of_route(route: list[Hop]) -> list[Finding]:
    slowest = max((hop for hop in route if hop.seconds is not None), key=_waited, default=None)
    if slowest is None or _waited(slowest) < LONG_WAIT_SECONDS:
        return []
    sentence = _("Le mail a attendu {minutes} min avant {server}.")
    server = slowest.receiver or slowest.sender or "?"
    return [Finding("delay", sentence.format(minutes=round(_waited(slowest) / 60), server=server))]


def _waited(hop: Hop) -> float:
    return hop.seconds or 0.0


def _of_bounce(bounce: Bounce | None) -> list[Finding]:
    return (
        [] if bounce is None else [Finding(f"bounce_{bounce.family.value}", family_sentence(bounce.family))]
    )


def family_sentence(family: Family) -> str:
    """What a family means for the agent."""
    sentences: dict[Family, Callable[[], str]] = {
        Family.ADDRESS_WRONG: lambda: _("L’adresse n’existe pas chez ce fournisseur."),
        Family.MAILBOX_FULL: lambda: _("La boîte de la personne est pleine."),
        Family.MAILBOX_INACTIVE: lambda: _("La boîte est fermée, inactive ou bloquée chez le fournisseur."),
        Family.REFUSED_BY_RECIPIENT_FILTER: lambda: _("Un réglage du destinataire refuse ce mail."),
        Family.REFUSED_CONTENT: lambda: _("Le fournisseur a refusé le contenu du mail."),
        Family.REFUSED_SENDER: lambda: _(
            "Le fournisseur refuse nos envois : la personne n’y peut rien, à transmettre."
        ),
        Family.TEMPORARY_OR_TECHNICAL: lambda: _(
            "Empêchement passager ou technique : rien ne dit que l’adresse est fausse."
        ),
        Family.COMPLAINT: lambda: _("La personne a signalé le mail comme indésirable."),
        Family.AUTO_REPLY: lambda: _("Réponse automatique : la boîte reçoit."),
        Family.DELIVERED: lambda: _("Le serveur dit l’avoir remis (cela ne prouve pas la lecture)."),
        Family.UNKNOWN: lambda: _("La cause du refus ne se lit pas."),
    }
    return sentences[family]()
