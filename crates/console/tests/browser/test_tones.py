import math

from conftest import ROOT

RATE = 8000


def energy(samples, frequency):
    """Goertzel: how much there is of a frequency."""
    step = 2 * math.cos(2 * math.pi * frequency / RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + step * last - before
    return before * before + last * last - step * before * last


def with_tones(page):
    """A release has no file of its own for them: it is given by hand."""
    page.route("**/ui/tone.js", lambda route: route.fulfill(path=ROOT / "crates/console/static/tone.js", content_type="text/javascript"))
    return page


def test_tones_have_their_frequencies_and_pauses(ringback, look):
    page = with_tones(look(ringback.hub))
    render = "async ([country, name]) => [...await (await import('/__admin/ui/tone.js')).render(country, name, 2)]"
    for country, name, frequencies, quiet in [
        ("RU", "ringback", [425], (1.1, 2.0)),
        ("US", "ringback", [440, 480], None),
        ("US", "busy", [480, 620], (0.55, 0.95)),
        ("GB", "ringback", [400, 450], (0.45, 0.55)),
    ]:
        samples = page.evaluate(render, [country, name])
        assert len(samples) == 2 * RATE
        loud = samples[int(0.1 * RATE) : int(0.35 * RATE)]
        for frequency in frequencies:
            for other in [300, 700, 1000, 1633]:
                assert energy(loud, frequency) > 100 * energy(loud, other), (country, name, frequency, other)
        if quiet:
            pause = samples[int(quiet[0] * RATE) : int(quiet[1] * RATE)]
            assert max(map(abs, pause)) < 0.001, (country, name)


def test_keys_are_two_frequencies(ringback, look):
    page = with_tones(look(ringback.hub))
    keys = page.evaluate("async () => { const { dtmf } = await import('/__admin/ui/tone.js'); return [...'1590*#'].map(dtmf); }")
    assert keys == [[697, 1209], [770, 1336], [852, 1477], [941, 1336], [941, 1209], [941, 1477]]
