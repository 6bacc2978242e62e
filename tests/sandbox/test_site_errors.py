"""Every error of every page: beside its field, in the summary, and nothing typed is lost (codes excepted)."""

import re

import pytest

from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.personal_code import CodeRule
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import schema
from tests.sandbox.public_site import CODE, PublicSite, until
from tests.sandbox.service import unique
from tests.sandbox.visitor import Shown, Visitor

P = procedure()
NUMBERS = P.numbers


def said(key: str) -> str:
    """An entry of procedure.toml as a page shows it, with plain spaces."""
    return P.text(key).replace("\u00a0", " ")


def check_errors(page: Shown, fields: list[str]) -> None:
    """The summary links to each wrong field, in order; each is described by its sentence, and marked."""
    summary = re.search(r'<div class="errors" role="alert".*?</div>', page.html, re.S)
    assert summary is not None
    assert re.findall(r'href="#([^"]*)"', summary[0]) == fields
    assert page.html.startswith("<!doctype html>")
    assert "<title>Erreur" in page.html
    for field in fields:
        assert field in page.parts.ids
        assert re.search(rf'id="{field}"[^>]*aria-describedby="[^"]*{field}-erreur', page.html)
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page.html)


def kept(page: Shown, **typed: str) -> None:
    """What was typed is still there."""
    fields = {name: value for form in page.parts.forms for name, value in form.fields.items()}
    assert {name: fields.get(name) for name in typed} == typed


# ── sign-up ─────────────────────────────────────────────────────────────────


def test_an_empty_sign_up_tells_every_field(visitor: Visitor) -> None:
    visitor.open("/inscription")
    page = visitor.press("CONTINUER")
    assert page.status == 422
    check_errors(page, ["name", "nir", "birth_date", "postcode"])
    assert page.faults == [
        said("forms.name"),
        said("nir.empty"),
        said("forms.birth_date"),
        said("forms.postcode"),
    ]


@pytest.mark.parametrize(
    ("field", "typed", "key"),
    [
        ("nir", "262089990", "nir.length"),
        ("nir", "8020399999028", "nir.provisional"),
        ("nir", "262089990012399", "nir.key"),
        ("birth_date", "31/02/1962", "forms.birth_date"),
        ("birth_date", "24/08/2199", "forms.birth_date_to_come"),
        ("postcode", "3800", "forms.postcode"),
        ("postcode", "38 OOO", "forms.postcode"),
    ],
)
def test_a_malformed_field_is_told_and_the_others_stay(
    public_site: PublicSite, visitor: Visitor, field: str, typed: str, key: str
) -> None:
    visitor.open("/inscription")
    fields = public_site.fields(public_site.person(), **{field: typed})
    page = visitor.press("CONTINUER", **fields)
    assert (page.status, page.faults) == (422, [said(key)])
    check_errors(page, [field])
    kept(page, **fields)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Martin"}, {"nir": "2620899999998"}, {"birth_date": "25/08/1962"}, {"postcode": "38001"},
        {"name": "Martin", "birth_date": "25/08/1962", "postcode": "38001"},
    ],
)  # fmt: skip
def test_a_mismatch_does_not_tell_which_field_is_wrong(
    public_site: PublicSite, visitor: Visitor, other: dict[str, str]
) -> None:
    record = public_site.person()
    visitor.open("/inscription")
    fields = public_site.fields(record) | other
    page = visitor.press("CONTINUER", **fields)
    assert page.status == 422
    assert page.faults == [
        "Les informations saisies ne permettent pas de vous reconnaître. Vérifiez-les ou contactez le 3646."
    ]
    check_errors(page, [])
    assert 'aria-invalid="true"' not in page.html
    kept(page, **fields)
    assert public_site.count(schema.enrolment, schema.enrolment.c.person == record) == 0


@pytest.mark.parametrize(
    "name", ["Müller-Lefèvre", "MULLER LEFEVRE", "mullerlefevre", "D’Œuvré", "d'oeuvre", "Müller-Lefèvre Zoé"]
)
def test_birth_and_used_names_match_with_accents_hyphens_and_apostrophes(
    public_site: PublicSite, visitor: Visitor, name: str
) -> None:
    record = public_site.person(birth_name="D’ŒUVRÉ", used_name="MÜLLER-LEFÈVRE", first_names="Zoé, Anne")
    visitor.open("/inscription")
    assert visitor.press("CONTINUER", **public_site.fields(record, name=name)).path == "/connexion"


