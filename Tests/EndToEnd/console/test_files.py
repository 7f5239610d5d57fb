"""The files of the console: what a browser is served, and how."""

import gzip
import re

import pytest

from repository import ROOT

SOURCES = sorted((ROOT / "Console").iterdir())
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data: blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
KEYS = {"key ops": {"secret": "a-key-that-is-long", "scopes": "admin"}, "bot a": {}}


@pytest.fixture(scope="module")
def served(gateways):
    return gateways({"bot a": {}}).client()


def path(file):
    return "/" if file.name == "index.html" else f"/console/{file.name}"


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_each_file_is_served_as_it_is(served, file):
    response = served.get(path(file))
    assert (response.status, response.body) == (200, file.read_bytes())
    assert response.field("Content-Type") == TYPES[file.suffix]
    packed = served.get(path(file), {"Accept-Encoding": "gzip, br"})
    assert packed.field("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.body) == file.read_bytes()
    assert packed.field("ETag") != response.field("ETag")
    for one in (response, packed):
        assert one.field("Vary") == "Accept-Encoding"
        assert one.field("X-Content-Type-Options") == "nosniff"
        assert one.field("Referrer-Policy") == "no-referrer"
        assert one.field("Cache-Control") == "no-cache"
        policy = dict(
            part.split(" ", 1) for part in one.field("Content-Security-Policy").split("; ")
        )
        assert policy == POLICY


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_file_that_the_client_has_is_not_sent_again(served, coding):
    fields = {"Accept-Encoding": coding}
    tag = served.get("/", fields).field("ETag")
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        response = served.get("/", {**fields, "If-None-Match": known})
        assert (response.status, response.body) == (304, b""), known
        assert response.field("ETag") == tag
    for unknown in ('"other"', tag.strip('"'), ""):
        assert served.get("/", {**fields, "If-None-Match": unknown}).status == 200
    # The connection is still good.
    assert served.get("/healthz").status == 200


def test_head_is_answered_without_a_body(served):
    for target in ("/", "/console/main.js"):
        response = served.request("HEAD", target)
        assert (response.status, response.body) == (200, b"")
        assert int(response.field("Content-Length")) > 100


def test_unknown_files_and_other_methods(served):
    for target in ("/console/nosuch.js", "/console/", "/console/..%2Fmain.js", "/console/MAIN.JS"):
        assert served.get(target).status == 404, target
    assert served.get("/console").status == 404
    response = served.post("/", {})
    assert (response.status, response.field("Allow")) == (405, "GET, HEAD")


def test_no_key_is_needed_for_the_files(gateway):
    client = gateway(KEYS).client()
    assert client.get("/").status == 200
    assert client.get("/console/main.js").status == 200
    assert client.get("/v1/status").status == 401


def test_a_page_of_another_name_is_refused_without_keys(served):
    for fields in ({"Host": "evil.example"}, {"X-Forwarded-For": "192.0.2.1"}):
        response = served.get("/", fields)
        assert (response.status, response.error["code"]) == (403, "keys_required")


def test_the_console_can_be_left_out(gateway):
    client = gateway({"server": {"console": "no"}, "bot a": {}}).client()
    unknown = client.get("/nosuch/path").error
    for method, target in (("GET", "/"), ("HEAD", "/"), ("POST", "/"), ("GET", "/console/main.js")):
        response = client.request(method, target)
        assert response.status == 404
        if method != "HEAD":
            assert response.error == unknown
    assert client.get("/healthz").status == 200


def test_all_files_together_are_small(served):
    sizes = [len(served.get(path(file), {"Accept-Encoding": "gzip"}).body) for file in SOURCES]
    assert sum(sizes) <= 60 * 1024


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_nothing_comes_from_elsewhere_and_no_text_becomes_markup(file):
    text = file.read_text()
    addresses = set(re.findall(r"https?://[^\s\"'`)]*", text)) - {"http://www.w3.org/2000/svg"}
    assert addresses == set()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        " style=",
    ):
        assert word not in text
    assert len(text.splitlines()) <= 250 or file.suffix == ".css"


def test_every_module_is_preloaded_or_imported():
    texts = "".join(file.read_text() for file in SOURCES)
    for file in SOURCES:
        if file.suffix == ".js":
            assert f"/{file.name}" in texts, file.name
