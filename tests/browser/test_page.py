"""The page in a real headless Chromium: ask a question, press a button, keyboard only, reload."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.running import RunningBot

pytestmark = [pytest.mark.bot, pytest.mark.browser]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. On a machine without it these tests are skipped; in CI that is a failure."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, bot: RunningBot) -> Iterator[Page]:
    """The chat page in a new, empty browser context."""
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    opened.goto(f"{bot.address}/chat/")
    expect(opened.locator(".message.bot").first).to_contain_text("maskin")
    yield opened
    context.close()


def test_ask_a_question_and_press_a_button(page: Page) -> None:
    page.locator("#message").fill("Hva er tynn samskaping?")
    page.locator("#send").click()
    answer = page.locator(".message.bot").last
    expect(answer).to_contain_text("Hva er forskjellen på tynn og tykk samskaping?")
    answer.locator(".sources summary").click()
    expect(answer.locator(".sources")).to_contain_text("Appendiks 1: Forberedelsesfasen")
    page.get_by_role("button", name="SAMSON-modellen").click()
    expect(page.locator(".message.person").last).to_contain_text("SAMSON-modellen")
    expect(page.locator(".message.bot").last).to_contain_text("SAMSON")


def test_walk_by_keyboard_alone_and_keep_it_over_a_reload(page: Page) -> None:
    page.locator("#message").focus()
    page.keyboard.type("start forberedelsen")
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot").last).to_contain_text("Steg 1 av 8")
    page.get_by_role("button", name="Ferdig").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot").last).to_contain_text("Steg 2 av 8")
    expect(page.locator("#progress")).to_contain_text("1 av 8")
    expect(page.locator("#message")).to_be_focused()
    page.reload()
    expect(page.locator(".message.bot").last).to_contain_text("Steg 2 av 8")
    page.locator("#message").fill("hvilken fase er vi i?")
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot").last).to_contain_text("fase 1 av 3")


def test_it_is_announced_and_named(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("textbox")).to_have_accessible_name("Skriv til guiden")
    expect(page.get_by_role("main")).to_be_visible()


def test_markup_is_shown_as_text(page: Page) -> None:
    page.locator("#message").fill("<img src=x onerror=document.title='broken'>")
    page.locator("#send").click()
    expect(page.locator(".message.person").last).to_contain_text("<img src=x")
    expect(page.locator(".message.bot")).to_have_count(2)
    assert page.title() != "broken"


def test_nothing_is_asked_of_another_host(browser: Browser, bot: RunningBot) -> None:
    context = browser.new_context()
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(f"{bot.address}/chat/")
    expect(opened.locator(".message.bot").first).to_contain_text("maskin")
    context.close()
    assert asked
    assert all(url.startswith(bot.address) for url in asked)


def test_the_page_is_small() -> None:
    import gzip

    folder = Path(__file__).parents[2] / "web"
    size = sum(len(gzip.compress(path.read_bytes())) for path in folder.iterdir())
    assert size <= 40 * 1024
