"""What the house tells of a customer: when they left, their tier and region."""

import pytest

LEFT = "2026-11-20T18:00:00+08:00"
PATH = "/v1/customers/c-1"


@pytest.fixture
def customer(own_desk):
    def change(role="agent", path=PATH, **body):
        return own_desk.ask(role, "PATCH", path, json=body)

    return change


def kept(desk, path=PATH):
    return desk.ask("agent", "GET", path).json()["customer"]


def audited(desk):
    found = desk.ask("admin", "GET", "/v1/audit?kind=customer.changed").json()["items"]
    return [item["data"] for item in found]


def test_a_customer_who_left_is_known_to_have(own_desk, customer):
    assert kept(own_desk)["left_at"] is None
    reply = customer(left_at=LEFT)
    assert reply.status_code == 200
    assert reply.json() == kept(own_desk)
    assert kept(own_desk)["left_at"].startswith("2026-11-20T10:00:00")


def test_null_takes_back_and_what_is_left_out_stays(own_desk, customer):
    customer(left_at=LEFT, tier="vip", region="华东")
    customer(left_at=None)
    found = kept(own_desk)
    assert (found["left_at"], found["tier"], found["region"]) == (None, "vip", "华东")


def test_our_own_id_does_as_well(own_desk, customer):
    own = kept(own_desk)["id"]
    assert customer(path=f"/v1/customers/{own}", tier="gold").json()["tier"] == "gold"


def test_a_change_is_in_the_log_with_who_made_it(own_desk, customer):
    customer(tier="vip")
    (event,) = own_desk.ask("admin", "GET", "/v1/audit?kind=customer.changed").json()["items"]
    assert event["actor"].startswith("person:agent")
    assert event["data"] == {
        "customer": kept(own_desk)["id"],
        "before": {"tier": None},
        "after": {"tier": "vip"},
    }


def test_the_log_tells_only_what_changed(own_desk, customer):
    customer(tier="vip")
    customer(tier="vip", left_at=LEFT)
    customer(tier="vip", left_at=LEFT)
    newest, _ = audited(own_desk)
    assert newest["before"] == {"left_at": None}
    assert newest["after"]["left_at"].startswith("2026-11-20T10:00:00")


def test_a_later_ticket_keeps_what_was_told_of_the_customer(own_desk, customer):
    customer(left_at=LEFT, tier="vip")
    ticket = {"text": "衣服起球", "customer": {"external_id": "c-1", "region": "华北"}}
    own_desk.made("POST", "/v1/tickets", json=ticket)
    found = kept(own_desk)
    assert found["left_at"].startswith("2026-11-20T10:00:00")
    assert (found["tier"], found["region"]) == ("vip", "华北")


def test_a_ticket_written_from_an_old_reading_does_not_undo_the_leaving(own_desk, customer):
    from service.db.cases import load_cases, save_cases
    from service.db.engine import writing

    desk = own_desk.client.app.state.fenzhen.runtime.desk
    with desk.database.connect() as connection:
        (case,) = load_cases(connection, [own_desk.ids["ticket_id"]], lock=False).values()
    customer(left_at=LEFT)
    case.customer.region, case.fresh.customer = "华北", "changed"
    with writing(desk.database) as connection:
        save_cases(connection, [case], desk.now())
    assert kept(own_desk)["region"] == "华北"
    assert kept(own_desk)["left_at"] is not None


def test_a_customer_that_is_not_known_cannot_be_changed(own_desk, customer):
    reply = customer(path="/v1/customers/nobody", tier="vip")
    assert reply.status_code == 404
    assert audited(own_desk) == []


def test_an_empty_change_is_refused_with_what_may_be_given(customer):
    reply = customer()
    assert reply.status_code == 422
    assert "left_at" in reply.json()["error"]["remedy"]


@pytest.mark.parametrize("body", [{"left_at": "tomorrow"}, {"tier": ""}, {"tier": "x" * 51}])
def test_a_value_that_is_none_is_refused(customer, body):
    assert customer(**body).status_code == 422


def test_the_page_of_the_customer_says_that_they_left(own_desk, customer):
    page = own_desk.ask("agent", "GET", "/customers/c-1", headers={"Accept": "text/html"}).text
    assert "已离开" not in page
    customer(left_at=LEFT)
    page = own_desk.ask("agent", "GET", "/customers/c-1", headers={"Accept": "text/html"}).text
    assert "已离开" in page
