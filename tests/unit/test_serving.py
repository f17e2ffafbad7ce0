"""Tests of bot.serving. The processes are small shells; a named pipe tells when the last of a group is gone."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import serving
from bot.errors import GuideError
from bot.serving import Server, check_ports, environment, started, stop, watch
from bot.settings import ROOT, Settings

URL = "http://127.0.0.1:1/health"
PATIENCE = 20


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(environment: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Settings with free ports and a data folder that does not exist yet."""
    return Settings(port=free_port(), action_port=free_port(), data_dir=tmp_path / "data")


class Pipe:
    """A named pipe that processes hold open: it ends when the last of them is gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read(self) -> bytes:
        """Return what was written next, nothing when all writers are gone."""
        ready, _, _ = select.select([self._end], [], [], PATIENCE)
        assert ready, "the process is still there"
        return os.read(self._end, 100)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._end)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    """A pipe for one test."""
    pipe = Pipe(tmp_path / "pipe")
    yield pipe
    pipe.close()


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """The processes that a test starts; none outlives it."""
    servers: list[Server] = []
    yield servers
    for server in servers:
        try:
            os.killpg(server.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        server.process.wait()


def shell(script: str, log: Path, name: str = "action server") -> Server:
    """Start a shell as the bot starts its processes."""
    return serving._start(name, ["sh", "-c", script], URL, os.environ, log)


def test_free_ports_are_fine(settings: Settings) -> None:
    check_ports(settings)


@pytest.mark.parametrize(("name", "setting"), [("port", "SAMSKAP_PORT"), ("action_port", "SAMSKAP_ACTION_PORT")])
def test_a_taken_port_is_one_sentence_that_names_the_setting(settings: Settings, name: str, setting: str) -> None:
    port = getattr(settings, name)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        with pytest.raises(GuideError) as error:
            check_ports(settings)

    assert error.value.what == f"Port {port} on 127.0.0.1 is taken."
    assert error.value.remedy == f"Stop what uses it, or set {setting} to another port."


def test_the_environment_carries_the_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSKAP_PORT", "1")
    monkeypatch.setenv("LANG", "nb_NO.UTF-8")

    found = environment(settings)

    assert {name: value for name, value in found.items() if name.startswith("SAMSKAP_")} == {
        **settings.environment(),
        "SAMSKAP_ACTION_URL": f"http://127.0.0.1:{settings.action_port}/webhook",
    }
    assert found["SAMSKAP_PORT"] == str(settings.port)
    assert found["LANG"] == "nb_NO.UTF-8"


def test_the_environment_is_quiet_without_telemetry_and_without_a_gpu(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")

    found = environment(settings)

    assert found["RASA_TELEMETRY_ENABLED"] == "false"
    assert found["CUDA_VISIBLE_DEVICES"] == ""
    assert found["PYTHONPATH"] == str(ROOT)


def test_stopping_ends_a_process_and_its_children(tmp_path: Path, pipe: Pipe, servers: list[Server]) -> None:
    # The shell and its child both hold the pipe.
    servers.append(shell(f"exec 3>{pipe.path}; sleep 300 & echo up >&3; wait", tmp_path / "log"))
    assert pipe.read() == b"up\n"

    stop(servers)

    assert pipe.read() == b""
    assert servers[0].process.returncode == -signal.SIGTERM


def test_stopping_kills_what_does_not_end_by_itself(
    tmp_path: Path, pipe: Pipe, servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "STOP_SECONDS", 0)
    servers.append(shell(f"trap '' TERM; exec 3>{pipe.path}; echo up >&3; sleep 300", tmp_path / "log"))
    assert pipe.read() == b"up\n"

    stop(servers)

    assert pipe.read() == b""
    assert servers[0].process.returncode == -signal.SIGKILL


def test_stopping_what_has_ended_already_is_fine(tmp_path: Path, servers: list[Server]) -> None:
    servers.append(shell("exit 3", tmp_path / "log"))
    servers[0].process.wait()

    stop(servers)

    assert servers[0].process.returncode == 3


def test_a_process_that_dies_at_the_start_is_told_with_the_end_of_its_log(
    tmp_path: Path, servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "action-server.log"
    servers.append(shell("for i in $(seq 20); do echo line $i; done; echo boom >&2; exit 1", log))
    servers[0].process.wait()

    with pytest.raises(GuideError) as error:
        serving._wait_until_ready(servers[0])

    assert error.value.what == "The action server did not start."
    assert error.value.remedy.splitlines() == [f"Read {log}.", *(f"line {n}" for n in range(7, 21)), "boom"]


def test_a_process_that_never_answers_is_given_up(
    tmp_path: Path, servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "START_SECONDS", 0)
    servers.append(shell("sleep 300", tmp_path / "log"))

    with pytest.raises(GuideError, match=r"^The action server was not ready within 0 seconds"):
        serving._wait_until_ready(servers[0])


def test_waiting_asks_again_until_the_answer_is_200_and_pauses_between(
    tmp_path: Path, servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[int | Exception] = [httpx.ConnectError("refused"), 503, 200]
    asked: list[tuple[str, bool]] = []
    pauses: list[float] = []

    def get(url: str, timeout: float, trust_env: bool) -> httpx.Response:
        asked.append((url, trust_env))
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    monkeypatch.setattr(serving.httpx, "get", get)
    monkeypatch.setattr(serving.time, "sleep", pauses.append)
    servers.append(shell("sleep 300", tmp_path / "log"))

    serving._wait_until_ready(servers[0])

    # No proxy of the environment stands in between.
    assert asked == [(URL, False)] * 3
    assert len(pauses) == 2


def test_a_process_that_ends_later_is_told(tmp_path: Path, servers: list[Server]) -> None:
    servers.append(shell("sleep 300", tmp_path / "log"))
    servers.append(shell("echo out of memory; exit 9", tmp_path / "dialogue.log", "dialogue"))
    servers[1].process.wait()

    with pytest.raises(GuideError) as error:
        watch(servers)

    assert error.value.what == "The dialogue has stopped."
    assert error.value.remedy == f"Read {tmp_path / 'dialogue.log'}.\nout of memory"


class Starts:
    """Stands in for `_start`: keeps what was to be started and starts shells instead."""

    def __init__(self, servers: list[Server], scripts: dict[str, str]) -> None:
        self.servers = servers
        self.scripts = scripts
        self.calls: list[tuple[str, list[str], str, str, Path]] = []

    def __call__(self, name: str, command: list[str], url: str, env: dict[str, str], log: Path) -> Server:
        """Start a shell under this name."""
        self.calls.append((name, command[2:], url, env["SAMSKAP_PORT"], log))
        with log.open("ab") as output:
            process = subprocess.Popen(
                ["sh", "-c", self.scripts.get(name, "sleep 300")],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.servers.append(Server(name, process, url, log))
        return self.servers[-1]


@pytest.fixture
def starts(servers: list[Server], monkeypatch: pytest.MonkeyPatch) -> Iterator[Starts]:
    """Shells instead of the real processes, which answer at once; the signals are put back after."""
    starts = Starts(servers, {})
    monkeypatch.setattr(serving, "_start", starts)
    monkeypatch.setattr(serving.httpx, "get", lambda url, **options: httpx.Response(200))
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield starts
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)


def test_both_processes_are_started_with_the_settings_and_stopped_at_the_end(
    settings: Settings, starts: Starts, tmp_path: Path
) -> None:
    data = tmp_path / "data"

    with started(settings, Path("model.tar.gz")) as running:
        assert [server.process.poll() for server in running] == [None, None]

    assert [server.process.returncode for server in running] == [-signal.SIGTERM] * 2
    actions, rasa = starts.calls
    port, action_port = str(settings.port), str(settings.action_port)
    assert actions == (
        "action server",
        ["actions", action_port],
        f"http://127.0.0.1:{action_port}/health",
        port,
        data / "action-server.log",
    )
    assert (rasa[0], rasa[2], rasa[3], rasa[4]) == (
        "dialogue",
        f"http://127.0.0.1:{port}/chat/",
        port,
        data / "dialogue.log",
    )
    assert rasa[1][:4] == ["rasa", "run", "--model", "model.tar.gz"]
    assert rasa[1][-4:] == ["-i", "127.0.0.1", "-p", port]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_signal_ends_us_ends_both_processes(settings: Settings, starts: Starts, number: int) -> None:
    with pytest.raises(KeyboardInterrupt), started(settings, Path("model.tar.gz")) as running:
        signal.raise_signal(number)

    assert [server.process.returncode for server in running] == [-signal.SIGTERM] * 2


def test_when_one_process_does_not_start_the_other_is_stopped(
    settings: Settings, starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts.scripts["dialogue"] = "echo no model; exit 1"

    def get(url: str, **options: Any) -> httpx.Response:
        if url.endswith("/health"):
            return httpx.Response(200)
        starts.servers[1].process.wait()
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(serving.httpx, "get", get)

    told = r"The dialogue did not start\. Read .*dialogue\.log\.\nno model$"
    with pytest.raises(GuideError, match=told), started(settings, Path("model.tar.gz")):
        pass

    assert [server.process.returncode for server in starts.servers] == [-signal.SIGTERM, 1]


def test_nothing_is_started_when_a_port_is_taken(settings: Settings, starts: Starts) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.port))
        taken.listen()

        with pytest.raises(GuideError, match="is taken"), started(settings, Path("model.tar.gz")):
            pass

    assert starts.calls == []
