"""What the mails that the caller or a colleague kept tell of the cause; the newest one counts most."""

from collections.abc import Sequence

from ameli_support.i18n import _
from ameli_support.mail.antispam import AGAINST, BY_OWNER, Verdict
from ameli_support.mail.families import Family
from ameli_support.mail.kinds import Kind
from ameli_support.mail.reading import family_sentence
from checks.evidence import Finding, Kept, Outcome
from checks.probes.service import Read, cause_of

# a mail that came has left us, was taken, and found room
_ARRIVED = ("not_handed_over", "refused_or_bounced", "sender_refused", "mailbox_full", "sleeping_mailbox")


def read(kept: Sequence[Kept], *, live: bool) -> Read:
    """Answers that no one need be asked for, hints, and findings; of several mails the last word holds.

    `live`: a link works now, so that one which was replaced is an old one.
    """
    found = Read()
    for one in kept:
        if one.kind == Kind.BOUNCE and one.bounce is not None:
            _bounce(one.bounce, found)
        elif one.kind == Kind.CONFIRMATION or one.state is not None or one.foreign:
            _confirmation(one, live, found)
    return found


def _bounce(family: str, found: Read) -> None:
    try:
        known = Family(family)
    except ValueError:
        return
    told = family_sentence(known)
    found.findings.append(_finding("bounce", _("Retour gardé : {told}").format(told=told)))
    cause = cause_of(known)
    if cause is not None:
        found.answers[cause] = "yes"


def _confirmation(one: Kept, live: bool, found: Read) -> None:
    if one.genuine is False:
        text = _("Le mail gardé imite le nôtre : ne rien y ouvrir, et le signaler.")
        found.findings.append(_finding("imitation", text))
        return
    if one.foreign:
        text = _("Le lien du mail gardé n’est pas celui de ce dossier.")
        found.findings.append(_finding("foreign_link", text))
        return
    if one.state is not None:
        found.answers.update(dict.fromkeys(_ARRIVED, "no"))
    if one.state == "superseded" and live:
        found.answers["old_mail"] = "yes"
        text = _("Le mail gardé est un ancien : un plus récent a été envoyé depuis.")
        found.findings.append(_finding("old_mail", text))
    elif one.ended:
        text = _("Le lien du mail gardé marchait ; il a pris fin en nous parvenant : renvoyez-en un.")
        found.findings.append(_finding("link_ended", text))
    elif one.state in ("expired", "superseded"):
        text = _("Le lien du mail gardé n’est plus actif.")
        found.findings.append(_finding("link_expired", text))
    if not _filters(one, found):
        found.hints.append("mail_in_hand")


def _filters(one: Kept, found: Read) -> bool:
    """What filters noted in it; whether one has put it aside."""
    against = {Verdict(name) for name in one.verdicts if name in set(Verdict)} & AGAINST
    if against & BY_OWNER:
        found.answers.setdefault("old_mail", "no")
        found.answers["provider_block_list"] = "yes"
        text = _("Un réglage de la boîte a écarté le mail gardé : règles, expéditeurs bloqués.")
        found.findings.append(_finding("owner_setting", text))
    elif against:
        found.answers["junk_folder"] = "yes"
        text = _("Un filtre a mis le mail gardé dans les indésirables.")
        found.findings.append(_finding("junk", text))
    if one.rewriters:
        found.hints.append("link_rewritten")
        text = _("Les liens du mail gardé ont été réécrits par {names} : un filtre peut les bloquer.")
        found.findings.append(_finding("link_rewritten", text.format(names=", ".join(one.rewriters))))
    return bool(against)


def _finding(code: str, text: str) -> Finding:
    return Finding("mail", Outcome.FINDING, code, text)
