"""The reference: every operation of the control API and of the vendors, from the documents that are served."""

import re
import shlex
import subprocess


def test_an_operation_is_found_by_keyboard_and_shows_what_it_takes_and_answers(frozen, look):
    page = look(frozen.hub, "reference")
    operations = page.get_by_role("navigation", name="Operations")
    link = operations.get_by_role("link", name="POST /__admin/clock/advance", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Jump forward", exact=True).wait_for()
    assert "op=advance" in page.url
    shown = page.locator("article.doc")
    for text in ["settle_timeout", "How far.", "event_count", "application/problem+json", "400"]:
        assert text in shown.inner_text(), text
    # What stands within is laid out when it is opened.
    # Others speak of it in their descriptions.
    name = page.locator("summary > code", has_text=re.compile("^until$"))
    field = shown.locator("details", has=name).first
    field.locator("summary").first.focus()
    page.keyboard.press("Enter")
    field.get_by_text("supervision").first.wait_for()
    page.reload()
    page.get_by_role("heading", name="Jump forward", exact=True).wait_for()
    assert operations.locator("[aria-current]").inner_text() == "POST /__admin/clock/advance"


def test_what_is_copied_as_curl_is_answered(frozen, look):
    for where in ["reference/control?op=place_call", "reference/voip24h?op=partner", "reference/mango?op=callback"]:
        page = look(frozen.hub, where, permissions=["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy as curl").click()
        page.locator(".toast", has_text="Copied").wait_for()
        line = page.evaluate("navigator.clipboard.readText()")
        words = shlex.split(line)
        assert words[:2] == ["curl", "-s"]
        status = subprocess.run([*words, "-o", "/dev/null", "-w", "%{http_code}"], capture_output=True, text=True, check=True)
        assert status.stdout in ("200", "201"), (line, status.stdout)


def test_each_vendor_has_its_document(frozen, look):
    page = look(frozen.hub, "reference")
    for vendor, path in [("scfm", "GET /api/contacts"), ("impactpbx", "GET /get_cdr"), ("tel4vn", "POST /v1/auth/token")]:
        page.get_by_label("Document").select_option(vendor)
        page.get_by_role("link", name=path, exact=True).wait_for()
        assert f"reference/{vendor}" in page.url
