"""What three HTTP clients see of each fault on the wire, plain and by TLS, is what the page says.
Arguments: a vendor's port, Faults.java, the page. With UPDATE_GOLDENS the page is written anew."""
import concurrent.futures
import os
import re
import subprocess
import sys
import warnings

import requests

PORT, JAVA, PAGE = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
warnings.filterwarnings("ignore")
FAULTS = [
    "CONNECTION_RESET_BY_PEER", "CONNECTION_RESET_MID_BODY", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK",
    "RANDOM_DATA_THEN_CLOSE", "HANG_BEFORE_HEADERS", "HANG_AFTER_HEADERS", "TRUNCATED_BODY", "WRONG_CONTENT_LENGTH",
    "MISSING_CONTENT_LENGTH", "SLOW_BODY"]
LOST = "ANSWER_LOST"
BODY = "0123456789" * 10
SCHEMES = {"http": PORT, "https": PORT.replace("http://", "https://")}


def stub():
    requests.delete(f"{PORT}/__admin/mappings", timeout=10)
    for fault in FAULTS:
        mapping = {"request": {"urlPath": f"/fault/{fault}"}, "response": {"body": BODY, "fault": fault}}
        requests.post(f"{PORT}/__admin/mappings", json=mapping, timeout=10).raise_for_status()
    lost = {"request": {"urlPath": "/post"}, "response": {"passthrough": True, "fault": "CONNECTION_RESET_BY_PEER"}}
    requests.post(f"{PORT}/__admin/mappings", json=lost, timeout=10).raise_for_status()


def path(fault):
    return "/post" if fault == LOST else f"/fault/{fault}"


def by_requests(base, fault):
    wait = 20 if fault == "SLOW_BODY" else 2
    try:
        method = "POST" if fault == LOST else "GET"
        answer = requests.request(method, base + path(fault), timeout=wait, verify=False)
        return f"{answer.status_code} with {len(answer.content)}"
    except requests.exceptions.Timeout:
        return "timeout"
    except requests.exceptions.RequestException as error:
        text = repr(error)
        known = re.search(
            r"ReadTimeoutError|ConnectionResetError|RemoteDisconnected|IncompleteRead|InvalidChunkLength|BadStatusLine", text)
        return known.group(0).replace("ReadTimeoutError", "timeout") if known else text


def by_curl(base, fault):
    wait = "20" if fault == "SLOW_BODY" else "2"
    more = ["--data", "x"] if fault == LOST else []
    done = subprocess.run(
        ["curl", "-sk", "--max-time", wait, "-w", "\n%{http_code} %{size_download}", *more, base + path(fault)],
        capture_output=True, check=False)
    last = done.stdout.decode(errors="replace").rsplit("\n", 1)[-1]
    status, size = last.split(" ")
    if done.returncode == 0:
        return f"{status} with {size}"
    return "timeout" if done.returncode == 28 else f"exit {done.returncode}"


def by_java(base):
    # It has no way to send a body here, so the lost answer is that of a GET.
    urls = [base + path(fault) for fault in FAULTS] + [f"{base}/post"]
    done = subprocess.run(["java", JAVA, *urls], capture_output=True, check=True, text=True)
    seen = {}
    for line in done.stdout.splitlines():
        fault, what = line.split("\t", 1)
        seen[LOST if fault == "post" else fault] = what
    return seen


def short(seen):
    """Leaves out what differs from run to run."""
    seen = re.sub(r"SocketException: Connection reset|IOException: Connection reset( by peer)?", "Connection reset", seen)
    return re.sub(r"(status line|chunk).*", r"\1 …", seen)[:70].strip()


stub()
made = lambda: requests.post(
    f"{PORT}/__admin/requests/count", json={"urlPath": "/post"}, timeout=10).json()["count"]
seen = {}
with concurrent.futures.ThreadPoolExecutor(max_workers=32) as pool:
    running = {}
    for scheme, base in SCHEMES.items():
        for fault in [*FAULTS, LOST]:
            running[scheme, "requests", fault] = pool.submit(by_requests, base, fault)
            running[scheme, "curl", fault] = pool.submit(by_curl, base, fault)
    java = {scheme: pool.submit(by_java, base) for scheme, base in SCHEMES.items()}
    for key, one in running.items():
        seen[key] = one.result()
    for scheme, one in java.items():
        for fault, what in one.result().items():
            seen[scheme, "java", fault] = short(what)

faults = []
rows = ["| fault | `requests` | JDK | `curl` |", "| --- | --- | --- | --- |"]
for fault in [*FAULTS, LOST]:
    cells = []
    for client in ("requests", "java", "curl"):
        plain, secure = seen["http", client, fault], seen["https", client, fault]
        cells.append(plain if plain == secure else f"{plain}; by TLS {secure}")
        is_well = plain.startswith("200 with 100")
        wanted_well = fault in ("MISSING_CONTENT_LENGTH", "SLOW_BODY")
        for what in (plain, secure):
            if what.startswith("200 with 100") != wanted_well:
                faults.append(f"{fault} as {client} sees it: {what}")
    rows.append(f"| `{fault}` | {' | '.join(cells)} |")
if made() < 6:
    faults.append(f"of the answers that were lost {made()} are in the journal, not 6")
table = "\n".join(rows).replace("`ANSWER_LOST`", "`passthrough`, then a reset") + "\n"
text = open(PAGE, encoding="utf-8").read()
before, after = text.split("<!-- faults as clients see them -->\n")[0], text.split("<!-- end -->\n")[-1]
wanted = f"{before}<!-- faults as clients see them -->\n{table}<!-- end -->\n{after}"
if os.environ.get("UPDATE_GOLDENS"):
    open(PAGE, "w", encoding="utf-8").write(wanted)
elif os.environ.get("STRICT") and wanted != text:
    faults.append(f"{PAGE} says something else:\n{table}")
print(table, end="")
for fault in faults:
    print(fault, file=sys.stderr)
print(f"{len(seen)} faults as clients see them, {len(faults)} wrong")
sys.exit(bool(faults))
