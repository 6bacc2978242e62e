"""Errors of the account service and of the case store as sentences for the person: the one place for them."""

from datetime import datetime

from ameli_support.accounts.contract import Problem, ProblemType
from ameli_support.accounts.errors import Kind, OutcomeUnknown, ServiceDown, ServiceProblem
from ameli_support.casework.case import Missing
from ameli_support.casework.errors import ActRefused, ActUnknown, DeskError, ServiceCut
from ameli_support.clock import paris
from ameli_support.i18n import _, language, ngettext
from ameli_support.onboarding.procedure import procedure


def hour(at: datetime) -> str:
    """An instant as the hour in Paris, `14:28`."""
    return paris(at).strftime("%H:%M")


def cut(down: ServiceDown) -> ServiceCut:
    """« injoignable depuis 14:28 »."""
    since = hour(down.since) if down.since else ""
    sentence = {
        Kind.TIMEOUT: _("Le service des comptes ne répond plus depuis {since}."),
        Kind.TLS: _("Le certificat du service des comptes n’est pas valable : prévenez l’administrateur."),
        Kind.GARBAGE: _("Le service des comptes répond de façon illisible depuis {since}."),
    }.get(down.kind, _("Service des comptes injoignable depuis {since}."))
    return ServiceCut(sentence.format(since=since), down.kind.value, down.since)


def unknown(lost: OutcomeUnknown) -> ActUnknown:
    """The act may have taken place."""
    return ActUnknown(
        _(
            "La réponse du service s’est perdue : on ne sait pas encore si l’acte a eu lieu. "
            "Il sera vérifié, ne le refaites pas."
        ),
        lost.key,
    )


def refused(problem: ServiceProblem) -> ActRefused:
    """A refusal of the service."""
    said = problem.problem
    return ActRefused(problem_sentence(said), reason=said.reason, problem=said)


def of_service(error: ServiceDown | ServiceProblem | OutcomeUnknown) -> DeskError:
    """Any of the client's errors."""
    if isinstance(error, ServiceProblem):
        return refused(error)
    return unknown(error) if isinstance(error, OutcomeUnknown) else cut(error)


def problem_sentence(problem: Problem) -> str:
    """What the service refused, in words; the contact that it named follows."""
    kind = problem.kind
    sentence = _problems().get(kind) if kind else None
    if kind is ProblemType.PERSON_STATUS and problem.reason is not None:
        sentence = procedure().text(f"reasons.{problem.reason}.sentence", language())
    if sentence is None:
        sentence = _("Le service des comptes a refusé ({title}).").format(title=problem.title)
    if problem.retry_after is not None:
        sentence += " " + waiting(problem.retry_after)
    if problem.contact:
        sentence += " " + _("À contacter : {contact}.").format(contact=problem.contact)
    return sentence


def waiting(seconds: int) -> str:
    """« Encore 1 min 58 s. »"""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return _("Encore {hours} h {minutes:02} min.").format(hours=hours, minutes=minutes)
    if minutes:
        return _("Encore {minutes} min {seconds} s.").format(minutes=minutes, seconds=left)
    return ngettext("Encore {number} seconde.", "Encore {number} secondes.", left).format(number=left)


def missing_sentence(missing: tuple[Missing, ...]) -> str:
    """What the close gate still asks for."""
    words = {
        Missing.OPEN_INTENT: _("un acte dont l’issue n’est pas encore connue"),
        Missing.CALLER_CHECK: _("un contrôle de l’appelant, ou le niveau 0 choisi"),
        Missing.OUTCOME: _("l’issue de l’appel"),
        Missing.CAUSE: _("la cause"),
        Missing.CALLBACK_DATE: _("le jour et l’heure du rappel, à venir"),
        Missing.CALLBACK_NUMBER: _("le numéro à rappeler"),
        Missing.QUEUE: _("le service à qui transmettre"),
    }
    return _("Pour conclure, il manque : {list}.").format(list=", ".join(words[one] for one in missing))


def _problems() -> dict[ProblemType, str]:
    t = ProblemType
    return {
        t.ADDRESS_NOT_CONFIRMED: _("L’appelant n’a pas dit l’adresse du compte : aucun renvoi possible."),
        t.ADDRESS_TAKEN: _("Cette adresse est déjà utilisée par un autre compte ameli."),
        t.ADDRESS_INVALID: _("Cette adresse mail n’est pas valable : relisez-la avec l’appelant."),
        t.ALREADY_ACTIVE: _("Le compte est déjà activé : il n’y a rien à envoyer."),
        t.ALREADY_QUEUED: _("Un mail attend déjà son départ."),
        t.BAD_REQUEST: _("Le service n’a pas compris la demande : une valeur saisie ne convient pas."),
        t.COOLDOWN: _("Un mail vient de partir : attendez avant d’en demander un autre."),
        t.DAY_CAP: _("Le nombre de mails par jour est atteint pour ce dossier."),
        t.FORBIDDEN_ROLE: _("Votre rôle ne permet pas cet acte."),
        t.HOUR_CAP: _("Vous avez atteint le nombre de mails par heure."),
        t.IDENTITY_LEVEL: _("Le contrôle de l’appelant n’est pas suffisant pour cet acte."),
        t.IDENTITY_EXPIRED: _("Le contrôle de l’appelant est terminé : il faut le refaire."),
        t.IN_FLIGHT: _("Le même acte est en cours : son issue sera vérifiée."),
        t.KEY_REUSED: _("Cet acte a été demandé deux fois différemment : recommencez."),
        t.KEY_VOID: _("Cet acte a été annulé avant d’avoir lieu : recommencez."),
        t.LOCKED: _("Je ne peux pas poursuivre : trop de contrôles ont échoué sur ce dossier."),
        t.NOT_FOUND: _("Le service des comptes ne connaît pas ce dossier."),
        t.NOT_CREATED_BY_CALLER: _("L’assuré n’a pas créé ce compte : seule la suspension est possible."),
        t.OTHER_FUND: _("Ce dossier est suivi par une autre caisse."),
        t.OTHER_SCHEME: _("Cette personne relève d’un autre régime."),
        t.PERSON_STATUS: _("Ce dossier est réservé : transmettez l’appel."),
        t.PHASE_FORBIDS: _("L’état de l’inscription ne permet pas cet acte."),
        t.PURPOSE_MISSING: _("Indiquez le motif de la consultation."),
        t.RATE_LIMITED: _("Trop de demandes à la fois."),
        t.STALE_VERSION: _("Le dossier a changé entre-temps : relisez-le avant d’agir."),
        t.UNAUTHENTICATED: _("Votre jeton d’accès n’est plus valable : prévenez l’administrateur."),
        t.UNAVAILABLE: _("Le service des comptes ne peut pas répondre."),
    }
