"""The office of the casework tests: a real account service, a case store on each database."""

from tests.casework.conftest import account_service as account_service
from tests.casework.conftest import office as office
from tests.cli.conftest import run as run
from tests.scenarios.conftest import scenario_world as scenario_world
