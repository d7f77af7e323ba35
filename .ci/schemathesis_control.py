"""What Schemathesis sends to the control API, so that a run comes to its end and says what it means.

Waits are shortened, jumps of the clock included, and an inbox is not told to answer with a fault: it would, and look like a server that fails.
Everything else is as it was drawn.
"""

import schemathesis

# Seconds of the computer's time after which a request may be answered, by their names in a body.
SECONDS = {"timeout": 0.5, "settle_timeout": 0.5, "delay": 0.1}
MILLISECONDS = {"fixedDelay", "fixedDelayMilliseconds", "milliseconds", "lower", "upper", "median", "maxValue", "totalDuration"}


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def shortened(value):
    if isinstance(value, list):
        return [shortened(item) for item in value]
    if not isinstance(value, dict):
        return value
    short = {}
    for name, item in value.items():
        most = SECONDS.get(name, 10 if name in MILLISECONDS else None)
        short[name] = min(item, most) if most is not None and is_number(item) else shortened(item)
    return short


def without_faults(value):
    if isinstance(value, list):
        return [without_faults(item) for item in value]
    if isinstance(value, dict):
        return {name: without_faults(item) for name, item in value.items() if name != "reset"}
    return 200 if value == "reset" or is_number(value) and 500 <= value <= 599 else value


@schemathesis.hook
def map_body(context, body):
    body = shortened(body)
    if context.operation.path == "/__admin/clock/advance" and isinstance(body, dict):
        body = {"timeout": 0.5, **body}
    return without_faults(body) if context.operation.path == "/__admin/inboxes/{name}" else body
