"""Ten thousand events in twenty seconds: no frame is late, and the page stays small."""

MEASURE = """() => {
  window.frames_ = []; window.long_ = [];
  let last = performance.now();
  const frame = (now) => { frames_.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => long_.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' });
}"""


def test_ten_thousand_events_in_twenty_seconds(start, look):
    ringback = start("--rate", "60")
    page = look(ringback.hub, "calls")
    # A call a simulated second, of eight events or so each.
    for vendor in ["voip24h", "tel4vn"]:
        ringback.ask("PUT", f"/{vendor}/traffic", {"calls_per_hour": 3000})
    page.wait_for_selector(".call[data-state=answered]")
    page.evaluate(MEASURE)
    # A frame is late as well where another process has the processor: the best of three counts.
    longest = flood(page)
    for _ in range(2):
        if longest > 100:
            longest = min(longest, flood(page))
    assert longest <= 100


def flood(page):
    """Looks on for twenty seconds, and returns how long the longest frame took, in milliseconds."""
    seen = "async () => (await import('/__admin/ui/main.js')).eventCount()"
    before, most = page.evaluate(seen), 0
    page.evaluate("() => { frames_.length = 0; long_.length = 0; }")
    for _ in range(20):
        page.wait_for_timeout(1000)
        most = max(most, page.evaluate("document.querySelectorAll('[role=listitem]').length"))
        page.locator(".vlist").evaluate("list => list.scrollTop = Math.random() * list.scrollHeight / 2")
    events = page.evaluate(seen) - before
    frames = sorted(page.evaluate("frames_"))
    long = page.evaluate("long_")
    print(f"{events} events, {most} rows, {len(frames)} frames, the longest {frames[-1]:.0f} ms, long tasks {sorted(map(round, long))}")
    assert events >= 10_000
    assert 0 < most <= 2_000
    return frames[-1]
