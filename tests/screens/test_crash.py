"""A crash report holds neither what was typed nor what was shown, only kinds and places."""

import io
from operator import attrgetter

import pytest
from rich.console import Console

from tests.screens.fake_desk import NIR, FakeDesk
from tests.screens.walk import walking


class Drawn(Exception):
    """An error that brings its own drawing, as some of Textual's do."""

    def __rich__(self) -> str:
        return str(self)


@pytest.mark.parametrize("kind", [ValueError, Drawn])
async def test_a_crash_report_tells_no_secret(kind: type[Exception]) -> None:
    typed = f"{NIR} dupont@orange.fr"

    def breaks(secret: str) -> None:
        local = secret.upper()
        raise kind(local)

    reports: list[str] = []
    with pytest.raises(kind):
        async with walking() as walk:
            close = walk.app._close_messages_no_wait

            def keep() -> None:
                out = io.StringIO()
                Console(file=out, width=200).print(*walk.app._exit_renderables)
                reports.append(out.getvalue())
                close()

            walk.app._close_messages_no_wait = keep  # type: ignore[method-assign]
            await walk.type(typed)
            walk.app.call_later(breaks, typed)
            await walk.until(lambda: reports, "the app ends")
    (told,) = reports
    assert "breaks" in told
    assert kind.__name__ in told
    for secret in (NIR, NIR.replace(" ", ""), "dupont", "DUPONT"):
        assert secret not in told


@pytest.mark.parametrize("opens", ["action_lock", "screen.action_note"])
async def test_a_screen_that_opens_while_the_app_ends_is_no_crash(opens: str) -> None:
    async with walking(FakeDesk("j3"), check_pin=lambda pin: True) as walk:
        await walk.to_level_1()
        attrgetter(opens)(walk.app)()
    assert walk.app._exception is None
