"""What F1 says of the thing that has the focus, or of the screen when no field has it."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _

if TYPE_CHECKING:
    from textual.screen import Screen


def explain(focused: str) -> str:
    """What the focused field expects; `focused` is its id."""
    return _fields().get(focused.removeprefix("field-"), "")


def about(screen: "Screen[object]") -> str:
    """What a screen or dialog is for, when nothing in it wants to be typed."""
    return _screens().get(type(screen).__name__, "")


def _fields() -> dict[str, str]:
    reason = _("Pourquoi, en quelques mots. Le motif est journalisé avec votre numéro d’agent.")
    said = _("Ce que l’appelant dit, tel qu’il le dit. Rien n’est montré ni conservé ; le service compare.")
    return {
        "lookup": _(
            "Un numéro, un mail, un téléphone, un nom avec sa date de naissance, ou un n° de dossier. "
            "Plusieurs à la fois comptent pour le contrôle. Les chiffres se tapent aussi sans Maj."
        ),
        "purpose": _("Pourquoi ce dossier est consulté. Le motif est journalisé."),
        "resume": _("Vos dossiers à reprendre. Entrée en ouvre un."),
        "nir": _("13 caractères, ou 15 avec la clé. Les espaces sont acceptés."),
        "name": said,
        "birth_date": _("Huit chiffres suffisent : 24081962 devient 24/08/1962."),
        "postcode": _("Les 5 chiffres du domicile connu de la caisse."),
        "bank_last4": _("Les 4 derniers chiffres du compte sur lequel la personne est remboursée."),
        "card_serial": _("Le numéro de série de la carte Vitale. Une seule réponse lue sur la carte compte."),
        "declared_doctor": said,
        "last_payment_month": _("Le mois et l’année du dernier remboursement : mm/aaaa."),
        "address_line": said,
        "phone_before": _("Un téléphone donné à la caisse avant cette inscription."),
        "said": _("L’adresse que l’appelant dit, telle qu’il la dit. Elle n’est pas conservée."),
        "address": _("La nouvelle adresse. Relisez-la à l’appelant, lettre par lettre."),
        "other": _("Ce que « Autre » veut dire ici ; c’est noté au dossier."),
        "refusal": _("Le code que FranceConnect affiche : Y, puis six caractères, espaces acceptés."),
        "text": _("La note du dossier. Ni numéro de sécurité sociale, ni code, ni lien."),
        "when": _("Le jour et l’heure promis : 24/11 15:00. Sans jour, c’est aujourd’hui."),
        "number": _("Le numéro que l’appelant dit pour être rappelé ; il s’efface avec le dossier."),
        "to": _("Le numéro de l’agent qui prend la suite ; le dossier passe dans sa liste."),
        "why": reason,
        "reason": reason,
        "file": _("Le nom du fichier, dans votre dossier personnel ; un fichier existant n’est pas écrasé."),
        "mail": _("Le chemin du fichier .eml, ou les en-têtes collés. Rien n’en est montré tel quel ici."),
        "start": _("Le jour et l’heure où l’incident s’affiche : 24/11 15:00. Vide : maintenant."),
        "end": _("Le jour et l’heure où il disparaît : 24/11 18:00. Vide : quand on le retire."),
        "message": _("Une phrase pour tous les agents : ce qui est en panne, et ce qu’ils peuvent dire."),
    }


def _screens() -> dict[str, str]:
    return {
        "Home": _("Tapez ce que donne l’appelant, ou descendez dans la liste avec ↓."),
        "Check": _("Un chiffre dit qui parle ; ensuite l’appelant dit, vous tapez, le service compare."),
        "Call": _(
            "En haut, où la personne est bloquée ; au milieu, ce qu’elle voit et ce que vous dites ; "
            "à droite, vos touches. Une touche impossible dit pourquoi."
        ),
        "Resend": _("L’adresse dite doit être celle du dossier. Puis V renvoie le mail."),
        "Reissue": _("O ou N répond à la question, un chiffre donne le motif, V réémet le lien."),
        "Correct": _("L’adresse d’abord ; O ou N répond, un chiffre donne le motif, V corrige."),
        "Suspend": _("Un chiffre donne le motif, V suspend. Seul un superviseur peut revenir en arrière."),
        "Note": _("Tab quitte le texte, V l’ajoute. Échap le garde comme brouillon."),
        "Conclude": _("Un chiffre choisit l’issue, ← → la cause, R promet un rappel, V conclut."),
        "History": _("Tout ce qui s’est passé dans ce dossier. ↑ ↓ font défiler, Y copie le résumé."),
        "Obstacles": _("Ce qui échoue souvent ici. ↑ ↓ ou un chiffre ; ▲ : le dossier le montre."),
        "RefusedCode": _("V note le code comme conseil donné, sans rien d’autre ; Échap ne note rien."),
        "Addresses": _("↑ ↓ font défiler, Y copie. Jouez l’assuré dans un navigateur, à côté."),
        "Reason": _("Dites pourquoi, puis V."),
        "Confirm": _("V fait ce que la phrase annonce ; Échap ne change rien."),
        "Give": _("À qui, et pourquoi ; V confie le dossier."),
        "Availability": _("Un chiffre choisit le fournisseur, le motif, puis V : tous les agents le voient."),
        "Diagnosis": _(
            "À gauche les questions, au milieu celle à poser, à droite les causes. Un chiffre répond ; "
            "← → relisent ou changent une réponse, et les suivantes sont réévaluées."
        ),
        "KeepMail": _("Entrée lit le mail, V le garde au dossier. Un lien qui marche prend alors fin."),
        "SaidAddress": _("L’appelant dit son adresse, Entrée la compare. Échap garde la dernière réponse."),
        "LeaveOut": _("Un chiffre dit pourquoi la question n’est pas posée, V la passe."),
        "Halt": _("Dites pourquoi, puis V ; le motif est lu par l’agent qui reprendra."),
        "Leaflet": _("↑ ↓ font défiler la fiche, Y la copie, E nomme un fichier, V l’enregistre."),
        "Incident": _("Le message et son motif ; V l’affiche chez tous les agents."),
    }
