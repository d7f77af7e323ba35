"""Reading finished calls from three vendors: rows, newest first, and recordings."""

import csv
import datetime
import hashlib
import io
import json
import urllib.error
import urllib.parse
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


class Mango:
    """The statistics of a day, which are ordered and then fetched, and recordings by their ids."""

    FIELDS = "entry_id,start,finish,answer,records"

    def __init__(self, url, key, salt):
        self.url, self.key, self.salt = url, key, salt

    def order(self, operation, question):
        text = json.dumps(question)
        sign = hashlib.sha256(f"{self.key}{text}{self.salt}".encode()).hexdigest()
        form = urllib.parse.urlencode({"vpbx_api_key": self.key, "sign": sign, "json": text})
        request = urllib.request.Request(f"{self.url}/vpbx/{operation}", data=form.encode())
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def rows(self):
        day = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc).timestamp()
        question = {"date_from": str(int(day)), "date_to": str(int(day) + 86_400), "fields": self.FIELDS}
        _, key = self.order("stats/request", question)
        # 204 as long as the statistics are being built.
        status = 204
        while status == 204:
            status, table = self.order("stats/result", json.loads(key))
        names = self.FIELDS.split(",")
        rows = [dict(zip(names, row)) for row in csv.reader(io.StringIO(table.decode()), delimiter=";")]
        # As they are listed; some are listed late.
        for row in reversed(rows):
            start, finish, answer = (int(row[name]) for name in ("start", "finish", "answer"))
            began = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)
            yield {"id": row["entry_id"], "began": began, "duration": finish - start,
                   "answered": answer > 0, "records": row["records"].strip("[]").split(",")}

    def recording(self, row):
        question = {"recording_id": row["records"][0], "action": "download"}
        status, body = self.order("queries/recording/post/", question)
        return body if status == 200 and body[:1] != b"{" else None


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
