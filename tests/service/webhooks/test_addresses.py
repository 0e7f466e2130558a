import socket

import pytest

from service.webhooks.addresses import (
    AddressError,
    addresses_of,
    check,
    is_public,
    parse,
    port_of,
    system_resolver,
)
from triage import TriageError

PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")


def to(*addresses):
    return lambda host, port: addresses


def unknown(host, port):
    raise socket.gaierror(-2, "Name or service not known")


@pytest.mark.parametrize(
    "address",
    [
        *PUBLIC,
        "1.1.1.1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
        "2400:3200::1",
    ],
)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "168.63.129.16",
        "192.0.0.192",
        "192.88.99.1",
        "192.0.2.1",
        "198.18.0.1",
        "203.0.113.5",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "::8.8.8.8",
        "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "not an address",
        "",
    ],
)
def test_addresses_of_machines_networks_and_groups_are_not(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["10.0.0.5", "::ffff:127.0.0.1", "169.254.169.254"])
def test_one_inner_address_among_public_ones_refuses_the_host(address):
    with pytest.raises(AddressError) as caught:
        check("https://hook.example/", resolve=to(*PUBLIC, address))
    assert isinstance(caught.value, TriageError)
    assert caught.value.code == "address_refused"
    assert address in caught.value.message
    assert "FENZHEN_ALLOW_PRIVATE_WEBHOOKS" in caught.value.remedy


def test_a_host_with_public_addresses_only_is_accepted_with_all_of_them():
    check("https://hook.example/", resolve=to(*PUBLIC))
    assert addresses_of("hook.example", 443, resolve=to(*PUBLIC)) == PUBLIC


def test_inner_addresses_and_plain_http_are_accepted_where_they_are_allowed():
    check("http://desk.local:8080/hook", allow_private=True, resolve=to("10.0.0.5"))


def test_a_host_that_nobody_knows_is_refused():
    with pytest.raises(AddressError, match="cannot be resolved"):
        check("https://nowhere.example/", resolve=unknown)


def test_a_host_without_any_address_is_refused():
    with pytest.raises(AddressError, match="cannot be resolved"):
        check("https://empty.example/", allow_private=True, resolve=to())


@pytest.mark.parametrize(
    "url",
    [
        "https://hook.example/a?b=c#d",
        "https://hook.example:8443/",
        "https://under_score.example/",
        "https://hook.example./",
        "https://例子.测试/钩子",
        "https://team.example/hooks/1234@5678/in",
        "https://1.1.1.1/",
        "https://[2606:2800:220:1::1]/",
        "https://1and1.example/",
        "https://163.com/",
        "HTTPS://Hook.Example",
    ],
)
def test_a_url_of_usual_form_is_accepted(url):
    assert parse(url).scheme == "https"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0X7F.0.0.1",
        "017700000001",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "1.2.3.4.",
        "1.2.3.256",
        "hook.0x1",
        "hook.08",
        "[fe80::1%25eth0]",
        "[::1",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "127%2e0.0.1",
        "a b.example",
        "a..example",
        ".example",
        "",
        "hook.example:0",
        "hook.example:65536",
        "hook.example:port",
        f"{'a' * 64}.example",
        f"{'a.' * 127}example",
    ],
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_a_host_that_readers_read_differently_is_refused_even_where_private_is_allowed(
    host, allow_private
):
    with pytest.raises(AddressError):
        parse(f"https://{host}/", allow_private=allow_private)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::]/",
        "https://127。0。0。1/",
        "https://localhost/",
    ],
)
def test_the_own_machine_is_refused_by_whatever_name(url):
    with pytest.raises(AddressError, match="not a public one"):
        check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:word@hook.example/",
        "https://user@hook.example/",
        "https://@hook.example/",
        "https://hook.example\\@127.0.0.1/",
        "https://hook.example\\.evil.example/",
        "https://a:b@c@hook.example/",
    ],
)
def test_a_url_with_credentials_or_a_backslash_is_refused(url):
    with pytest.raises(AddressError, match="user"):
        parse(url)


@pytest.mark.parametrize(
    "url", ["ftp://hook.example/", "file:///etc/passwd", "gopher://x/", "//hook.example/", "", "x"]
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_only_http_is_spoken(url, allow_private):
    with pytest.raises(AddressError, match="Webhooks are not sent to"):
        parse(url, allow_private=allow_private)


def test_plain_http_is_refused_with_the_setting_that_allows_it():
    with pytest.raises(AddressError) as caught:
        parse("http://hook.example/")
    assert "FENZHEN_ALLOW_PRIVATE_WEBHOOKS" in caught.value.remedy


def test_what_is_no_url_at_all_is_refused():
    with pytest.raises(AddressError, match="Not a URL"):
        parse("https://hook.example/a\nb")


def test_the_port_is_the_one_named_or_that_of_the_scheme():
    assert port_of(parse("https://hook.example:8443/")) == 8443
    assert port_of(parse("https://hook.example/")) == 443
    assert port_of(parse("http://hook.example/", allow_private=True)) == 80


def test_the_resolver_of_the_system_names_each_address_once():
    found = system_resolver("localhost", 80)
    assert "127.0.0.1" in found
    assert len(found) == len(set(found))
