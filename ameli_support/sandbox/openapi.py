"""The OpenAPI document of the contract, problems included; checked in as docs/openapi.json."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ameli_support.accounts.contract import PROBLEM_STATUS, PROBLEM_URN, Problem
from ameli_support.sandbox.problems import CONTENT_TYPE, TITLES

_REFERENCE = "#/components/schemas/{model}"


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for these statuses; 500 stands for what must not happen."""
    return {status: _response(status) for status in statuses}


def describe(app: FastAPI) -> None:
    """Replace the application's document by one without FastAPI's own error model."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = found["components"]["schemas"]
    for model in ("HTTPValidationError", "ValidationError"):
        schemas.pop(model, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template=_REFERENCE) | {
        "required": ["type", "title", "status"]
    }
    schemas.update(schemas["Problem"].pop("$defs", {}))
    for path in found["paths"].values():
        for operation in path.values():
            answers = operation["responses"]
            if "HTTPValidationError" in str(answers.get("422")):
                del answers["422"]
    return found


def _response(status: int) -> dict[str, Any]:
    kinds = [kind for kind, its in PROBLEM_STATUS.items() if its == status]
    return {
        "description": "; ".join(f"`{PROBLEM_URN}{kind.value}`: {TITLES[kind]}" for kind in kinds),
        "content": {CONTENT_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}},
    }
