"""What a clinician types is nowhere but in the database and on the page: a canary is driven through every flow."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Response, expect
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.browser.steps import choose_status, fill_sign_in, save, sign_in, sign_out, summary
from tests.clinicians import PASSWORD
from tests.protocol.client import COOKIE, open_tab
from tests.server import Server, running_server

CANARY = "Zephyrine Quillfeather"
NOTES = f"{CANARY} coughs since the regatta"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of its own, whose every trace can be searched."""
    with running_server(EMBEDDED_SUPABASE_DIR=str(tmp_path)) as running:
        yield running


@pytest.fixture
def seen() -> list[str]:
    """The addresses and headers of every answer that the browser got."""
    return []


@pytest.fixture
def page(chromium: Browser, server: Server, seen: list[str]) -> Iterator[Page]:
    context = chromium.new_context(base_url=server.url)
    page = context.new_page()
    page.on("response", lambda answer: seen.append(trace_of(answer)))
    page.goto("/")
    yield page
    context.close()


def trace_of(answer: Response) -> str:
    return f"{answer.url} {answer.headers} {answer.request.headers}"


def test_patient_text_leaves_no_trace(server: Server, page: Page, seen: list[str], tmp_path: Path) -> None:
    ask_for_an_account_and_a_code(page)
    sign_in(page, "ada@demo.example")
    case_id = create_case(page)
    change_case(page)
    find_and_export(page)
    meet_a_conflict(server, page, case_id)
    ask_over_http(server, case_id)
    ask_the_database(server, case_id)
    sign_out(page)
    sign_in(page, "ada@demo.example")
    page.goto(f"/case?case_id={case_id}")
    keep_a_draft(page)
    reference = break_the_server(server, page)

    assert reference in server.output
    assert re.search(r"[0-9a-f]{12} sign-in user=typed-[0-9a-f]{12} .* outcome=SignInRefused", server.output)
    for action, case in [
        ("sign-in", "-"),
        ("sign-out", "-"),
        ("create", case_id),
        ("open", case_id),
        ("save", case_id),
    ]:
        assert re.search(
            rf"[0-9a-f]{{12}} {action} user=[0-9a-f-]{{36}} case={case} from=\S+ outcome=ok \d+ ms", server.output
        )
    logs = server.output + (tmp_path / "server.log").read_text()
    for traces in (logs, "\n".join(seen)):
        assert "Zephyrine" not in traces
        assert "regatta" not in traces
        assert PASSWORD not in traces


def ask_for_an_account_and_a_code(page: Page) -> None:
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="New account")).to_be_visible()
    fill_sign_in(page, "zephyrine@test.example", PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("If this address had no account")).to_be_visible()
    page.get_by_role("button", name="Back to sign in").click()
    page.get_by_role("button", name="Forgot password?").click()
    expect(page.get_by_role("heading", name="New password")).to_be_visible()
    page.get_by_label("Email", exact=True).fill("zephyrine@test.example")
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_text("a code is on its way")).to_be_visible()
    page.get_by_role("button", name="Back to sign in").click()
    expect(page.get_by_role("button", name="Forgot password?")).to_be_visible()
    # Some type their password where the address belongs.
    fill_sign_in(page, PASSWORD, CANARY)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Email or password is not right")).to_be_visible()


def create_case(page: Page) -> int:
    page.get_by_role("button", name="New case").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Patient name").fill(CANARY)
    dialog.get_by_label("Patient age").fill("37")
    dialog.get_by_role("combobox", name="Patient gender").click()
    page.get_by_role("option", name="Female", exact=True).click()
    dialog.get_by_label("Case summary").fill(NOTES)
    dialog.get_by_role("button", name="Create case").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Patient name")).to_have_value(CANARY)
    page.wait_for_url("**/*case_id=*")
    return int(page.url.rpartition("case_id=")[2].partition("&")[0])


