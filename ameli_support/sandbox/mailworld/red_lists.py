"""Which mailboxes had their red list emptied by their person, as files: a restart forgets none."""

from pathlib import Path

from ameli_support.sandbox.maildirs import folder_of
from ameli_support.sandbox.mailworld.carrying import Erases
from ameli_support.sandbox.mailworld.mailboxes import Mailbox
from ameli_support.sandbox.mailworld.parcel import Behaviour

# no Maildir of an address begins with a dot
FOLDER = ".red_lists_emptied"


class RedLists:
    """The red lists of the mailboxes of one root."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def is_emptied(self, address: str) -> bool:
        """Whether the word was taken off the list of this address."""
        return self._mark(address).exists()

    def empty(self, address: str) -> None:
        """Take the word off the list: mails with it arrive from now on."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._mark(address).touch(mode=0o600)

    def fill(self, address: str) -> None:
        """Put the word back."""
        self._mark(address).unlink(missing_ok=True)

    def left(self, mailbox: Mailbox, address: str) -> tuple[Behaviour, ...]:
        """What the mailbox still does, with its list as it stands."""
        if word(mailbox) is None or not self.is_emptied(address):
            return mailbox.behaviours
        return tuple(one for one in mailbox.behaviours if not isinstance(one, Erases))

    def _mark(self, address: str) -> Path:
        return self._folder / folder_of(self._folder, address).name


def word(mailbox: Mailbox) -> str | None:
    """The word for which a mailbox erases mails; None for a mailbox without a red list."""
    return next((one.word for one in mailbox.behaviours if isinstance(one, Erases)), None)
