"""What the store can refuse; each with a sentence for the person."""

from collections.abc import Sequence


class StoreError(Exception):
    """The store cannot be opened or used as it is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NewerDatabase(StoreError):
    """A newer version of the program has written this database."""


class UpgradeNeeded(StoreError):
    """A shared database is behind: its administrator upgrades it, not whoever starts first."""


class StoreMissing(StoreError):
    """The database does not answer, or not in time; nothing was written."""


class StoreUnusable(StoreError):
    """The file cannot be opened or made: rights, room on the disk, or damage."""


class KeyTrouble(StoreError):
    """The keys are missing, readable by others, or not those of this database."""


class StaleVersion(Exception):
    """Somebody changed the case since `expected`; `since_seq` is the last event that one knew, if known."""

    def __init__(self, case: int, expected: int, actual: int) -> None:
        super().__init__(f"case {case}: version {actual}, not {expected}")
        self.case = case
        self.expected = expected
        self.actual = actual


class NoCase(LookupError):
    """There is no such case."""


class Tampered(Exception):
    """The chain does not hold; `findings` in words."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = tuple(findings)
