"""Time travel: moments that are kept, and whole worlds as bytes."""

from conftest import eventually
from flows import FLOWS, drive


def total(ringback, account="*"):
    return ringback.get(f"/voip24h/calls?account={account}")["total"]


def test_a_snapshot_is_saved_downloaded_removed_brought_back_and_restored(frozen, look, tmp_path):
    fresh = total(frozen)
    drive(frozen, *FLOWS["answered"])
    page = look(frozen.hub, "time")
    page.get_by_label("Name of the snapshot").fill("one call")
    page.get_by_role("button", name="Save a snapshot", exact=True).click()
    row = page.locator(".moment", has_text="one call")
    row.get_by_text("all accounts").wait_for()
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    file = tmp_path / "from elsewhere.json"
    download.value.save_as(file)
    assert b"ringback_snapshot" in file.read_bytes()[:100]
    row.get_by_role("button", name="Remove the snapshot one call", exact=True).click()
    row.wait_for(state="detached")
    assert frozen.get("/snapshots")["snapshots"] == []
    frozen.post("/reset")
    assert total(frozen) == fresh
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".moment", has_text="from elsewhere").wait_for()
    page.get_by_role("button", name="Restore from elsewhere", exact=True).click()
    page.locator(".toast", has_text="The world is that of").wait_for()
    assert total(frozen) == fresh + 1


def test_a_snapshot_of_an_account_goes_back_into_it(frozen, look):
    frozen.ask("PUT", "/voip24h/accounts/crm-test")
    fresh = total(frozen, "crm-test")
    page = look(frozen.hub, "time?account=crm-test")
    page.get_by_label("Name of the snapshot").fill("empty")
    page.get_by_role("button", name="Save a snapshot", exact=True).click()
    page.locator(".moment", has_text="voip24h · crm-test").wait_for()
    frozen.post("/voip24h/calls", {"from": "101", "to": "0912345678"}, account="crm-test")
    assert total(frozen, "crm-test") == fresh + 1
    page.get_by_role("button", name="Restore empty", exact=True).click()
    eventually(lambda: total(frozen, "crm-test") == fresh)


def test_what_has_changed_since_a_checkpoint_is_shown_and_gone_back_from(frozen, look):
    """Of each vendor that is on the page there is one of its own."""
    fresh = total(frozen)
    page = look(frozen.hub, "time")
    page.get_by_label("Name", exact=True).fill("before")
    page.get_by_role("button", name="Save a checkpoint", exact=True).click()
    page.get_by_role("button", name="Changed since before of voip24h", exact=True).wait_for()
    assert len(frozen.get("/checkpoints")["checkpoints"]) == 5
    drive(frozen, *FLOWS["answered"])
    page.get_by_role("button", name="Changed since before of voip24h", exact=True).click()
    page.locator(".fold", has_text="records").locator(".chip", has_text="1 added").wait_for()
    page.get_by_role("button", name="Rewind voip24h to before", exact=True).click()
    eventually(lambda: total(frozen) == fresh)
