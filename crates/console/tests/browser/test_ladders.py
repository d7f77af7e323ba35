"""That ladders of the flows are as they are checked in, bin/ringback/tests/it/ladders.rs says of the API; that the
page draws and exports what the API says, is said here."""

import pathlib

from conftest import eventually
from flows import FLOWS, drive

ROWS = """() => [...document.querySelectorAll('.ladder [data-row]')].map((row) => {
  const text = row.querySelector('text');
  return [row.dataset.row, text.querySelector('title').textContent];
})"""


def test_ladders_of_ten_flows_are_those_of_the_api(start, look):
    ringback = start("--freeze", "--webhook", "mango=inbox:crm", "--webhook", "tel4vn=inbox:crm")
    calls = {name: drive(ringback, *flow) for name, flow in FLOWS.items()}
    page = look(ringback.hub)
    for name, call in calls.items():
        ladder = ringback.get(f"/calls/{call}/ladder")
        page.goto(f"{ringback.hub}/#/call/{call}")
        page.wait_for_selector(f".ladder[aria-label='{ladder['title']}']")
        wanted = sorted([row["kind"], row["label"]] for row in ladder["rows"])
        assert sorted(page.evaluate(ROWS)) == wanted, name
        lanes = page.locator(".ladder .head title").evaluate_all("all => all.map(one => one.textContent)")
        assert lanes == [lane["title"] for lane in ladder["lanes"]], name
        assert page.locator(".ladder .media").count() == len(ladder["media"]), name
        for format, ending in [("svg", "svg"), ("mermaid", "mmd"), ("json", "json")]:
            link = page.locator(f"[data-export={format}]")
            if name not in ("answered", "transfer", "menu"):
                # A browser lets a page download ten files, then asks its reader.
                assert link.get_attribute("href") == f"/__admin/calls/{call}/ladder?format={format}"
                continue
            with page.expect_download() as download:
                link.click()
            assert download.value.suggested_filename == f"{call}.{ending}"
            exported = pathlib.Path(download.value.path()).read_text()
            assert exported == ringback.text(f"/calls/{call}/ladder?format={format}"), name


def test_a_call_is_seen_from_all_sides(frozen, look):
    call = drive(frozen, *FLOWS["answered"])
    page = look(frozen.hub, f"call/{call}")
    page.get_by_role("tab", name="Views").click()
    views = [one["view"] for one in frozen.get(f"/calls/{call}/views")["views"]]
    page.wait_for_selector(".views section")
    assert page.locator(".views h2").all_inner_texts() == views
    page.get_by_role("tab", name="Timeline").click()
    page.wait_for_selector("tbody tr")
    assert page.locator("tbody tr").count() == frozen.get(f"/calls/{call}/events")["total"]
    page.get_by_role("button", name="Play 0:20").click()
    eventually(lambda: page.evaluate("document.querySelector('.player audio')?.duration > 19"))
