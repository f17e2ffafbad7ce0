"""Tests of bot.channels.identity."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.identity import Identity

SECRET = b"installasjonens lange hemmelighet"
KARI, OLA = "0" * 32, "1" * 32
texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(scope="module")
def identity() -> Identity:
    """An installation's identity."""
    return Identity(SECRET, session_hours=1)


def digest(purpose: bytes, message: bytes) -> str:
    """Return a keyed digest, computed apart from the code."""
    key = hmac.new(SECRET, purpose, hashlib.sha256).digest()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def token(claims: dict[str, Any], secret: bytes = SECRET, purpose: bytes = b"session", algorithm: str = "HS256") -> str:
    """Return a session token with other claims, secret, purpose or algorithm than the code's own."""
    return jwt.encode(claims, hmac.new(secret, purpose, hashlib.sha256).digest(), algorithm=algorithm)


LATER = datetime(2999, 1, 1, tzinfo=timezone.utc)


# Sessions


def test_a_session_stands_for_the_person_of_its_id(identity: Identity) -> None:
    session = identity.new_session()

    sid = jwt.decode(session, options={"verify_signature": False})["sid"]
    assert identity.session_person(session) == digest(b"person", f"web\0{sid}".encode())[:32]


def test_each_session_is_a_person_of_its_own(identity: Identity) -> None:
    assert identity.session_person(identity.new_session()) != identity.session_person(identity.new_session())


def test_a_session_lives_for_so_many_hours() -> None:
    claims = jwt.decode(Identity(SECRET, 36).new_session(), options={"verify_signature": False})

    assert timedelta(seconds=claims["exp"] - claims["iat"]) == timedelta(hours=36)


def test_an_expired_session_is_nobody() -> None:
    assert Identity(SECRET, -1).session_person(Identity(SECRET, -1).new_session()) is None


def test_a_session_with_the_right_key_is_somebody(identity: Identity) -> None:
    """So that the tokens below are refused for what is wrong with them."""
    assert identity.session_person(token({"sid": "s", "exp": LATER})) == identity.person("web", "s")


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda: token({"sid": "s", "exp": LATER}, secret=b"another"), id="another secret"),
        pytest.param(lambda: token({"sid": "s", "exp": LATER}, purpose=b"button"), id="a key for something else"),
        pytest.param(lambda: token({"sid": "s", "exp": LATER}, algorithm="HS512"), id="another algorithm"),
        pytest.param(lambda: jwt.encode({"sid": "s", "exp": LATER}, "", algorithm="none"), id="no algorithm"),
        pytest.param(lambda: jwt.encode({"sid": "s", "exp": LATER}, SECRET), id="the bare secret"),
        pytest.param(lambda: token({"sid": "s"}), id="no end"),
        pytest.param(lambda: token({"exp": LATER}), id="no id"),
        pytest.param(lambda: token({"sid": "s", "exp": LATER})[:-4], id="cut off"),
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: "a.b.c", id="no token"),
        pytest.param(lambda: "blåbær", id="not ASCII"),
        pytest.param(lambda: "\udcff.a.b", id="not UTF-8"),
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_forged_or_damaged_session_is_nobody(identity: Identity, forged: Callable[[], str]) -> None:
    assert identity.session_person(forged()) is None


# People


def test_a_person_is_a_keyed_hash_that_never_changes(identity: Identity) -> None:
    """Were it to change, everybody's journey would be lost."""
    assert identity.person("web", "kari") == digest(b"person", b"web\0kari")[:32]
    assert Identity(b"secret", 1).person("teams", "æ") == "62b335c86d8271a5eb295ca7023d5fb8"


def test_people_differ_by_channel_name_and_installation(identity: Identity) -> None:
    people = {
        identity.person("web", "kari"),
        identity.person("web", "ola"),
        identity.person("rest", "kari"),
        Identity(b"another", 1).person("web", "kari"),
    }

    assert len(people) == 4


def test_a_name_that_is_no_utf8_is_a_person_too(identity: Identity) -> None:
    assert identity.person("rest", "\ud800") == digest(b"person", b"rest\0\xed\xa0\x80")[:32]


# Buttons


@given(payload=texts)
def test_a_payload_signed_for_a_person_is_theirs(identity: Identity, payload: str) -> None:
    assert identity.payload(identity.sign(payload, KARI), KARI) == payload


@given(payload=texts)
def test_a_payload_signed_for_a_person_is_nobody_elses(identity: Identity, payload: str) -> None:
    signed = identity.sign(payload, KARI)

    assert identity.payload(signed, OLA) is None
    assert Identity(b"another", 1).payload(signed, KARI) is None


@given(text=texts)
def test_what_is_not_signed_is_no_payload(identity: Identity, text: str) -> None:
    assert identity.payload(text, KARI) is None
    assert identity.payload("~" + text, KARI) is None


@pytest.mark.parametrize("place", range(len("~" + "s" * 16 + "/mark_done")))
def test_a_signed_payload_with_one_character_changed_is_none(identity: Identity, place: int) -> None:
    signed = identity.sign("/mark_done", KARI)
    changed = signed[:place] + ("A" if signed[place] != "A" else "B") + signed[place + 1 :]

    assert identity.payload(changed, KARI) is None


@pytest.mark.parametrize("text", ["", "~", "~/mark_done", "/mark_done", "~" + "é" * 16 + "/mark_done"])
def test_a_payload_without_its_signature_is_none(identity: Identity, text: str) -> None:
    assert identity.payload(text, KARI) is None


def test_a_signed_payload_is_a_mark_sixteen_characters_and_the_payload(identity: Identity) -> None:
    signed = identity.sign("/mark_done", KARI)

    assert (signed[0], signed[17:]) == ("~", "/mark_done")
