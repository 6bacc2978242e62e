"""After a whole story, by command and by screen: no token, NIR, code or address where none may be.

What is looked through: everything printed and logged in this process, the sandbox's own output, both
databases, every file's name and the command lines of the processes. The Maildirs are left out: they
are the person's mailbox.
"""

import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import text

from ameli_support import sql
from ameli_support.__main__ import main
from ameli_support.casework.opening import STORE_FILE
from ameli_support.clock import SystemClock
from ameli_support.i18n import set_language
from ameli_support.onboarding.identity import Role
from ameli_support.sandbox import remote
from ameli_support.sandbox.demo import LOG
from ameli_support.sandbox.maildirs import list_mails
from ameli_support.sandbox.server import DATABASE, MAILDIR
from ameli_support.store.opening import open_store
from ameli_support.store.schema import erasable, metadata
from tests.sandbox.service import unique
from tests.scenarios.command_driver import CommandDriver
from tests.scenarios.driver import Call
from tests.scenarios.screens import at_the_screens
from tests.scenarios.world import Person, ScenarioWorld

# where the service keeps what was said or decided; the person's own rows hold NIR and address by right
ABOUT_ACTS = (
    "audit",
    "lookup_log",
    "act_key",
    "caller_check",
    "said_address",
    "creation_denied",
    "agent_row",
    "unlock",
)


@dataclass
class Recording(CommandDriver):
    """Keeps everything that a command prints, on both streams."""

    printed: list[str] = field(default_factory=list)

    def command(self, *argv: str, given: str = "") -> tuple[int, dict[str, Any]]:
        self.plainly(*argv, given=given)
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code, answer = super().command(*argv, given=given)
        self.printed.append(out.getvalue() + err.getvalue() + repr(answer))
        return code, answer

    def plainly(self, *argv: str, given: str = "") -> int:
        """The same words without `--json`, where they change nothing."""
        if argv[0] not in ("status", "case", "cases"):
            return 0
        out = StringIO()
        with patch("sys.stdin", StringIO(given)), redirect_stdout(out), redirect_stderr(out):
            code = int(main(["--demo", "--role", self.role.value, *argv]))
        self.printed.append(out.getvalue())
        return code


@dataclass
class Story:
    """What happened: what was secret in it, and what could be read by others."""

    world: ScenarioWorld
    person: Person
    new_address: str
    printed: str
    logged: str

    @property
    def tokens(self) -> set[str]:
        """The tokens of every link that was ever mailed in this story."""
        mails = [
            m for a in (self.person.address, self.new_address) for m in list_mails(self.world.maildir, a)
        ]
        found = {link.rpartition("/")[2] for mail in mails for link in mail.links}
        assert len(found) == 2  # a re-send mails the same link
        return found

    @property
    def spoken(self) -> set[str]:
        """What the caller said, in every form that it could be written down in."""
        nir = self.person.nir
        grouped = f"{nir[0]} {nir[1:3]} {nir[3:5]} {nir[5:7]} {nir[7:10]} {nir[10:13]}"
        plain = {
            nir,
            nir[:13],
            grouped,
            self.person.address,
            self.new_address,
            "4821",
            "802500001234567890123",
        }
        return plain | {quote(secret) for secret in plain} | {secret.upper() for secret in plain}

    def holds_none(self, where: str, found: str, secrets: set[str] | None = None) -> None:
        """No secret in `found`; the message names the place, never the secret."""
        leaked = sorted(
            secret[:2] + "…" for secret in secrets or self.tokens | self.spoken if _stands(secret, found)
        )
        assert not leaked, f"{len(leaked)} secrets in {where}: {leaked}"


def _stands(secret: str, found: str) -> bool:
    """Four digits alone would also be found inside an instant, an id or a port: they count as a word."""
    if len(secret) > 4:
        return secret in found
    return re.search(rf"(?<![\w.:-]){re.escape(secret)}(?!\w)", found) is not None


@pytest.fixture(scope="module")
def story(scenario_world: ScenarioWorld) -> Iterator[Story]:
    """One call after another about one person, with everything that can go wrong."""
    logged = StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        person, new_address = scenario_world.person().signs_up(), f"{unique('nouvelle')}@laposte.net"
        agents = {role: Recording(role) for role in (Role.AGENT, Role.SUPERVISOR)}
        with patch.dict(os.environ, {"AMELI_HOME": str(scenario_world.demo.home.parent)}):
            _live_through(scenario_world, person, new_address, agents)
        printed = "\n".join(line for agent in agents.values() for line in agent.printed)
        yield Story(scenario_world, person, new_address, printed, logged.getvalue())
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        set_language("fr")


