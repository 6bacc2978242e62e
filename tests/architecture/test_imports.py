"""What an import loads at run time: the pure packages no network, the first paint nothing heavy."""

import json
import pkgutil
import subprocess
import sys

import pytest

import ameli_support
from tests.architecture.tree import ROOT

NETWORK = {
    "aiosmtpd", "aiosmtplib", "asyncio", "dns", "fastapi", "http.client", "http.server", "httpcore",
    "httpx", "imaplib", "psycopg", "requests", "smtplib", "ssl", "urllib.request", "uvicorn",
}  # fmt: skip
# design.md "Start-up": these load in a worker, after the first paint
HEAVY = {
    "aiosmtplib", "alembic", "argon2", "dns", "fastapi", "httpcore", "httpx", "phonenumbers", "psycopg",
    "pydantic", "sqlalchemy", "sqlcipher3", "typer", "uvicorn",
}  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    """The modules in memory after `statement` in a fresh interpreter."""
    program = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout.splitlines()[-1]))


def modules_of(package: str) -> list[str]:
    """The package and every module in it."""
    folder = ROOT / package.replace(".", "/")
    found = pkgutil.walk_packages([str(folder)], package + ".")
    return [package, *(module.name for module in found)]


@pytest.mark.parametrize("package", ["ameli_support.onboarding", "ameli_support.mail"])
def test_the_pure_packages_load_neither_textual_nor_a_network_library(package: str) -> None:
    modules = modules_of(package)
    assert len(modules) > 1
    loaded = loaded_by("\n".join(f"import {module}" for module in modules))
    assert loaded & (NETWORK | {"textual", "sqlalchemy", "pydantic"}) == set()


def test_nothing_below_the_screens_loads_textual() -> None:
    below = [
        f"ameli_support.{module.name}"
        for module in pkgutil.iter_modules(ameli_support.__path__)
        if module.name not in ("cli", "__main__")
    ]
    assert "textual" not in loaded_by(
        "\n".join(f"import {module}" for module in [*below, *modules_of("checks")])
    )


def test_the_checklist_loads_no_client_no_database_and_no_cases() -> None:
    loaded = loaded_by("\n".join(f"import {module}" for module in modules_of("checks")))
    ours = {"ameli_support.accounts.client", "ameli_support.casework", "ameli_support.store", "screens"}
    assert loaded & (ours | {"httpx", "sqlalchemy", "textual"}) == set()


def test_the_first_paint_loads_nothing_heavy() -> None:
    loaded = loaded_by("import ameli_support.__main__, screens.app, screens.home")
    assert "textual" in loaded
    assert loaded & HEAVY == set()


def test_asking_for_the_app_does_not_load_the_command_line() -> None:
    loaded = loaded_by("import ameli_support.__main__")
    assert loaded & (HEAVY | {"textual", "ameli_support.cli.app"}) == set()
