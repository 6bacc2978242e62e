"""Where a recognised person is taken: the step they stand at, the page of the phase, or their account.

The one place that decides it, for the login, for FranceConnect and for whoever types a path
by hand: every page of the journey compares its own path with `standing` first.
"""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType
from ameli_support.onboarding.explain import elsewhere
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Enrolment, Phase, phase
from ameli_support.sandbox import recognising, signing_up
from ameli_support.sandbox.enrolments import Dossier, read_dossier, read_person
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.site import paths
from ameli_support.sandbox.site.parting import part
from ameli_support.sandbox.site.serving import Ask, Site
from ameli_support.sandbox.site.sessions import Session
from ameli_support.sandbox.world import World

_OF_STEP = {
    Step.SIGN_UP: paths.SIGN_UP,
    Step.IDENTITY: paths.LOGIN,
    Step.TERMS: paths.TERMS,
    Step.PERSONAL_CODE: paths.CODE,
    Step.CONTACT: paths.CONTACT,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a visitor stands as of now; `path` is the one page that is theirs."""

    path: str
    phase: Phase | None = None
    dossier: Dossier | None = None

    @property
    def row(self) -> Any:
        """The enrolment's row."""
        assert self.dossier is not None
        return self.dossier.row

    @property
    def enrolment(self) -> Enrolment:
        """The enrolment as the rules know it."""
        assert self.dossier is not None
        assert self.dossier.enrolment is not None
        return self.dossier.enrolment


def standing(world: World, session: Session) -> Standing:
    """The page of this session's person now; for nobody the login page, or where the session ended."""
    if session.person is None:
        return Standing(session.after or paths.LOGIN)
    return of_person(world, session.person)


def of_person(world: World, person: str) -> Standing:
    """The page of a recognised person now."""
    with sql.read(world.engine) as conn:
        row = read_person(conn, person)
        if row is None:
            return Standing(paths.LOGIN)
        dossier = read_dossier(conn, row)
        where = phase(dossier.enrolment, world.now())
    if where is None or where is Phase.ENDED:
        return Standing(paths.SIGN_UP, where, dossier)
    if where is Phase.NOT_SENT:
        assert dossier.enrolment is not None
        return Standing(_OF_STEP[dossier.enrolment.step], where, dossier)
    if where is Phase.ACTIVE:
        return Standing(paths.ACCOUNT, where, dossier)
    return Standing(paths.PHASE, where, dossier)


def identified(site: Site, session: Session, person: str, route: Route, **kept: str) -> Response:
    """A person proved who they are by FranceConnect or by a code: their enrolment begins or goes on.

    The session changes its id and keeps only `kept`. Who cannot have an account, or not online, gets a page
    that names the 3646.
    """
    try:
        enrolment = signing_up.start(site.world, person, route)
    except Refused as refused:
        return turned_away(site, site.sessions.end(session), person, refused)
    recognising.identify(site.world, enrolment, route)
    renewed = site.sessions.renew(session, person, route=route.value, **kept)
    return site.go(of_person(site.world, person).path, renewed)


def turned_away(site: Site, session: Session, person: str, refused: Refused) -> Response:
    """Who cannot have an account here: another scheme’s contact is told, else the 3646 and nothing more."""
    if refused.kind is not ProblemType.OTHER_SCHEME:
        return site.notice(session, "sign_up_refused", 403)
    with sql.read(site.world.engine) as conn:
        row = read_person(conn, person)
    assert row is not None
    named = elsewhere(site.world.procedure, "fr", scheme=row.scheme)
    return site.notice(session, "other_scheme", 403, values=named)


def onward(ask: Ask, there: Standing) -> Response:
    """To the page where this visitor stands; whose session ran out while they typed is told so."""
    ran_out = ask.request.method == "POST" and there.path == paths.LOGIN and ask.session.after is None
    return ask.go(there.path, info="over") if ran_out else ask.go(there.path)


def leave(ask: Ask) -> Response:
    """ANNULER or RETOUR in the middle of the journey: logged out, and the request waits where it is."""
    return part(ask, paths.LOGIN, info="left")
