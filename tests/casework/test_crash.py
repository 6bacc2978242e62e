"""kill -9 of the app at every step of an act: after a restart nothing is lost and nothing doubled."""

import json
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from ameli_support.casework.case import Outcome, State
from ameli_support.casework.errors import ActRefused
from ameli_support.casework.views import ResumeReason
from ameli_support.store.leases import LEASE_SECONDS
from ameli_support.store.verifying import verify
from tests.casework.office import Office
from tests.casework.victim import STEPS
from tests.sandbox.service import FUND

TOOK_PLACE = dict(zip(STEPS, (False, False, True, True, True), strict=True))


def killed(office: Office, case: int, step: str) -> None:
    """Runs the victim to its end."""
    told = {
        "service": office.service.base_url,
        "token": office.service.token(),
        "agent": "0427",
        "fund": FUND,
        "path": str(office.place.path),
        "url": office.place.url,
        "now": office.clock.now().isoformat(),
        "case": case,
        "step": step,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.casework.victim"], input=json.dumps(told), text=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_an_act_is_neither_lost_nor_doubled(office: Office, step: str) -> None:
    record = office.people.waiting()
    office.people.forward(hours=1)
    before = office.desk()
    case = office.said(before, record)
    before.save_draft(case, "ce que je tapais")
    killed(office, case, step)

    after = office.desk()  # the program starts again
    assert after.recover().settled == (), "the lease has not lapsed: whoever holds it may still be at work"
    open_intent = step in STEPS[1:4]
    rows = after.to_resume()
    assert [(row.case, row.reason) for row in rows] == [
        (case, ResumeReason.ACT_UNKNOWN if open_intent else ResumeReason.CALL_INTERRUPTED)
    ]
    office.clock.forward(timedelta(seconds=LEASE_SECONDS + 1))
    settled = after.recover().settled
    assert [one.took_place for one in settled] == ([TOOK_PLACE[step]] if open_intent else [])
    assert after.recover().settled == ()

    (call,) = after.open_calls()
    assert (call.case, call.draft, call.unknown_acts) == (case, "ce que je tapais", ())
    if TOOK_PLACE[step]:
        with pytest.raises(ActRefused):  # what the agent sees: it was sent, and it is too soon for another
            after.resend(case)
    else:
        after.resend(case)
    assert [send.kind for send in office.people.sends(record)].count("resend") == 1
    assert after.proposed_outcome(case).outcome is Outcome.RESENT
    assert after.close(case, Outcome.RESENT, "junk_folder") is State.WAITING_PERSON
    done = [e for e in after.case(case).events if e.kind == "act.outcome" and e.payload["result"] == "done"]
    assert len(done) == 1
    assert verify(after.bench.store).findings == ()
