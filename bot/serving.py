"""Starts the whole bot, action server and Rasa, and stops all that it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.errors import GuideError
from bot.settings import ROOT, Settings

START_SECONDS = 180
STOP_SECONDS = 10
_LOG_LINES = 15


@dataclass
class Server:
    """A started process.

    Attributes:
        name: for messages.
        process: its handle; it leads a process group of its own.
        ready_url: answers 200 when it is ready.
        log: file with what it prints.
    """

    name: str
    process: subprocess.Popen[bytes]
    ready_url: str
    log: Path


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment for the processes: these settings, quiet, without telemetry, without a GPU."""
    extra = settings.environment() | {
        "SAMSKAP_ACTION_URL": f"http://127.0.0.1:{settings.action_port}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **extra}


def check_ports(settings: Settings) -> None:
    """Make sure that both ports are free.

    Raises:
        GuideError: one is taken.
    """
    ports = ((settings.host, settings.port, "SAMSKAP_PORT"), ("127.0.0.1", settings.action_port, "SAMSKAP_ACTION_PORT"))
    for host, port, name in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise GuideError(
                    f"Port {port} on {host} is taken.", f"Stop what uses it, or set {name} to another port."
                ) from error


@contextmanager
def started(settings: Settings, model: Path) -> Iterator[list[Server]]:
    """Start both processes, wait until they answer, and stop them at the end, however it comes.

    Raises:
        GuideError: a port is taken, or a process did not get ready.
    """
    check_ports(settings)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Whatever ends this process must end what it started; a shell's background job even ignores Ctrl-C.
        signal.signal(number, signal.default_int_handler)
    settings.data.mkdir(parents=True, exist_ok=True)
    env = environment(settings)
    rasa = [
        sys.executable,
        "-m",
        "rasa",
        "run",
        "--model",
        str(model),
        "--endpoints",
        "endpoints.yml",
        "--credentials",
        "credentials.yml",
        "-i",
        settings.host,
        "-p",
        str(settings.port),
    ]
    actions = [sys.executable, "-m", "actions", str(settings.action_port)]
    servers: list[Server] = []
    try:
        for name, command, url in (
            ("action server", actions, f"http://127.0.0.1:{settings.action_port}/health"),
            ("dialogue", rasa, f"http://{settings.host}:{settings.port}/chat/"),
        ):
            servers.append(_start(name, command, url, env, settings.data / f"{name.replace(' ', '-')}.log"))
        for server in servers:
            _wait_until_ready(server)
        yield servers
    finally:
        stop(servers)


def watch(servers: list[Server]) -> None:
    """Wait until a process ends by itself.

    Raises:
        GuideError: one has ended.
    """
    while True:
        for server in servers:
            if server.process.poll() is not None:
                raise GuideError(f"The {server.name} has stopped.", f"Read {server.log}.\n{_tail(server.log)}")
        time.sleep(0.5)


def stop(servers: list[Server]) -> None:
    """End the processes and whatever they started, gently first."""
    for server in servers:
        _signal_group(server.process, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for server in servers:
        try:
            server.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal_group(server.process, signal.SIGKILL)
            server.process.wait()
        # A child that did not listen to the gentle word must not outlive its leader.
        _signal_group(server.process, signal.SIGKILL)


def _start(name: str, command: list[str], url: str, env: Mapping[str, str], log: Path) -> Server:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(env),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    return Server(name, process, url, log)


def _wait_until_ready(server: Server) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise GuideError(f"The {server.name} did not start.", f"Read {server.log}.\n{_tail(server.log)}")
        with suppress(httpx.HTTPError):
            if httpx.get(server.ready_url, timeout=5, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise GuideError(f"The {server.name} was not ready within {START_SECONDS} seconds.", f"Read {server.log}.")


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])
