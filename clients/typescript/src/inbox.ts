// A receiver of webhooks inside Ringback, and what it received.

import type { Account, VerifyOptions, WaitOptions } from "./account.js";
import { VerificationError } from "./errors.js";
import { type Query, segment } from "./http.js";
import type { InboxAnswer, InboxView, Match } from "./views.js";

/** A request that an inbox received. */
export class Message {
  readonly id: string;
  readonly method: string;
  /** Behind the name of the inbox, such as `/events/summary`. */
  readonly path: string;
  readonly url: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** What was answered; null for a reset. */
  readonly status: number | null;
  /** Whether the signature is right, where the vendor signs. */
  readonly valid: boolean | undefined;
  /** The event that a webhook tells of, by the vendor's name for it. */
  readonly event: string | undefined;
  readonly call: string | undefined;

  /** `raw` is all that the control API says of it. */
  constructor(readonly raw: Record<string, unknown>) {
    const text = (name: string) => raw[name] as string | undefined;
    this.id = text("id") ?? "";
    this.method = text("method") ?? "";
    this.path = text("path") ?? "";
    this.url = text("url") ?? "";
    this.query = new URLSearchParams(text("query") ?? "");
    this.headers = new Headers(raw["headers"] as [string, string][]);
    const base64 = text("body_base64");
    this.body = base64 === undefined ? new TextEncoder().encode(text("body") ?? "") : Buffer.from(base64, "base64");
    this.status = raw["status"] as number | null;
    this.valid = raw["valid"] as boolean | undefined;
    this.event = text("event");
    this.call = text("call");
  }

  get text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** The fields of a form. */
  form(): URLSearchParams {
    return new URLSearchParams(this.text);
  }

  /** The body as JSON; of a form with JSON in its field `json` (MANGO OFFICE) that JSON. */
  json<T = Record<string, unknown>>(): T {
    const isForm = this.headers.get("content-type")?.includes("urlencoded");
    return JSON.parse(isForm ? (this.form().get("json") ?? "") : this.text) as T;
  }
}

/** An inbox of one account; see {@link Account.inbox}. */
export class Inbox {
  /** As an address of webhooks. */
  readonly url: string;
  /** As an address for everything else that speaks HTTP. */
  readonly httpUrl: string;

  constructor(
    private readonly account: Account,
    /** As Ringback has it: more than was asked for, so that no other account's webhooks come here. */
    readonly name: string,
  ) {
    this.url = `inbox:${name}`;
    this.httpUrl = `${account.url}/__inbox/${name}`;
  }

  private get path(): string {
    return `/inboxes/${segment(this.name)}`;
  }

  show(): Promise<InboxView> {
    return this.account.ringback.request("GET", this.path);
  }

  /** Begins a plan: the answers to the next requests, one each, and `then` to all after them. */
  async answers(plan: readonly InboxAnswer[], then: InboxAnswer = 200): Promise<this> {
    await this.account.ringback.request("PUT", this.path, { plan, then });
    return this;
  }

  /** What it received, the oldest first. */
  async messages(filters: { method?: string; path?: string; call?: string; delivery?: string } = {}): Promise<Message[]> {
    const found: Message[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await this.page({ ...filters, order: "asc", limit: 1000, after });
      found.push(...page.messages.map((raw) => new Message(raw)));
      after = page.messages.length > 0 ? page.next : null;
    }
    return found;
  }

  private page(query: Query): Promise<{ messages: Record<string, unknown>[]; next: string | null }> {
    return this.account.ringback.request("GET", `${this.path}/messages`, undefined, query);
  }

  /** The newest message; fails where there is none. */
  async last(): Promise<Message> {
    const { messages } = await this.page({ limit: 1 });
    if (messages[0] === undefined) throw new VerificationError(`inbox ${this.name} has received nothing`, {});
    return new Message(messages[0]);
  }

  /** As {@link Account.wait}, for a message of this inbox. */
  async wait(match: Match = {}, options: WaitOptions = {}): Promise<Message> {
    return new Message(await this.account.wait({ kind: "message", inbox: this.name, ...match }, options));
  }

  /** As {@link Account.verify}, for messages of this inbox. */
  verify(match: Match = {}, options: VerifyOptions = {}): Promise<string[]> {
    return this.account.verify({ kind: "message", inbox: this.name, ...match }, options);
  }

  /** Forgets the messages; the plan stays. */
  async clear(): Promise<void> {
    await this.account.ringback.request("DELETE", `${this.path}/messages`);
  }

  async delete(): Promise<void> {
    await this.account.ringback.request("DELETE", this.path);
  }
}
