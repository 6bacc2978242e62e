"""`python -m bench.journeys_server HOME …`: the sandbox's process, with personal codes that cost nothing."""

import sys

from argon2 import PasswordHasher

from ameli_support.sandbox import hashing, server

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

if __name__ == "__main__":
    hashing.hasher = CHEAP
    sys.exit(server.main())
