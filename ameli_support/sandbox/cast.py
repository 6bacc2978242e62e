"""The documented cast: the first people of every sandbox, with stable names, numbers and facts.

Used by the README's tour, the scenarios and `ameli-support sandbox people`. Their numbers are
synthetic: département 99 with a country code from 900, which no country has.
"""

from dataclasses import dataclass
from datetime import date

from ameli_support.accounts.contract import ProvisionalCode, SendKind
from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended
from ameli_support.onboarding.person import PersonStatus
from ameli_support.sandbox.lives import (
    Fate,
    FundFile,
    Guardian,
    Issue,
    Life,
    Person,
    active,
    ago,
    first,
    waiting,
)


@dataclass(frozen=True, slots=True)
class CastMember:
    """One stable person: a key for the code, a French sentence for people, and the facts."""

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


_FULL = FundFile(
    bank_last4="4821",
    card_serial="802500001234567890123",
    declared_doctor="Marchand",
    last_payment_month="2026-09",
    address_line="12 rue Lesdiguières",
    phone_before="+33465710112",
)


def _at(step: Step, route: Route = Route.FRANCECONNECT, code: ProvisionalCode | None = None) -> Life:
    return Life(step, ago(hours=2), route, provisional_code=code)


def _member(
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
        "file": _FULL,
        "life": life,
    }
    return CastMember(key, what, Person(**(values | other)))  # type: ignore[arg-type]


