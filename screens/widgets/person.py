"""The person line: name, birth date, number, fund; level and case at the right end."""

from textual.content import Content

from screens.picture import PersonLine
from screens.safe import fit
from screens.widgets.line import Line, Part

NAME_WIDE, NAME_COMPACT = 34, 24


class Person(Line):
    """Row 2 of the call."""

    def __init__(self) -> None:
        super().__init__()
        self._line = PersonLine("", (), "", False, "")

    def show(self, line: PersonLine) -> None:
        """Draws another line."""
        if line != self._line:
            self._line = line
            self.refresh()

    def left(self) -> Content:
        """The name, then details until they would no longer fit: fund goes first, then birth date."""
        line, width = self._line, self.content_size.width
        name = fit(line.name, NAME_WIDE if self.wide else NAME_COMPACT)
        gap = "    " if self.wide else "   "
        details = list(line.details)
        room = width - self.right().cell_length - 2
        while details and len(name) + sum(len(gap) + len(each) for each in details) > room:
            details.pop(-1 if len(details) > 2 else 0)
        parts: list[Part] = [(name, "bold $ink")]
        parts += [(gap + detail, "$muted") for detail in details if detail]
        return Content.assemble(*parts)

    def right(self) -> Content:
        """« √ identité niveau 1    dossier 4217    ▲ contact n° 3 »."""
        line = self._line
        gap = "    " if self.wide else "   "
        if not line.level:
            return Content.styled(line.case, "$muted")
        sign = ("√ ", "$ok") if line.checked else ("○ ", "$muted")
        level = line.level if self.wide else line.level.replace("identité ", "").replace("identity ", "")
        case: list[Part] = [(gap + line.case, "$muted")]
        if line.flag:
            case.append((f"{gap}▲ {line.flag if self.wide else line.short_flag}", "$warn"))
        return Content.assemble(sign, (level, "$ink"), *case)
