"""Personal codes hashed by argon2id: at most two at a time in the whole process, the others wait here.

A hash takes 64 MiB and tens of milliseconds of a core; threads of their own keep it from the
threads that answer requests.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

AT_ONCE = 2

_POOL = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
# argon2id with the library's costs, which are those of RFC 9106 for little memory: 64 MiB, 3 passes
hasher = PasswordHasher()


def hash_code(code: str) -> str:
    """The argon2id hash of a personal code; blocks while others are at work."""
    return _POOL.submit(_hash, code).result()


def verify_code(stored: str | None, code: str) -> bool:
    """Whether this is the code; as much work, and no, when there is none to compare with."""
    return _POOL.submit(_verify, stored, code).result()


async def hashed(code: str) -> str:
    """`hash_code` for a coroutine: waits without holding a thread."""
    return await asyncio.wrap_future(_POOL.submit(_hash, code))


async def verified(stored: str | None, code: str) -> bool:
    """`verify_code` for a coroutine: waits without holding a thread."""
    return await asyncio.wrap_future(_POOL.submit(_verify, stored, code))


def _hash(code: str) -> str:
    return hasher.hash(code)


def _verify(stored: str | None, code: str) -> bool:
    try:
        hasher.verify(stored or _nobodys(), code)
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    return hasher.hash("nobody’s code")
