"""`/v1/models`: what is told of the registry and of the shadow, and the way back."""

import pytest
from structlog.testing import capture_logs

from tests.service.api.conftest import Desk, key_of_each_role
from tests.service.conftest import problem
from tests.service.models.deaf import deaf
from tests.service.models.registry import Models
from triage.registry.history import Entry, Override, change, read_history
from triage.registry.pointers import FILE, read_registry
from triage.registry.shadowing import start_shadow, stop_shadow

LATE, BROKEN, RUDE = "快递三天还没收到", "打开一看质量太差", "客服态度恶劣还骂人"
PHONE, MASKED = "13800001234", "138******34"
REASON = {"reason": "新模型漏了太多物流问题"}


class Service(Desk):
    """A running service on a registry of its own."""

    def __init__(self, client, models):
        super().__init__(client)
        self.models = models

    def headers(self, role):
        """Until keys are made, this machine is an admin."""
        return super().headers(role) if self.keys else {}

    @property
    def runtime(self):
        return self.client.app.state.fenzhen.runtime

    def promote(self, name, override=None):
        before, to = read_registry(self.models.root).champion, self.models.pointer(name)
        change(self.models.root, Entry(to.at, "林晓", "promotion", before, to, None, override))

    def get(self, path="/v1/models", role="reader"):
        reply = self.ask(role, "GET", path)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def open(self, text):
        return self.made("POST", "/v1/tickets", json={"text": text})["ticket"]["id"]

    def shadow(self, monkeypatch, name="two"):
        """Let a candidate that is deaf to late deliveries judge from now on."""
        start_shadow(self.models.root, name, by="林晓")
        engine = deaf(self.models.hash(name))
        monkeypatch.setattr("service.models.shadow.load_warm", lambda *_: engine)

    def disagree(self, **asked):
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        return self.get(f"/v1/models/shadow?{query}")["disagreements"]


@pytest.fixture
def make(start, tiny_model, tmp_path):
    """Start a service on a registry of two models."""

    def made(**settings):
        models = Models(tmp_path / "models", tiny_model)
        for name in ("one", "two"):
            models.add(name)
        return Service(start(models=models.root, **settings), models)

    return made


@pytest.fixture
def service(make):
    return make()


@pytest.fixture
def watched(make, database_url, monkeypatch):
    """A service, on each kind of database, whose candidate has judged four tickets."""
    service = make(database_url=database_url)
    service.shadow(monkeypatch)
    texts = (LATE, f"{LATE}，{BROKEN}，电话{PHONE}", BROKEN, RUDE)
    service.ids = {text: service.open(text) for text in texts}
    service.runtime.shadow()
    return service


# The registry


def test_every_model_is_listed_with_its_mark_scores_and_lineage(service):
    service.promote("one")
    told = service.get()
    assert [row["mark"] for row in told["items"]] == ["champion", "candidate"]
    first = told["items"][0]
    assert first["hash"] == told["champion"]["hash"] == service.models.hash("one")
    assert first["folder"].endswith("/one")
    assert first["scores"]["n"] > 0
    assert first["refused"] is None


def test_a_spoilt_folder_is_listed_with_the_reason(service):
    service.models.spoil("two")
    rows = {row["folder"].rpartition("/")[2]: row for row in service.get()["items"]}
    assert rows["two"]["refused"]["code"] == "tampered"


def test_the_last_changes_come_newest_first_with_who_set_a_refusal_aside(service):
    service.promote("one")
    service.promote("two", Override("林晓", "急"))
    newest, oldest = service.get()["history"]
    assert (newest["what"], newest["from"]["folder"], newest["to"]["folder"]) == (
        "promotion",
        "one",
        "two",
    )
    assert newest["override"] == {"by": "林晓", "reason": "急"}
    assert (oldest["from"], oldest["to"]["folder"]) == (None, "one")


def test_it_is_told_which_model_this_process_serves_and_since_when(service, keyword_engine):
    told = service.get()["serving"]
    assert {key: told[key] for key in ("name", "version", "hash")} == keyword_engine.name.to_dict()
    assert (told["pinned"], told["folder"], told["problem"]) == (True, None, None)
    assert told["since"] <= service.runtime.desk.now().isoformat()


def test_why_a_champion_cannot_be_served_is_told_with_what_to_do(service):
    from service.models.follower import Follower
    from service.models.watch import Watch
    from triage import Policy

    service.models.spoil("two")
    service.promote("two")
    runtime, root = service.runtime, service.models.root
    with capture_logs():
        Follower(runtime.desk, root, Policy(), runtime.serving, Watch(root))()
    told = service.get()["serving"]["problem"]
    assert (told["code"], told["folder"]) == ("model_tampered", str(root / "two"))
    assert told["message"]
    assert told["remedy"]


def test_a_registry_that_cannot_be_read_is_an_error_of_its_own(service):
    (service.models.root / FILE).write_text("{", encoding="utf-8")
    for path in ("/v1/models", "/v1/models/shadow"):
        assert problem(service.ask("reader", "GET", path), 503)["code"] == "bad_registry"
    reply = service.ask("admin", "POST", "/v1/models/rollback", json=REASON)
    assert problem(reply, 503)["code"] == "bad_registry"


# The way back


def test_an_admin_goes_back_to_the_model_before_and_the_log_says_why(service):
    service.keys |= key_of_each_role(service.client)
    service.promote("one")
    service.promote("two")
    told = service.made("POST", "/v1/models/rollback", json=REASON)
    assert (told["what"], told["to"]["folder"]) == ("rollback", "one")
    assert told["folder"].endswith("/one")
    assert read_registry(service.models.root).champion.folder == "one"
    assert read_history(service.models.root)[-1].by == "admin 林晓"
    (event,) = service.get("/v1/audit?kind=model.rolled_back", "admin")["items"]
    assert event["actor"] == "person:admin 林晓"
    assert event["data"]["reason"] == REASON["reason"]
    assert event["data"]["from"]["folder"] == "two"


