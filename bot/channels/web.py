"""The chat page and its API, below /chat/. The server makes the session; the page carries it in a header."""

from __future__ import annotations

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.conversation import Handler, Refusal, converse, start
from bot.channels.http import json_body, refusal_response
from bot.channels.identity import Identity
from bot.settings import ROOT, get_settings

PAGE = ROOT / "web"
SESSION_HEADER = "x-samskap-session"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "chat.js": ("chat.js", "text/javascript; charset=utf-8"),
    "chat.css": ("chat.css", "text/css; charset=utf-8"),
    "texts.json": ("texts.json", "application/json; charset=utf-8"),
}


class WebChannel(InputChannel):
    """Serves the page and talks with it."""

    @classmethod
    def name(cls) -> str:
        """Name of the channel."""
        return "web"

    def url_prefix(self) -> str:
        """Place of the page: an absolute path, so that it does not land below /webhooks."""
        return "/chat"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes: the page's files, POST session, POST message."""
        settings = get_settings()
        identity = Identity(settings.secret_bytes(), settings.session_hours)
        blueprint = Blueprint("web_channel")

        @blueprint.get("/<name:path>")
        async def page(request: Request, name: str) -> HTTPResponse:
            return file_response(name)

        @blueprint.get("/")
        async def index(request: Request) -> HTTPResponse:
            return file_response("")

        @blueprint.post("/session")
        async def session(request: Request) -> HTTPResponse:
            token = identity.new_session()
            person = identity.session_person(token) or ""
            messages = await start(on_new_message, identity, self.name(), person)
            return _json({"session": token, "messages": messages})

        @blueprint.post("/message")
        async def message(request: Request) -> HTTPResponse:
            try:
                person = identity.session_person(request.headers.get(SESSION_HEADER, ""))
                if person is None:
                    raise Refusal(401, "utter_no_session")
                text = json_body(request).get("message", "")
                messages = await converse(on_new_message, identity, self.name(), person, text, settings.max_message)
            except Refusal as refusal:
                return refusal_response(refusal)
            return _json({"messages": messages})

        return blueprint


def file_response(name: str) -> HTTPResponse:
    """Return one of the page's own files; no other file can be reached."""
    if name not in FILES:
        return response.text("404", status=404)
    file, kind = FILES[name]
    return response.raw((PAGE / file).read_bytes(), content_type=kind, headers=HEADERS)


def _json(content: dict[str, object]) -> HTTPResponse:
    return response.json(content, headers={"Cache-Control": "no-store"}, ensure_ascii=False)
