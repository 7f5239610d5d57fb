"""SIGHUP, or a change of the file, reloads it; an invalid file changes nothing.

`POSTERN_RELOAD_SECONDS` lengthens the test under load; `scripts/reload-load` makes it a minute."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import replies
from address import loopback
from backends import hold
from configuration import integration, rendered
from postern import Gateway
from reloading import Served, await_that

LOAD_SECONDS = float(os.environ.get("POSTERN_RELOAD_SECONDS", 3))


@pytest.fixture
def served(gateway):
    return lambda sections, **options: Served(gateway, sections, **options)


def in_place(path: Path, text: str):
    path.write_text(text)


def in_place_twice(path: Path, text: str):
    path.write_text("[bot a]\nname = half\n")
    time.sleep(0.02)
    path.write_text(text)


def slowly(path: Path, text: str):
    """Half of it is a valid file, too."""
    with path.open("w") as file:
        file.write("[bot half]\n")
        file.flush()
        time.sleep(0.4)
        file.seek(0)
        file.write(text)


def by_rename(path: Path, text: str):
    other = path.with_name("new")
    other.write_text(text)
    other.rename(path)


def moved_away(path: Path, text: str):
    """As vim saves with `backupcopy=no`."""
    path.rename(path.with_name("backup~"))
    time.sleep(0.02)
    path.write_text(text)
    path.with_name("backup~").unlink()


def by_link(path: Path, text: str):
    other = path.with_name("other")
    other.write_text(text)
    path.unlink()
    path.hardlink_to(other)


SAVES = [in_place, in_place_twice, slowly, by_rename, moved_away, by_link]


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_a_saved_file_is_put_in_force(served, save):
    served = served({"bot a": {"name": "Old"}})
    assert served.client.message(bot="b").status == 404
    save(served.file, served.text(bot_b={}))
    served.await_reload()
    assert served.client.message(bot="b").status == 200
    assert served.client.message(bot="half").status == 404
    assert "half" not in served.running.log
    # The file is still watched, in whatever way it was saved.
    save(served.file, served.text(bot_c={}))
    await_that(lambda: served.client.message(bot="c").status == 200, served)
    assert served.client.message(bot="b").status == 404


def test_a_write_through_another_name_is_noticed(served, tmp_path):
    """As of a file that is mounted into a container, and edited outside of it."""
    served = served({"bot a": {}})
    (tmp_path / "outside").mkdir()
    outside = tmp_path / "outside" / "postern.conf"
    outside.hardlink_to(served.file)
    for number in [1, 2]:
        outside.write_text(served.text(**{f"bot_b{number}": {}}))
        served.await_reload(number)
        assert served.client.message(bot=f"b{number}").status == 200
    # After a replacement the new file is watched, and the other name leads to the old one.
    by_rename(served.file, served.text(bot_c={}))
    served.await_reload(3)
    outside.write_text(served.text(bot_d={}))
    in_place(served.file, served.text(bot_e={}))
    served.await_reload(4)
    assert served.client.message(bot="e").status == 200
    assert served.client.message(bot="d").status == 404


def test_a_signal_reloads_at_once_and_resolves_references_again(served, backend, tmp_path):
    server = backend(replies.custom("Hi."))
    (tmp_path / "key").write_text("first-secret\n")
    header = {"header.Authorization": f"Bearer ${{file:{tmp_path}/key}}"}
    served = served({"integration gpt": integration(server.url, **header)})
    assert served.client.message().status == 200
    (tmp_path / "key").write_text("second-secret\n")
    served.hang_up()
    served.await_reload()
    assert served.client.message().status == 200
    sent = [request.field("authorization") for request in server.requests]
    assert sent == ["Bearer first-secret", "Bearer second-secret"]
    assert "secret" not in served.running.log


def test_links_may_lead_elsewhere(binary, gateway, served, tmp_path):
    """As Kubernetes updates a volume: postern.conf → ..data/postern.conf, ..data → a folder."""
    served = served({"bot a": {}})
    volume = tmp_path / "volume"
    volume.mkdir()
    target = served.file.with_name("renamed.conf")

    def publish(name, text):
        (volume / name).mkdir()
        (volume / name / "postern.conf").write_text(text)
        (volume / "..new").symlink_to(name)
        (volume / "..new").rename(volume / "..data")

    publish("..1", served.text())
    (volume / "postern.conf").symlink_to("..data/postern.conf")
    target.symlink_to(volume / "postern.conf")
    target.rename(served.file)
    served.await_reload()
    for number in [2, 3]:
        publish(f"..{number}", served.text(**{f"bot_b{number}": {}}))
        served.await_reload(number)
        assert served.client.message(bot=f"b{number}").status == 200
    (volume / "..3" / "postern.conf").write_text(served.text(bot_inside={}))
    served.await_reload(4)
    assert served.client.message(bot="inside").status == 200


@pytest.mark.parametrize("way", ["signal", "change"])
def test_an_invalid_file_changes_nothing_and_is_shown(served, way):
    served = served({"bot a": {}})
    assert served.readiness() == (200, {"status": "ready"})
    served.file.write_text("[bot b]\nwindwo = 3\n[log]\nlevel = loud\n")
    if way == "signal":
        served.hang_up()
    line = served.running.await_log(f"{served.file}:2: unknown key 'windwo'")
    assert " error configuration_invalid " in line
    served.running.await_log(f"{served.file}:4: level: ")
    status, shown = served.readiness()
    assert (status, shown["status"]) == (200, "ready")
    assert [reason.split(" ")[0] for reason in shown["reasons"]] == [
        f"{served.file}:2:",
        f"{served.file}:4:",
    ]
    assert served.client.message(bot="a").status == 200
    assert served.client.message(bot="b").status == 404
    served.file.write_text(served.text(bot_c={}))
    served.await_reload()
    assert served.readiness() == (200, {"status": "ready"})
    assert served.client.message(bot="c").status == 200


@pytest.mark.parametrize("text", ["", "\n", " \t\r\n\n", "# [bot a]\n"])
@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_file_that_has_become_empty_changes_nothing(served, text, hangs_up):
    """Its keys would be gone with the rest: every program of the host could do everything."""
    served = served({"bot a": {}})
    served.file.write_text(text)
    for _ in range(2):
        if hangs_up:
            served.hang_up()
        served.running.await_log("the file has no settings any more")
    status, shown = served.readiness()
    assert status == 200
    assert shown["reasons"][0].startswith(f"{served.file}:1: ")
    assert served.client.message(bot="a").status == 200
    refused = served.client.post("/v1/bots", {"id": "c"})
    assert (refused.status, refused.error["code"]) == (409, "configuration_invalid")
    assert served.file.read_text() == text.replace("\r", "")
    served.file.write_text(served.text(bot_b={}))
    served.await_reload()
    assert served.readiness() == (200, {"status": "ready"})


def test_a_restart_that_is_needed_is_shown(served):
    served = served({"bot a": {}})
    served.file.write_text(served.text(context={"memory": "8M"}, server={"socket_mode": "0600"}))
    served.await_reload()
    reasons = ["after a restart only: [server] socket_mode, [context] memory"]
    assert served.readiness() == (200, {"status": "ready", "reasons": reasons})
    assert "postern_configuration_valid 1" in served.client.get("/metrics").body.decode()
    served.file.write_text(served.text())
    served.await_reload(2)
    assert served.readiness() == (200, {"status": "ready"})


def test_the_status_has_the_context_that_is_in_use(served, tmp_path):
    ring = str(tmp_path / "ring")
    served = served({"bot a": {}, "context": {"file": ring, "sync": "always"}})
    served.file.write_text(served.text(context={"file": f"{ring}.other", "sync": "never"}))
    served.await_reload()
    status = served.client.get("/v1/status").data
    assert status["reasons"] == ["after a restart only: [context] file, [context] sync"]
    assert (status["context"]["file"], status["context"]["sync"]) == (ring, "always")


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_file_that_is_gone_changes_nothing(served, hangs_up):
    served = served({"bot a": {}})
    served.file.unlink()
    if hangs_up:
        served.hang_up()
    served.running.await_log(f"{served.file}: No such file or directory")
    assert served.client.message(bot="a").status == 200
    assert served.readiness()[1]["reasons"]
    served.file.write_text(served.text(bot_b={}))
    served.await_reload()
    assert served.client.message(bot="b").status == 200


def test_a_folder_may_be_replaced(served, gateway, binary, tmp_path):
    served = served({"bot a": {}})
    folder = served.file.with_name("folder")
    folder.mkdir()
    (folder / "conf").write_text(served.text())
    link = served.file.with_name("link")
    link.symlink_to(folder / "conf")
    link.rename(served.file)
    served.await_reload()
    folder.rename(folder.with_name("old"))
    time.sleep(0.2)
    folder.mkdir()
    (folder / "conf").write_text(served.text(bot_b={}))
    await_that(lambda: served.client.message(bot="b").status == 200, served)


def test_what_is_in_flight_ends_under_the_old_configuration(served, backend):
    released = threading.Event()
    old = backend([hold(released), *replies.failure("500 Internal Server Error")])
    spare = backend(replies.custom("From the old spare."))
    new = backend(replies.custom("New."))
    served = served(
        {
            "bot a": {"error_message": "Old."},
            "integration one": integration(old.url, bot="a"),
            "integration spare": integration(spare.url, bot="a", fallback=True),
        }
    )
    with ThreadPoolExecutor() as pool:
        first = pool.submit(served.client.message, bot="a", conversation_id="c")
        old.await_requests(1)
        waiting = pool.submit(served.client.message, bot="a", conversation_id="c")
        time.sleep(0.2)
        sections = {
            "server": served.sections["server"],
            "bot a": {"error_message": "New."},
            "integration one": integration(new.url, bot="a"),
        }
        served.file.write_text(rendered(sections))
        served.await_reload()
        assert served.client.message(bot="a").data["content"] == "New."
        released.set()
        assert first.result().data["content"] == "From the old spare."
        assert waiting.result().status == 200
    assert len(new.requests) == 1


def test_keys_limits_and_the_log_are_exchanged(served, backend):
    served = served({"limits": {"in_flight": 5}, "log": {"level": "warning"}})
    assert served.client.message().status == 200
    text = served.text(
        key_web={"secret": "a-new-secret"},
        limits={"per_user": "1/h"},
        server={"max_body": 200},
        log={"level": "info", "format": "json"},
    )
    served.file.write_text(text)
    served.running.await_log('"event":"configuration_reloaded"')
    assert served.client.message().status == 401
    client = served.running.client("a-new-secret")
    assert client.message(user={"id": "u"}).status == 200
    assert client.message(user={"id": "u"}).status == 429
    assert client.message("x" * 200).status == 413
    # The messages of a user still count, until the rate is changed.
    for count, rate, statuses in [(2, "1/h", [429]), (3, "2/h", [200, 200, 429])]:
        served.file.write_text(text.replace("1/h", rate))
        await_that(lambda n=count: served.running.log.count("configuration_reloaded") == n, served)
        assert [client.message(user={"id": "u"}).status for _ in statuses] == statuses
    assert "a-new-secret" not in served.running.log


def test_what_needs_a_restart_is_named(served):
    served = served({"context": {"memory": "1M"}})
    served.file.write_text(
        served.text(
            server={"listen": "127.0.0.1:1", "max_connections": 5}, context={"memory": "2M"}
        )
    )
    line = served.running.await_log(" restart_needed ")
    assert 'settings="[server] listen, [context] memory"' in line
    assert served.client.message().status == 200
    served.file.write_text(served.text())
    served.await_reload(2)
    time.sleep(0.1)
    assert served.running.log.count("restart_needed") == 1


def test_a_breaker_stays_open_and_connections_stay(served, backend):
    server = backend(replies.failure("500 Internal Server Error"))
    other = backend(replies.custom("Hi."))
    dead = integration(server.url, bot="a", breaker="1/1h")
    served = served(
        {
            "bot a": {},
            "bot b": {},
            "integration dead": dead,
            "integration other": integration(other.url, bot="b"),
        }
    )
    assert served.client.message(bot="a").status == 502
    assert served.client.message(bot="b").status == 200
    served.file.write_text(served.text(bot_c={}))
    served.await_reload()
    assert served.client.message(bot="a").json["attempts"][0]["outcome"] == "breaker_open"
    assert served.client.message(bot="b").status == 200
    assert len(server.requests) == 1
    assert len(other.connections) == 1
    # Another backend under the same name is a new integration.
    served.file.write_text(served.text(integration_dead={"webhook_url": other.url}))
    served.await_reload(2)
    assert served.client.message(bot="a").status == 200


def test_standard_input_cannot_be_read_again(binary, tmp_path):
    address = loopback()
    (tmp_path / "conf").write_text(f"[server]\nlisten = {address}\n")
    command = ["sh", "-c", f"exec {binary} run -c - < {tmp_path}/conf"]
    running = Gateway(command, [address], tmp_path / "log").await_readiness()
    running.signal(signal.SIGHUP)
    assert "<stdin>" in running.await_log("not_reloaded")
    running.stop()


@pytest.mark.timing
def test_reloading_under_load(served, backend):
    """Every 100 ms: no request fails, nothing is lost, no memory is taken."""
    server = backend(replies.custom("Hi."))
    served = served(
        {
            "server": {"max_connections_per_ip": 0},
            "log": {"level": "warning"},
            "bot a": {},
            "integration gpt": integration(server.url, bot="a"),
        }
    )
    statuses, stop = [], threading.Event()

    def ask(number):
        request = served.client.message_request(bot="a", conversation_id=f"c{number}")
        with served.client.open() as connection:
            while not stop.is_set():
                connection.send(request)
                statuses.append(connection.read_response().status)

    def reload_for(seconds):
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            extra = {f"bot_x{number}": {} for number in range(count % 5)}
            by_rename(served.file, served.text(**extra))
            count += 1
            served.hang_up()
            time.sleep(0.1)
        return count

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask, number) for number in range(4)]
        reload_for(LOAD_SECONDS / 2)
        before = served.running.resident_kilobytes()
        reload_for(LOAD_SECONDS)
        after = served.running.resident_kilobytes()
        stop.set()
        for future in asking:
            future.result()
    print(f"{len(statuses)} messages, RSS {before} kB, then {after} kB")
    assert len(statuses) > 100
    assert set(statuses) == {200}
    assert after - before < 600


def test_limits_on_connections_are_exchanged(served):
    served = served({"bot a": {}})
    served.file.write_text(
        served.text(
            server={"max_connections_per_ip": 2, "idle_timeout": "1s", "request_timeout": "1s"}
        )
    )
    served.await_reload()
    with served.client.open() as idle, served.client.open() as dawdler:
        idle.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.read_response("GET").status == 200
        dawdler.send(b"GET /healthz HTTP/1.1\r\n")
        with served.client.open() as third:
            assert third.read_response("GET").status == 503
        assert idle.is_closed_within(4)
        assert dawdler.is_closed_within(4)


def test_of_very_many_errors_the_first_are_told(served):
    served = served({"bot a": {}})
    served.file.write_text("[bot b]\n" + "oops = 1\n" * 5000)
    served.running.await_log(f"{served.file}: and 4950 more errors")
    reasons = served.readiness()[1]["reasons"]
    assert len(reasons) == 51
    assert reasons[0].startswith(f"{served.file}:2: ")
