"""What to ask aloud for each fact of the caller check, and what its field expects."""

from dataclasses import dataclass

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Fact


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