@pytest.mark.parametrize(
    ("scheme", "told"),
    [("msa", "Contactez votre caisse MSA, sur msa.fr."), ("other", "Contactez votre propre régime.")],
)
def test_who_is_with_another_scheme_is_told_its_contact(
    public_site: PublicSite, visitor: Visitor, scheme: str, told: str
) -> None:
    record = public_site.person(scheme=scheme)
    visitor.open("/inscription")
    page = visitor.press("CONTINUER", **public_site.fields(record))
    assert (page.status, page.title) == (403, P.pages["other_scheme"].title)
    assert told in page.text
    assert "3646" not in page.text.partition(told)[0]
    assert public_site.count(schema.enrolment, schema.enrolment.c.person == record) == 0


@pytest.mark.parametrize("why", [{"birth_date": "2012-04-17"}, {"status": "deceased"}])
def test_who_cannot_have_an_account_here_is_told_to_call(
    public_site: PublicSite, visitor: Visitor, why: dict[str, str]
) -> None:
    record = public_site.person(**why)
    visitor.open("/inscription")
    page = visitor.press("CONTINUER", **public_site.fields(record))
    assert (page.status, page.title) == (403, P.pages["sign_up_refused"].title)
    assert "3646" in page.text
    assert public_site.count(schema.enrolment, schema.enrolment.c.person == record) == 0


# ── login and its lock ──────────────────────────────────────────────────────


def test_every_wrong_pair_gets_the_same_answer(public_site: PublicSite, visitor: Visitor) -> None:
    active, begun, nobody = public_site.active(), public_site.person(), public_site.person()
    visitor.open("/inscription")
    visitor.press("CONTINUER", **public_site.fields(begun))
    wrong = f"{(int(public_site.code(begun)) + 1) % 10_000:04d}"
    cases = [
        (active, "MotdePasse2"),
        (begun, wrong),
        (nobody, CODE),
        (nobody, "0000"),
        (active, "0000"),
    ]
    for record, code in cases:
        page = public_site.log_in(visitor, record, code)
        assert (page.status, page.faults) == (422, [said("forms.wrong_login")])
        kept(page, nir=public_site.nir(record))
        assert code not in page.html


def test_an_empty_login_tells_both_fields(visitor: Visitor) -> None:
    visitor.open("/connexion")
    page = visitor.press("ME CONNECTER")
    check_errors(page, ["nir", "code"])
    assert page.faults == [said("nir.empty"), said("forms.code_missing")]


@pytest.mark.parametrize("known", [True, False])
def test_five_wrong_codes_close_the_login_for_a_quarter_of_an_hour(
    public_site: PublicSite, visitor: Visitor, *, known: bool
) -> None:
    """Known number or not: the lock tells nothing."""
    record = public_site.person()
    public_site.signed_up(visitor, record)
    nir = public_site.nir(record) if known else "2620899999999"
    visitor.open("/connexion")
    for number in range(1, NUMBERS.login_tries + 1):
        page = visitor.press("ME CONNECTER", nir=nir, code="MauvaisCode1")
        assert page.status == (429 if number == NUMBERS.login_tries else 422)
    assert page.faults == [said("forms.login_closed")]
    # the right code changes nothing while it is closed
    page = visitor.press("ME CONNECTER", nir=nir, code=CODE)
    assert page.status == 429
    assert int(page.headers["retry-after"]) <= 60 * NUMBERS.login_lock_minutes
    public_site.forward(minutes=NUMBERS.login_lock_minutes)
    page = visitor.press("ME CONNECTER", nir=nir, code=CODE)
    assert page.path == ("/confirmation" if known else "/connexion")


