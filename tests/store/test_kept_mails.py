"""Kept mails on each database: sealed for their place, erased, purged with their case, under one key."""

import pytest

from ameli_support.store import kept_mails
from ameli_support.store.cases import CaseStore
from ameli_support.store.errors import KeyTrouble
from ameli_support.store.purging import purge_case
from ameli_support.store.sealing import mail_key_file
from tests.store.making import new_case
from tests.stores import Place

MAIL = b"Subject: bonjour\r\n\r\nhttps://exemple.fr/confirmer/abc\r\n"


def keep(store: CaseStore, case: int, name: str = "m1") -> None:
    held = kept_mails.sealer(store, create=True)
    store.write(lambda journal: kept_mails.add(journal, held, name, case, "0427", MAIL))


def test_a_mail_is_sealed_opened_erased_and_purged(store: CaseStore) -> None:
    case, other = new_case(store), new_case(store)
    keep(store, case)
    assert kept_mails.open_mail(store, case, "m1") == MAIL
    assert kept_mails.open_mail(store, other, "m1") is None
    assert [(row.id, row.size) for row in kept_mails.of_case(store, case)] == [("m1", len(MAIL))]
    assert store.write(lambda journal: kept_mails.erase(journal, case, "m1"))
    assert kept_mails.open_mail(store, case, "m1") is None
    keep(store, case, "m2")
    store.write(lambda journal: purge_case(journal, case, "admin", "retention"))
    assert kept_mails.of_case(store, case) == []


def test_two_programs_share_the_first_key_and_a_third_without_it_is_refused(
    store: CaseStore, store_place: Place
) -> None:
    case = new_case(store)
    with pytest.raises(KeyTrouble):
        kept_mails.sealer(store)
    keep(store, case)
    second = store_place.open(store.business)
    assert kept_mails.open_mail(second, case, "m1") == MAIL
    second.close()
    file = mail_key_file(store_place.path)
    kept = file.read_text("ascii")
    file.unlink()
    with pytest.raises(KeyTrouble):
        kept_mails.sealer(store, create=True)
    file.write_text("ab" * 32 + "\n" + "cd" * 32 + "\n", "ascii")
    file.chmod(0o600)
    with pytest.raises(KeyTrouble):
        kept_mails.open_mail(store, case, "m1")
    file.write_text(kept, "ascii")
    assert kept_mails.open_mail(store, case, "m1") == MAIL
