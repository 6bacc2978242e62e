"""Who may do what at the desk: one table, deny by default (rules §8); the agents file says who one is."""

import os
import stat
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Role


@dataclass(frozen=True, slots=True)
class Me:
    """The agent at the keyboard, from the agents file; `funds` are fund codes such as "381"."""

    agent: str
    role: Role
    funds: tuple[str, ...]
    name: str = ""


class Action(StrEnum):
    """What one does at the desk; the acts on the account service carry their contract names."""

    FIND = "find"
    FIND_WITH_PURPOSE = "find_with_purpose"
    CHECK = "check"
    UNMASK = "unmask"
    RESEND = "resend"
    REISSUE = "reissue"
    CORRECT = "correct"
    SUSPEND = "suspend"
    DISPUTE = "dispute"
    LIFT = "lift"
    CANCEL = "cancel"
    UNLOCK = "unlock"
    NOTE = "note"
    CLOSE = "close"
    HAND_OVER = "hand_over"
    REASSIGN = "reassign"
    READ_CASE = "read_case"
    VERIFY_STORE = "verify_store"
    KEEP_MAIL = "keep_mail"
    EXPORT_MAIL = "export_mail"
    CONTENT_FOLDER = "content_folder"
    SETTINGS = "settings"
    OWN_SCREEN_SETTINGS = "own_screen_settings"
    SET_PIN = "set_pin"
    INCIDENT_BANNER = "incident_banner"
    PROVIDER_AVAILABILITY = "provider_availability"


_CASEWORK = frozenset({Action.NOTE, Action.CLOSE, Action.HAND_OVER, Action.READ_CASE})
_ON_THE_LINE = _CASEWORK | {
    Action.FIND,
    Action.CHECK,
    Action.UNMASK,
    Action.RESEND,
    Action.REISSUE,
    Action.CORRECT,
    Action.SUSPEND,
    Action.DISPUTE,
    Action.KEEP_MAIL,
}
# what is not here is refused
ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.AGENT: _ON_THE_LINE | {Action.OWN_SCREEN_SETTINGS},
    Role.HANDLER: _ON_THE_LINE | {Action.OWN_SCREEN_SETTINGS},
    # on a restricted record a supervisor on the call has the agent's column (rules §1)
    Role.SUPERVISOR: _ON_THE_LINE
    | {
        Action.FIND_WITH_PURPOSE,
        Action.LIFT,
        Action.CANCEL,
        Action.UNLOCK,
        Action.REASSIGN,
        Action.INCIDENT_BANNER,
        Action.PROVIDER_AVAILABILITY,
        Action.VERIFY_STORE,
        Action.CONTENT_FOLDER,
        Action.EXPORT_MAIL,
        Action.OWN_SCREEN_SETTINGS,
    },
    Role.ADMINISTRATOR: frozenset(
        {
            Action.SETTINGS,
            Action.SET_PIN,
            Action.CONTENT_FOLDER,
            Action.VERIFY_STORE,
            Action.OWN_SCREEN_SETTINGS,
        }
    ),
}
_OWNERS_ALONE = frozenset({Action.HAND_OVER})


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a permission looks at in a case; `in_call`: one has an open contact in it."""

    owner: str
    fund: str | None
    in_call: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not allowed, as a sentence."""

    sentence: str


def may(me: Me, action: Action, case: CaseFacts | None = None) -> Refusal | None:
    """None when `me` may, else the refusal; what phase or level forbid is the service's verdict."""
    if action not in ALLOWED[me.role]:
        return Refusal(_("Votre rôle ne permet pas cette action."))
    if case is None:
        return None
    if case.fund is not None and case.fund not in me.funds:
        return Refusal(_("Ce dossier est celui d’une autre caisse."))
    if action in _OWNERS_ALONE and case.owner != me.agent and not case.in_call:
        return Refusal(_("Ce dossier est celui de l’agent {owner}.").format(owner=case.owner))
    return None


# ── the agents file ─────────────────────────────────────────────────────────


class AgentsFileError(Exception):
    """The agents file cannot be used; `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the system's user is, and the file with their bearer token (issued by the account service)."""

    me: Me
    token_file: Path

    def token(self) -> str:
        """The token, read anew; raises `AgentsFileError`."""
        try:
            return self.token_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise AgentsFileError(
                _("Le jeton de l’agent {agent} est introuvable ou illisible.").format(agent=self.me.agent)
            ) from None


def system_user() -> str:
    """The operating system's user; not from the environment, which its owner could change."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def load_identity(file: Path, user: str | None = None, *, demo: bool = False) -> Identity:
    """Who `user` (the system's, when None) is, from the agents file:

        [users.mdurand]
        agent = "0427"
        name = "Camille Durand"
        role = "agent"            # agent, handler, supervisor, administrator
        funds = ["381"]
        token_file = "mdurand.jwt"  # beside this file, or absolute

    Outside the demo a file that its reader could change is refused. Raises `AgentsFileError`.
    """
    user = user or system_user()
    try:
        tree = tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError:
        raise AgentsFileError(
            _("Le fichier des agents {file} n’existe pas : l’administrateur le crée.").format(file=file)
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise AgentsFileError(_("Le fichier des agents {file} est illisible.").format(file=file)) from None
    if not demo and is_changeable(file):
        raise AgentsFileError(
            _(
                "Le fichier des agents {file} peut être modifié par vous : "
                "il dit qui vous êtes, seul l’administrateur doit pouvoir l’écrire."
            ).format(file=file)
        )
    users = tree.get("users")
    entry = users.get(user) if isinstance(users, dict) else None
    if not isinstance(entry, dict):
        raise AgentsFileError(
            _("L’utilisateur {user} n’est pas dans le fichier des agents.").format(user=user)
        )
    return _identity(file, user, entry)


def is_changeable(file: Path) -> bool:
    """Whether the present user could change the file, or put another in its place on the way to it."""
    own = os.path.abspath(file)
    return any(_is_in_hand(path) for start in {own, os.path.realpath(own)} for path in _way_to(Path(start)))


def _way_to(file: Path) -> Iterator[tuple[Path, Path | None]]:
    """The file, then each folder with what is looked up in it."""
    yield file, None
    child = file
    for folder in file.parents:
        yield folder, child
        child = folder


def _is_in_hand(step: tuple[Path, Path | None]) -> bool:
    path, child = step
    mine = None if sys.platform == "win32" else os.geteuid()
    if mine is not None and path.stat().st_uid == mine:
        return True
    if not os.access(path, os.W_OK):
        return False
    # where everybody may write, a sticky folder keeps others' entries from being replaced
    kept = child is not None and mine is not None and bool(path.stat().st_mode & stat.S_ISVTX)
    return not kept or (child is not None and child.lstat().st_uid == mine)


def _identity(file: Path, user: str, entry: Mapping[str, Any]) -> Identity:
    def wrong(key: str) -> AgentsFileError:
        return AgentsFileError(
            _("{file} : users.{user}.{key} manque ou ne convient pas.").format(file=file, user=user, key=key)
        )

    for key in ("agent", "role", "token_file"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise wrong(key)
    funds = entry.get("funds")
    if not isinstance(funds, list) or not funds or not all(isinstance(fund, str) for fund in funds):
        raise wrong("funds")
    try:
        role = Role(entry["role"])
    except ValueError:
        raise wrong("role") from None
    me = Me(entry["agent"], role, tuple(funds), str(entry.get("name", "")))
    return Identity(me, file.parent / entry["token_file"])
