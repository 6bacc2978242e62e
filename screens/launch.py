"""How the app is started; the command line fills it in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from screens.themes import DEFAULT

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk

LOCK_MINUTES = 5


@dataclass(frozen=True, slots=True)
class DemoLaunch:
    """What the demo tells the person who tries it: the PIN of the invented agent; `tour` is the file that
    remembers whether the first-run tour was made, None for no tour; `sample` what one of its invented
    people would say, `addresses` the text of its pages and whom to play: both asked once the desk is open;
    `told`: the addresses are shown at once."""

    pin: str = ""
    tour: Path | None = None
    sample: Callable[[], str] = str
    addresses: Callable[[], str] | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """How the app is started. `connect` may block (it starts the demo, opens the store): it runs in a
    worker. `check_pin` says whether a PIN is the agent's; without it the screen cannot be locked, with it
    it locks after `lock_minutes` without a key, three times as many with a call open."""

    connect: "Callable[[], Desk]"
    theme: str = DEFAULT
    keymap: Mapping[str, str] = field(default_factory=dict)
    demo: DemoLaunch | None = None
    check_pin: Callable[[str], bool] | None = None
    lock_minutes: float = LOCK_MINUTES
