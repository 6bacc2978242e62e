"""From the answer of a real SMTP server to the cause, by command: a 5xx becomes a send with a fate, the fate
evidence, the evidence the conclusion of the checklist, and nobody is asked anything."""

import json
import re

import pytest

from ameli_support.sandbox import signing_up
from tests.checks.test_commands import LEVEL_1
from tests.cli.conftest import Result, Run
from tests.sandbox.service import unique
from tests.scenarios.world import Person, ScenarioWorld, eventually

# the first word of an invented address says what its provider answers (sandbox/mailworld/mailboxes.toml)
REFUSALS = [
    ("inconnu", "orange.fr", "refused_or_bounced", "correct"),  # 550 OFR_416, unknown
    ("ferme", "laposte.net", "sleeping_mailbox", "correct"),  # 550 LPN_420, archived
    ("bloque", "sfr.fr", "sender_refused", "escalate"),  # 550 per SPAM policy, after DATA
    ("plein", "gmail.com", "mailbox_full", "resend"),  # 452 out of storage: put off, and said
]


def signs_up(world: ScenarioWorld, address: str) -> Person:
    person = world.person()
    person.address = address
    assert person.enrolment is not None
    with world.database() as held:
        signing_up.submit_address(held, person.enrolment, address)
    return person


@pytest.mark.parametrize(("word", "domain", "cause", "follow_up"), REFUSALS)
def test_a_refusal_of_the_provider_concludes_the_checklist(
    run: Run, scenario_world: ScenarioWorld, word: str, domain: str, cause: str, follow_up: str
) -> None:
    person = signs_up(scenario_world, f"{word}.{unique('x')}@{domain}")

    def demo(*argv: str, given: str | None = None) -> Result:
        return run("--demo", *argv, given=given)

    found = re.search(r"n° (\d+)", demo("find", given=person.nir).out.replace("\u00a0", " "))
    assert found
    case = found[1]
    level_1 = LEVEL_1.format(nir=person.nir)
    assert demo("verify", "--case", case, "--speaker", "self", given=level_1).code == 0

    def answered() -> bool:
        send = json.loads(demo("status", "--case", case, "--json").out)["sends"][0]
        return send["smtp"] is not None

    eventually(answered, "the provider's answer is known")
    told = demo("checks", "run", "--case", case, "--json", given="")
    assert told.code == 0, told
    assert told.json["conclusion"]["cause"] == cause
    assert told.json["conclusion"]["follow_up"] == follow_up
    assert told.json["answers"] == {}
    (service,) = [one for one in told.json["evidence"] if one["probe"] == "service"]
    assert service["outcome"] == "finding"
    assert person.address not in told.out
    closed = demo("close", "--case", case, "--outcome", "advice", "--json")
    assert closed.json["cause"] == cause
