"""A deed that needs nothing but V."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from screens.dialogs.base import Dialog

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import Done


class Confirm(Dialog["Done | str | None"]):
    """Title, sentence, V."""

    def __init__(self, title: str, sentence: str, verb: str, deed: "Callable[[Desk], Done]") -> None:
        super().__init__(title, sentence, verb)
        self._deed = deed

    def deed(self, desk: "Desk") -> "Done":
        """As given."""
        return self._deed(desk)
