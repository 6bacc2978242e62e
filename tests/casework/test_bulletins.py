"""The incident banner and the identity providers: who may, what agents see, and what is kept of it."""

from datetime import timedelta
from typing import Any

import pytest

from ameli_support.casework.bulletins import LONGEST_BANNER
from ameli_support.casework.errors import DeskError, NotAllowed, ServiceCut
from ameli_support.onboarding.identity import Role
from ameli_support.store import banners
from tests.casework.faults import FaultyWay, refuse
from tests.casework.office import Office

SLOW = "FranceConnect est lent : proposez le formulaire."
LONGEST = ("mot " * LONGEST_BANNER)[: LONGEST_BANNER - 1] + "s"


def test_a_supervisors_banner_reaches_every_desk_and_is_cleared(office: Office) -> None:
    agent, supervisor = office.desk(), office.desk(Role.SUPERVISOR)
    assert agent.banner() is None
    kept = supervisor.set_banner(f"  {SLOW} ", "ticket 12", provider="msa")
    assert (kept.text, kept.provider, kept.set_by) == (SLOW, "msa", supervisor.me.agent)
    assert agent.banner() == agent.bulletin().banner == kept
    supervisor.clear_banner("rétabli")
    assert agent.banner() is None
    with pytest.raises(DeskError, match="Aucun message"):
        supervisor.clear_banner("encore")


def test_a_banner_begins_and_ends_at_its_instants(office: Office) -> None:
    agent, supervisor = office.desk(), office.desk(Role.SUPERVISOR)
    start = office.clock.now() + timedelta(hours=1)
    supervisor.set_banner(SLOW, "travaux", start, start + timedelta(hours=2))
    assert agent.banner() is None
    coming = agent.coming_banner()
    assert coming is not None
    assert coming.starts_at == start
    office.clock.forward(timedelta(hours=1))
    assert agent.banner() == coming
    office.clock.forward(timedelta(hours=2))
    assert agent.banner() is None
    assert agent.coming_banner() is None


def test_every_change_stays_known_with_who_and_why(office: Office) -> None:
    supervisor, other = office.desk(Role.SUPERVISOR), office.desk(Role.SUPERVISOR, "0104")
    supervisor.set_banner(SLOW, "ticket 12")
    other.set_banner("Rétablissement prévu à 15 h.", "ticket 12, suite")
    supervisor.clear_banner("fini")
    rows = [(row.actor, row.reason, row.text) for row in reversed(banners.history(office.store()))]
    assert rows == [
        (supervisor.me.agent, "ticket 12", SLOW),
        ("0104", "ticket 12, suite", "Rétablissement prévu à 15 h."),
        (supervisor.me.agent, "fini", None),
    ]


@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER, Role.ADMINISTRATOR])
def test_only_a_supervisor_changes_anything(office: Office, role: Role) -> None:
    desk = office.desk(role)
    with pytest.raises(NotAllowed):
        desk.set_banner(SLOW, "motif")
    with pytest.raises(NotAllowed):
        desk.clear_banner("motif")
    with pytest.raises(NotAllowed):
        desk.set_provider("msa", False, "motif")
    assert desk.banner() is None


def test_what_does_not_fit_is_refused_and_nothing_is_kept(office: Office) -> None:
    supervisor = office.desk(Role.SUPERVISOR)
    more: dict[str, Any]
    now = office.clock.now()
    for text, reason, more in (
        ("", "motif", {}),
        (LONGEST + "t", "motif", {}),
        (LONGEST, "motif", {"provider": "msa"}),
        (SLOW, " ", {}),
        (SLOW, "motif", {"provider": "nobody"}),
        (SLOW, "motif", {"ends_at": now}),
        (SLOW, "motif", {"starts_at": now + timedelta(hours=2), "ends_at": now + timedelta(hours=1)}),
    ):
        with pytest.raises(DeskError):
            supervisor.set_banner(text, reason, **more)
    assert banners.history(office.store()) == []


def test_a_provider_that_is_away_is_known_to_every_desk(office: Office) -> None:
    agent, supervisor = office.desk(), office.desk(Role.SUPERVISOR)
    assert [one.name for one in agent.providers()] == list(agent.procedure.names("providers"))
    assert not supervisor.set_provider("msa", False, "ticket 12").available
    away = agent.bulletin().away
    assert away is not None
    assert [one.label for one in away] == ["MSA"]
    assert supervisor.set_provider("msa", True, "rétabli").available
    assert agent.bulletin().away == ()
    for name, reason in (("nobody", "motif"), ("msa", "")):
        with pytest.raises(DeskError):
            supervisor.set_provider(name, False, reason)


def test_without_the_service_the_banner_still_shows(office: Office) -> None:
    supervisor = office.desk(Role.SUPERVISOR)
    supervisor.set_banner(SLOW, "ticket 12")
    way = FaultyWay()
    way.break_at("", refuse)
    cut = office.desk(accounts=office.service.client(transport=way))
    told = cut.bulletin()
    assert told.banner is not None
    assert told.away is None
    with pytest.raises(ServiceCut):
        cut.providers()
