// A call and its parties, as a test holds them: `(await mango.dial("101", "102")).callee.answer()`.

import type { Account } from "./account.js";
import { WaitTimeout } from "./errors.js";
import { segment } from "./http.js";
import type { CallState, CallView, Delivery, Side, TimelineEvent } from "./views.js";

/** A call, live or over. What it says of itself is asked anew each time. */
export class Call {
  constructor(
    private readonly account: Account,
    readonly id: string,
  ) {}

  private get path(): string {
    return `/calls/${segment(this.id)}`;
  }

  /** The call as the control API shows it. */
  show(): Promise<CallView> {
    return this.account.ask("GET", this.path);
  }

  async state(): Promise<CallState> {
    return (await this.show()).state;
  }

  async isOver(): Promise<boolean> {
    return (await this.state()) === "ended";
  }

  /** The hangup cause of a call that is over, such as `NORMAL_CLEARING`. */
  async cause(): Promise<string | null> {
    return (await this.show()).cause;
  }

  /** The vendor's own ids of the call, by its names for them. */
  async vendorIds(): Promise<Record<string, unknown>> {
    return (await this.show()).vendor_ids;
  }

  /** Who placed the call. */
  get caller(): Party {
    return new Party(this, "a");
  }

  /** Who was called. */
  get callee(): Party {
    return new Party(this, "b");
  }

  /** The party of one of the call's `legs`, by its number. */
  leg(number: number): Party {
    return new Party(this, number);
  }

  /** Does one of the verbs of `POST /__admin/calls/{id}/{verb}`. */
  async do(verb: string, body?: object): Promise<this> {
    await this.account.ask("POST", `${this.path}/${verb}`, body);
    return this;
  }

  /** Ends the whole call. */
  hangUp(): Promise<this> {
    return this.do("hang_up");
  }

  /** Rings `to` in place of the other side; `moved` stays. */
  transfer(to: string, { moved = "b" as Side, orReturn }: { moved?: Side; orReturn?: string } = {}): Promise<this> {
    return this.do("transfer", { to, moved, or_return: orReturn });
  }

  /** Sends a call that nobody has picked up elsewhere. */
  route(to: string): Promise<this> {
    return this.do("route", { to });
  }

  /** One side asks `to` while the other is held. */
  consult(to: string, { by = "b" as Side } = {}): Promise<this> {
    return this.do("consult", { to, by });
  }

  /** Lets whoever is consulted take the place of who asked. */
  complete(): Promise<this> {
    return this.do("complete");
  }

  /** Ends a consultation; the two sides talk on. */
  cancelConsultation(): Promise<this> {
    return this.do("cancel_consultation");
  }

  /** One side leaves, the other waits. */
  park({ cut = "b" as Side, seconds }: { cut?: Side; seconds?: number } = {}): Promise<this> {
    return this.do("park", { cut, seconds });
  }

  /** Rings an extension that joins. */
  supervise(extension: string, supervision: "listen" | "whisper" | "barge" = "listen"): Promise<this> {
    return this.do("supervise", { extension, supervision });
  }

  startRecording(): Promise<this> {
    return this.do("start_recording");
  }

  stopRecording(): Promise<this> {
    return this.do("stop_recording");
  }

  /** What the two sides said, as a WAV file, once the call is over. */
  recording(): Promise<Uint8Array> {
    return this.account.bytes(`${this.path}/recording.wav`);
  }

  /** What happened in the call, in its order. */
  async timeline(): Promise<TimelineEvent[]> {
    return (await this.account.ask<{ events: TimelineEvent[] }>("GET", `${this.path}/events`)).events;
  }

  /** The call as each of the vendor's own views shows it. */
  views(): Promise<{ views: { view: string; kind: string; shown: unknown; says: Record<string, unknown> }[] }> {
    return this.account.ask("GET", `${this.path}/views`);
  }

  /** A diagram of who told whom what. */
  async ladder(format: "mermaid" | "svg" | "json" = "mermaid"): Promise<string> {
    return new TextDecoder().decode(await this.account.bytes(`${this.path}/ladder`, { format }));
  }

  /** The webhooks that tell of the call, the oldest first. */
  deliveries(): Promise<Delivery[]> {
    return this.account.deliveries({ call: this.id });
  }

  /** Sends everything that was told of the call once more, in its order. */
  async resend(speed = 0): Promise<void> {
    await this.account.ask("POST", `${this.path}/resend`, { speed });
  }

  /** Waits, for so many of the computer's seconds, until the call is over; where the clock stands, advance it. */
  async waitUntilOver(timeout = 5): Promise<this> {
    try {
      await this.account.wait({ kind: "event", event: "call_ended", call: this.id }, { timeout });
    } catch (error) {
      // The end of a call may have been pushed out of the list of what has happened.
      if (!(error instanceof WaitTimeout) || !(await this.isOver())) throw error;
    }
    return this;
  }
}

/** One of the phones in a call. */
export class Party {
  constructor(
    private readonly call: Call,
    readonly leg: Side | number,
  ) {}

  /** Picks up the phone that rings. */
  answer(): Promise<Call> {
    return this.call.do("answer", { leg: this.leg });
  }

  /** Declines the call that rings. */
  reject(): Promise<Call> {
    return this.call.do("reject", { leg: this.leg });
  }

  /** Lets the phone do nothing by itself any more: it waits for the test. */
  takeOver(): Promise<Call> {
    return this.call.do("take_over", { leg: this.leg });
  }

  hangUp(): Promise<Call> {
    return this.call.do("hang_up", { leg: this.leg });
  }

  /** Presses keys, of `0-9 * # A-D`. */
  press(digits: string): Promise<Call> {
    return this.call.do("dtmf", { leg: this.leg, digits });
  }

  hold(): Promise<Call> {
    return this.call.do("hold", { leg: this.leg });
  }

  resume(): Promise<Call> {
    return this.call.do("resume", { leg: this.leg });
  }
}
