"""Who may do what: every route of the document, for every role, and without a key."""

import pytest

from service.people.roles import Permission, Role, allows

P = Permission
ACTIONS = "messages close reopen wait resume assign tags follow-up satisfaction merge split"
NEEDED = {
    "POST /v1/triage": P.READ,
    "POST /v1/triage/batch": P.READ,
    "GET /v1/labels": P.READ,
    "GET /health": None,
    "GET /ready": None,
    "GET /metrics": P.READ,
    "GET /v1/me": P.READ,
    "POST /v1/tickets": P.WRITE_TICKET,
    "GET /v1/tickets": P.READ,
    "GET /v1/tickets/{ticket_id}": P.READ,
    **{f"POST /v1/tickets/{{ticket_id}}/{name}": P.WRITE_TICKET for name in ACTIONS.split()},
    "POST /v1/tickets/{ticket_id}/promises/{promise_id}": P.WRITE_TICKET,
    "POST /v1/tickets/{ticket_id}/corrections": P.CORRECT,
    "POST /v1/import": P.WRITE_TICKET,
    "GET /v1/export": P.EXPORT,
    "GET /v1/customers/{customer_id}": P.READ,
    "PATCH /v1/customers/{customer_id}": P.WRITE_TICKET,
    "GET /v1/follow-ups": P.READ,
    "GET /v1/promises": P.READ,
    "GET /v1/corrections": P.EXPORT,
    "GET /v1/queues": P.READ,
    "GET /v1/rules": P.READ,
    "GET /v1/models": P.READ,
    "GET /v1/drift": P.READ,
    "GET /v1/trends/counts": P.READ,
    "GET /v1/trends/expected": P.READ,
    "GET /v1/trends/overview": P.READ,
    "GET /v1/trends/service": P.READ,
    "GET /v1/trends/drivers": P.READ,
    "GET /v1/trends/silent": P.READ,
    "GET /v1/trends/quality": P.READ,
    "GET /v1/trends/export": P.EXPORT,
    "GET /v1/trends/topics": P.READ,
    "GET /v1/trends/topics/{topic_id}": P.READ,
    "PATCH /v1/trends/topics/{topic_id}": P.MANAGE_RULES,
    "POST /v1/trends/topics/{topic_id}/merge": P.MANAGE_RULES,
    "POST /v1/trends/topics/{topic_id}/split": P.MANAGE_RULES,
    "GET /v1/trends/emerging": P.READ,
    "POST /v1/trends/emerging/{emergence_id}/close": P.CORRECT,
    "GET /v1/models/shadow": P.READ,
    "POST /v1/models/rollback": P.PROMOTE_MODEL,
    "POST /v1/rules/reload": P.MANAGE_RULES,
    "GET /v1/keys": P.MANAGE_KEYS,
    "POST /v1/keys": P.MANAGE_KEYS,
    "DELETE /v1/keys/{key_id}": P.MANAGE_KEYS,
    "GET /v1/audit": P.READ_AUDIT,
    "GET /v1/endpoints": P.MANAGE_WEBHOOKS,
    "POST /v1/endpoints": P.MANAGE_WEBHOOKS,
    "POST /v1/endpoints/{endpoint_id}/rotate": P.MANAGE_WEBHOOKS,
    "DELETE /v1/endpoints/{endpoint_id}": P.MANAGE_WEBHOOKS,
    "GET /v1/outbox": P.MANAGE_WEBHOOKS,
    "POST /v1/outbox/{letter_id}/retry": P.MANAGE_WEBHOOKS,
    "GET /label-studio/health": P.READ,
    "POST /label-studio/setup": P.READ,
    "POST /label-studio/predict": P.READ,
    "POST /label-studio/webhook": P.ANNOTATE,
}
OPEN = [label for label, needed in NEEDED.items() if needed is None]


def operations(client):
    paths = client.get("/openapi.json").json()["paths"]
    return {f"{m.upper()} {path}": one for path, item in paths.items() for m, one in item.items()}


def answered(desk, role, label):
    """Ask without a body: whoever may ask is told of the body, whoever may not is refused."""
    method, path = label.split()
    headers = desk.headers(role) if role else {}
    nobody = "nobody-0"
    return desk.client.request(method, path.replace("{", "").replace("}", nobody), headers=headers)


def test_every_route_is_in_the_table_of_permissions(desk):
    assert operations(desk.client).keys() == NEEDED.keys()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("label", NEEDED)
def test_a_route_is_open_to_the_roles_that_may_and_to_no_other(desk, label, role):
    needed = NEEDED[label]
    reply = answered(desk, role, label)
    if needed is None or allows(role, needed):
        assert reply.status_code not in (401, 403)
    else:
        assert reply.status_code == 403
        assert needed.value in reply.json()["error"]["message"]


@pytest.mark.parametrize("label", NEEDED)
def test_a_route_asks_for_a_key_unless_it_tells_nothing_of_anybody(desk, label):
    refused = answered(desk, None, label).status_code == 401
    assert refused is (label not in OPEN)


def test_the_document_says_which_routes_want_a_key(desk):
    wanting = {label for label, one in operations(desk.client).items() if one.get("security")}
    assert wanting == NEEDED.keys() - set(OPEN)


# Personal data

PHONE, MASKED = "13800001234", "138******34"


@pytest.mark.parametrize("role", ["agent", "analyst", "admin"])
def test_whoever_works_on_a_ticket_sees_the_number_to_call(desk, role):
    assert PHONE in desk.ask(role, "GET", f"/v1/tickets/{desk.ids['ticket_id']}").text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tickets",
        "/v1/tickets?text=%E6%B2%A1%E4%BA%BA%E6%8E%A5",
        "/v1/tickets/{ticket_id}",
        "/v1/customers/{customer_id}",
    ],
)
def test_a_reader_sees_personal_data_masked(desk, path):
    told = desk.ask("reader", "GET", path.format(**desk.ids)).text
    assert MASKED in told
    assert PHONE not in told
    assert "王女士" not in told


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("path", ["/v1/tickets/{ticket_id}", "/v1/customers/{customer_id}"])
def test_nobody_sees_the_hash_of_a_phone(desk, role, path):
    reply = desk.ask(role, "GET", path.format(**desk.ids))
    assert "phone_hash" not in reply.text


def test_masking_leaves_ids_times_and_labels_as_they_are(desk):
    path = f"/v1/tickets/{desk.ids['ticket_id']}"
    whole, masked = (desk.ask(role, "GET", path).json()["ticket"] for role in ("agent", "reader"))
    assert {name for name in whole if whole[name] != masked[name]} == {"snippet"}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize("role", ["analyst", "admin"])
def test_an_export_is_masked_for_everyone(desk, role, kind):
    told = desk.ask(role, "GET", f"/v1/export?format={kind}").text
    assert MASKED in told
    assert PHONE not in told


def test_a_webhook_tells_no_personal_data(desk):
    told = desk.ask("admin", "GET", "/v1/outbox?state=pending").text
    assert MASKED in told
    assert PHONE not in told
