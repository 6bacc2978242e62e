"""What the service forgets by itself after 30 days: idempotency keys and counts of unknown tokens."""

from datetime import timedelta

from sqlalchemy import delete

from ameli_support import sql
from ameli_support.clock import to_us
from ameli_support.sandbox import idempotency, schema
from ameli_support.sandbox.world import World

COUNTS_KEPT = timedelta(days=30)


def tidy(world: World) -> None:
    """Remove what is past its time; harmless at any moment."""
    minute = to_us(world.now() - COUNTS_KEPT) // 60_000_000
    with sql.write(world.engine) as conn:
        idempotency.forget_old(conn, world)
        conn.execute(delete(schema.unknown_token).where(schema.unknown_token.c.minute < minute))
