"""A demo's small ameli: started as a child of the caller, or joined where one runs already."""

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from ameli_support.clock import monotonic
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import lock, remote

START_SECONDS = 120.0
LOG = "sandbox.log"
# who the operating system's user is in a demo, by role
AGENTS: dict[Role, str] = {
    Role.AGENT: "0427",
    Role.HANDLER: "0512",
    Role.SUPERVISOR: "0103",
    Role.ADMINISTRATOR: "0001",
}
_ALREADY_RUNNING = 3
_OTHER_SCHEMA = 4
_END_SECONDS = 8.0


class NoSandbox(Exception):
    """The sandbox did not start; `other_schema` when its database is of another version."""

    def __init__(self, why: str, other_schema: bool = False) -> None:
        super().__init__(why)
        self.other_schema = other_schema


@dataclass(slots=True)
class DemoWorld:
    """A running sandbox and the files that the desk needs to use it as one agent.

    `base_url` serves both the agents' API and the public pages. Close it at the end: what this process
    started then ends; what it only joined goes on.
    """

    home: Path
    lock: lock.Lock
    role: Role
    agents_file: Path
    token_file: Path
    _child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def base_url(self) -> str:
        """Where the agents' API answers."""
        return self.lock.base_url

    @property
    def public_url(self) -> str:
        """Where the public pages answer."""
        return self.lock.base_url

    @property
    def maildir(self) -> Path:
        """The folder with one Maildir an address."""
        return Path(self.lock.maildir)

    @property
    def started_here(self) -> bool:
        """Whether this process started it, rather than joined it."""
        return self._child is not None

    def close(self) -> None:
        """End the sandbox that this process started; harmless otherwise and when repeated."""
        child, self._child = self._child, None
        if child is not None:
            _end(child)

    def __enter__(self) -> "DemoWorld":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def start_or_attach(
    home: Path, people: int | None = None, role: Role | str = Role.AGENT, *, fresh: bool = False
) -> DemoWorld:
    """The sandbox of this folder, started unless one runs; blocks until it answers (about a second).

    `people` are made when the world is new, `fresh` begins a new one (ignored when joining).
    Writes `agents-<role>.toml`, which maps the present user to the demo's agent, and the
    bearer token beside it, both readable by their owner alone. Raises NoSandbox.
    """
    role = Role(role)
    child: subprocess.Popen[bytes] | None = None
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        found, token, child = _find_or_start(home, people, fresh, role)
        agents_file, token_file = _identify(home, role, token)
    except OSError as error:
        if child is not None:
            _end(child)
        raise NoSandbox(f"{home}: {error.strerror or type(error).__name__}") from None
    return DemoWorld(home, found, role, agents_file, token_file, child)


def find(home: Path) -> lock.Lock | None:
    """The running sandbox of this folder, for `ameli-support sandbox …`; None without one."""
    return lock.read(home)


def _find_or_start(
    home: Path, people: int | None, fresh: bool, role: Role
) -> "tuple[lock.Lock, str, subprocess.Popen[bytes] | None]":
    """Joins whoever holds the folder; starts a child only while nobody does.

    What a lock file says counts once a bearer token came from there: a file that a killed
    sandbox left behind can look held for an instant while the next one starts.
    """
    child: subprocess.Popen[bytes] | None = None
    starter = secrets.token_hex(8)
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline:
        found = lock.read(home)
        token = found and _token(found, role)
        if found is not None and token:
            if child is not None and found.started_by != starter:
                _end(child)
                child = None
            return found, token, child
        if child is None:
            if not lock.is_held(home):
                child = _start(home, people, fresh, starter)
        elif (code := child.poll()) is not None:
            child = None
            if code != _ALREADY_RUNNING:
                raise NoSandbox(_last_words(home), other_schema=code == _OTHER_SCHEMA)
        time.sleep(0.02)
    if child is not None:
        _end(child)
    raise NoSandbox(_last_words(home))


def _token(found: lock.Lock, role: Role) -> str | None:
    try:
        return remote.token(found, AGENTS[role], role, (procedure().contacts.fund,))
    except remote.ControlFailed:
        return None


def _start(home: Path, people: int | None, fresh: bool, starter: str) -> "subprocess.Popen[bytes]":
    """The child holds a pipe to us: however we end, it reads the end of it and ends too."""
    command = [sys.executable, "-m", "ameli_support.sandbox.server", str(home), "--started-by", starter]
    if people is not None:
        command += ["--people", str(people)]
    if fresh:
        command.append("--fresh")
    handle = os.open(home / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _last_words(home: Path) -> str:
    """The last line that the child wrote."""
    try:
        lines = (home / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "the sandbox did not start"


def _identify(home: Path, role: Role, token: str) -> tuple[Path, Path]:
    """Writes the agents file and the token file of the present user in this role."""
    token_file = home / f"token-{role.value}"
    agents_file = home / f"agents-{role.value}.toml"
    _write_private(token_file, token)
    entry = (
        f"[users.{json.dumps(_system_user())}]\n"
        f'agent = "{AGENTS[role]}"\n'
        f'name = "Démonstration"\n'
        f'role = "{role.value}"\n'
        f'funds = ["{procedure().contacts.fund}"]\n'
        f'token_file = "{token_file.name}"\n'
    )
    _write_private(agents_file, entry)
    return agents_file, token_file


def _system_user() -> str:
    """The operating system's user, as the desk asks for it: not from the environment."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _write_private(path: Path, text: str) -> None:
    """In one step, readable by its owner alone."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
