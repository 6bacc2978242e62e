"""The world: made once, its clock never goes back, its keys are private (design.md, "Time")."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from ameli_support import sql
from ameli_support.clock import FixedClock
from ameli_support.sandbox import audit, schema
from ameli_support.sandbox.tokens import ReadableByOthers, open_ring, read_token
from ameli_support.sandbox.world import OtherSchema, open_world, rebuild
from tests.sandbox.conftest import MONDAY


def test_the_offset_outlives_the_process_and_only_grows(engine_url: str, tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    world = open_world(engine_url, tmp_path / "keys", system=clock)
    assert world.forward(timedelta(days=8)) == MONDAY + timedelta(days=8)
    with pytest.raises(ValueError, match="never goes back"):
        world.forward(timedelta(seconds=-1))
    for _again in range(2):
        with pytest.raises(ValueError, match="calendar"):
            world.forward(timedelta(days=200 * 365))
    ring, key = world.ring.keys, world.bearer_key
    world.close()
    again = open_world(engine_url, tmp_path / "keys", system=clock)
    assert again.now() == MONDAY + timedelta(days=8)
    assert (again.ring.keys, again.bearer_key) == (ring, key)
    again.close()


def test_business_time_never_falls_behind_what_was_stored(engine_url: str, tmp_path: Path) -> None:
    world = open_world(engine_url, tmp_path / "keys", system=FixedClock(MONDAY))
    with sql.write(world.engine) as conn:
        audit.write(conn, at=world.now(), actor="person", action="confirm", outcome="done")
    world.engine.dispose()  # killed: nothing was stored at the end
    back = open_world(engine_url, tmp_path / "keys", system=FixedClock(MONDAY - timedelta(hours=3)))
    assert back.now() == MONDAY
    back.close()


def test_a_clock_set_back_while_running_stands_still(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    world = open_world(tmp_path / "w.db", tmp_path / "keys", system=clock)
    assert world.now() == MONDAY
    clock.at -= timedelta(hours=1)
    assert world.now() == MONDAY
    world.close()


def test_another_schema_is_refused_until_rebuilt(engine_url: str, tmp_path: Path) -> None:
    world = open_world(engine_url, tmp_path / "keys")
    with sql.write(world.engine) as conn:
        conn.execute(update(schema.world).values(schema_number=999))
    world.engine.dispose()
    with pytest.raises(OtherSchema) as other:
        open_world(engine_url, tmp_path / "keys")
    assert other.value.found == 999
    rebuild(engine_url)
    open_world(engine_url, tmp_path / "keys").close()


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    open_world(tmp_path / "w.db", tmp_path / "keys").close()
    for file in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ring = tmp_path / "keys" / "confirm-keys.json"
    ring.chmod(0o644)
    with pytest.raises(ReadableByOthers):
        open_world(tmp_path / "w.db", tmp_path / "keys")


def test_a_token_proves_generation_and_address_under_its_key(tmp_path: Path) -> None:
    ring = open_ring(tmp_path / "ring.json")
    generation, key = "ab" * 16, ring.newest
    token = ring.token(generation, "a@orange.fr", key)
    assert (len(token), token.isascii()) == (64, True)
    read = read_token(token)
    assert read is not None
    assert read.generation == generation
    assert ring.seals(read, "a@orange.fr", key)
    assert not ring.seals(read, "b@orange.fr", key)
    assert not ring.seals(read, "a@orange.fr", "k9")
    new = ring.rotate()
    assert (ring.newest, new) == ("k2", "k2")
    assert ring.seals(read, "a@orange.fr", key)
    assert not ring.seals(read, "a@orange.fr", new)
    assert open_ring(tmp_path / "ring.json").keys == ring.keys
    assert ring.mac("csrf/1", b"x") != ring.mac("csrf/1", b"x", key)
