"""What every agent should know now, as the screens keep it: asked every few seconds, drawn on change."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screens.backend import Failed

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from screens.app import AmeliSupport

EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Told:
    """The banner in force with the label of its provider, and the labels of providers that are away."""

    text: str = ""
    about: str = ""
    away: tuple[str, ...] = ()


async def ask(app: "AmeliSupport") -> None:
    """Asks once, and keeps what was known when nothing answers."""
    with suppress(Failed):
        app.told = await app.backend.ask(lambda desk: _told(desk, app.told))


def _told(desk: "Desk", before: Told) -> Told:
    """In a worker thread."""
    from ameli_support.i18n import language

    now = desk.bulletin()
    away = before.away if now.away is None else tuple(one.label for one in now.away)
    if now.banner is None:
        return Told(away=away)
    provider = now.banner.provider
    about = desk.procedure.text(f"providers.{provider}", language()) if provider else ""
    return Told(now.banner.text, about, away)
