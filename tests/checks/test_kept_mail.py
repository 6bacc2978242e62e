"""A kept mail as evidence in a case: sealed, read without its token, its live link ended by one POST."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select, update

from ameli_support import sql
from ameli_support.accounts.contract import KeptLinkState
from ameli_support.accounts.errors import Kind, ServiceDown
from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import ActRefused, DeskError, NotAllowed, ServiceCut
from ameli_support.mail.letters import confirmation
from ameli_support.onboarding.identity import Direction, Role, Speaker
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import procedure
from ameli_support.outbox import MailState
from ameli_support.sandbox.maildirs import folder_of
from ameli_support.store import kept_mails, schema
from ameli_support.store.errors import KeyTrouble
from ameli_support.store.purging import purge_case
from ameli_support.store.sealing import NotOpened, Sealer, mail_key_file
from ameli_support.store.verifying import verify
from checks.checklist import load
from checks.evidence import Kept
from checks.probes import gather_now
from checks.probes.kept import read
from tests.casework.office import Office
from tests.checks.test_commands import case as case
from tests.checks.test_commands import demo as demo
from tests.checks.test_commands import person as person
from tests.cli.conftest import Result
from tests.scenarios.world import Person


@pytest.fixture
def desk(office: Office) -> Desk:
    opened = office.desk()
    opened._diagnosing.offline = True
    return opened


def letter(office: Office, record: str, number: int | None = None, token: str | None = None) -> EmailMessage:
    """The confirmation mail as it arrived."""
    base = office.desk().bench.accounts.base_url
    return confirmation(
        procedure(),
        sender="ne-pas-repondre@ameli.test",
        recipient=office.people.address(record),
        message_id="<one@ameli.test>",
        link=f"{base}/confirmer/{token or office.people.token(record, number)}",
        expires_at=office.people.now(),
        at=office.people.now(),
    )


def raw(office: Office, record: str, number: int | None = None, **headers: str) -> bytes:
    made = letter(office, record, number)
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made.as_bytes()


def cut(*request: object, **more: object) -> NoReturn:
    """The service is away, and nothing has reached it."""
    raise ServiceDown(Kind.REFUSED, None)


def everything(desk: Desk) -> str:
    """Every row of the case store, sealed bytes apart."""
    with sql.read(desk.bench.store.engine) as conn:
        return repr(
            [tuple(row) for table in schema.metadata.tables.values() for row in conn.execute(select(table))]
        )


# ── at the desk ─────────────────────────────────────────────────────────────


def test_a_live_link_is_told_before_and_ends_and_the_mail_is_evidence(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    token, mail = office.people.token(record), raw(office, record)
    assert desk.read_mail(mail).ends_a_link
    case = office.identified(desk, record)
    with pytest.raises(DeskError, match="met fin à ce lien"):
        desk.attach_mail(case, mail)
    assert desk.look(case).view.phase is Phase.LIVE  # type: ignore[union-attr]
    kept = desk.attach_mail(case, mail, told=True)
    (link,) = kept.links
    assert (link.ours, link.state, link.superseded) == (True, KeptLinkState.LIVE, True)
    assert desk.look(case).view.phase is Phase.INACTIVE  # type: ignore[union-attr]
    evidence = desk.diagnose(case).evidence
    assert {"link_ended"} <= {finding.code for finding in evidence.findings}
    assert evidence.answers["mailbox_full"] == "no"
    told = "\n".join(desk.summary(case)).replace("\u00a0", " ")
    assert "mail gardé : le nôtre" in told
    assert "Lien d’un mail gardé" in told
    assert token not in everything(desk)
    assert token[22:] not in everything(desk)
    assert verify(desk.bench.store).findings == ()


def test_a_link_is_sent_to_the_service_once_and_the_derived_text_shows_a_mark(
    office: Office, desk: Desk
) -> None:
    record = office.people.waiting()
    case = office.identified(desk, record)
    desk.attach_mail(case, raw(office, record), told=True)
    intents = [event for event in desk.case(case).events if event.kind == "act.intent"]
    assert len(intents) == 1
    (text,) = [one for one in desk.bench.store.texts(case).values() if one.what == "mail"]
    assert "[jeton]" in (text.text or "")
    assert office.people.address(record) not in (text.text or "")


def test_the_same_mail_again_is_kept_once_and_its_link_told_again(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    case, mail = office.identified(desk, record), raw(office, record)
    first = desk.attach_mail(case, mail, told=True)
    again = desk.attach_mail(case, mail, told=True)
    assert again.message == first.message
    assert [row.message for row in desk.kept_mails(case)] == [first.message]
    assert again.links[0].state is KeptLinkState.SUPERSEDED


def test_a_cut_keeps_the_mail_and_the_link_is_told_the_next_time(
    office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = office.people.waiting()
    case, mail = office.identified(desk, record), raw(office, record)
    act = desk.bench.accounts.act
    monkeypatch.setattr(desk.bench.accounts, "act", cut)
    with pytest.raises(ServiceCut):
        desk.attach_mail(case, mail, told=True)
    assert len(desk.kept_mails(case)) == 1
    monkeypatch.setattr(desk.bench.accounts, "act", act)
    (link,) = desk.attach_mail(case, mail, told=True).links
    assert link.superseded
    assert len(desk.kept_mails(case)) == 1


def test_an_old_mail_proves_its_cause_while_a_newer_link_works(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    office.people.forward(days=6)
    office.people.agent().call_resend(record)
    office.people.mails(record, MailState.HANDED_OVER)
    case = office.identified(desk, record)
    (link,) = desk.attach_mail(case, raw(office, record, 1), told=True).links
    assert (link.state, link.superseded) == (KeptLinkState.SUPERSEDED, False)
    run = desk.diagnose(case)
    assert run.conclusion is not None
    assert run.conclusion.cause == "old_mail"
    assert desk.look(case).view.phase is Phase.LIVE  # type: ignore[union-attr]


def test_a_live_link_ends_wherever_it_stands_in_a_thread(office: Office, desk: Desk) -> None:
    """Forwarded with everything that came before it, as attachments, by somebody in between."""
    record = office.people.waiting()
    case = office.identified(desk, record)
    inner = EmailMessage()
    inner["From"] = "a@b.fr"
    inner.set_content("Voici")
    for number in range(4):
        inner.add_attachment(letter(office, record, token=f"A{number}" * 32))
    inner.add_attachment(letter(office, record))
    outer = EmailMessage()
    outer["From"] = "c@d.fr"
    outer.set_content("Je transmets")
    outer.add_attachment(inner)
    kept = desk.attach_mail(case, outer.as_bytes(), told=True)
    assert [link.superseded for link in kept.links] == [False] * 4 + [True]
    assert desk.look(case).view.phase is Phase.INACTIVE  # type: ignore[union-attr]


def test_a_mail_of_another_person_or_an_unknown_link_tells_nothing_of_them(
    office: Office, desk: Desk
) -> None:
    record, stranger = office.people.waiting(), office.people.waiting()
    case = office.identified(desk, record)
    for mail in (raw(office, stranger), letter(office, record, token="A1" * 32).as_bytes()):
        (link,) = desk.attach_mail(case, mail, told=True).links
        assert (link.ours, link.generation, link.state) == (False, None, None)
    assert "foreign_link" in {finding.code for finding in desk.diagnose(case).evidence.findings}


def test_a_link_asks_for_level_1_and_a_record_and_nothing_is_kept_without(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    without = desk.find_no_record()
    for number in (case, without):
        with pytest.raises(ActRefused):
            desk.attach_mail(number, raw(office, record), told=True)
        assert desk.kept_mails(number) == ()
    assert desk.attach_mail(without, b"From: a@b.fr\nSubject: bonjour\n\nBonjour").links == ()
    assert len(desk.kept_mails(without)) == 1


def test_a_colleague_at_level_0_is_told_nothing_of_an_earlier_mail(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    office.people.forward(days=6)
    office.people.agent().call_resend(record)
    case = office.identified(desk, record)
    desk.attach_mail(case, raw(office, record, 1), told=True)
    desk.leave(case)
    office.people.forward(minutes=1)
    colleague = office.desk(agent="10043")
    colleague._diagnosing.offline = True
    assert office.call(colleague, record) == case
    colleague.speak(case, Direction.INCOMING, Speaker.SELF)
    colleague.level_0(case)
    assert "mail" not in {finding.probe for finding in colleague.diagnose(case).evidence.findings}


def test_empty_and_too_large_files_are_refused(desk: Desk) -> None:
    case = desk.find_no_record()
    for mail in (b" \n", b"x" * (33 * 1024 * 1024)):
        with pytest.raises(DeskError):
            desk.attach_mail(case, mail)


# ── sealed ──────────────────────────────────────────────────────────────────


def test_a_supervisor_exports_with_a_reason_and_it_is_logged(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    case, mail = office.identified(desk, record), raw(office, record)
    message = desk.attach_mail(case, mail, told=True).message
    with pytest.raises(NotAllowed):
        desk.export_mail(case, message, "plainte")
    supervisor = office.desk(Role.SUPERVISOR)
    with pytest.raises(DeskError):
        supervisor.export_mail(case, message, " ")
    with pytest.raises(DeskError):
        supervisor.export_mail(case, "0" * 32, "plainte")
    assert supervisor.export_mail(case, message, "plainte pour usurpation") == mail
    (event,) = [event for event in desk.case(case).events if event.kind == "mail.exported"]
    assert event.actor == supervisor.me.agent
    with sql.read(desk.bench.store.engine) as conn:
        log = schema.access_log.c
        assert conn.scalar(select(log.purpose).where(log.what == "mail_export")) == "plainte pour usurpation"


def test_the_sealed_bytes_tell_nothing_and_open_in_their_own_place_only(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    case = office.identified(desk, record)
    store, table = desk.bench.store, schema.kept_mail
    message = desk.attach_mail(case, raw(office, record), told=True).message
    with sql.read(store.engine) as conn:
        sealed = bytes(conn.scalar(select(table.c.sealed)) or b"")
    assert b"ameli" not in sealed
    held = kept_mails.sealer(store)
    assert held.open(sealed, f"{case}:{message}").startswith(b"Date")
    for wrong in (f"{case + 1}:{message}", f"{case}:other"):
        with pytest.raises(NotOpened):
            held.open(sealed, wrong)
    with pytest.raises(NotOpened):
        Sealer(b"k" * 32).open(sealed, f"{case}:{message}")
    with sql.write(store.engine) as conn:
        conn.execute(update(table).values(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1])))
    with pytest.raises(KeyTrouble):
        kept_mails.open_mail(store, case, message)


def test_erased_and_purged_mails_are_gone(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    case = office.identified(desk, record)
    store = desk.bench.store
    message = desk.attach_mail(case, raw(office, record), told=True).message
    assert store.write(lambda journal: kept_mails.erase(journal, case, message))
    assert not store.write(lambda journal: kept_mails.erase(journal, case, message))
    assert [row.erased for row in desk.kept_mails(case)] == [True]
    with pytest.raises(DeskError, match="effacé"):
        office.desk(Role.SUPERVISOR).export_mail(case, message, "plainte")
    desk.leave(case)
    store.write(lambda journal: purge_case(journal, case, "admin", "retention"))
    assert kept_mails.of_case(store, case) == []


def test_another_key_than_the_first_is_refused(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    case = office.identified(desk, record)
    message = desk.attach_mail(case, raw(office, record), told=True).message
    file = mail_key_file(office.place.path)
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("00" * 32 + "\n" + "11" * 32 + "\n")
    with pytest.raises(DeskError, match="administrateur"):
        office.desk(Role.SUPERVISOR).export_mail(case, message, "plainte")
    file.unlink()
    with pytest.raises(DeskError, match="administrateur"):
        desk.attach_mail(case, b"From: a@b.fr\nSubject: bonjour\n\nBonjour")


# ── what it tells ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kept", "live", "answer"),
    [
        (Kept("confirmation", True, state="superseded"), True, ("old_mail", "yes")),
        (
            Kept("confirmation", True, frozenset({"owner_rule"}), state="live"),
            True,
            ("provider_block_list", "yes"),
        ),
        (Kept("confirmation", True, frozenset({"junk_folder"}), state="live"), True, ("junk_folder", "yes")),
        (Kept("confirmation", True, state="live"), True, ("refused_or_bounced", "no")),
        (Kept("bounce", None, bounce="mailbox_full"), True, ("mailbox_full", "yes")),
        (Kept("bounce", None, bounce="mailbox_inactive"), True, ("sleeping_mailbox", "yes")),
        (Kept("bounce", None, bounce="address_wrong"), True, ("refused_or_bounced", "yes")),
        (Kept("bounce", None, bounce="refused_sender"), True, ("sender_refused", "yes")),
    ],
)
def test_what_a_kept_mail_proves(kept: Kept, live: bool, answer: tuple[str, str]) -> None:
    assert answer in read([kept], live=live).answers.items()
    assert set(read([kept], live=live).answers) <= set(load().checks)


@pytest.mark.parametrize(
    "kept",
    [
        Kept("confirmation", False, frozenset({"owner_rule"})),
        Kept("confirmation", True, foreign=True),
        Kept("confirmation", None),
        Kept("human", None),
        Kept("bounce", None, bounce="temporary_or_technical"),
        Kept("bounce", None, bounce="gremlins"),
        Kept("confirmation", True, state="superseded"),
    ],
)
def test_what_proves_no_cause(kept: Kept) -> None:
    assert "yes" not in read([kept], live=False).answers.values()


def test_a_rewritten_link_makes_a_block_likelier_without_proving_it(office: Office) -> None:
    from ameli_support.clock import SystemClock
    from checks.priors import load as priors
    from checks.run import Run

    kept = Kept("confirmation", True, rewriters=("Proofpoint",), state="live")
    plain, hinted = (
        Run(load(), priors(), gather_now(None, SystemClock().now(), offline=True, kept=mails))
        for mails in ([], [kept])
    )
    likely = {belief.cause: belief for belief in hinted.beliefs}
    assert (
        likely["link_blocked"].probability
        > 2 * {b.cause: b for b in plain.beliefs}["link_blocked"].probability
    )
    assert "réécrit" in likely["link_blocked"].why
    assert hinted.conclusion is None


def test_our_mail_in_hand_speaks_against_every_way_of_not_finding_it() -> None:
    from ameli_support.clock import SystemClock
    from checks.priors import load as priors
    from checks.run import Run

    def run(*mails: Kept) -> Run:
        return Run(load(), priors(), gather_now(None, SystemClock().now(), offline=True, kept=mails))

    def likely(*mails: Kept) -> dict[str, float]:
        return {belief.cause: belief.probability for belief in run(*mails).beliefs}

    without, in_hand = likely(), likely(Kept("confirmation", True, state="live", ended=True))
    for cause in ("junk_folder", "search_keywords", "other_folders", "address_exact"):
        assert in_hand[cause] < without[cause] / 3, cause
    assert in_hand["link_blocked"] > without["link_blocked"]
    after = run(Kept("confirmation", None))
    assert next(b for b in after.beliefs if b.cause == "junk_folder").why == "le mail gardé est bien arrivé"
    assert after.current not in ("junk_folder", "search_keywords"), "asked last, never dropped"
    assert {"junk_folder", "search_keywords"} <= set(after.order)
    for other in (Kept("confirmation", False), Kept("human", None), Kept("confirmation", None, foreign=True)):
        assert likely(other)["junk_folder"] == pytest.approx(without["junk_folder"])
    aside = run(Kept("confirmation", True, verdicts=frozenset({"spam"}), state="live"))
    assert aside.conclusion is not None
    assert aside.conclusion.cause == "junk_folder", "what a filter put aside is still in junk"


# ── by command ──────────────────────────────────────────────────────────────


def test_the_commands_keep_list_and_export(
    demo: Callable[..., Result], case: str, person: Person, tmp_path: Path
) -> None:
    file = tmp_path / "gardé.eml"
    arrived = max(
        folder_of(person.world.maildir, person.address).rglob("*.sandbox"), key=lambda one: one.name
    )
    file.write_bytes(arrived.read_bytes())
    token = person.newest_link().rpartition("/")[2]
    refused = demo("mail", "attach", "--case", case, str(file), given="")
    assert refused.code != 0
    assert "--yes" in refused.err
    kept = demo("mail", "attach", "--case", case, str(file), "--yes", "--json")
    assert kept.code == 0, kept
    assert kept.json["kept_links"][0]["superseded"] is True
    assert token not in kept.out
    assert kept.json["message"] in demo("mail", "kept", "--case", case).out
    assert demo("mail", "export", "--case", case, "--message", kept.json["message"], given="x\n").code == 6
    out = tmp_path / "out.eml"
    argv = ("mail", "export", "--case", case, "--message", kept.json["message"], "--to", str(out))
    done = demo("--role", "supervisor", *argv, given="plainte\n")
    assert done.code == 0, done
    assert out.read_bytes() == file.read_bytes()
    assert demo("--role", "supervisor", *argv, given="plainte\n").code == 2
    assert "mail gardé" in demo("case", case).out
