"""The documented cast: the first people of every sandbox, with stable names, numbers and facts.

Used by the README's tour, the scenarios and `ameli-support sandbox people`. Their numbers are
synthetic: département 99 with a country code from 900, which no country has.
"""

from ameli_support.sandbox.cast_courses import COURSES
from ameli_support.sandbox.cast_files import FILES
from ameli_support.sandbox.cast_mails import MAILS
from ameli_support.sandbox.cast_member import CastMember

__all__ = ["CAST", "CastMember"]

# in the order of their numbers
CAST: dict[str, CastMember] = {
    member.key: member for member in sorted((*COURSES, *FILES, *MAILS), key=lambda one: one.nir[-3:])
}
