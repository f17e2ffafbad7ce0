"""Who is talking: signed web sessions, signed buttons, keyed hashes.

A person is known by a keyed hash only. The server makes the session; a caller can't choose who it is. A button's
payload is an order to the dialogue, so each is signed for the conversation that it was shown in, and only a payload
with its own signature is obeyed. Whatever else a person types is text.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta, timezone

import jwt

ALGORITHM = "HS256"
SIGNATURE_LENGTH = 16
PERSON_LENGTH = 32
_MARK = "~"
_SIGNED = re.compile(rf"{_MARK}[\w-]{{{SIGNATURE_LENGTH}}}/")


class Identity:
    """Signs and checks with one secret.

    Args:
        secret: of the installation.
        session_hours: until a web session expires.
    """

    def __init__(self, secret: bytes, session_hours: int) -> None:
        self._secret = secret
        self._lifetime = timedelta(hours=session_hours)

    def new_session(self) -> str:
        """Return a token for a new, unknown person."""
        now = datetime.now(timezone.utc)
        claims = {"sid": secrets.token_urlsafe(18), "iat": now, "exp": now + self._lifetime}
        return jwt.encode(claims, self._key("session"), algorithm=ALGORITHM)

    def session_person(self, token: str) -> str | None:
        """Return the person that a session token stands for, None when it is forged, damaged or expired."""
        try:
            claims = jwt.decode(
                token, self._key("session"), algorithms=[ALGORITHM], options={"require": ["exp", "sid"]}
            )
        except (jwt.InvalidTokenError, UnicodeEncodeError):
            # Sanic hands over bytes of a header that are no UTF-8 as lone surrogates.
            return None
        return self.person("web", str(claims["sid"]))

    def person(self, channel: str, name: str) -> str:
        """Return the keyed hash of a person: 32 hexadecimal digits, different for each channel."""
        return self._digest("person", channel, name).hex()[:PERSON_LENGTH]

    def sign(self, payload: str, person: str) -> str:
        """Return a button's payload with a signature that holds in this person's conversation only."""
        return f"{_MARK}{self._signature(payload, person)}{payload}"

    def payload(self, text: str, person: str) -> str | None:
        """Return the payload of a button that this conversation was shown, None for anything else."""
        if not text.startswith(_MARK):
            return None
        signature, payload = text[1 : 1 + SIGNATURE_LENGTH], text[1 + SIGNATURE_LENGTH :]
        expected = self._signature(payload, person)
        return payload if hmac.compare_digest(signature.encode(), expected.encode()) else None

    @staticmethod
    def looks_signed(text: str) -> bool:
        """Say whether a text has the form of a button's payload, whoever signed it."""
        return bool(_SIGNED.match(text))

    def _signature(self, payload: str, person: str) -> str:
        return base64.urlsafe_b64encode(self._digest("button", person, payload)).decode()[:SIGNATURE_LENGTH]

    def _key(self, purpose: str) -> bytes:
        return hmac.new(self._secret, purpose.encode(), hashlib.sha256).digest()

    def _digest(self, purpose: str, *parts: str) -> bytes:
        return hmac.new(self._key(purpose), "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
