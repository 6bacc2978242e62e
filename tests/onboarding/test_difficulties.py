"""What goes wrong at each step: told where it belongs, what is known first, the page in its own words."""

import re
from datetime import UTC, datetime

import pytest

from ameli_support.onboarding.difficulties import NAMES, Difficulty, Facts, difficulties, resume
from ameli_support.onboarding.journey import place
from ameli_support.onboarding.link import Ended, Phase
from ameli_support.onboarding.places import Place
from ameli_support.onboarding.steps import Route, Step
from tests.onboarding.model import P
from tests.onboarding.test_words import LANGUAGES, rows

UNTIL = datetime(2026, 11, 23, 13, 47, tzinfo=UTC)  # 14:47 in Paris


def names(where: Place, facts: Facts | None = None) -> list[str]:
    return [one.name for one in difficulties(where, facts or Facts(), P)]


def one(name: str, where: Place, facts: Facts, language: str = "fr") -> Difficulty:
    return next(found for found in difficulties(where, facts, P, language) if found.name == name)


EVERYTHING = Facts(
    away=("impots.gouv", "L’Identité Numérique La Poste"),
    step=Step.TERMS,
    provisional_code="void",
    ended=Ended.TERMS_REFUSED,
    addresses_refused=2,
    opened_unconfirmed=True,
    login_closed_until=UNTIL,
    reset_blocked_until=UNTIL,
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("where", Place)
def test_what_to_say_fits_the_screen_and_is_whole(where: Place, language: str) -> None:
    for facts in (Facts(), EVERYTHING):
        for found in difficulties(where, facts, P, language):
            set_out = rows(found.say)
            assert len(set_out) <= 5, set_out
            assert max(map(len, set_out)) <= 57
            assert len(found.label) <= 30
            for line in (*found.say, found.do):
                assert re.search(r"[.?!]$", line.replace("**", "")), line
                assert "{" not in line
            if found.noticed:
                assert "…" not in " ".join((*found.say, found.do)), found


def test_every_one_of_them_is_told_somewhere() -> None:
    told = {name for where in Place for name in names(where, EVERYTHING)}
    told |= {name for where in Place for name in names(where)}
    assert told == set(NAMES)
    assert set(P.names("difficulties")) == set(NAMES)


@pytest.mark.parametrize(
    ("where", "usual"),
    [
        (Place.SIGN_UP, "wrong_name"),
        (Place.IDENTITY, "not_recognised"),
        (Place.IDENTITY_FORM, "code_waits"),
        (Place.IDENTITY_FORM_VOID, "code_void"),
        (Place.TERMS, "terms_choice"),
        (Place.PERSONAL_CODE, "code_rules"),
        (Place.CONTACT, "address_used"),
        (Place.LIVE, "button_not_pressed"),
        (Place.ACTIVE, "code_forgotten"),
        (Place.NO_ENROLMENT, "wrong_name"),
    ],
)
def test_each_step_has_its_own(where: Place, usual: str) -> None:
    assert usual in names(where)
    elsewhere = [place for place in Place if place.is_the_persons and usual not in names(place)]
    assert len(elsewhere) > 10


def test_what_the_record_shows_comes_first_and_says_so() -> None:
    found = difficulties(Place.CONTACT, Facts(addresses_refused=1, login_closed_until=UNTIL), P)
    assert [one.name for one in found if one.noticed] == ["login_closed", "address_used"]
    assert [one.noticed for one in found] == sorted((one.noticed for one in found), reverse=True)
    assert "**14:47**" in " ".join(found[0].say)
    assert not any(one.noticed for one in difficulties(Place.CONTACT, Facts(), P))


@pytest.mark.parametrize(
    ("where", "facts", "name"),
    [
        (Place.IDENTITY_FORM, Facts(provisional_code="sent"), "code_waits"),
        (Place.IDENTITY_FORM_VOID, Facts(provisional_code="void"), "code_void"),
        (Place.TERMS, Facts(provisional_code="void"), "code_over"),
        (Place.ENDED, Facts(ended=Ended.TERMS_REFUSED), "terms_refused"),
        (Place.LIVE, Facts(opened_unconfirmed=True), "button_not_pressed"),
        (Place.ACTIVE, Facts(reset_blocked_until=UNTIL), "reset_blocked"),
        (Place.IDENTITY, Facts(away=("MSA",)), "provider_away"),
    ],
)
def test_each_fact_brings_its_difficulty_up(where: Place, facts: Facts, name: str) -> None:
    first = difficulties(where, facts, P)[0]
    assert (first.name, first.noticed) == (name, True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [None, "sent", "used", "void"])
@pytest.mark.parametrize("route", [None, *Route])
@pytest.mark.parametrize("step", Step)
def test_no_code_is_an_obstacle_while_what_is_said_goes_on_by_it(
    step: Step, route: Route | None, code: str | None, language: str
) -> None:
    by_code = P.lines("resume.provisional_code", language)[0]
    said = resume(step, route, P, language, code_void=code == "void")
    where = place(Phase.NOT_SENT if step not in (Step.CONFIRMATION, Step.ACTIVE) else Phase.LIVE,
                  step, route, code_void=code == "void")  # fmt: skip
    found = difficulties(where, Facts(step=step, route=route, provisional_code=code), P, language)
    in_the_way = {one.name for one in found if one.noticed and one.name.startswith("code_")} - {"code_waits"}
    before_a_code = step in (Step.IDENTITY, Step.TERMS, Step.PERSONAL_CODE) and route is Route.FORM
    assert bool(in_the_way) == ((before_a_code and code == "void") or _routeless(step, route, code))
    assert (said == by_code) == (before_a_code and code != "void")


def _routeless(step: Step, route: Route | None, code: str | None) -> bool:
    """A record that does not tell its route yet has a dead code."""
    return step in (Step.TERMS, Step.PERSONAL_CODE) and route is None and code == "void"


def test_who_goes_by_the_form_hears_nothing_of_the_providers() -> None:
    assert "provider_away" not in names(Place.SIGN_UP, Facts(away=("MSA",), route=Route.FORM))


def test_the_page_is_quoted_in_its_own_words() -> None:
    away = one("provider_away", Place.IDENTITY, EVERYTHING)
    assert away.page[0] == P.text("pages.franceconnect.provider_unavailable")
    assert len(away.page) == len(EVERYTHING.away)
    rules = one("code_rules", Place.PERSONAL_CODE, Facts())
    assert rules.page == tuple(P.text(f"code_rules.{rule}") for rule in P.names("code_rules"))
    assert one("address_used", Place.CONTACT, Facts()).page == P.pages["address_used"].sentences
    assert one("wrong_name", Place.SIGN_UP, Facts()).page == (P.text("pages.sign_up.mismatch"),)


def test_where_one_sentence_alone_may_be_said_nothing_is_told() -> None:
    for where in (Place.LOCKED, Place.DECEASED, Place.RESTRICTED, Place.OTHER_SCHEME, Place.PROVISIONAL_NIR):
        assert names(where, EVERYTHING) == []


def test_without_a_record_it_is_general_advice_in_the_journeys_order() -> None:
    general = names(Place.UNIDENTIFIED)
    assert general == names(Place.NO_RECORD)
    assert set(general) == {one.name for where in Place for one in difficulties(where, Facts(), P)}
    assert general.index("wrong_name") < general.index("code_rules") < general.index("address_used")


@pytest.mark.parametrize(
    ("step", "route", "by"),
    [
        (Step.SIGN_UP, Route.FORM, "sign_up"),
        (Step.IDENTITY, Route.FORM, "provisional_code"),
        (Step.PERSONAL_CODE, Route.FORM, "provisional_code"),
        (Step.CONTACT, Route.FORM, "personal_code"),
        (Step.TERMS, Route.FRANCECONNECT, "franceconnect"),
        (Step.CONTACT, Route.FRANCECONNECT, "franceconnect"),
        (None, None, "sign_up"),
    ],
)
def test_a_sign_up_that_stopped_goes_on_by_what_opens_it(
    step: Step | None, route: Route | None, by: str
) -> None:
    assert resume(step, route, P) == P.lines(f"resume.{by}")[0]
