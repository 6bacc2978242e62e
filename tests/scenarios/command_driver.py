"""Plays scenarios by commands: each is `ameli-support …` with what is said on its standard input."""

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from ameli_support.__main__ import main
from ameli_support.onboarding.identity import Direction, Fact, Level, Role, Speaker
from tests.scenarios.driver import Told


@dataclass
class CommandDriver:
    """One role in the demo."""

    role: Role

    def command(self, *argv: str, given: str = "") -> tuple[int, dict[str, Any]]:
        """Runs one command with `--json`; its exit code and the object that it printed."""
        out, err = io.StringIO(), io.StringIO()
        with patch("sys.stdin", io.StringIO(given)), redirect_stdout(out), redirect_stderr(err):
            code = int(main(["--demo", "--role", self.role.value, *argv, "--json"]))
        lines = out.getvalue().splitlines()
        assert lines, (argv, code, err.getvalue())
        return code, json.loads(lines[-1])

    def find(self, said: str, purpose: str | None) -> int | None:
        code, answer = self.command("find", given=(f"{purpose}\n" if purpose else "") + said)
        assert (code == 0) == (answer.get("case") is not None), answer
        return answer.get("case")

    def verify(
        self, case: int, level: Level, speaker: Speaker, direction: Direction, facts: Mapping[Fact, str]
    ) -> tuple[Level, str]:
        given = "".join(f"{fact.value}={value}\n" for fact, value in facts.items())
        how = ("--level", str(int(level)), "--speaker", speaker.value, "--direction", direction.value)
        code, answer = self.command("verify", "--case", str(case), *how, given=given)
        reached = Level(answer.get("level", 0))
        assert (code == 0) == (reached >= level), answer
        return reached, json.dumps(answer)

    def look(self, case: int) -> Mapping[str, Any]:
        _code, answer = self.command("status", "--case", str(case))
        return answer

    def resend(self, case: int, said: str) -> Told:
        return self._act("resend", case, given=f"{said}\n")

    def reissue(self, case: int, reason: str, created: bool) -> Told:
        return self._act("reissue", case, "--reason", reason, given=_yes(created))

    def correct(self, case: int, address: str, reason: str, created: bool) -> Told:
        return self._act(
            "correct-address", case, "--reason", reason, given=f"{_yes(created)}address={address}\n"
        )

    def give_reason(self, act: str, case: int, reason: str) -> Told:
        return self._act(act, case, given=reason)

    def close(self, case: int, outcome: str | None, cause: str | None, queue: str | None) -> Told:
        given = [("--outcome", outcome), ("--cause", cause), ("--queue", queue)]
        return self._act("close", case, *(word for name, value in given if value for word in (name, value)))

    def history(self, case: int) -> Mapping[str, Any]:
        given = "revue du dossier" if self.role is Role.SUPERVISOR else ""
        code, answer = self.command("case", str(case), given=given)
        assert code == 0, answer
        return answer

    def _act(self, name: str, case: int, *more: str, given: str = "") -> Told:
        code, answer = self.command(name, "--case", str(case), *more, given=given)
        why = answer.get("reason") or answer.get("problem") or answer.get("kind")
        return Told(code == 0, None if code == 0 else why, answer.get("error", ""))


def _yes(created: bool) -> str:
    return f"self_created={'oui' if created else 'non'}\n"
