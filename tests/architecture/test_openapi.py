"""The published contract is what the code says, and promises nothing that it must not."""

from tests.architecture.openapi import FILE, document, text


def test_the_published_document_is_the_codes_own() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run make openapi"


def test_every_error_is_a_problem() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


def test_nothing_personal_travels_in_a_url() -> None:
    for path, operations in document()["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                assert parameter["in"] in ("path", "header"), path
                if parameter["in"] == "path":
                    assert parameter["name"] in ("record", "call", "key", "provider"), path
