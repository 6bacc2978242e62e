"""What a supervisor tells every agent: one sentence, from when to when, about which identity provider."""

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from ameli_support.i18n import _
from ameli_support.onboarding.wording import clock_time, short_date
from screens.dialogs.base import Dialog, Leave
from screens.typing_in import read_moment
from screens.widgets.field import Field
from screens.words import whole

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk

LONGEST = 74  # a row of 80 columns; the desk refuses more


class Incident(Dialog[str | None]):
    """Sentence, reason, bounds, provider; ends with what the strip tells. `providers`: (name, label)."""

    def __init__(self, providers: tuple[tuple[str, str], ...], now: "datetime") -> None:
        super().__init__(_("Afficher un message d’incident ?"), "", _("Afficher"))
        self._choices: tuple[tuple[str | None, str], ...] = ((None, _("aucun en particulier")), *providers)
        self._chosen = 0
        self._now = now

    def compose_body(self) -> "ComposeResult":
        """Message, reason, bounds, provider."""
        yield Field("message", _("Message"), max_length=LONGEST)
        yield Field("why", _("Motif (journalisé)"), max_length=500)
        yield Field("start", _("À partir du"), _("jj/mm hh:mm ; vide : maintenant"), max_length=20)
        yield Field("end", _("Jusqu’au"), _("jj/mm hh:mm ; vide : son retrait"), max_length=20)
        yield Static("", id="about", markup=False)

    def on_mount(self) -> None:
        """From now on, about no provider, unless said otherwise."""
        super().on_mount()
        self.changed()

    def _value(self, name: str) -> str:
        return self.query_one(f"#row-{name}", Field).value

    def _at(self, name: str) -> "datetime | None":
        return read_moment(self._value(name), self._now)

    @on(Input.Changed)
    def _typing(self) -> None:
        self.changed()

    @on(Input.Submitted)
    def _typed(self) -> None:
        if self._value("message") and not self._value("why"):
            self.query_one("#row-why", Field).input.focus()
        elif not self.missing():
            self.query_one(Leave).focus()

    def action_move(self, by: int) -> None:
        """↑ ↓ go through the providers."""
        self._chosen = (self._chosen + by) % len(self._choices)
        self.changed()

    def changed(self) -> None:
        """The consequence tells from when to when; the provider stands under it."""
        super().changed()
        self.query_one("#consequence", Static).update(self.consequence())
        label = self._choices[self._chosen][1]
        about = Content.assemble(
            (_("Fournisseur").ljust(19), "$muted"), (label, "$ink"), ("   ↑ ↓", "$muted")
        )
        self.query_one("#about", Static).update(about)

    def consequence(self) -> Content:
        """Who reads it, and how long."""
        start, end = (self._at("start"), self._at("end")) if self.is_mounted else (None, None)
        until = _("jusqu’à ce qu’il soit retiré")
        if end is not None:
            until = _("jusqu’au {day} à {hour}").format(day=short_date(end), hour=clock_time(end))
        since = _("dès maintenant")
        if start is not None:
            since = _("à partir du {day} à {hour}").format(day=short_date(start), hour=clock_time(start))
        sentence = _("Tous les agents le lisent en bas de leur écran, {since}, {until}.")
        return Content.styled(whole(sentence.format(since=since, until=until)), "$ink")

    def missing(self) -> str:
        """Message and reason; bounds that can be read, in their order."""
        if not self._value("message"):
            return _("écrivez le message")
        if not self._value("why"):
            return _("dites pourquoi")
        start, end = self._at("start"), self._at("end")
        if (self._value("start") and start is None) or (self._value("end") and end is None):
            return _("date à relire")
        if start is not None and end is not None and end <= start:
            return _("la fin vient après le début")
        return ""

    def deed(self, desk: "Desk") -> str:
        """Sets the banner."""
        provider, start = self._choices[self._chosen][0], self._at("start")
        desk.set_banner(self._value("message"), self._value("why"), start, self._at("end"), provider)
        if start is None:
            return _("Message d’incident affiché.")
        form = _("Message d’incident prévu le {day} à {hour}.")
        return form.format(day=short_date(start), hour=clock_time(start))
