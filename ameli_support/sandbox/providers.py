"""Identity providers' availability, switched by a supervisor with a reason (rules §1, §8)."""

from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, ProviderAnswer, ProviderRequest, Who
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Role
from ameli_support.sandbox import audit, schema
from ameli_support.sandbox.problems import Refused, refused_because
from ameli_support.sandbox.world import World

_provider = schema.identity_provider


def switch(world: World, asker: Who, name: str, request: ProviderRequest) -> ProviderAnswer:
    """Switches one provider; the audit tells by whom and why. Refused for other roles and unknown names."""
    if asker.role is not Role.SUPERVISOR:
        raise refused_because(Reason.FORBIDDEN_ROLE)
    if name not in world.procedure.names("providers"):
        raise Refused(ProblemType.NOT_FOUND)

    @sql.retrying
    def once() -> ProviderAnswer:
        with sql.write(world.engine) as conn:
            at = world.now()
            insert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
            row = insert(_provider).values(name=name, available=request.available)
            conn.execute(
                row.on_conflict_do_update(
                    index_elements=[_provider.c.name], set_={"available": row.excluded.available}
                )
            )
            audit.write(
                conn,
                at=at,
                actor=asker.agent,
                action="provider",
                outcome="on" if request.available else "off",
                reason=f"{name}: {request.reason}",
            )
            return ProviderAnswer(name=name, available=request.available, as_of=at)

    return once()
