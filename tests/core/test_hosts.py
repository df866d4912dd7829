"""Which host an address leads to, and whether that is this machine."""

import pytest

from deliver_to_po.core.hosts import host_of, is_loopback

THIS_MACHINE = (
    *("127.0.0.1", "127.0.0.1.", "127.8.9.10", "127.1", "0x7f.1", "0X7F.0.0.1", "0177.0.0.1", "2130706433"),
    *("0x7f000001", "0", "::1", "0:0:0:0:0:0:0:1", "::", "::ffff:127.0.0.1", "::FFFF:7f00:1", "localhost"),
    *("localhost.", "LOCALHOST", "canada-post.localhost", "Canada-Post.LocalHost.", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"),
)
ELSEWHERE = (
    *(None, "", "soa-gw.canadapost.ca", "localhost.example", "notlocalhost", "127.0.0.1.example", "128.0.0.1"),
    *("10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1", "127.0.0.1 example", "1.2.3.4.5"),
)


def test_this_machine_is_known_in_every_spelling() -> None:
    assert [host for host in THIS_MACHINE if not is_loopback(host)] == []
    in_urls = [f"[{host}]" if ":" in host else host for host in THIS_MACHINE]
    assert [host for host in in_urls if not is_loopback(host_of(f"http://{host}:8899/path"))] == []
    assert [host for host in in_urls if not is_loopback(host_of(f"http://soa-gw.canadapost.ca:word@{host}/"))] == []


def test_another_host_is_not_this_machine() -> None:
    assert [host for host in ELSEWHERE if is_loopback(host)] == []


@pytest.mark.parametrize(
    "url",
    [
        "https://soa-gw.canadapost.ca",
        "https://soa-gw.canadapost.ca./rs",
        "HTTPS://SOA-GW.CanadaPost.CA:443",
        "https://user:word@soa-gw.canadapost.ca",
        "https://127.0.0.1@soa-gw.canadapost.ca",
        "https://ｓｏａ-gw。canadapost．ca",
    ],
)
def test_a_host_has_one_spelling(url: str) -> None:
    assert host_of(url) == "soa-gw.canadapost.ca"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.1:8899", "127.0.0.1"),
        ("http://[::ffff:127.0.0.1]:8899", "127.0.0.1"),
        ("http://[2001:DB8:0::1]/", "2001:db8::1"),
        (f"https://{'a' * 70}.example", f"{'a' * 70}.example"),
    ],
)
def test_an_ip_address_has_one_spelling_and_an_odd_name_stays(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost",
        "https://",
        "https://[::1",
        "https://soa-gw.canadapost.ca\\@127.0.0.1/",
        "https://127.0.0.1 @soa-gw.canadapost.ca/",
        "https://127.0.0.1\n.example/",
    ],
)
def test_an_address_that_can_be_read_in_two_ways_has_no_host(url: str) -> None:
    assert host_of(url) == ""
