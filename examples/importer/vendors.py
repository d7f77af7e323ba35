"""Reading finished calls from two vendors: rows, newest first, and recordings."""

import datetime
import json
import urllib.error
import urllib.request

HANOI = datetime.timezone(datetime.timedelta(hours=7))


def ask(url, body=None, headers=None):
    """Returns the status and the body of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=HANOI)


class Tel4vn:
    """Pages of /v1/cdr, and recordings at the address that a record names."""

    def __init__(self, url, token):
        self.url, self.headers = url, {"Authorization": f"Bearer {token}"}

    def rows(self):
        page = 1
        while True:
            _, body = ask(f"{self.url}/v1/cdr?page={page}&limit=5", headers=self.headers)
            rows = json.loads(body)["data"]
            for row in rows:
                yield {"id": row["id"], "began": moment(row["time_started"]),
                       "duration": row["duration"], "answered": row["status"] == "ANSWERED"}
            if not rows:
                return
            page += 1

    def recording(self, row):
        status, body = ask(f"{self.url}/recording/{row['id']}.wav")
        return body if status == 200 else None


class Voip24h:
    """The list of getDate, and recordings by a link that is asked for."""

    def __init__(self, url, secret):
        self.url, self.secret = url, secret

    def partner(self, kind, data):
        body = {"requestType": kind, "partnerSecret": self.secret, "data": data}
        headers = {"Content-Type": "application/json"}
        return json.loads(ask(f"{self.url}/api/v1/partner/voip24h", body, headers)[1])

    def rows(self):
        days = {"fromDate": "05/01/2026", "toDate": "06/01/2026"}
        for row in self.partner("getDate", days)["data"]:
            yield {"id": row["callId"], "began": moment(row["callDate"]),
                   "duration": row["duration"], "answered": row["callStatus"] == "ANSWERED"}

    def recording(self, row):
        answer = self.partner("recordingDownload", {"callId": row["id"]})
        if answer["respCode"] != 0:
            return None
        status, body = ask(answer["data"]["link"])
        return body if status == 200 else None
