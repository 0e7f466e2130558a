import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from service.db.tables import tickets
from service.desk.commands import Look
from service.people.roles import Role
from tests.service.web_desk import WANG, Pages

COMPLAINT = "等了三天快递还没收到，打开一看质量太差！电话13800001234"
HOSTILE = "\"><script>hack()</script>' onerror=hack() {{7*7}} {% raw %} &amp; 快递没收到😡"
PAGES = (
    "/inbox",
    "/review",
    "/rules",
    "/models",
    "/models/shadow",
    "/drift",
    "/overview",
    "/trends",
    "/topics",
    "/drivers",
    "/quality",
    "/tasks",
    "/customers/c-1",
    "/login",
    "/try",
)


@pytest.fixture
def pages(client):
    return Pages(client)


@pytest.fixture
def ticket(pages):
    return pages.open(COMPLAINT, customer=WANG, channel="web")


def page_of(pages, ticket_id):
    return pages.get(f"/tickets/{ticket_id}")


# The frame


def test_an_empty_desk_welcomes_and_a_working_one_opens_the_inbox(pages):
    assert "triage demo" in pages.get("/")
    pages.open(COMPLAINT)
    reply = pages.client.get("/", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/inbox")
    assert "triage demo" not in pages.get("/try")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_chinese_first_and_loads_nothing_from_elsewhere(pages, ticket, path):
    reply = pages.client.get(path)
    assert reply.status_code == 200
    assert '<html lang="zh-CN">' in reply.text
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert not re.search(r"""(src|href|action)=["'](https?:)?//""", reply.text)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_scripts_or_styles_of_its_own(pages, ticket, path):
    text = pages.get(path)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)


@pytest.mark.parametrize("path", [*PAGES, "/tickets/{id}"])
def test_no_id_stands_twice_on_a_page(pages, ticket, path):
    ids = re.findall(r'\sid="([^"]+)"', pages.get(path.format(id=ticket)))
    assert len(ids) == len(set(ids))


def test_the_pages_are_no_part_of_the_api(pages):
    paths = pages.client.get("/openapi.json").json()["paths"]
    assert not any(path.startswith(("/inbox", "/tickets", "/review", "/login")) for path in paths)


