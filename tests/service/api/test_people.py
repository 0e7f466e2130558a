"""Keys, who is who, and the log that names everybody."""

import pytest
from sqlalchemy import select

from service.db.tables import api_keys
from service.people.access import SESSION
from tests.service.api.conftest import Desk, key_of_each_role
from tests.service.conftest import problem


@pytest.fixture
def empty(start):
    """A desk on which no key was made."""
    return start()


def new_key(client, role, keys=None, name="林晓"):
    headers = {"X-API-Key": keys} if keys else {}
    return client.post("/v1/keys", json={"name": name, "role": role}, headers=headers)


# The first key


def test_before_any_key_this_machine_is_the_admin(empty):
    told = {"name": "local", "role": "admin", "role_zh": "管理员"}
    assert empty.get("/v1/me").json() == told


@pytest.mark.parametrize("role", ["reader", "agent", "analyst"])
def test_the_first_key_is_refused_to_any_but_an_admin(empty, role):
    assert problem(new_key(empty, role), 409)["code"] == "first_key"
    assert empty.get("/v1/keys").json() == []
    assert new_key(empty, "admin").status_code == 201


def test_after_the_first_key_nobody_works_without_one(empty):
    new_key(empty, "admin")
    assert problem(empty.get("/v1/me"), 401)["code"] == "unauthorised"


def test_where_keys_are_required_not_even_this_machine_works_without(start):
    problem(start(auth="required").get("/v1/me"), 401)


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=x"}, {"Host": "evil.example"}]
)
def test_whoever_comes_through_a_proxy_or_by_another_name_is_not_this_machine(empty, headers):
    problem(empty.get("/v1/me", headers=headers), 401)


# Keys


@pytest.mark.parametrize("name", ["X-API-Key", "Authorization"])
def test_a_key_opens_by_either_header(desk, name):
    text = desk.keys["agent"]
    value = text if name == "X-API-Key" else f"Bearer {text}"
    assert desk.client.get("/v1/me", headers={name: value}).json()["name"] == "agent 林晓"


def test_a_key_is_shown_once_and_kept_as_a_hash(empty):
    made = new_key(empty, "admin").json()
    listed = empty.get("/v1/keys", headers={"X-API-Key": made["key"]})
    assert made["key"] not in listed.text
    assert "argon2" not in listed.text
    with empty.app.state.fenzhen.runtime.database.connect() as connection:
        row = connection.execute(select(api_keys)).mappings().one()
    assert row["hash"].startswith("$argon2id$")
    assert made["key"] not in str(dict(row))
    assert made["key"].rsplit("_", 1)[1] not in str(dict(row))


def test_a_revoked_key_opens_nothing_more_and_says_when(desk):
    made = desk.made("POST", "/v1/keys", json={"name": "gone", "role": "agent"})
    headers = {"X-API-Key": made["key"]}
    assert desk.client.get("/v1/me", headers=headers).status_code == 200
    assert desk.made("DELETE", f"/v1/keys/{made['id']}") == {"revoked": made["id"]}
    problem(desk.client.get("/v1/me", headers=headers), 401)
    row = next(row for row in desk.made("GET", "/v1/keys") if row["id"] == made["id"])
    assert row["revoked_at"]


def test_a_key_is_revoked_once(desk):
    made = desk.made("POST", "/v1/keys", json={"name": "twice", "role": "agent"})
    desk.made("DELETE", f"/v1/keys/{made['id']}")
    problem(desk.ask("admin", "DELETE", f"/v1/keys/{made['id']}"), 404)


def test_the_last_key_of_an_admin_is_not_revoked(own_desk):
    keys = own_desk.made("GET", "/v1/keys")
    last = next(row for row in keys if row["role"] == "admin")
    reply = own_desk.ask("admin", "DELETE", f"/v1/keys/{last['id']}")
    assert problem(reply, 409)["code"] == "last_admin"
    assert own_desk.ask("admin", "GET", "/v1/me").status_code == 200


def test_an_admin_goes_when_there_is_another(own_desk):
    first = next(row for row in own_desk.made("GET", "/v1/keys") if row["role"] == "admin")
    other = own_desk.made("POST", "/v1/keys", json={"name": "second", "role": "admin"})
    headers = {"X-API-Key": other["key"]}
    gone = own_desk.client.delete(f"/v1/keys/{first['id']}", headers=headers)
    assert gone.status_code == 200
    reply = own_desk.client.delete(f"/v1/keys/{other['id']}", headers=headers)
    assert problem(reply, 409)["code"] == "last_admin"


