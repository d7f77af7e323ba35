// Simulated time: of a whole Ringback, or of one account.

import { shown, WaitTimeout } from "./errors.js";
import type { Method, Query } from "./http.js";
import type { Advanced, ClockView, Match } from "./views.js";

/** A moment of simulated time; a text is RFC 3339. */
export type Moment = Date | string;

export interface SettleOptions {
  /** Whether to wait for the webhooks that become due; it does unless this is false. */
  settle?: boolean;
  /** For how many of the computer's seconds, 5 unless given. */
  settleTimeout?: number;
}

export const written = (moment: Moment): string =>
  typeof moment === "string" ? moment : moment.toISOString();

/** What has a time that a test moves. */
export abstract class Timed {
  protected abstract ask<T>(method: Method, path: string, body?: unknown, query?: Query): Promise<T>;

  clock(): Promise<ClockView> {
    return this.ask("GET", "/clock");
  }

  /** What time it is there. */
  async now(): Promise<Date> {
    return new Date((await this.clock()).now);
  }

  async freeze(): Promise<void> {
    await this.ask("POST", "/clock/freeze");
  }

  async release(): Promise<void> {
    await this.ask("POST", "/clock/release");
  }

  /** Jumps forward by seconds or to a moment, until everything due has happened and been told. */
  advance(by: number | { seconds: number } | { to: Moment }, options: SettleOptions = {}): Promise<Advanced> {
    if (typeof by === "number") return this.jump({ seconds: by }, options);
    return this.jump("to" in by ? { to: written(by.to) } : { seconds: by.seconds }, options);
  }

  /** Jumps to the first event like this, or fails if none comes within `max` simulated seconds. */
  async advanceUntil(match: Match, { max = 3600, ...options }: SettleOptions & { max?: number } = {}): Promise<Advanced> {
    const advanced = await this.jump({ until: match, max }, options);
    if (advanced.matched) return advanced;
    const happened = advanced.events.slice(-10);
    const lines = [
      `within ${max} simulated seconds no event like ${shown(match)} has come`,
      `  ${advanced.event_count} events happened${happened.length > 0 ? ", the last of them:" : ""}`,
    ];
    for (const { at, event, call, from, to, cause } of happened) {
      lines.push(`    ${at} ${[event, call, from, to, cause].filter(Boolean).join(" ")}`);
    }
    throw new WaitTimeout(lines.join("\n"), {});
  }

  /** Jumps until nothing is due any more, and at most so many simulated seconds. */
  advanceUntilIdle({ max = 86_400, ...options }: SettleOptions & { max?: number } = {}): Promise<Advanced> {
    return this.jump({ until: "idle", max }, options);
  }

  private jump(asked: object, { settle, settleTimeout }: SettleOptions): Promise<Advanced> {
    const more = { settle, settle_timeout: settleTimeout };
    return this.ask("POST", "/clock/advance", { ...asked, ...more });
  }
}