def _live_through(
    world: ScenarioWorld, person: Person, new_address: str, agents: dict[Role, Recording]
) -> None:
    agent = agents[Role.AGENT]
    link = person.newest_link()
    token = link.rpartition("/")[2]
    case = agent.find(person.nir, None)
    assert case is not None
    call = Call(agent, case, person)
    call.checks(1, postcode="69000")
    call.reaches(1)
    call.resends(said="quelqu.un@free.fr").is_refused("address_not_confirmed")
    world.forward(minutes=5)
    call.resends().succeeds()
    person.newest_link(after=1)
    agent.command("note", "--case", str(case), given=f"elle a reçu {link}")
    call.view  # noqa: B018
    call.reaches(2).corrects(new_address, "mailbox_lost").succeeds()
    new = person.newest_link(address=new_address)
    call.suspends(f"un inconnu montre {link}").succeeds()
    supervisor = agents[Role.SUPERVISOR]
    purpose = f"vérifier {new}"
    same = supervisor.find(person.nir, purpose)
    assert same == case
    Call(supervisor, case, person).supervises("lift", f"revu, lien {new}").succeeds()
    supervisor.command("case", str(case), given=purpose)
    call.recorded()
    agent.command("cases")
    agent.command("find", given=f"{person.address} {link}")
    agent.command("find", given=person.address)
    world.forward(days=8)
    call.concludes("fraud_report", "unknown")
    _strangers(world, token, person)
    # a defect of ours, in the middle of a call
    with patch("ameli_support.casework.desk.Desk.find", side_effect=ValueError(person.nir + link)):
        agent.command("find", given=person.nir)


def _strangers(world: ScenarioWorld, token: str, person: Person) -> None:
    """What anybody can send to the service."""
    base = world.demo.base_url
    agent_token = remote.token(world.demo.lock, "0427", Role.AGENT, ("381",))
    with httpx.Client(base_url=base, trust_env=False) as http:
        for path in (f"/confirmer/{token}x", f"/confirmer/{token}", f"/renvoyer/{token}", f"/v1/{token}"):
            http.get(path)
            http.post(path, data={"csrf": token})
        bearer = {"Authorization": f"Bearer {agent_token}"}
        for body in ({"nir": person.nir}, {"call": person.nir, "nir": [person.address]}, [person.nir]):
            http.post("/v1/searches", headers=bearer, json=body)
        http.get(f"/v1/records/{person.nir}", headers=bearer | {"Ameli-Check": person.nir})
        http.get("/v1/status", headers={"X-Request-Id": person.nir})
        http.request(token, f"/{person.nir}")


def test_nothing_printed_holds_a_secret(story: Story) -> None:
    assert len(story.printed) > 2000
    story.holds_none("the output of the commands", story.printed)


def test_nothing_logged_holds_a_secret(story: Story) -> None:
    story.holds_none("our own log", story.logged)
    log = (story.world.demo.home / LOG).read_text("utf-8", "replace")
    story.holds_none("the sandbox's output", log)


def test_the_case_store_holds_no_secret(story: Story) -> None:
    home = story.world.demo.home
    store = open_store(path=home / STORE_FILE, business=SystemClock(), use_keyring=False)
    try:
        with sql.read(store.engine) as connection:
            cells = [
                f"{table} {tuple(row)}"
                for table in metadata.tables
                for row in connection.execute(text(f'SELECT * FROM "{table}"'))
            ]
    finally:
        store.close()
    assert any("[jeton]" in cell for cell in cells)
    # the corrected address, an act's input, lives in a row that can be erased, and there alone
    own = [cell for cell in cells if cell.startswith(f"{erasable.name} ") and story.new_address in cell]
    assert len(own) == 1
    story.holds_none("the case store", "\n".join(cell for cell in cells if cell not in own))
    story.holds_none("the corrected address's row", own[0], story.tokens | {story.person.nir})


def test_the_service_keeps_no_token_and_says_nothing_of_a_person_in_its_logs(story: Story) -> None:
    home = story.world.demo.home
    raw = b"".join(file.read_bytes() for file in home.glob(f"{DATABASE}*")).decode("latin-1")
    story.holds_none("the service's database", raw, story.tokens)
    with story.world.database() as world, sql.read(world.engine) as connection:
        cells = [
            f"{table} {tuple(row)}"
            for table in ABOUT_ACTS
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        ]
    assert any("[jeton]" in cell for cell in cells)
    story.holds_none("the service's logs", "\n".join(cells))


def test_no_files_name_and_no_command_line_holds_a_secret(story: Story) -> None:
    home = story.world.demo.home
    files = [path for path in home.rglob("*") if MAILDIR not in path.relative_to(home).parts]
    story.holds_none("file names", "\n".join(str(path.relative_to(home)) for path in files))
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    lock = story.world.demo.lock
    bearers = {file.read_text().strip() for file in home.glob("token-*")}
    assert bearers
    story.holds_none("command lines", "\n".join(lines), story.tokens | bearers | {lock.control_key})


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_what_holds_secrets_is_its_owners_alone(story: Story) -> None:
    home = story.world.demo.home
    kept = [STORE_FILE, f"{STORE_FILE}.key", "sandbox.json", LOG, "keys/*", "token-*"]
    files = [path for pattern in kept for path in home.glob(pattern)]
    assert len(files) >= len(kept)
    assert [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert stat.S_IMODE(home.stat().st_mode) & 0o077 == 0


async def test_the_screens_show_neither_number_nor_token_nor_address(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = story.world.person().signs_up()
    other = Story(story.world, person, story.new_address, "", "")
    token = person.newest_link().rpartition("/")[2]
    secrets = {person.nir, person.nir[:13], person.address, token}
    async with at_the_screens(story.world) as agent:
        await agent.is_called_by(person)
        other.holds_none("the call screen", agent.screen, secrets)
        await agent.press("n")
        await agent.on("Note")
        await agent.type(f"elle lit {token}")
        await agent.press("escape")
        await agent.on("Call")
        await agent.press("h")
        await agent.on("History")
        other.holds_none("the history", agent.screen, secrets)
    other.holds_none("the log of the screens", caplog.text, secrets)
