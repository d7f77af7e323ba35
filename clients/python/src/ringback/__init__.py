"""Ringback: telephony vendors that are not there, for tests of the code that uses them.

    from ringback import Ringback

    with Ringback.start(vendors=["mango"], freeze=True) as rb:
        mango = rb.account("mango")
        mango.when("7916*").is_busy()
        my_crm.call("79161234567", url=mango.url, key=mango.credentials["vpbx_api_key"])
        mango.advance(seconds=30)
        mango.wait(event="call_ended", cause="USER_BUSY")

In pytest there are the fixtures ``mango``, ``tel4vn``, ``scfm``, ``voip24h`` and ``impactpbx``, each an
account that no other test has.
"""

from ._account import Account, Advanced, Checkpoint
from ._call import Call, Party
from ._errors import (
    NotFound,
    Refused,
    RingbackError,
    StartError,
    VerificationError,
    WaitTimeout,
)
from ._inbox import Inbox, Message
from ._process import find_binary
from ._ringback import Clock, Ringback, Vendor
from ._rules import Rule, When, exponential, lognormal, normal, uniform, whole_seconds

__version__ = "0.1.0"

__all__ = [
    "Account",
    "Advanced",
    "Call",
    "Checkpoint",
    "Clock",
    "Inbox",
    "Message",
    "NotFound",
    "Party",
    "Refused",
    "Ringback",
    "RingbackError",
    "Rule",
    "StartError",
    "Vendor",
    "VerificationError",
    "WaitTimeout",
    "When",
    "exponential",
    "find_binary",
    "lognormal",
    "normal",
    "uniform",
    "whole_seconds",
]
