"""Keys that come in one packet act in their order, whatever the app is busy with."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Input

from screens.key_order import InOrder


class _Fields(InOrder):
    """Two fields; Entrée in the first moves on to the second."""

    def compose(self) -> ComposeResult:
        yield Input(id="first")
        yield Input(id="second")

    def on_input_submitted(self) -> None:
        self.query_one("#second", Input).focus()


class _Plain(App[int]):
    def compose(self) -> ComposeResult:
        yield Input(id="first")


def burst(app: App[int], *keys: str) -> None:
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def values(app: App[int]) -> list[str]:
    return [field.value for field in app.query(Input)]


async def test_what_is_typed_behind_a_moving_key_lands_where_it_leads() -> None:
    for moves in ("tab", "enter"):
        app = _Fields()
        async with app.run_test() as pilot:
            burst(app, *"abx", "backspace", "c", moves, *"12", "left", "3")
            while sum(map(len, await values(app))) < 6:
                await pilot.pause()
            assert await values(app) == ["abc", "132"]


async def test_the_framework_alone_would_lose_the_order() -> None:
    app = _Plain()
    async with app.run_test() as pilot:
        burst(app, *"abx", "backspace", "c")
        for _turn in range(10):
            await pilot.pause()
        assert await values(app) == ["abx"]  # the day this fails, `key_order` can go