def test_five_wrong_tries_make_the_provisional_code_void(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person()
    visitor.open("/inscription")
    visitor.press("CONTINUER", **public_site.fields(record))
    right = public_site.code(record)
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    for _ in range(NUMBERS.provisional_code_tries):
        public_site.log_in(visitor, record, wrong)
    assert public_site.enrolment(record).provisional_code == "void"
    public_site.forward(minutes=NUMBERS.login_lock_minutes)
    assert public_site.log_in(visitor, record, right).status == 422
    # signing up again sends another, so often a day
    for number in range(2, NUMBERS.provisional_codes_per_day + 2):
        visitor.open("/inscription")
        page = visitor.press("CONTINUER", **public_site.fields(record))
        if number > NUMBERS.provisional_codes_per_day:
            assert (page.status, page.title) == (429, P.pages["provisional_cap"].title)
            return
        assert page.path == "/connexion"
        public_site.change(schema.enrolment, schema.enrolment.c.person == record, provisional_code="void")


def test_a_code_that_opens_the_journey_again_further_on_is_used_too(
    public_site: PublicSite, visitor: Visitor
) -> None:
    """Whoever stands at the terms when their code's days are over gets another one, and comes back by it."""
    record = public_site.person()
    public_site.at_terms(visitor, record)
    visitor.press("ANNULER")
    agent = public_site.agent().reach(record, Level.SIMPLE)
    assert agent.view(record).provisional_code == "used"
    public_site.forward(days=15)
    assert agent.view(record).provisional_code == "void"
    visitor.open("/inscription")
    visitor.press("CONTINUER", **public_site.fields(record))
    assert agent.view(record).provisional_code == "sent"
    page = public_site.log_in(visitor, record, public_site.code(record))
    assert page.path == "/conditions"
    assert agent.view(record).provisional_code == "used"


def test_a_provisional_code_is_good_for_fifteen_days(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person()
    visitor.open("/inscription")
    visitor.press("CONTINUER", **public_site.fields(record))
    first = public_site.code(record)
    public_site.forward(days=NUMBERS.provisional_code_days, microseconds=-2_000_000)
    assert public_site.code(record) == first
    public_site.forward(seconds=2)
    agent = public_site.agent()
    assert agent.reach(record, Level.SIMPLE).view(record).provisional_code == "void"
    assert public_site.log_in(visitor, record, first).status == 422


# ── terms, code, contact ────────────────────────────────────────────────────


def test_the_terms_ask_for_an_answer(public_site: PublicSite, visitor: Visitor) -> None:
    public_site.at_terms(visitor, public_site.person())
    page = visitor.press("CONTINUER")
    assert page.faults == [said("forms.terms")]
    check_errors(page, ["terms"])
    assert "checked" not in page.html


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("", []),
        ("24081962", [CodeRule.LETTERS, CodeRule.PERSONAL_DATA]),
        ("ÿé€", [CodeRule.LENGTH, CodeRule.LETTERS, CodeRule.DIGIT_OR_SPECIAL, CodeRule.AUTHORISED]),
        ("Mot de Passe", [CodeRule.DIGIT_OR_SPECIAL, CodeRule.AUTHORISED]),
        ("a" * 51, [CodeRule.LENGTH, CodeRule.LETTERS, CodeRule.DIGIT_OR_SPECIAL]),
    ],
)
def test_every_broken_rule_of_a_code_is_told_at_once_in_the_documents_order(
    public_site: PublicSite, code: str, broken: list[CodeRule]
) -> None:
    visitor = public_site.visitor()
    public_site.at_code(visitor, public_site.person())
    page = visitor.press("CONTINUER", new_code=code, new_code_again=code)
    rules = [f"Votre code personnel doit {said(f'code_rules.{rule}')}." for rule in broken]
    expected = [words.replace("doit ne ", "ne doit ") for words in rules]
    assert page.faults == (expected or [said("forms.code_missing")])
    assert page.html.count("(non respecté)") == len(broken)
    if code:
        assert code not in page.html
        assert said(f"strength.level_{0 if len(set(code)) < 9 else 2}") in page.text
    visitor.close()


