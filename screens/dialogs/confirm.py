"""A deed that needs nothing but V."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from screens.dialogs.base import Dialog

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk

T = TypeVar("T")


class Confirm(Dialog[T]):
    """Title, sentence, V."""

    def __init__(self, title: str, sentence: str, verb: str, deed: "Callable[[Desk], T]") -> None:
        super().__init__(title, sentence, verb)
        self._deed = deed

    def deed(self, desk: "Desk") -> T:
        """As given."""
        return self._deed(desk)
