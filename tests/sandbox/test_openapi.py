"""The service does what its OpenAPI document says, whatever it is sent."""

import itertools
import json
import uuid
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, checks
from schemathesis.specs.openapi import checks as openapi
from sqlalchemy import select

from ameli_support import sql
from ameli_support.accounts.contract import Who
from ameli_support.clock import FixedClock
from ameli_support.onboarding.identity import Level, Role
from ameli_support.sandbox import schema as schema_tables
from ameli_support.sandbox.api import create_api
from ameli_support.sandbox.auth import issue_token
from ameli_support.sandbox.world import open_world
from tests.sandbox.conftest import MONDAY
from tests.sandbox.service import FUND, Asker, Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    folder = tmp_path_factory.mktemp("api")
    clock = FixedClock(MONDAY)
    return Service(open_world(folder / "w.db", folder / "keys", system=clock, pool_size=16), clock)


def test_every_operation_documents_problems_and_no_error_model_of_the_library(service: Service) -> None:
    document = create_api(service.world).openapi()
    assert "HTTPValidationError" not in json.dumps(document)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            refusals = {status for status in operation["responses"] if int(status) >= 400}
            assert "503" in refusals, (method, path)
            for status in refusals:
                content = operation["responses"][status]["content"]
                assert set(content) == {"application/problem+json"}, (method, path, status)


@pytest.fixture(scope="module")
def fuzzed(service: Service) -> Any:
    """The document loaded by schemathesis, on a world with people in every phase."""
    return schemathesis.openapi.from_asgi("/openapi.json", create_api(service.world))


_number = itertools.count()
# a part of the profile’s: there are some twenty operations
EXAMPLES = settings().max_examples // 15
schema = schemathesis.pytest.from_fixture("fuzzed")


@pytest.fixture(scope="module")
def people(service: Service) -> dict[str, str]:
    """Records by what they are, and a check that has reached level 2 on each."""
    agent = Asker(service, Who(agent="fuzz", role=Role.AGENT, funds=(FUND,)))
    found = {}
    for record in (service.waiting(), service.active(), service.person()):
        agent.reach(record, Level.REINFORCED)
        found[record] = agent.check_id or ""
    return found


def version(service: Service, record: str) -> int:
    """The version that an act on this record must expect now."""
    e = schema_tables.enrolment.c
    with sql.read(service.world.engine) as conn:
        return conn.execute(select(e.version).where(e.person == record)).scalar() or 0


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_the_service_answers_as_documented(
    case: Case[Any], service: Service, people: dict[str, str]
) -> None:
    """No 5xx, only documented statuses, types, headers and bodies; on made-up and on real records."""
    number = next(_number)
    role = list(Role)[number % 4] if number % 3 == 0 else Role.AGENT
    who = Who(agent="fuzz", role=role, funds=(FUND,))
    token = issue_token(who, service.world.bearer_key, at=service.world.system.now())
    headers = {"Authorization": f"Bearer {token}"}
    if number % 5:
        headers["Idempotency-Key"] = f"key-{uuid.uuid4().hex}"
    if case.path_parameters and "record" in case.path_parameters and number % 4:
        record, check = list(people.items())[number % len(people)]
        case.path_parameters["record"] = record
        headers["Ameli-Check"] = check
        if isinstance(case.body, dict) and "expected_version" in case.body and number % 3:
            case.body["expected_version"] = version(service, record)
    if case.path_parameters and "provider" in case.path_parameters and number % 4:
        case.path_parameters["provider"] = ("impots", "msa", "nobody")[number % 3]
    case.call_and_validate(
        headers=headers,
        checks=[
            checks.not_a_server_error,
            openapi.status_code_conformance,
            openapi.content_type_conformance,
            openapi.response_schema_conformance,
            openapi.response_headers_conformance,
        ],
    )