def test_the_two_codes_must_be_the_same(public_site: PublicSite, visitor: Visitor) -> None:
    public_site.at_code(visitor, public_site.person())
    page = visitor.press("CONTINUER", new_code=CODE, new_code_again="MotdePasse2")
    assert page.faults == [said("forms.code_differs")]
    check_errors(page, ["new_code_again"])


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, {"email": "email_missing"}),
        ({"email": "moi@"}, {"email": "email"}),
        ({"email": "a@orange.fr"}, {"email_again": "email_differs"}),
        ({"email": "a@orange.fr", "email_again": "b@orange.fr"}, {"email_again": "email_differs"}),
        ({"email": "moi@", "mobile": "04 76 57 01 12", "landline": "06 12 34 56 78"},
         {"email": "email", "mobile": "mobile", "landline": "landline"}),
        ({"email": "a@orange.fr", "email_again": "a@orange.fr", "mobile": "3646"}, {"mobile": "mobile"}),
    ],
)  # fmt: skip
def test_contact_data_are_told_field_by_field_and_stay(
    public_site: PublicSite, visitor: Visitor, typed: dict[str, str], wrong: dict[str, str]
) -> None:
    public_site.at_contact_page(visitor, public_site.person())
    given = typed | {"consent_email": "yes", "consent_mobile_sms": "no"}
    page = visitor.press("CONTINUER", **given)
    assert (page.status, page.faults) == (422, [said(f"forms.{key}") for key in wrong.values()])
    check_errors(page, list(wrong))
    kept(page, **given)


@pytest.mark.parametrize(
    ("mobile", "landline"),
    [("0692 12 34 56", "0262 12 34 56"), ("+33 (0)6 12 34 56 78", "09 12 34 56 78"), ("06.39.98.12.34", "")],
)
def test_overseas_numbers_and_those_of_the_internet_are_accepted(
    public_site: PublicSite, visitor: Visitor, mobile: str, landline: str
) -> None:
    record = public_site.person()
    public_site.signed_up(visitor, record, mobile=mobile, landline=landline)
    row = public_site.enrolment(record)
    assert (row.mobile is not None, row.landline is not None) == (True, bool(landline))


def test_an_address_of_another_account_is_told_and_five_tries_an_hour_are_enough(
    public_site: PublicSite, visitor: Visitor
) -> None:
    taken, record = f"{unique('t')}@orange.fr", public_site.person()
    public_site.active(taken)
    public_site.at_contact_page(visitor, record)
    for _ in range(NUMBERS.address_tries_per_hour):
        page = visitor.press("CONTINUER", email=taken, email_again=taken)
        assert page.faults == [said("pages.address_used.sentences")]
        kept(page, email=taken, email_again=taken)
    free = f"{unique('f')}@orange.fr"
    page = visitor.press("CONTINUER", email=free, email_again=free)
    assert (page.status, page.faults) == (429, [said("forms.addresses_tried")])
    public_site.forward(hours=1)
    assert visitor.press("CONTINUER", email=free, email_again=free).path == "/deconnecte"


# ── « Code oublié ? » and the change of code ────────────────────────────────


def ask(visitor: Visitor, nir: str, born: str = "24/08/1962") -> Shown:
    visitor.open("/code-oublie")
    return visitor.press("Recevoir un lien", nir=nir, birth_date=born)


def test_a_forgotten_code_gets_the_same_answer_in_all_cases(
    public_site: PublicSite, visitor: Visitor
) -> None:
    active, waiting, nobody = public_site.active(), public_site.waiting(), public_site.person()
    suspended = public_site.active()
    public_site.change(schema.enrolment, schema.enrolment.c.person == suspended, suspended_at=1)
    cases = [(active, "25/08/1962"), (waiting, "24/08/1962"), (nobody, "24/08/1962"),
             (suspended, "24/08/1962"), (active, "24/08/1962")]  # fmt: skip
    answers = {(page.status, page.path, page.text) for record, born in cases
               for page in [ask(visitor, public_site.nir(record), born)]}  # fmt: skip
    assert len(answers) == 1
    assert 'class="stopped"' not in ask(visitor, public_site.nir(nobody)).html  # nothing is wrong
    ((status, path, text),) = answers
    assert (status, path) == (200, "/code-oublie/demande")
    assert "3646" in text
    of = schema.code_reset.c.enrolment
    ids = [public_site.enrolment(record).id for record in (active, waiting, suspended)]

    def resets() -> list[int] | None:
        found = [public_site.count(schema.code_reset, of == enrolment) for enrolment in ids]
        return found if found[0] else None

    # the look-up comes after the answer, so that its time tells nothing; the active account is asked last
    assert until(resets) == [1, 0, 0]


