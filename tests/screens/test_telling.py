"""What the picture tells of a record: the provisional code, the blocked code, the other version."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ameli_support.accounts.contract import ProvisionalCode, RecordView, SendKind, VerdictView
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.views import Look, Service
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import procedure
from ameli_support.onboarding.steps import Route, Step
from screens.delaying import delay_bar
from screens.dialogs.conclude import Conclude
from screens.sending import mail_rows
from screens.telling import Scene, offers, picture
from screens.widgets.choices import Choices
from screens.words import Words
from tests.screens.fake_desk import NIR, NOW, FakeDesk
from tests.screens.walk import walking


def scene(desk: FakeDesk, **told: object) -> Scene:
    """What a look at level 1 brings, with other values."""
    desk.find(SearchFacts(nir=NIR))
    desk.level_0(4217)
    view = desk.view().model_copy(update={"level": Level.SIMPLE, **told})
    assert desk.state is not None
    return Scene(desk.state, Look(view, NOW, 0, Service.OK), Words(desk.procedure), NOW)


@pytest.mark.parametrize("code", list(ProvisionalCode))
def test_the_provisional_code_is_told_as_sent_used_or_void(code: ProvisionalCode) -> None:
    shown = picture(
        scene(
            FakeDesk("stranger"),
            phase=Phase.NOT_SENT,
            step=Step.IDENTITY,
            route=Route.FORM,
            provisional_code=code,
        )
    )
    assert procedure().text(f"provisional_code.{code}") in shown.band.head
    assert ("ne fonctionne **plus**" in shown.say[0]) == (code is ProvisionalCode.VOID)


def test_a_blocked_code_says_until_when() -> None:
    view = scene(FakeDesk("active"), code_reset_blocked_until=NOW + timedelta(hours=72)).view
    assert view is not None
    first = mail_rows(view, NOW, Words(procedure()))[0]
    assert "« Code oublié ? » n’envoie rien avant le 26/11" in first.what.replace("\u00a0", " ")


def test_a_revoked_link_is_drawn_as_ended() -> None:
    desk = FakeDesk("j3")
    live = scene(desk).view
    assert live is not None
    revoked = tuple(
        one.model_copy(update={"state": "revoked", "revoked_at": one.issued_at + timedelta(days=2)})
        for one in live.generations
    )

    def live_cells(view: RecordView) -> int:
        drawn = "".join(text for text, _ink in delay_bar(view, NOW, Words(desk.procedure)).cells)
        return drawn.count("═")

    suspended = live.model_copy(update={"generations": revoked, "phase": Phase.SUSPENDED})
    assert live_cells(live) > 4
    assert live_cells(suspended) == 4


def test_after_a_lifted_suspension_no_since_is_told() -> None:
    shown = picture(scene(FakeDesk("j11"), link=None)).band
    assert shown.head == shown.short_head
    assert not shown.head.endswith("depuis")
    assert "depuis 4" in picture(scene(FakeDesk("j11"))).band.head.replace("\u00a0", " ")


def test_while_the_service_is_cut_no_countdown_goes_on() -> None:
    waiting = VerdictView(allowed=False, reason=Reason.COOLDOWN, until=NOW + timedelta(seconds=90))
    never = VerdictView(allowed=False, reason=Reason.PHASE_LIVE)
    known = scene(FakeDesk("j3"), allowed={Act.RESEND: waiting, Act.REISSUE: never})
    assert known.look is not None
    cut = replace(known, look=replace(known.look, service=Service.DOWN, since=NOW))
    hints = {offer.action: offer.hint for offer in offers(known)}
    assert "1 min 30 s" in hints["call.resend"].replace("\u00a0", " ")
    during = {offer.action: offer.hint for offer in offers(cut)}
    assert during["call.resend"] == "service injoignable"
    assert during["call.reissue"] == hints["call.reissue"]


async def test_a_service_with_another_version_of_the_procedure_is_told_as_long_as_it_has_it() -> None:
    desk = FakeDesk("j11")
    desk.procedure_version = "2027-01-01"
    sentence = "Le service applique une autre version de la procédure"
    async with walking(desk) as walk:
        await walk.to_level_1()
        await walk.sees(sentence)
        desk.procedure_version = desk.procedure.version
        await walk.until(lambda: sentence not in walk.squeezed, "the banner is gone")


def test_the_notice_to_a_former_address_is_told_from_the_mail_with_the_link() -> None:
    view = scene(FakeDesk("j3")).view
    assert view is not None
    link = view.sends[-1]
    told = {"kind": SendKind.NOTICE_ADDRESS_CHANGED, "domain": "hotmail.fr"}
    sends = (*view.sends, link.model_copy(update=told))
    rows = mail_rows(view.model_copy(update={"sends": sends}), NOW, Words(procedure()))
    notices = [row.what.startswith("avis du changement") for row in rows]
    assert not notices[0]
    assert notices.count(True) == 1


async def test_without_a_mailbox_the_dialog_says_what_to_say() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.to_level_1()
        await walk.press("c")
        await walk.on("Conclude")
        await walk.sees("Pas d’adresse mail à soi")
        conclude = walk.app.screen
        assert isinstance(conclude, Conclude)
        conclude.query_one("#outcome", Choices).choose_value("no_mailbox")
        conclude.changed()
        await walk.sees("À dire : Sans adresse mail", "France services", "sur papier")
