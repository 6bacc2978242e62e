"""The caller check in words: what to ask aloud, where it stands, what a comparison may say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ameli_support.i18n import _, ngettext
from ameli_support.onboarding.identity import Direction, Fact, Level
from screens.notice import Tone
from screens.picture import Band
from screens.when import day_hour

if TYPE_CHECKING:
    from ameli_support.casework.views import CallState, Checked
    from screens.words import Words


@dataclass(frozen=True, slots=True)
class Asked:
    """One fact: the question to say aloud, stressed words between `**`, and the placeholder."""

    question: str
    expected: str = ""


def asked(fact: Fact) -> Asked:
    """The words of one fact, in the language in force."""
    return {
        Fact.NIR: Asked(
            _("Quel est votre **numéro de sécurité sociale** ?"), _("13 ou 15 caractères")
        ),
        Fact.NAME: Asked(_("Quel est votre **nom**, tel qu’il figure sur votre carte Vitale ?")),
        Fact.BIRTH_DATE: Asked(_("Quelle est votre **date de naissance** ?"), _("jj/mm/aaaa")),
        Fact.POSTCODE: Asked(_("Quel est le **code postal** de votre domicile ?"), _("5 chiffres")),
        Fact.BANK_LAST4: Asked(
            _("Sur quel compte êtes-vous remboursé ? Les **quatre derniers chiffres** me suffisent."),
            _("4 chiffres"),
        ),
        Fact.CARD_SERIAL: Asked(_("Quel **numéro de série** porte votre carte Vitale ?")),
        Fact.DECLARED_DOCTOR: Asked(_("Quel **médecin traitant** avez-vous déclaré ?")),
        Fact.LAST_PAYMENT_MONTH: Asked(
            _("De quel **mois** date votre dernier remboursement ?"), _("mm/aaaa")
        ),
        Fact.ADDRESS_LINE: Asked(_("Quelle est votre **adresse postale**, numéro et rue ?")),
        Fact.PHONE_BEFORE: Asked(_("Quel **téléphone** aviez-vous déjà donné à la caisse ?")),
    }[fact]  # fmt: skip


def band_text(
    words: "Words", state: "CallState", stage: str, level: Level, direction: Direction, then: str
) -> Band:
    """Where the check stands; `then` names the action that wants it."""
    numbers = words.procedure.numbers
    if state.locked_until is not None:
        head = _("Dossier verrouillé après {number} contrôles échoués")
        head = head.format(number=numbers.failed_checks_lock)
        until = _("jusqu’au {when}").format(when=day_hour(state.locked_until))
        return Band(Tone.BAD, "■", head, head, until)
    if stage == "who":
        head = _("Qui parle ?")
        return Band(Tone.PLAIN, "○", head, head, words.text(f"directions.{direction}") + "   ← →")
    left = state.comparisons_left
    left = numbers.comparisons_per_check if left is None else left
    tries = ngettext("{number} essai pour ce contrôle", "{number} essais pour ce contrôle", left)
    right = tries.format(number=left)
    if then:
        right = _("{action} : {tries}").format(action=then, tries=right)
    head = _("Identité : niveau {level} à vérifier").format(level=int(level))
    return Band(Tone.PLAIN, "○", head, head, right)


def advice(words: "Words", stage: str, level: Level) -> str:
    """The quiet lines under the fields."""
    if stage == "who":
        return _("Cela s’enregistre avant toute comparaison.")
    if stage == "over":
        return _("Rien ne peut être dit ni fait sur ce dossier ; un superviseur peut le déverrouiller.")
    how = words.text("reminders.how").replace(". ", ".\n", 1)
    if level is Level.REINFORCED:
        return words.text("reminders.two_answers") + "\n" + how.partition("\n")[2]
    return how


def not_reached(words: "Words", checked: "Checked") -> str:
    """What a comparison without its level may say: what the file does not hold, and the tries left.

    The same whether the other answers were right or wrong (rules §8).
    """
    left = ngettext("Il reste {number} essai.", "Il reste {number} essais.", checked.comparisons_left)
    said = words.text("reminders.not_reached") + " " + left.format(number=checked.comparisons_left)
    if not checked.not_on_file:
        return said
    absent = ", ".join(words.text(f"facts.{fact}") for fact in checked.not_on_file)
    return _("Pas au dossier : {facts}.").format(facts=absent) + " " + said
