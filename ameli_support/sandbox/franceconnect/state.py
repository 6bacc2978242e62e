"""What the provider holds while somebody signs in: sessions, their interactions, codes and tokens."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from ameli_support.clock import Clock
from ameli_support.sandbox.franceconnect.asking import Asked
from ameli_support.sandbox.franceconnect.identities import Identity
from ameli_support.sandbox.franceconnect.memory import Shelf

# the platform's own lifetimes (facts §1.2)
CODE, TOKEN, SESSION = timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=1800)
_MOST_TABS = 8


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who an identity provider has recognised, by which one and when (epoch seconds)."""

    identity: Identity
    provider: str
    auth_time: int


@dataclass(slots=True)
class Interaction:
    """One request on its way through the pages; `provider` once chosen."""

    uid: str
    asked: Asked
    provider: str | None = None
    answer: str | None = None  # where its browser went with a code


@dataclass(slots=True)
class BrowserSession:
    """One browser: its CSRF token, its tabs' interactions, and who is signed in."""

    id: str
    csrf: str
    interactions: dict[str, Interaction] = field(default_factory=dict)
    signed_in: SignedIn | None = None

    def begin(self, asked: Asked) -> Interaction:
        """A new interaction; the oldest tab's goes when there are too many."""
        interaction = Interaction(secrets.token_urlsafe(24), asked)
        self.interactions[interaction.uid] = interaction
        while len(self.interactions) > _MOST_TABS:
            del self.interactions[next(iter(self.interactions))]
        return interaction


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code or an access token stands for."""

    asked: Asked
    who: SignedIn


@dataclass(slots=True)
class Desk:
    """Everything that the provider remembers."""

    clock: Clock
    sessions: Shelf[BrowserSession] = field(init=False)
    codes: Shelf[Grant] = field(init=False)
    spent: Shelf[str] = field(init=False)  # a code that was used → the access token it gave
    tokens: Shelf[Grant] = field(init=False)

    def __post_init__(self) -> None:
        self.sessions = Shelf(SESSION, self.clock.now)
        self.codes = Shelf(CODE, self.clock.now)
        self.spent = Shelf(CODE + TOKEN, self.clock.now)
        self.tokens = Shelf(TOKEN, self.clock.now)

    def open_session(self) -> BrowserSession:
        """A session that nobody has seen yet."""
        session = BrowserSession(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        self.sessions.put(session.id, session)
        return session

    def renew(self, session: BrowserSession) -> None:
        """Another id for the same session: what was known before somebody signed in opens nothing now."""
        self.sessions.pop(session.id)
        session.id = secrets.token_urlsafe(32)
        self.sessions.put(session.id, session)
