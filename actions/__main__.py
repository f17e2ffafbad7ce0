"""Runs the action server on loopback: `python -m actions PORT`."""

from __future__ import annotations

import sys
from asyncio import AbstractEventLoop

from rasa_sdk.endpoint import create_app
from sanic import Sanic

import actions
from bot.knowledge.library import get_library
from bot.storage.database import get_database


def main(port: int) -> None:
    """Serve the actions; knowledge and database are opened first, so that what is wrong shows at the start."""
    app = create_app(actions, cors_origins=[])

    @app.before_server_start
    async def open_everything(app: Sanic, loop: AbstractEventLoop) -> None:
        get_library()
        get_database().connect().close()

    app.run("127.0.0.1", port, workers=1, access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
