from conftest import eventually


def test_what_is_answered_in_phone_talks(ringback, look):
    page = look(ringback.hub, "phone?a=voip24h/101&b=voip24h/0912345678")
    one, other = page.locator(".phone[data-phone=a]"), page.locator(".phone[data-phone=b]")
    call = ringback.post("/voip24h/calls", {"from": "0987654321", "to": "101"})["id"]
    one.get_by_role("button", name="Answer, phone a", exact=True).click()
    eventually(lambda: ringback.get(f"/calls/{call}")["state"] == "answered")
    assert ringback.get(f"/calls/{call}")["answered_at"]
    one.get_by_role("button", name="5", exact=True).click()
    eventually(lambda: any(event.get("digits") == "5" for event in ringback.get(f"/calls/{call}/events")["events"]))
    one.get_by_role("button", name="Hold, phone a", exact=True).click()
    one.get_by_role("button", name="Resume, phone a", exact=True).click()
    one.get_by_role("button", name="Hang up, phone a", exact=True).click()
    eventually(lambda: ringback.get(f"/calls/{call}")["state"] == "ended")
    assert other.get_attribute("data-state") == "idle"


def test_two_phones_call_each_other(ringback, look):
    page = look(ringback.hub, "phone?a=voip24h/101&b=voip24h/102")
    one, other = page.locator(".phone[data-phone=a]"), page.locator(".phone[data-phone=b]")
    one.get_by_label("Number to dial").fill("102")
    one.get_by_role("button", name="Call", exact=True).click()
    other.get_by_role("button", name="Answer, phone b", exact=True).click()
    page.wait_for_selector(".phone[data-phone=a][data-state=up]")
    page.wait_for_selector(".phone[data-phone=b][data-state=up]")
    other.get_by_role("button", name="Hang up, phone b", exact=True).click()
    page.wait_for_selector(".phone[data-phone=a][data-state=idle]")


def test_a_habit_is_the_extensions(ringback, look):
    page = look(ringback.hub, "phone?a=voip24h/103")
    page.locator(".phone[data-phone=a] select[aria-label=Habit]").select_option("out")
    eventually(lambda: ringback.get("/voip24h/extensions/103")["registered"] is False)
    page.locator(".phone[data-phone=a] select[aria-label=Habit]").select_option("dnd")
    eventually(lambda: ringback.get("/voip24h/extensions/103")["do_not_disturb"])