def test_the_vendored_scripts_are_those_that_the_readme_names(root):
    folder = root / "service" / "web" / "static" / "vendor"
    named = re.findall(
        r"^\| (\S+\.js) \|.*\| (\d+\.\d+\.\d+) \| (\w{64}) \| [\w.-]+, (\S+) \|$",
        (folder / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert {name for name, *_ in named} == {path.name for path in folder.glob("*.js")}
    for name, version, wanted, licence in named:
        held = (folder / name).read_bytes()
        assert hashlib.sha256(held).hexdigest() == wanted
        assert f'version:"{version}"'.encode() in held
        assert (folder / licence).read_text(encoding="utf-8")


def test_no_script_or_template_of_ours_is_long(root):
    web = root / "service" / "web"
    for path in [*web.glob("static/*.js"), *web.glob("static/*.css"), *web.glob("templates/*")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path


# Inbox


def test_the_inbox_lists_a_ticket_with_its_labels_and_its_clock(pages, ticket):
    text = pages.get("/inbox")
    assert f'href="/tickets/{ticket}"' in text
    assert "物流配送" in text and "产品质量" in text
    assert "王女士" in text and "贵宾" in text
    assert re.search(r'<time class="clock \w+" data-due="[^"]+"[^>]*>(还剩|超时) ', text)


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("issue=delivery", True),
        ("issue=staff_attitude", False),
        ("text=质量太差", True),
        ("text=没有这句话", False),
        ("channel=web", True),
        ("owner=nobody", False),
        ("waiting=1", True),
        ("neglected=1", False),
        ("status=closed", False),
        ("status=all", True),
        ("sort=newest", True),
        ("page=2", False),
    ],
)
def test_the_address_of_the_inbox_filters(pages, ticket, query, there):
    assert (ticket in pages.get(f"/inbox?{query}")) == there


def test_the_queues_count_what_is_live_late_and_to_be_reviewed(pages, ticket):
    queue = pages.ticket(ticket).ticket.queue
    pages.desk.now = lambda: datetime.now(UTC) + timedelta(days=9)
    assert not isinstance(pages.desk.do(Look("system", ticket_id=ticket)), Exception)
    text = pages.get("/inbox")
    row = re.search(rf'href="/inbox\?queue={queue}".*?</a>', text, re.DOTALL).group()
    assert "1 超时" in row
    assert re.search(r'title="处理中 live">1<', row)


def test_a_long_inbox_has_pages(pages):
    for number in range(52):
        pages.open(f"快递没收到，第{number}件", f"n{number}")
    first, second = pages.get("/inbox"), pages.get("/inbox?page=2")
    assert first.count('class="snippet"') == 50
    assert second.count('class="snippet"') == 2
    assert 'href="/inbox?page=2"' in first and 'rel="prev"' in second


def test_a_wrong_condition_is_explained_on_a_page(pages):
    text = pages.get("/inbox?urgency=sky", 422)
    assert "没有办成" in text and "Give 0 to 3." in text
    assert 'role="alert"' in text


# Ticket


def test_the_page_of_a_ticket_marks_the_evidence_in_the_text(pages, ticket):
    marks = re.findall(r'<mark class="l-(\w+)"[^>]*>([^<]*)', page_of(pages, ticket))
    assert {family for family, _ in marks} >= {"delivery", "product_quality"}
    said = re.sub(r"<sup>.*?</sup>", "", page_of(pages, ticket), flags=re.DOTALL)
    text = re.search(r'<p class="text">(.*?)</p>', said, re.DOTALL).group(1)
    assert re.sub(r"<[^>]+>", "", text) == COMPLAINT


def test_every_mark_says_its_label_in_words(pages, ticket):
    for title in re.findall(r'<mark class="[^"]*" title="([^"]*)"', page_of(pages, ticket)):
        assert re.search("[\u4e00-\u9fff]", title)


def test_hostile_text_is_shown_and_never_becomes_part_of_a_page(pages):
    hostile = pages.open(HOSTILE, "h", subject=HOSTILE, tags=("<b>tag</b>",), customer=WANG)
    for path in ("/inbox", f"/tickets/{hostile}", "/review", "/customers/c-1"):
        text = pages.get(path)
        assert "<script>hack" not in text
        assert "<b>tag" not in text
        assert "49" not in re.findall(r">([^<]*)快递没收到", text)
    assert HOSTILE in pages.words(f"/tickets/{hostile}")
    assert "{{7*7}}" in pages.get("/inbox")


def test_hostile_words_of_the_address_stay_words(pages, ticket):
    text = pages.get("/inbox", params={"text": '"><script>x', "queue": "'><b>", "tag": "<i>"})
    assert "<script>x" not in text and "'><b>" not in text and "<i>" not in text


def test_the_page_says_why_the_ticket_is_where_it_is(pages, ticket):
    moved = [event for event in pages.ticket(ticket).events if event.kind == "queue.changed"]
    reason = moved[0].data["why"][0]
    text = pages.words(f"/tickets/{ticket}")
    assert reason["zh"] in text
    assert f"{reason['rule']}: {reason['en']}" in text


def test_a_reply_is_kept_and_its_promise_stands_in_the_ledger(pages, ticket):
    reply = pages.do(ticket, "reply", text="非常抱歉，24小时内给您回电", wait="1")
    assert reply.headers["location"] == f"/tickets/{ticket}?done=reply"
    case = pages.ticket(ticket)
    assert case.messages[-1].author == "agent"
    assert case.ticket.status == "waiting"
    text = page_of(pages, ticket)
    assert "“24小时内给您回电”" in text
    assert 'class="l-promise"' in text
    assert 'href="/tickets/' in pages.get("/tasks")


@pytest.mark.parametrize(("kept", "state"), [("true", "kept"), ("false", "broken")])
def test_an_agent_says_whether_a_promise_was_kept(pages, ticket, kept, state):
    pages.do(ticket, "reply", text="三天内给您退款")
    (promise,) = pages.ticket(ticket).promises
    assert f'name="promise" value="{promise.id}"' in page_of(pages, ticket)
    pages.do(ticket, "promise", promise=promise.id, kept=kept)
    assert pages.ticket(ticket).promises[0].state == state
    assert f'name="promise" value="{promise.id}"' not in page_of(pages, ticket)


def test_a_promise_whose_time_is_up_waits_to_be_confirmed(pages, ticket):
    pages.do(ticket, "reply", text="三天内给您退款")
    pages.desk.now = lambda: datetime.now(UTC) + timedelta(days=9)
    pages.desk.do(Look("system", ticket_id=ticket))
    asked = pages.get("/tasks").partition('id="unsure"')[2].partition('id="broken"')[0]
    assert "三天内给您退款" in asked


def test_a_note_says_that_the_department_has_done_its_part(pages, ticket):
    pages.do(ticket, "note", text="已补发", handled="1")
    event = pages.ticket(ticket).events[-1]
    assert (event.kind, event.data["handled"]) == ("note.added", True)


def test_a_ticket_is_given_closed_asked_about_and_reopened_by_a_bad_answer(pages, ticket):
    pages.do(ticket, "assign", owner="张敏")
    pages.do(ticket, "close", note="已补发")
    assert 'value="unsatisfied"' in page_of(pages, ticket)
    assert f"/tickets/{ticket}#follow-up" in pages.get("/tasks")
    pages.do(ticket, "follow-up", outcome="unsatisfied", expected="8", perceived="4")
    case = pages.ticket(ticket)
    assert (case.ticket.owner, case.ticket.status, case.ticket.reopened) == ("张敏", "open", 1)
    assert "50%" in pages.get("/customers/c-1")


def test_waiting_ends_and_a_closed_ticket_opens_again(pages, ticket):
    pages.do(ticket, "wait")
    assert pages.ticket(ticket).ticket.status == "waiting"
    pages.do(ticket, "resume")
    pages.do(ticket, "tags", add="重点客户")
    pages.do(ticket, "close")
    pages.do(ticket, "reopen", note="客户又来电")
    case = pages.ticket(ticket)
    assert case.ticket.status == "open"
    assert "重点客户" in case.ticket.tags


def test_similar_tickets_are_merged_and_parted_again(pages, ticket):
    second = pages.open(COMPLAINT + "！", "second", customer=WANG)
    assert f'name="source" value="{second}"' in page_of(pages, ticket)
    pages.do(ticket, "merge", source=second)
    assert pages.ticket(second).ticket.merged_into == ticket
    text = page_of(pages, ticket)
    assert f'action="/tickets/{ticket}/split"' in text
    assert text.count('class="message by-customer"') == 2
    pages.do(ticket, "split", source=second)
    assert pages.ticket(second).ticket.merged_into is None
    assert f'action="/tickets/{ticket}/split"' not in page_of(pages, ticket)


def test_a_correction_is_kept_with_its_reason_and_wins(pages, ticket):
    case = pages.ticket(ticket)
    seen = {"issues": ",".join(case.issues), "verdict_id": case.verdict.id}
    pages.do(ticket, "correct", set="issues-product_quality", **seen)
    case = pages.ticket(ticket)
    assert case.issues == ("delivery",)
    told = [event for event in case.events if event.kind == "label.corrected"]
    assert (told[-1].data["reason"], told[-1].actor) == ("wrong_issue", "person:local")
    assert "人工改过：问题" in page_of(pages, ticket)


def test_a_correction_of_an_old_verdict_is_refused_and_says_what_to_do(pages, ticket):
    reply = pages.do(ticket, "correct", 409, set="urgency=3", verdict_id="v_old")
    assert "Load the ticket again" in reply.text


@pytest.mark.parametrize(
    ("deed", "fields", "status"),
    [
        ("fly", {}, 404),
        ("reply", {"text": "  "}, 422),
        ("close", {"expected": "many", "perceived": "1"}, 422),
        ("close", {"expected": "inf", "perceived": "1"}, 422),
        ("correct", {"set": "everything"}, 422),
        ("correct", {"set": "issues+unknown"}, 422),
        ("correct", {"set": "confirm", "reason": "because"}, 422),
        ("follow-up", {"outcome": "satisfied"}, 409),
        ("resume", {}, 409),
        ("merge", {}, 422),
    ],
)
def test_what_cannot_be_done_is_explained_and_changes_nothing(pages, ticket, deed, fields, status):
    before = len(pages.ticket(ticket).events)
    reply = pages.do(ticket, deed, status, **fields)
    assert "没有办成" in reply.text
    assert len(pages.ticket(ticket).events) == before


def test_a_problem_goes_above_the_page_that_htmx_shows(pages, ticket):
    reply = pages.client.post(
        f"/tickets/{ticket}/reply", data={"text": ""}, headers={"HX-Request": "true"}
    )
    assert reply.headers["HX-Retarget"] == reply.headers["HX-Reselect"] == "#problem"
    assert 'id="problem" class="problem"' in reply.text


@pytest.mark.parametrize("path", ["/tickets/t_none", "/customers/nobody"])
def test_what_is_not_there_is_a_page_that_says_so(pages, path):
    assert "没有办成" in pages.get(path, 404)


def test_an_address_that_names_no_ticket_at_all_is_a_page_that_says_so(pages):
    assert "没有办成" in pages.get(f"/tickets/{'x' * 300}", 422)


def test_a_text_that_could_not_be_judged_is_shown_for_a_person_to_read(pages):
    empty = pages.open("。。。", "dots")
    assert "机器没能判断" in page_of(pages, empty)
    assert "。。。" in pages.get(f"/review?ticket={empty}")


def test_another_site_cannot_send_the_forms(pages, ticket):
    reply = pages.client.post(
        f"/tickets/{ticket}/close", headers={"origin": "https://evil.example"}
    )
    assert reply.status_code == 403
    assert pages.ticket(ticket).ticket.status == "open"


# Review


@pytest.fixture
def asked(pages):
    """Two tickets that a person must look at."""
    found = [pages.open(text, text) for text in (COMPLAINT, "快递没收到")]
    with pages.runtime.database.begin() as connection:
        connection.execute(update(tickets).values(review=True))
    return found


def test_the_review_shows_one_ticket_and_leads_to_the_next(pages, asked):
    text = pages.get("/review")
    assert "第 1 / 2 张" in text
    assert re.search(r'id="next" rel="next" href="/review\?ticket=t_\w+"', text)


def test_confirming_without_a_change_teaches_that_the_machine_was_right(pages, ticket):
    case = pages.ticket(ticket)
    fields = {"issues": list(case.issues), "urgency": str(case.ticket.urgency)}
    fields |= {"sentiment": str(case.ticket.sentiment), "verdict_id": case.verdict.id}
    reply = pages.client.post(f"/review/{ticket}", data=fields, follow_redirects=False)
    assert reply.headers["location"].startswith("/review?done=1")
    told = pages.ticket(ticket).events[-1]
    assert (told.kind, told.data["reason"]) == ("label.corrected", "confirmed")


def test_a_reviewed_ticket_leaves_the_queue(pages, asked):
    first, second = asked
    case = pages.ticket(first)
    fields = {"issues": ["delivery"], "urgency": "2", "verdict_id": case.verdict.id}
    pages.client.post(f"/review/{first}", data={**fields, "then": second})
    case = pages.ticket(first)
    assert (case.issues, case.ticket.urgency, case.ticket.review) == (("delivery",), 2, False)
    assert "第 1 / 1 张" in pages.get("/review")


def test_a_text_that_no_machine_could_judge_is_judged_in_the_review(pages):
    dots = pages.open("。。。", "dots")
    verdict = pages.ticket(dots).verdict.id
    fields = {"issues": ["delivery"], "urgency": "2", "sentiment": "2", "verdict_id": verdict}
    pages.client.post(f"/review/{dots}", data=fields)
    case = pages.ticket(dots)
    assert (case.issues, case.ticket.urgency, case.ticket.review) == (("delivery",), 2, False)


def test_an_empty_review_says_so(pages):
    assert "没有要复核的工单" in pages.get("/review")
    assert "都看完了" in pages.get("/review?done=1")


def test_a_wrong_value_in_a_review_is_refused(pages, ticket):
    reply = pages.client.post(f"/review/{ticket}", data={"urgency": "9"})
    assert reply.status_code == 422
    assert "没有办成" in reply.text


# Rules, tasks, customers


def test_every_rule_is_told_in_words_with_its_hits(pages, ticket):
    text = pages.get("/rules")
    rules = pages.desk.books.rules.rules
    for rule in rules:
        assert f'id="rule-{rule.name}"' in text
    used = re.search(r'id="rule-delivery">.*?</li>', text, re.DOTALL).group()
    assert re.search(r"<strong>1</strong>", used)
    never = re.search(r'idle" id="rule-danger">.*?</li>', text, re.DOTALL).group()
    assert "没用过" in never
    assert "进质量队列" in never


def test_the_rules_stand_in_the_order_they_are_asked(pages):
    order = re.findall(r'id="rule-(\w+)"', pages.get("/rules"))
    assert order == [rule.name for rule in pages.desk.books.rules.rules]


def test_every_clock_names_the_source_of_its_figure_and_calendars_their_end(pages):
    text = pages.words("/rules")
    books = pages.desk.books.clocks
    for policy in books.policies.values():
        assert all(" ".join(target.source.split()) in text for target in policy.targets.values())
    assert books.valid_until.isoformat() in text


def test_a_broken_promise_stands_among_the_tasks(pages, ticket):
    pages.do(ticket, "reply", text="24小时内给您回电")
    pages.desk.now = lambda: datetime.now(UTC) + timedelta(days=3)
    pages.desk.do(Look("system", ticket_id=ticket))
    broken = pages.get("/tasks").partition('id="broken"')[2]
    assert "24小时内给您回电" in broken


def test_the_file_of_a_customer_has_the_tickets_and_their_issues(pages, ticket):
    text = pages.words("/customers/c-1")
    assert "王女士" in text and "物流配送 1 次" in text
    assert pages.ticket(ticket).customer.phone_hash not in pages.get("/customers/c-1")
    assert f"/tickets/{ticket}" in pages.get("/customers/c-1")


# People


def test_whoever_is_not_known_is_sent_to_log_in_and_back(pages, ticket):
    pages.key(Role.ADMIN)
    reply = pages.client.get("/inbox?queue=delivery", follow_redirects=False)
    assert reply.status_code == 303
    assert reply.headers["location"] == "/login?next=%2Finbox%3Fqueue%3Ddelivery"
    assert 'value="/inbox?queue=delivery"' in pages.get(reply.headers["location"])


def test_htmx_is_told_to_go_to_the_login_page(pages, ticket):
    pages.key()
    reply = pages.client.get("/inbox", headers={"HX-Request": "true"})
    assert (reply.status_code, reply.headers["HX-Redirect"]) == (204, "/login?next=%2Finbox")


def test_a_form_of_a_lost_session_leads_to_the_login(pages, ticket):
    pages.key()
    assert pages.do(ticket, "close").headers["location"] == "/login?next=%2F"
    assert pages.ticket(ticket).ticket.status == "open"


def test_the_session_is_a_cookie_that_scripts_and_other_sites_cannot_use(pages):
    cookie = pages.log_in(Role.AGENT).headers["set-cookie"]
    assert cookie.startswith("fenzhen_session=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert "Secure" not in cookie
    assert "agent-person · 客服" in pages.words("/inbox")


def test_over_https_the_cookie_is_never_sent_in_the_clear(pages):
    fields = {"key": pages.key(Role.AGENT)}
    reply = pages.client.post("https://testserver/login", data=fields, follow_redirects=False)
    assert "Secure" in reply.headers["set-cookie"]


@pytest.mark.parametrize("key", ["", "fz_abcdefgh_" + "x" * 43, "nonsense"])
def test_a_wrong_key_gets_no_session(pages, key):
    pages.key()
    reply = pages.client.post("/login", data={"key": key})
    assert reply.status_code == 401
    assert "密钥不对" in reply.text
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\nb"]
)
def test_the_login_leads_to_no_other_site(pages, address):
    fields = {"key": pages.key(), "next": address}
    reply = pages.client.post("/login", data=fields, follow_redirects=False)
    assert reply.headers["location"] == "/"


def test_another_site_cannot_log_somebody_in(pages):
    headers = {"origin": "https://evil.example"}
    assert (
        pages.client.post("/login", data={"key": pages.key()}, headers=headers).status_code == 403
    )


def test_logging_out_ends_the_session(pages, ticket):
    pages.log_in(Role.AGENT)
    pages.get("/inbox")
    reply = pages.client.post("/logout", follow_redirects=False)
    assert reply.headers["location"] == "/login"
    assert pages.client.get("/inbox", follow_redirects=False).status_code == 303


def test_a_reader_sees_masked_data_and_no_forms(pages, ticket):
    pages.log_in(Role.READER)
    text = page_of(pages, ticket)
    assert "13800001234" not in text and "138******34" in text
    assert 'method="post" action="/tickets' not in text
    assert "disabled" in pages.get("/review") or "没有要复核" in pages.get("/review")
    reply = pages.do(ticket, "close", 403)
    assert "没有办成" in reply.text


def test_an_agent_sees_the_data_and_the_forms(pages, ticket):
    pages.log_in(Role.AGENT)
    text = page_of(pages, ticket)
    assert "13800001234" in text
    assert f'action="/tickets/{ticket}/reply"' in text
