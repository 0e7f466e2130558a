"""The OpenAPI document: in two languages, complete about errors, and true of the answers."""

import re

import jsonschema
import pytest

from service.db.outbox import KINDS
from tests.service.api.test_roles import NEEDED, OPEN, operations

CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3}")
ERROR = {"$ref": "#/components/schemas/ErrorOut"}
HEALTH = {"GET /health", "GET /ready"}
NOT_JSON = {"GET /v1/export", "GET /v1/trends/export", "GET /metrics"}


@pytest.mark.parametrize("label", NEEDED)
def test_an_operation_is_described_in_both_languages(desk, label):
    told = operations(desk.client)[label]
    assert told["summary"]
    assert CHINESE.search(told["description"])
    assert ENGLISH.search(told["description"])


@pytest.mark.parametrize("label", sorted(NEEDED.keys() - HEALTH))
def test_the_errors_of_an_operation_are_declared_in_the_one_shape(desk, label):
    replies = operations(desk.client)[label]["responses"]
    errors = {status: reply for status, reply in replies.items() if status >= "400"}
    expected = {"503"} if label in OPEN else {"400", "401", "403", "404", "409", "422", "503"}
    assert expected <= errors.keys()
    for reply in errors.values():
        assert reply["content"]["application/json"]["schema"] == ERROR


@pytest.mark.parametrize("label", sorted(NEEDED.keys() - NOT_JSON))
def test_the_answer_of_an_operation_is_declared(desk, label):
    replies = operations(desk.client)[label]["responses"]
    schema = next(reply for status, reply in replies.items() if status < "300")
    assert "$ref" in str(schema["content"]["application/json"]["schema"])


def test_the_forms_of_an_export_are_declared(desk):
    reply = operations(desk.client)["GET /v1/export"]["responses"]["200"]
    assert {"text/csv", "application/x-ndjson"} <= reply["content"].keys()


@pytest.mark.parametrize("label", [label for label in NEEDED if label.startswith("GET")])
def test_an_answer_is_what_the_document_says_and_no_field_more(desk, label):
    path = label.split()[1]
    if label in NOT_JSON:
        pytest.skip("no JSON document")
    document = desk.client.get("/openapi.json").json()
    schema = operations(desk.client)[label]["responses"]["200"]["content"]["application/json"]
    for component in document["components"]["schemas"].values():
        component.setdefault("additionalProperties", False)
    query = "?state=pending" if "outbox" in path else ""
    reply = desk.ask("admin", "GET", path.format(**desk.ids) + query)
    whole = schema["schema"] | {"components": document["components"]}
    jsonschema.validate(reply.json(), whole)


def test_every_kind_of_webhook_is_named_in_the_document(desk):
    schemas = desk.client.get("/openapi.json").json()["components"]["schemas"]
    told = schemas["EndpointIn"]["properties"]["kinds"]["description"]
    assert all(kind.value in told for kind in KINDS)


def test_the_page_of_the_document_is_served_offline(desk):
    page = desk.client.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