_DAY_3 = waiting(first(ago(days=3, hours=2)))
_MEMBERS = (
    _member(
        "live_day_3",
        "mail de confirmation envoyé il y a 3 jours, lien actif",
        "2620899999001",
        "Mme",
        "DUBOIS née ROCHE, Angela",
        "1962-08-24",
        "a.dubois@orange.fr",
        _DAY_3,
        landline="+33465710101",
        consents=(True, False, True, False),
    ),
    _member(
        "inactive_day_11",
        "lien inactif depuis 4 jours, renvoi possible à la même adresse",
        "1790399999002",
        "M.",
        "BENALI, Karim",
        "1979-03-15",
        "karim.benali@gmail.com",
        waiting(first(ago(days=11, hours=2)), openings=2),
        born_at="99352",
    ),
    _member(
        "closed_day_25",
        "délai de 21 jours dépassé",
        "2550699999003",
        "Mme",
        "LEROY née BŒUF, Sylvie",
        "1955-06-02",
        "sylvie.leroy@wanadoo.fr",
        waiting(first(ago(days=25, hours=2))),
    ),
    _member(
        "forty_hours_left",
        "lien actif pour 40 heures encore",
        "2840199999004",
        "Mme",
        "COSTA, Inês",
        "1984-01-30",
        "ines.costa@hotmail.fr",
        waiting(first(ago(days=5, hours=8))),
        born_at="99139",
    ),
    _member(
        "active",
        "compte activé",
        "1681299999005",
        "M.",
        "LE GOFF, Hervé",
        "1968-12-11",
        "herve.legoff@laposte.net",
        active(ago(days=40), ago(days=39, hours=20)),
    ),
    _member(
        "active_disputed",
        "compte activé, mais la personne dit n’avoir jamais cliqué",
        "2910599999006",
        "Mme",
        "DE LA FONTAINE, Clémence",
        "1991-05-19",
        "clemence.fontaine@sfr.fr",
        active(ago(days=6), ago(days=5, hours=23), disputed=ago(days=1)),
    ),
    _member(
        "at_sign_up",
        "s’inscrit (étape 1)",
        "1870299999007",
        "M.",
        "N’DIAYE, Moïse",
        "1987-02-08",
        None,
        _at(Step.SIGN_UP),
    ),
    _member(
        "at_identity",
        "attend le code provisoire (étape 2, par le formulaire)",
        "2730499999008",
        "Mme",
        "GUÉRIN, Hélène",
        "1973-04-27",
        None,
        _at(Step.IDENTITY, Route.FORM, ProvisionalCode.SENT),
    ),
    _member(
        "at_terms",
        "n’a pas encore accepté les conditions (étape 3)",
        "1950799999009",
        "M.",
        "D’ORGEVAL, Loïc",
        "1995-07-14",
        None,
        _at(Step.TERMS),
        born_at="2A004",
    ),
    _member(
        "at_personal_code",
        "choisit son code personnel (étape 4)",
        "2660999999010",
        "Mme",
        "LÉVÊQUE, Renée",
        "1966-09-09",
        None,
        _at(Step.PERSONAL_CODE, Route.FORM, ProvisionalCode.USED),
    ),
    _member(
        "at_contact",
        "saisit ses coordonnées (étape 5)",
        "1981099999011",
        "M.",
        "SAINT-MARTIN, Théo",
        "1998-10-21",
        None,
        _at(Step.CONTACT),
    ),
    _member(
        "suspended",
        "demande suspendue : « ce n’est pas moi »",
        "1751199999012",
        "M.",
        "FERRIÈRE, Étienne",
        "1975-11-03",
        "etienne.ferriere@free.fr",
        Life(Step.CONFIRMATION, ago(days=4), issues=(first(ago(days=4)),), suspended=ago(days=2)),
    ),
    _member(
        "terms_refused",
        "a refusé les conditions",
        "2770899999013",
        "Mme",
        "MOLLIÈRE, Nadège",
        "1977-08-16",
        None,
        Life(Step.TERMS, ago(days=8), ended=Ended.TERMS_REFUSED, ended_before=ago(days=8)),
    ),
    _member(
        "cancelled",
        "demande annulée par un superviseur",
        "1600199999014",
        "M.",
        "PIÑOL, José",
        "1960-01-06",
        "jose.pinol@yahoo.fr",
        Life(
            Step.CONFIRMATION,
            ago(days=15),
            issues=(first(ago(days=15)),),
            suspended=ago(days=12),
            ended=Ended.CANCELLED,
            ended_before=ago(days=11),
            holds_address=False,
        ),
    ),
    _member(
        "wrong_address",
        "adresse mal saisie, mail refusé",
        "2820399999015",
        "Mme",
        "BÉRARD, Élodie",
        "1982-03-22",
        "elodie.berard@gamil.com",
        waiting(first(ago(days=2, hours=5), Fate.REFUSED)),
    ),
    _member(
        "bounced",
        "mail revenu : boîte inconnue",
        "1580699999016",
        "M.",
        "CŒURDEVEY, Aimé",
        "1958-06-29",
        "aime.coeurdevey@neuf.fr",
        waiting(first(ago(days=1, hours=3), Fate.BOUNCED)),
        mailbox="returned",
    ),
    _member(
        "deferred",
        "mail différé par le fournisseur, boîte pleine",
        "2890299999017",
        "Mme",
        "AÏT AHMED, Yasmine",
        "1989-02-12",
        "yasmine.aitahmed@bbox.fr",
        waiting(first(ago(minutes=50), Fate.DEFERRED)),
        mailbox="full_for_now",
    ),
    _member(
        "address_holder",
        "compte activé avec l’adresse de la famille",
        "2710599999018",
        "Mme",
        "MOREAU née VIAL, Lucie",
        "1971-05-05",
        "famille.moreau@free.fr",
        active(ago(days=2, hours=6), ago(days=2)),
    ),
    _member(
        "address_taken",
        "lien inactif, adresse prise entre-temps par le compte d’un proche",
        "1690899999019",
        "M.",
        "MOREAU, Paul",
        "1969-08-18",
        "famille.moreau@free.fr",
        Life(Step.CONFIRMATION, ago(days=10), issues=(first(ago(days=10)),), holds_address=False),
    ),
    _member(
        "same_name_1",
        "même nom et même naissance qu’une autre personne (38000)",
        "2780599999020",
        "Mme",
        "LEFEBVRE, Anne",
        "1978-05-03",
        "anne.lefebvre@outlook.fr",
        waiting(first(ago(days=9, hours=4))),
    ),
    _member(
        "same_name_2",
        "même nom et même naissance qu’une autre personne (38100)",
        "2780599999021",
        "Mme",
        "LEFÈBVRE, Anne-Sophie",
        "1978-05-03",
        "annesophie.lefebvre@icloud.com",
        waiting(first(ago(days=1, hours=4))),
        postcode="38100",
    ),
    _member(
        "deceased",
        "personne décédée",
        "1361099999022",
        "M.",
        "THÉVENET, René",
        "1936-10-01",
        "rene.thevenet@orange.fr",
        waiting(first(ago(days=4, hours=1))),
        status=PersonStatus.DECEASED,
    ),
    _member(
        "minor",
        "personne mineure",
        "2120499999023",
        "Mme",
        "PÉLISSIER, Maëlle",
        "2012-04-17",
        None,
        _at(Step.SIGN_UP),
        status=PersonStatus.MINOR,
        guardians=(Guardian("parental_authority", 5000, -400),),
        file=FundFile(),
    ),
    _member(
        "protected",
        "majeure protégée, tutelle en cours",
        "2490299999024",
        "Mme",
        "DU PUY, Geneviève",
        "1949-02-25",
        "genevieve.dupuy@orange.fr",
        waiting(first(ago(days=12, hours=3))),
        status=PersonStatus.PROTECTED,
        guardians=(Guardian("tutelle", 700, -1100), Guardian("mandat", 900, 30)),
    ),
    _member(
        "restricted",
        "dossier réservé",
        "1831299999025",
        "M.",
        "VON ARX, Maxence",
        "1983-12-24",
        "maxence.vonarx@proton.me",
        waiting(first(ago(days=8, hours=2))),
        status=PersonStatus.RESTRICTED,
    ),
    _member(
        "other_scheme",
        "régime agricole (MSA)",
        "1640799999026",
        "M.",
        "VEYRAT, Gérard",
        "1964-07-07",
        None,
        None,
        scheme="msa",
        postcode="38970",
    ),
    _member(
        "other_fund",
        "relève d’une autre CPAM (Rhône), délai dépassé",
        "2900999999027",
        "Mme",
        "TRAORÉ, Aïcha",
        "1990-09-13",
        "aicha.traore@yahoo.fr",
        waiting(first(ago(days=23))),
        fund="691",
        postcode="69003",
    ),
    _member(
        "provisional_nir",
        "numéro provisoire : ne peut pas ouvrir de compte",
        "8020399999028",
        "Mme",
        "NGUYEN, Linh",
        "2002-03-08",
        None,
        None,
        file=FundFile(address_line="4 place de l’Église"),
    ),
    _member(
        "locked",
        "trois contrôles d’appelant échoués ce jour",
        "1701199999029",
        "M.",
        "ÉMERY, Pascal",
        "1970-11-28",
        "pascal.emery@hotmail.com",
        waiting(first(ago(days=8, hours=7))),
        failed_checks=3,
    ),
    _member(
        "no_enrolment",
        "connue de la caisse, n’a jamais commencé",
        "2530199999030",
        "Mme",
        "VAN DEN BROECK, Monique",
        "1953-01-20",
        None,
        None,
        born_at="20050",  # as Corsica was numbered before 1976
    ),
    _member(
        "thin_file",
        "délai dépassé ; un seul fait au fichier, le niveau 2 est hors d’atteinte",
        "1930699999031",
        "M.",
        "EL AMRANI, Mickaël",
        "1993-06-06",
        "mickael.elamrani@gmail.com",
        waiting(first(ago(days=30))),
        file=FundFile(address_line="7 rue des Écoles"),
    ),
    _member(
        "two_links",
        "deux mails : le plus récent remplace l’autre",
        "2801099999032",
        "Mme",
        "SALVÉTAT, Véronique",
        "1980-10-10",
        "veronique.salvetat@orange.fr",
        waiting(first(ago(days=9)), Issue(SendKind.RESEND, ago(days=1, hours=12))),
    ),
    _member(
        "corrected",
        "adresse corrigée, l’ancienne avait une faute",
        "1620399999033",
        "M.",
        "CRÉPIN, Désiré",
        "1962-03-31",
        "desire.crepin@wanadoo.fr",
        waiting(
            Issue(SendKind.FIRST, ago(days=24), Fate.REFUSED, "desire.crepin@wanado.fr"),
            Issue(SendKind.CORRECTION, ago(days=2)),
        ),
    ),
    _member(
        "live_past_the_window",
        "renvoyé au 20e jour : le lien vit encore, le délai est dépassé",
        "2860799999034",
        "Mme",
        "BARTHÉLEMY, Solène",
        "1986-07-23",
        "solene.barthelemy@gmail.com",
        waiting(first(ago(days=23)), Issue(SendKind.RESEND, ago(days=3))),
    ),
    _member(
        "overseas",
        "relève de la CGSS de La Réunion",
        "1770199999035",
        "M.",
        "HOARAU, Jean-Loïc",
        "1977-01-17",
        "jl.hoarau@orange.fr",
        waiting(first(ago(days=6, hours=20))),
        fund="974",
        postcode="97400",
        mobile="+262692000035",
    ),
)

CAST: dict[str, CastMember] = {member.key: member for member in _MEMBERS}