def test_the_link_changes_the_code_once_within_thirty_minutes(
    public_site: PublicSite, visitor: Visitor
) -> None:
    address = f"{unique('r')}@orange.fr"
    record = public_site.active(address)
    public_site.change(schema.enrolment, schema.enrolment.c.person == record, code_hash=None)
    ask(visitor, public_site.nir(record))
    mail = public_site.mails_to(address, 1)[-1]
    assert mail.subject == P.mail.reset_subject
    link = next(link for link in mail.links if "/code-oublie/" in link).removeprefix(
        public_site.world.base_url
    )
    # the token opens nothing else, and a confirmation link opens no reset
    assert visitor.open(link.replace("/code-oublie/", "/confirmer/")).status == 404
    assert visitor.open(f"/code-oublie/{public_site.token(record)}").status == 404
    page = visitor.open(link)
    assert page.title == P.pages["reset_code"].title
    page = visitor.press("Changer mon code", new_code="court", new_code_again="court")
    assert page.status == 422
    page = visitor.press("Changer mon code", new_code="AutreCode2", new_code_again="AutreCode2")
    assert page.path == "/connexion"
    assert "changé" in page.text
    assert visitor.open(link).status == 404
    assert public_site.log_in(visitor, record, "AutreCode2").path == "/compte"
    visitor.press("Me déconnecter")
    public_site.forward(minutes=5)
    ask(visitor, public_site.nir(record))
    link = public_site.mails_to(address, 2)[-1].links[0].removeprefix(public_site.world.base_url)
    assert visitor.open(link).status == 200
    public_site.forward(minutes=NUMBERS.reset_link_minutes)
    page = visitor.press("Changer mon code", new_code="EncoreUn3", new_code_again="EncoreUn3")
    assert (page.status, page.title) == (404, P.pages["reset_dead"].title)


def test_after_an_activation_at_a_corrected_address_no_code_is_reset_for_72_hours(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.active()
    row = public_site.enrolment(record)
    mine = schema.enrolment.c.id == row.id
    public_site.change(schema.enrolment, mine, corrected_at=row.confirmed_at)
    ask(visitor, public_site.nir(record))
    of_mine = schema.code_reset.c.enrolment == row.id
    assert public_site.count(schema.code_reset, of_mine) == 0
    assert public_site.agent().reach(record, Level.SIMPLE).view(record).code_reset_blocked_until is not None
    public_site.forward(hours=NUMBERS.reset_block_hours)
    ask(visitor, public_site.nir(record))
    assert until(lambda: public_site.count(schema.code_reset, of_mine) or None) == 1


def test_the_code_of_an_active_account_changes_by_the_old_one(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    address = public_site.signed_up(visitor, record)
    assert public_site.confirm(record) == "confirmed"
    public_site.mails_to(address, 1)
    assert public_site.log_in(visitor, record).path == "/compte"
    elsewhere = public_site.visitor()
    public_site.log_in(elsewhere, record)
    visitor.follow("Changer mon code personnel")
    page = visitor.press("Changer mon code", old_code="Faux1234", new_code="court", new_code_again="x")
    assert page.faults[0] == said("forms.wrong_code")
    assert len(page.faults) > 2
    page = visitor.press(
        "Changer mon code", old_code=CODE, new_code="AutreCode2", new_code_again="AutreCode2"
    )
    assert page.path == "/compte"
    assert "changé" in page.text
    # every other session is over, this one has another cookie
    assert elsewhere.open("/compte").path == "/connexion"
    assert visitor.open("/compte").path == "/compte"
    assert public_site.log_in(elsewhere, record).status == 422
    assert public_site.log_in(elsewhere, record, "AutreCode2").path == "/compte"
    elsewhere.close()
