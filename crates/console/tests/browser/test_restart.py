def test_a_lost_server_is_red_and_a_new_one_green(start, look):
    first = start("--seed", "7")
    page = look(first.hub)
    first.kill()
    page.wait_for_selector(".light.lost")
    assert "No server" in page.locator(".light").inner_text()
    start("--seed", "11", ports=first.ports)
    page.wait_for_selector(".light.live")
    page.wait_for_function("document.querySelector('.about').textContent.includes('seed 11')")
    # Nobody knows what the other process did meanwhile, and that is said.
    page.wait_for_selector(".banner:not([hidden])")
    page.get_by_role("button", name="Understood").click()
    page.wait_for_selector(".banner", state="hidden")