def test_where_there_is_no_model_before_the_way_back_is_a_conflict(service):
    reply = service.ask("admin", "POST", "/v1/models/rollback", json=REASON)
    assert problem(reply, 409)["code"] == "no_previous"


def test_a_model_before_that_is_spoilt_is_not_gone_back_to(service):
    service.promote("one")
    service.promote("two")
    service.models.spoil("one")
    reply = service.ask("admin", "POST", "/v1/models/rollback", json=REASON)
    assert problem(reply, 503)["code"] == "model_tampered"
    assert read_registry(service.models.root).champion.folder == "two"


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 1001}])
def test_a_way_back_without_a_reason_is_refused(service, body):
    reply = service.ask("admin", "POST", "/v1/models/rollback", json=body)
    assert problem(reply, 422)["message"].startswith("body.reason")


# The shadow


def test_without_a_shadow_there_is_nothing_to_compare(service):
    told = service.get("/v1/models/shadow")
    assert (told["shadow"], told["hash"], told["waiting"]) == (None, None, 0)
    assert told["whole"] == {"agreed": 0, "n": 0, "share": None, "low": None, "high": None}
    assert told["disagreements"] == {"items": [], "total": 0, "next": None}


def test_agreement_is_told_for_all_for_fields_and_for_labels_with_intervals(watched):
    told = watched.get("/v1/models/shadow")
    assert told["shadow"]["folder"] == "two"
    assert told["hash"] == watched.models.hash("two")
    assert (told["whole"]["agreed"], told["whole"]["n"]) == (2, 4)
    assert told["whole"]["share"] == 0.5
    assert 0.1 < told["whole"]["low"] < 0.2
    assert 0.8 < told["whole"]["high"] < 0.9
    assert told["fields"]["issues"]["agreed"] == 2
    rows = {row["code"]: row for row in told["labels"]}
    delivery, quality = rows["delivery"], rows["product_quality"]
    assert [delivery[k] for k in ("zh", "both", "gained", "lost")] == ["物流配送", 0, 0, 2]
    assert (delivery["agreement"]["share"], delivery["agreement"]["n"]) == (0, 2)
    assert [quality[k] for k in ("both", "gained", "lost")] == [2, 0, 0]


def test_what_waits_for_the_candidate_is_counted(watched):
    watched.open(LATE)
    assert watched.get("/v1/models/shadow")["waiting"] == 1


def test_disagreements_show_what_was_written_and_what_each_said(watched):
    newest, oldest = watched.disagree()["items"]
    assert oldest["ticket_id"] == watched.ids[LATE]
    assert oldest["text"] == LATE
    assert oldest["differs"][:2] == ["issues", "-delivery"]
    assert (oldest["champion"]["issues"], oldest["candidate"]["issues"]) == (["delivery"], [])
    assert newest["champion"]["issues"] == ["delivery", "product_quality"]
    assert newest["candidate"]["issues"] == ["product_quality"]
    assert newest["candidate"]["evidence"]


def test_a_reader_sees_masked_snippets_and_an_agent_the_number_to_call(watched):
    watched.keys |= key_of_each_role(watched.client)
    told = {
        role: watched.ask(role, "GET", "/v1/models/shadow").text for role in ("reader", "agent")
    }
    assert MASKED in told["reader"]
    assert PHONE not in told["reader"]
    assert PHONE in told["agent"]


def test_disagreements_are_filtered_by_label_and_by_field_and_paged(watched):
    assert watched.disagree(label="delivery")["total"] == 2
    assert watched.disagree(label="product_quality")["total"] == 0
    assert watched.disagree(label="deliver_")["total"] == 0  # no pattern
    assert watched.disagree(field="issues")["total"] == 2
    assert watched.disagree(field="issues", label="delivery")["total"] == 2
    assert watched.disagree(field="issues", label="other")["total"] == 0
    first = watched.disagree(limit=1)
    second = watched.disagree(limit=1, offset=first["next"])
    assert (first["total"], first["next"], second["next"]) == (2, 1, None)
    assert first["items"] != second["items"]


@pytest.mark.parametrize("query", ["field=mood", "limit=0", "offset=-1", f"label={'x' * 201}"])
def test_a_filter_that_is_none_is_refused(service, query):
    reply = service.ask("reader", "GET", f"/v1/models/shadow?{query}")
    assert problem(reply, 422)["message"].startswith("query.")


def test_the_figures_of_a_stopped_shadow_stay(watched):
    stop_shadow(watched.models.root, by="林晓")
    told = watched.get("/v1/models/shadow")
    assert (told["shadow"], told["hash"]) == (None, watched.models.hash("two"))
    assert (told["whole"]["n"], told["waiting"]) == (4, 0)


def test_a_new_candidate_begins_with_no_figures(watched):
    watched.models.add("three")
    start_shadow(watched.models.root, "three", by="林晓")
    told = watched.get("/v1/models/shadow")
    assert (told["shadow"]["folder"], told["whole"]["n"]) == ("three", 0)


def test_why_a_candidate_cannot_be_loaded_is_told(service):
    start_shadow(service.models.root, "two", by="林晓")
    service.models.spoil("two")
    with capture_logs():
        service.runtime.shadow()
    assert service.get("/v1/models/shadow")["problem"]["code"] == "model_tampered"