@pytest.mark.parametrize("body", [{"name": " ", "role": "agent"}, {"name": "a", "role": "root"}])
def test_a_key_without_a_name_or_of_no_role_is_refused(desk, body):
    problem(desk.ask("admin", "POST", "/v1/keys", json=body), 422)


# The log


def log(desk, query=""):
    return desk.made("GET", f"/v1/audit?{query}")


def test_the_log_names_the_person_the_rule_and_the_model(desk):
    actors = {row["actor"].split(":")[0] for row in log(desk, "limit=200")["items"]}
    assert actors >= {"person", "rule", "model"}


def test_the_log_is_read_by_person_and_by_kind(desk):
    desk.ask("agent", "POST", "/v1/tickets", json={"text": "还没发货"})
    rows = log(desk, "actor=person:agent 林晓&kind=ticket.created")["items"]
    assert [(row["actor"], row["kind"]) for row in rows] == [
        ("person:agent 林晓", "ticket.created")
    ]


def test_making_and_revoking_a_key_is_in_the_log(desk):
    made = desk.made("POST", "/v1/keys", json={"name": "logged", "role": "agent"})
    desk.made("DELETE", f"/v1/keys/{made['id']}")
    first, second = log(desk, "limit=2")["items"]
    assert (first["kind"], second["kind"]) == ("key.revoked", "key.created")
    assert first["actor"] == second["actor"] == "person:admin 林晓"
    assert second["data"] == {"key": made["id"], "name": "logged", "role": "agent"}


def test_the_log_tells_no_secret(desk):
    told = str(log(desk, "limit=200"))
    assert not any(key in told for key in desk.keys.values())
    assert "whsec_" not in told


def test_pages_of_the_log_make_up_the_whole(desk):
    whole, seen, query = log(desk, "limit=200"), [], "limit=7"
    while True:
        page = log(desk, query)
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=7&before={page['next']}"
    assert seen[:200] == [row["id"] for row in whole["items"]]
    assert seen == sorted(seen, reverse=True)


def test_a_kind_that_is_none_is_refused(desk):
    problem(desk.ask("admin", "GET", "/v1/audit?kind=gone"), 422)


# Pages of other sites


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_the_page_of_another_site_changes_nothing(empty, origin):
    reply = empty.post("/v1/tickets", json={"text": "x"}, headers={"Origin": origin})
    assert problem(reply, 403)["code"] == "forbidden"
    assert empty.get("/v1/tickets").json()["total"] == 0


def test_our_own_page_may_change_things(empty):
    headers = {"Origin": "http://testserver"}
    reply = empty.post("/v1/tickets", json={"text": "还没发货"}, headers=headers)
    assert reply.status_code == 201


def test_a_key_is_enough_from_anywhere(start):
    client = start()
    there = Desk(client, key_of_each_role(client))
    headers = {"Origin": "https://shop.example"}
    reply = there.ask("agent", "POST", "/v1/tickets", json={"text": "还没发货"}, headers=headers)
    assert reply.status_code == 201


# Sessions of browsers


def cookie(desk, role):
    access = desk.client.app.state.fenzhen.runtime.access
    return {"Cookie": f"{SESSION}={access.session_of(access.by_key(desk.keys[role]))}"}


def test_a_browser_that_has_shown_its_key_is_known_by_its_session(desk):
    told = desk.client.get("/v1/me", headers=cookie(desk, "agent")).json()
    assert (told["name"], told["role"]) == ("agent 林晓", "agent")


def test_a_session_does_not_serve_the_page_of_another_site(desk):
    headers = cookie(desk, "agent") | {"Origin": "https://evil.example"}
    problem(desk.client.post("/v1/tickets", json={"text": "x"}, headers=headers), 403)


def test_a_session_ends_with_its_key(own_desk):
    headers = cookie(own_desk, "agent")
    row = next(row for row in own_desk.made("GET", "/v1/keys") if row["role"] == "agent")
    own_desk.made("DELETE", f"/v1/keys/{row['id']}")
    problem(own_desk.client.get("/v1/me", headers=headers), 401)