def find_and_export(page: Page) -> None:
    page.get_by_label("Search all cases").fill(CANARY)
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    with page.expect_download():
        page.get_by_role("button", name="Export CSV").click()
    page.get_by_role("button", name="Clear (1)").click()
    expect(page.get_by_text("1–1 of 1")).to_have_count(0)


def change_case(page: Page) -> None:
    summary(page).fill(NOTES + ", now less.")
    choose_status(page, "Analyzing")
    save(page)
    expect(page.get_by_text("Saved: Case summary · Status: Pending → Analyzing.")).to_be_visible()
    page.get_by_label("Patient name").fill(CANARY * 20)
    save(page)
    expect(page.get_by_text("Patient name is too long")).to_be_visible()
    page.get_by_label("Patient name").fill(CANARY)


def meet_a_conflict(server: Server, page: Page, case_id: int) -> None:
    case = page.context.new_page()
    case.goto(f"/case?case_id={case_id}")
    summary(case).fill(NOTES + ", in another tab.")
    save(case)
    expect(case.get_by_text("Saved: Case summary.")).to_be_visible()
    case.close()
    summary(page).fill(NOTES + ", in this tab.")
    save(page)
    expect(page.locator(".st-key-clash")).to_be_visible()
    page.get_by_role("button", name="Merge both").click()
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()


def keep_a_draft(page: Page) -> None:
    expect(summary(page)).to_be_visible()
    summary(page).fill(f"{NOTES}, typed and not saved")
    expect(page.get_by_role("status").filter(has_text="kept ")).to_be_visible()
    page.get_by_label("Patient name").fill(CANARY * 20)
    expect(page.get_by_role("status").filter(has_text="Not kept: Patient name.")).to_be_visible()
    page.get_by_label("Patient name").fill(CANARY)


def ask_over_http(server: Server, case_id: int) -> None:
    headers = {"Authorization": f"Bearer {token(server)}"}
    with httpx.Client(base_url=f"{server.url}/cases/cases", headers=headers) as client:
        assert client.put(f"/{case_id}", json={"case_summary": NOTES}).status_code == 200
        for path, body, status in [
            (f"/{case_id}", json.dumps({"patient_name": CANARY * 20}), 400),
            (f"/{case_id}", json.dumps({"patient_age": CANARY, "status": NOTES}), 400),
            (f"/{case_id}", f"not JSON: {NOTES}", 400),
            ("/999999", json.dumps({"patient_name": CANARY}), 404),
        ]:
            answer = client.put(path, content=body)
            assert answer.status_code == status
            assert "Zephyrine" not in answer.text


def ask_the_database(server: Server, case_id: int) -> None:
    """Break a rule with a raw request: the failing statement holds the canary among its parameters."""
    answer = httpx.patch(
        f"{server.supabase_url}/rest/v1/cases?case_id=eq.{case_id}",
        json={"patient_name": CANARY, "status": NOTES},
        headers={"apikey": server.publishable_key, "Authorization": f"Bearer {token(server)}"},
    )
    assert answer.is_error


def token(server: Server) -> str:
    answer = httpx.post(
        f"{server.supabase_url}/auth/v1/token?grant_type=password",
        json={"email": "ada@demo.example", "password": PASSWORD},
        headers={"apikey": server.publishable_key},
    )
    return str(answer.json()["access_token"])


def break_the_server(server: Server, page: Page) -> str:
    """Claim an age that is no number, as no browser does, and return the reference that the page then shows."""
    [cookie] = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE]
    with open_tab(server.url, cookie) as tab:
        tab.visit("case", page.url.partition("?")[2])
        widget = tab.find("Patient age").id
        tab.run({widget: WidgetState(id=widget, double_value=math.nan)})
        [shown] = [element.content.body for element in tab.page if element.kind == "alert"]
    assert "Something went wrong" in shown
    reference = re.search(r"reference (\w{8})", shown)
    assert reference
    return reference[1]
