"""The agents whom the account service gives tokens to: who they are, and who works for one's funds."""

import json

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import AgentsAnswer, AgentView, Who
from ameli_support.onboarding.identity import Role
from ameli_support.sandbox import schema
from ameli_support.sandbox.world import World

_agent = schema.agent_account
# who works at a filled sandbox's fund; the demo's own agents among them, one of each role
STAFF: dict[str, tuple[str, Role]] = {
    "0001": ("Poste informatique", Role.ADMINISTRATOR),
    "0103": ("Élise Favier", Role.SUPERVISOR),
    "0427": ("Camille Durand", Role.AGENT),
    "0431": ("Yanis Belkacem", Role.AGENT),
    "0438": ("Maud Reynaud", Role.AGENT),
    "0512": ("Hélène Gros", Role.HANDLER),
    "0518": ("Loïc Perrin", Role.HANDLER),
}


def register(world: World, who: Who, name: str = "") -> None:
    """Remember an agent who gets a token, in their present role and funds; no name keeps the known one."""
    with sql.write(world.engine) as conn:
        remember(conn, who, name)


def remember(conn: Connection, who: Who, name: str = "") -> None:
    """The same, in the caller's transaction."""
    told = {"name": name, "role": who.role.value, "funds": json.dumps(who.funds)}
    renewed = {key: value for key, value in told.items() if value or key != "name"}
    upsert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
    statement = upsert(_agent).values(agent=who.agent, **told)
    conn.execute(statement.on_conflict_do_update(index_elements=[_agent.c.agent], set_=renewed))


def hire(conn: Connection, fund: str) -> None:
    """The staff of a filled sandbox."""
    for agent, (name, role) in STAFF.items():
        remember(conn, Who(agent=agent, role=role, funds=(fund,)), name)


def fund_of_both(conn: Connection, asker: Who, agent: str) -> bool:
    """Whether an agent whom the service knows shares a fund with the one who asks."""
    funds = conn.scalar(select(_agent.c.funds).where(_agent.c.agent == agent))
    return funds is not None and not set(json.loads(funds)).isdisjoint(asker.funds)


def colleagues(world: World, asker: Who) -> AgentsAnswer:
    """The agents who share a fund with the one who asks, themselves included, by number."""
    with sql.read(world.engine) as conn:
        rows = conn.execute(select(_agent).order_by(_agent.c.agent)).all()
    everybody = (
        AgentView(agent=row.agent, name=row.name, role=Role(row.role), funds=tuple(json.loads(row.funds)))
        for row in rows
    )
    mine = tuple(one for one in everybody if not set(one.funds).isdisjoint(asker.funds))
    return AgentsAnswer(agents=mine, as_of=world.now())
