"""What home says of a look-up: what could not be read, nobody found, several found (ux.md)."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _, ngettext

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.lookup import SearchFacts
    from ameli_support.casework.views import Found

MATCHES_COUNTED = 11


def kinds(facts: "SearchFacts") -> list[str]:
    """What was typed, by kind; never the values."""
    names = {
        "nir": _("n° de sécurité sociale"),
        "email": _("mail"),
        "phone": _("téléphone"),
        "name": _("nom"),
        "birth_date": _("naissance"),
        "postcode": _("code postal"),
        "case_number": _("n° de dossier"),
    }
    return [names[kind] for kind in facts.kinds]


def read_box(text: str) -> "SearchFacts | str":
    """The facts typed, or the sentence that says what is wrong; in a worker, its libraries are heavy."""
    from ameli_support.casework.lookup import LookupProblem, read_lookup

    read = read_lookup(text)
    return read.sentence if isinstance(read, LookupProblem) else read


def refusal_code(text: str) -> str | None:
    """The code of FranceConnect that was typed, also without Shift; None for anything else."""
    if text.strip()[:1] not in ("y", "Y"):
        return None
    from ameli_support.casework.lookup import read_refusal_code

    return read_refusal_code(text)


def not_one(found: "Found", facts: "SearchFacts", desk: "Desk") -> str:
    """None or several: nobody is listed, one more fact is asked for (ux.md)."""
    if found.provisional:
        return desk.procedure.text("nir.provisional")
    if found.other_number:
        return desk.procedure.text("nir.other")
    said = _(" et ").join(kinds(facts))
    if found.matches == 0:
        sentence = _("{said} : aucun dossier. Relisez la saisie, ou prenez « Appel sans dossier ».")
        return sentence.format(said=said)
    count = found.matches
    many = (
        _("plus de 10 dossiers")
        if count >= MATCHES_COUNTED
        else ngettext("{number} dossier", "{number} dossiers", count).format(number=count)
    )
    missing = _("le code postal") if facts.name else _("le nom et la date de naissance")
    return _("{said} : {many}. Ajoutez {missing}, dans la même case.").format(
        said=said, many=many, missing=missing
    )
