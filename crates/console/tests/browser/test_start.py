from conftest import VENDORS, eventually


def test_start_lists_the_started_vendors_and_runs_their_lines(ringback, look):
    page = look(ringback.hub)
    page.wait_for_selector("section.vendor")
    assert page.locator("section.vendor h2").all_inner_texts() == VENDORS
    for name in VENDORS:
        card = page.locator(f"section.vendor[data-vendor={name}]")
        assert ringback.urls[name] in card.inner_text()
        lines = card.locator(".line")
        assert lines.count() == 3
        for place in range(3):
            line = lines.nth(place)
            line.get_by_role("button", name="Run").click()
            status = line.locator(".out .chip")
            status.wait_for()
            assert status.inner_text()[0] == "2", line.inner_text()


def test_the_same_page_is_on_a_vendors_own_port(ringback, look):
    page = look(f"{ringback.urls['voip24h']}/__admin/ui")
    page.wait_for_selector("section.vendor")
    assert page.locator("section.vendor h2").all_inner_texts() == ["voip24h"]


def test_what_is_copied_as_code_does_what_the_button_does(ringback, look, tmp_path):
    import subprocess
    import sys

    page = look(ringback.hub)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = page.locator("section.vendor[data-vendor=voip24h]")
    copied = {}
    for language in ["curl", "Python", "TypeScript", "Rust"]:
        card.get_by_role("button", name="copy as code").click()
        page.get_by_role("menuitem", name=f"Copy as {language}").click()
        page.locator(".toast", has_text=f"Copied as {language}").wait_for()
        copied[language] = page.evaluate("navigator.clipboard.readText()")
    typescript = tmp_path / "call.mjs"
    typescript.write_text(copied["TypeScript"])
    before = ringback.get("/voip24h/calls")["total"]
    for command in [["bash", "-c", copied["curl"]], [sys.executable, "-c", copied["Python"]], ["node", typescript]]:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert ringback.get("/voip24h/calls")["total"] == before + 3
    assert "ureq::post(" in copied["Rust"] and "/__admin/voip24h/calls" in copied["Rust"]
    assert eventually(lambda: page.locator(".live .call:not(.head)").count() >= 3)
