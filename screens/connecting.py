"""Opening the desk after the first paint, and settling what a crash or a lost answer left open."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _
from screens import overlays
from screens.backend import Failed
from screens.home import Home
from screens.notice import ServiceState, Tone

if TYPE_CHECKING:
    from screens.app import AmeliSupport


async def open_desk(app: "AmeliSupport") -> None:
    """Opens the desk; until then home takes what is typed and waits."""
    try:
        desk = await app.backend.open()
    except Failed as failure:
        app.service = ServiceState("down", app.now())
        app.say(Tone.BAD, failure.sentence)
        return
    app.agent = desk.me.agent
    app.service = ServiceState("ok")
    app.tick()
    app.recover()
    app.listen()
    for screen in app.screen_stack:
        if isinstance(screen, Home):
            screen.connected(desk)
    if app.launch.demo is not None and app.launch.demo.told:
        overlays.open_addresses(app)


async def settle(app: "AmeliSupport") -> None:
    """Settles acts whose answer was lost, and says what became of them."""
    if app.backend.desk is None:
        return
    try:
        recovered = await app.backend.ask(lambda desk: desk.recover())
    except Failed as failure:
        app.log.error(failure.sentence)
        return
    for settled in recovered.settled:
        outcome = _("a eu lieu") if settled.answer is not None else _("n’a pas eu lieu")
        head = _("Dossier {number} : l’acte sans réponse {outcome}.")
        app.say(Tone.WARN, head.format(number=settled.case, outcome=outcome))
