"""Each step of a person's journey shows at the desk's next look: one look a second, so within two."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from ameli_support.accounts.contract import ProvisionalCode
from ameli_support.casework.desk import Desk
from ameli_support.casework.hindering import hindrances
from ameli_support.casework.views import Look
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import logging_in, provisional, signing_up
from ameli_support.sandbox.problems import Refused
from tests.casework.office import Office
from tests.sandbox.service import unique

# what a look tells does not depend on where cases live
pytestmark = pytest.mark.parametrize("store_place", ["sqlite"], indirect=True)
CODE = "MotdePasse1"


def test_every_step_of_the_form_shows_at_the_next_look(office: Office) -> None:
    world = office.people.world
    record = office.people.person()
    desk = office.desk()
    case = office.identified(desk, record)
    assert desk.look(case).view is not None

    def shows(deed: Callable[[], object]) -> Look:
        """What the look after a deed tells; the look before and after it tell nothing new."""
        assert not desk.look(case).changed
        deed()
        look = desk.look(case)
        assert look.changed
        assert not desk.look(case).changed
        return look

    begun: list[str] = []
    look = shows(lambda: begun.append(signing_up.start(world, record, Route.FORM)))
    enrolment = begun[0]
    assert look.view is not None
    assert (look.view.phase, look.view.step) == (Phase.NOT_SENT, Step.SIGN_UP)
    view = shows(lambda: provisional.send(world, enrolment)).view
    assert view is not None
    assert (view.step, view.provisional_code) == (Step.IDENTITY, ProvisionalCode.SENT)
    for step in (Step.IDENTITY, Step.TERMS, Step.PERSONAL_CODE):
        at = office.clock.now()
        code = CODE if step is Step.PERSONAL_CODE else None
        view = shows(partial(signing_up.pass_step, world, enrolment, step, code=code)).view
        assert view is not None
        assert view.step is signing_up._NEXT[step]
        assert view.step_since == at
        assert step in view.steps_done_at
    signing_up.submit_address(world, enrolment, f"{unique('l')}@orange.fr")
    look = desk.look(case)
    assert look.changed
    assert look.view is not None
    assert (look.view.phase, look.view.step) == (Phase.LIVE, Step.CONFIRMATION)


def test_what_goes_wrong_on_the_way_shows_at_the_next_look(office: Office) -> None:
    world, numbers = office.people.world, procedure().numbers
    record = office.people.person()
    desk = office.desk()
    enrolment = signing_up.start(world, record, Route.FORM)
    provisional.send(world, enrolment)
    case = office.identified(desk, record)
    desk.look(case)

    for _wrong in range(numbers.provisional_code_tries):
        assert not provisional.fits(world, enrolment, "none")
    assert noticed(desk, case) == ["code_void"]

    nir = office.nir(record)
    for _wrong in range(numbers.login_tries):
        logging_in.take_try(world, nir)
        logging_in.wrong(world, nir)
    assert noticed(desk, case) == ["login_closed", "code_void"]
    office.clock.forward(timedelta(minutes=numbers.login_lock_minutes))
    assert noticed(desk, case) == ["code_void"]


def test_an_address_in_use_in_the_family_shows_as_such(office: Office) -> None:
    world, people = office.people.world, office.people
    mine, theirs = people.person(), people.active()
    desk = office.desk()
    enrolment = people.at_contact(mine)
    case = office.identified(desk, mine)
    desk.look(case)
    with pytest.raises(Refused):
        signing_up.submit_address(world, enrolment, people.address(theirs))
    assert noticed(desk, case) == ["address_used"]
    view = desk.look(case).view
    assert view is not None
    assert people.address(theirs) not in view.model_dump_json()


def noticed(desk: Desk, case: int) -> list[str]:
    """What one look, which tells something new, shows to be the case."""
    look = desk.look(case)
    assert look.changed
    found = hindrances(desk.procedure, desk.call_state(case), look.view, "fr")
    return [one.name for one in found if one.noticed]
