"""The first-run tour of the demo: six sentences in the strip, each where it helps; remembered in a file."""

from collections.abc import Callable
from pathlib import Path

from ameli_support.i18n import _
from screens.actions import N_

# (the screen it belongs to, the sentence); the strip is one row of 80 columns
STEPS = (
    ("Home", N_("tapez un n° ou un nom, puis Entrée")),
    ("Check", N_("un chiffre dit qui parle ; l’appelant dit, vous tapez")),
    ("Call", N_("le bandeau dit où c’est bloqué ; à droite, vos touches")),
    ("Call", N_("N note, H montre tout le dossier, F1 explique")),
    ("Call", N_("C conclut : l’issue de votre acte est proposée, V valide")),
    ("Home", N_("c’est tout ! Ctrl+P trouve chaque commande par son nom")),
)
LAST = len(STEPS) - 1
FIRST_OF_CALL = 2


class Tour:
    """Where the tour stands; `file` remembers that it was made or skipped; `sample` is typed first."""

    def __init__(self, file: Path, sample: Callable[[], str] = str) -> None:
        self._file = file
        self._sample = sample
        self._step = 0
        self._on = STEPS[0][0]
        self.over = file.exists()

    def follow(self, screen: str) -> str:
        """The sentence for the screen in front, by the name of its class; empty once it is over."""
        if self.over:
            return ""
        if screen != self._on:
            self._on = screen
            if not self._moved(screen):
                return ""
        where, sentence = STEPS[self._step]
        if screen != where:
            return ""
        number = _("Visite {step}/{all} :").format(step=self._step + 1, all=len(STEPS))
        if self._step == 0 and (said := self._sample()):
            return f"{number} " + _("tapez {sample}, Entrée").format(sample=said)
        return f"{number} {_(sentence)}"

    def _moved(self, screen: str) -> bool:
        """Goes on to the next step that belongs to `screen`; False when there is none any more."""
        if self._step == LAST:
            self.skip()
            return False
        ahead = [step for step in range(self._step + 1, len(STEPS)) if STEPS[step][0] == screen]
        if ahead and (ahead[0] != LAST or self._step >= FIRST_OF_CALL):
            self._step = ahead[0]
        return True

    def skip(self) -> None:
        """Made or skipped: it does not come back. A folder that cannot be written only forgets."""
        self.over = True
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch()
        except OSError:
            return
