import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook

from service.webhooks.signing import SecretError, SignatureError, new_secret, sign, verify
from triage import TriageError

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BODY = '{"kind": "ticket.created", "text": "等了三天"}'.encode()
# The example of the standard's own libraries.
KNOWN_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KNOWN_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
KNOWN_BODY = b'{"test": 2432232314}'
KNOWN_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def secret_of(size):
    return "whsec_" + base64.b64encode(bytes(range(size))).decode()


@pytest.fixture
def secret():
    return new_secret()


@pytest.fixture
def headers(secret):
    return sign(secret, "msg_1", NOW, BODY)


def test_the_known_message_of_the_standard_gets_its_known_signature():
    at = datetime.fromtimestamp(1614265330, UTC)
    assert sign(KNOWN_SECRET, KNOWN_ID, at, KNOWN_BODY) == {
        "webhook-id": KNOWN_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": KNOWN_SIGNATURE,
    }


def test_a_receiver_with_the_library_of_the_standard_accepts(secret):
    headers = sign(secret, "msg_1", datetime.now(UTC), BODY)
    assert Webhook(secret).verify(BODY, headers) == {"kind": "ticket.created", "text": "等了三天"}


def test_the_time_zone_of_the_timestamp_does_not_matter(secret, headers):
    beijing = NOW.astimezone(timezone(timedelta(hours=8)))
    assert sign(secret, "msg_1", beijing, BODY) == headers


def test_during_a_rotation_each_secret_accepts(secret):
    old = new_secret()
    headers = sign([secret, old], "msg_1", NOW, BODY)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for known in (secret, old, [new_secret(), old]):
        verify(known, headers, BODY, now=NOW)


def test_the_names_of_headers_may_have_any_case(secret, headers):
    verify(secret, {name.title(): value for name, value in headers.items()}, BODY, now=NOW)


def test_without_a_time_given_now_is_now(secret):
    verify(secret, sign(secret, "msg_1", datetime.now(UTC), BODY), BODY)
    with pytest.raises(SignatureError):
        verify(secret, sign(secret, "msg_1", NOW - timedelta(days=2000), BODY), BODY)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_of_difference_are_accepted_and_one_second_more_is_not(
    secret, headers, seconds
):
    verify(secret, headers, BODY, now=NOW + timedelta(seconds=seconds))
    one_more = timedelta(seconds=seconds + (1 if seconds > 0 else -1))
    with pytest.raises(SignatureError, match="timestamp"):
        verify(secret, headers, BODY, now=NOW + one_more)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,***"},
        {"webhook-signature": "v1,签名"},
        {"webhook-id": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-signature": ""},
    ],
)
def test_what_was_changed_under_way_is_refused(secret, headers, change):
    with pytest.raises(SignatureError) as caught:
        verify(secret, headers | change, BODY, now=NOW)
    assert caught.value.code == "bad_signature"
    assert caught.value.remedy


def test_a_signature_of_another_version_does_not_count(secret, headers):
    other = {"webhook-signature": headers["webhook-signature"].replace("v1", "v2")}
    with pytest.raises(SignatureError):
        verify(secret, headers | other, BODY, now=NOW)


def test_what_cannot_be_read_beside_a_good_signature_does_not_spoil_it(secret, headers):
    both = {"webhook-signature": "v1a,x v1,*** " + headers["webhook-signature"]}
    verify(secret, headers | both, BODY, now=NOW)


def test_another_body_or_secret_is_refused(secret, headers):
    with pytest.raises(SignatureError):
        verify(secret, headers, BODY + b" ", now=NOW)
    with pytest.raises(SignatureError):
        verify(new_secret(), headers, BODY, now=NOW)


def test_secrets_are_new_each_time_and_of_32_bytes():
    one, two = new_secret(), new_secret()
    assert one != two
    assert one.startswith("whsec_")
    assert len(base64.b64decode(one.removeprefix("whsec_"))) == 32


@pytest.mark.parametrize("size", [24, 64])
def test_secrets_of_others_may_have_24_to_64_bytes(size):
    assert sign(secret_of(size), "msg_1", NOW, BODY)


@pytest.mark.parametrize(
    "bad", [secret_of(23), secret_of(65), "whsec_", "", "whsec_不是", secret_of(32)[6:]]
)
def test_what_is_no_secret_is_refused_and_not_repeated(bad):
    with pytest.raises(SecretError) as caught:
        sign(bad, "msg_1", NOW, BODY)
    assert isinstance(caught.value, TriageError)
    assert "24 to 64" in caught.value.remedy
    assert len(bad) < 7 or bad not in str(caught.value)


def test_nothing_is_signed_without_a_secret():
    with pytest.raises(SecretError):
        sign([], "msg_1", NOW, BODY)


@pytest.mark.parametrize("bad", ["", "a.b", "a b", "a\r\nx: y", "消息", "a" * 129])
def test_an_id_that_would_make_the_signature_ambiguous_is_refused(secret, bad):
    with pytest.raises(SecretError):
        sign(secret, bad, NOW, BODY)
