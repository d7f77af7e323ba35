// A receiver of Impact PBX's webhooks: keeps each call as its latest event says, whatever is lost or comes twice,
// and mends at the end of the day what it missed.
//
//     node receiver.mjs 8080
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

// The order of a call's events; an event that is late changes nothing.
const RANK = { ORIGINATE: 0, RING: 1, ANSWERED: 2, HANGUP: 3 };

export class Calls {
  /** By uuid: what is known of a call. */
  #calls = new Map();

  get(uuid) {
    return this.#calls.get(uuid);
  }

  get all() {
    return [...this.#calls.values()];
  }

  /** Those whose end nobody told. */
  get unfinished() {
    return this.all.filter((call) => call.action !== "HANGUP");
  }

  /** Takes an event, or a record of the list. Fields that are not known yet are left out, or null. */
  take(record) {
    if (typeof record?.uuid !== "string" || !(record.action in RANK)) throw new TypeError("no event of a call");
    const known = this.#calls.get(record.uuid);
    if (known && RANK[known.action] > RANK[record.action]) return known;
    const said = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
    const call = { ...known, ...said };
    this.#calls.set(record.uuid, call);
    return call;
  }

  /** The end-of-day sync: takes all of the vendor's list. */
  async sync(url) {
    const answer = await fetch(`${url}/get_cdr`);
    if (!answer.ok) throw new Error(`the list is answered ${answer.status}`);
    const { data } = await answer.json();
    for (const record of data) this.take(record);
    return data.length;
  }
}

/** Answers POST /webhook. Whatever cannot be read is answered 400 and kept out. */
export function receiver(calls) {
  return createServer((request, response) => {
    const answer = (status) => response.writeHead(status).end();
    if (request.method !== "POST" || request.url !== "/webhook") return answer(404);
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      try {
        calls.take(JSON.parse(Buffer.concat(parts).toString()));
        answer(204);
      } catch {
        answer(400);
      }
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.argv[2] ?? 8080);
  receiver(new Calls()).listen(port, () => console.log(`http://localhost:${port}/webhook`));
}
