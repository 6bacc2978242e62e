"""The acts of the call keep their keys on the screens that lie over it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.call_acts import CallActs

OF_THE_CALL = (
    *("call.resend", "call.reissue", "call.correct", "call.suspend"),
    *("call.note", "call.keep_mail", "call.conclude", "call.check"),
)


class OverCall:
    """Mixed into a screen that lies over its call: the same key, the same dialog, over this screen."""

    call: "CallActs"

    def action_resend(self) -> None:
        """R, as on the call."""
        self.call.action_resend()

    def action_reissue(self) -> None:
        """E, as on the call."""
        self.call.action_reissue()

    def action_correct(self) -> None:
        """A, as on the call."""
        self.call.action_correct()

    def action_suspend(self) -> None:
        """S, as on the call."""
        self.call.action_suspend()

    def action_note(self) -> None:
        """N, as on the call."""
        self.call.action_note()

    def action_keep_mail(self) -> None:
        """J, as on the call."""
        self.call.action_keep_mail()

    def action_conclude(self) -> None:
        """C, as on the call."""
        self.call.action_conclude()

    def action_check(self) -> None:
        """I, as on the call."""
        self.call.action_check()
