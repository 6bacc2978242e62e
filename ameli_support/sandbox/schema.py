"""The account service's own tables; instants are integer microseconds since the epoch, UTC.

Created from metadata with a schema number; another number → rebuilt after a question.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ameli_support import outbox

SCHEMA_NUMBER = 4
FOREVER = 2**62

metadata = MetaData()


def _instant(name: str, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


world = Table(
    "world",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("schema_number", Integer, nullable=False),
    Column("offset_us", BigInteger, nullable=False),
    Column("last_instant", BigInteger, nullable=False),
)

insured_person = Table(
    "insured_person",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("nir", String(13), nullable=False, unique=True),
    Column("title", String(4), nullable=False),
    Column("birth_name", Text, nullable=False),
    Column("used_name", Text),
    Column("first_names", Text, nullable=False),
    Column("birth_date", String(10), nullable=False),
    # of the pivot identity; null = not on file, and no birth place for who was born abroad
    Column("sex", String(6)),
    Column("birth_place", String(5)),
    Column("birth_country", String(5)),
    Column("postcode", String(5), nullable=False),
    Column("status", String(12), nullable=False),
    Column("scheme", String(16), nullable=False),
    Column("fund", String(8), nullable=False),
    # the fund's file as it stood before the enrolment (rules §8, level 2); null = not on file
    Column("bank_last4", String(4)),
    Column("card_serial", String(21)),
    Column("declared_doctor", Text),
    Column("last_payment_month", String(7)),
    Column("address_line", Text),
    Column("phone_before", String(16)),
)

# birth name and used name, one row each, as `onboarding.person.name_key` writes them
person_name = Table(
    "person_name",
    metadata,
    Column("person", ForeignKey("insured_person.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("birth_date", String(10), nullable=False),
    UniqueConstraint("name", "birth_date", "person"),
)

person_phone = Table(
    "person_phone",
    metadata,
    Column("person", ForeignKey("insured_person.id"), nullable=False),
    Column("phone", String(16), nullable=False),
    UniqueConstraint("phone", "person"),
    Index("person_phone_person", "person"),
)

representative = Table(
    "representative",
    metadata,
    Column("person", ForeignKey("insured_person.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("valid_until", String(10)),
    UniqueConstraint("person", "kind"),
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", ForeignKey("insured_person.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("route", String(16), nullable=False),
    Column("step", String(16), nullable=False),
    _instant("started_at", nullable=False),
    _instant("step_since", nullable=False),
    Column("address", Text),
    Column("mobile", String(16)),
    Column("landline", String(16)),
    Column("consent_email", Boolean, nullable=False, default=False),
    Column("consent_mobile_phone", Boolean, nullable=False, default=False),
    Column("consent_mobile_sms", Boolean, nullable=False, default=False),
    Column("consent_landline_phone", Boolean, nullable=False, default=False),
    Column("code_hash", Text),
    # sent, used or void; the code itself is derived from enrolment, number and key (rules §1)
    Column("provisional_code", String(8)),
    Column("provisional_number", Integer),
    Column("provisional_key", String(16)),
    _instant("provisional_sent_at"),
    _instant("provisional_ends_at"),
    Column("provisional_wrong", Integer),
    _instant("window_opened_at"),
    _instant("window_closes_at"),
    _instant("corrected_at"),
    _instant("confirmed_at"),
    _instant("disputed_at"),
    _instant("suspended_at"),
    _instant("ended_at"),
    Column("ended", String(16)),
    Index("enrolment_person", "person", "started_at"),
    Index("enrolment_address", "address"),
)
# one enrolment that has not ended per person (rules §1)
Index(
    "enrolment_open",
    enrolment.c.person,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

step_done = Table(
    "step_done",
    metadata,
    Column("enrolment", ForeignKey("enrolment.id"), primary_key=True),
    Column("step", String(16), primary_key=True),
    _instant("at", nullable=False),
)

generation = Table(
    "generation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("enrolment", ForeignKey("enrolment.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("address", Text, nullable=False),
    Column("key_id", String(16), nullable=False),
    _instant("issued_at", nullable=False),
    _instant("expires_at", nullable=False),
    _instant("superseded_at"),
    Column("superseded", String(16)),
    _instant("revoked_at"),
    _instant("used_at"),
    UniqueConstraint("enrolment", "number"),
    Index("generation_key", "key_id", "expires_at"),
)
# at most one generation per enrolment is neither superseded nor revoked (rules §3)
Index(
    "generation_current",
    generation.c.enrolment,
    unique=True,
    sqlite_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
    postgresql_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
)

page_opening = Table(
    "page_opening",
    metadata,
    Column("generation", ForeignKey("generation.id"), primary_key=True),
    _instant("first_at", nullable=False),
    _instant("last_at", nullable=False),
    Column("count", Integer, nullable=False),
)

unknown_token = Table(
    "unknown_token",
    metadata,
    Column("minute", BigInteger, primary_key=True),
    Column("count", Integer, nullable=False),
)

address_claim = Table(
    "address_claim",
    metadata,
    Column("address", Text, primary_key=True),
    Column("enrolment", ForeignKey("enrolment.id"), nullable=False),
    Column("until", BigInteger, nullable=False),
)

mail = outbox.define(metadata)

# one row per mail asked for; its life is in the outbox row `mail`
send = Table(
    "send",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("enrolment", ForeignKey("enrolment.id"), nullable=False),
    Column("generation", ForeignKey("generation.id")),
    Column("kind", String(24), nullable=False),
    Column("address", Text, nullable=False),
    Column("mail", String(32), nullable=False, unique=True),
    Column("agent", String(32)),
    _instant("at", nullable=False),
    Index("send_enrolment", "enrolment", "at"),
    Index("send_agent", "agent", "at"),
)

caller_check = Table(
    "caller_check",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", ForeignKey("insured_person.id"), nullable=False),
    Column("agent", String(32), nullable=False),
    Column("call", String(64), nullable=False),
    Column("direction", String(12), nullable=False),
    Column("speaker", String(16), nullable=False),
    Column("representation", String(20)),
    Column("level_sought", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("comparisons", Integer, nullable=False),
    Column("results", Text, nullable=False),
    _instant("started_at", nullable=False),
    # system clock: a level lasts 30 minutes whatever the sandbox's business clock does
    _instant("expires_at", nullable=False),
    _instant("failed_at"),
    _instant("ended_at"),
    Index("check_call", "call", "agent"),
    Index("check_failed", "person", "failed_at"),
)

said_address = Table(
    "said_address",
    metadata,
    Column("person", ForeignKey("insured_person.id"), primary_key=True),
    Column("call", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("matched", Boolean, nullable=False),
)

# « Avez-vous vous-même créé ce compte ? » was answered by a no: in this call only suspending is left
creation_denied = Table(
    "creation_denied",
    metadata,
    Column("person", ForeignKey("insured_person.id"), primary_key=True),
    Column("call", String(64), primary_key=True),
)

unlock = Table(
    "unlock",
    metadata,
    Column("person", ForeignKey("insured_person.id"), primary_key=True),
    _instant("at", nullable=False),
)

lookup_log = Table(
    "lookup_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _instant("at", nullable=False),
    Column("agent", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("call", String(64)),
    Column("what", String(24), nullable=False),
    Column("purpose", Text),
    Column("person", String(32)),
    Column("matches", Integer),
)

# an act takes place under its key for one agent only; void, the key may be of any number of them
_took_place = text("state <> 'void'")
act_key = Table(
    "act_key",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("agent", String(32), primary_key=True),
    Column("route", String(64), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("answer", Text),
    _instant("at", nullable=False),
    Index("act_key_taken", "key", unique=True, sqlite_where=_took_place, postgresql_where=_took_place),
    Index("act_key_at", "at"),
)

# who was given a token, in their present role; funds as JSON
agent_account = Table(
    "agent_account",
    metadata,
    Column("agent", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("funds", Text, nullable=False),
)

# updated before an agent's hourly cap is counted, so that parallel requests queue up
agent_row = Table(
    "agent_row",
    metadata,
    Column("agent", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _instant("at", nullable=False),
    Column("actor", String(48), nullable=False),
    Column("action", String(32), nullable=False),
    Column("enrolment", String(32)),
    Column("generation", Integer),
    Column("outcome", String(32), nullable=False),
    Column("reason", Text),
    Index("audit_enrolment", "enrolment", "id"),
)

identity_provider = Table(
    "identity_provider",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("available", Boolean, nullable=False),
)

# system clock; the cookie's value is stored as its hash, rows exist only once there is something to keep
web_session = Table(
    "web_session",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("person", ForeignKey("insured_person.id")),
    Column("data", Text, nullable=False),
    _instant("began_at", nullable=False),
    _instant("seen_at", nullable=False),
    Index("web_session_seen", "seen_at"),
    Index("web_session_person", "person"),
)

# wrong codes at the login, by a keyed hash of the number typed: whose it is, or nobody's (rules §5)
login_guard = Table(
    "login_guard",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("wrong", Integer, nullable=False),
    _instant("last_at", nullable=False),
    _instant("closed_until"),
    Index("login_guard_last", "last_at"),
)

# links of « Code oublié ? »; their tokens are derived, like those of confirmation links
code_reset = Table(
    "code_reset",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("enrolment", ForeignKey("enrolment.id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("send", String(32), nullable=False, unique=True),
    _instant("issued_at", nullable=False),
    _instant("expires_at", nullable=False),
    _instant("used_at"),
    Index("code_reset_enrolment", "enrolment", "issued_at"),
)
