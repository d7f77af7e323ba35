// Requests to the control API.

import { type Problem, Refused, RingbackError, StartError } from "./errors.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Query = Record<string, string | number | boolean | null | undefined>;

export class Transport {
  readonly url: string;

  constructor(
    url: string,
    private readonly token?: string,
  ) {
    try {
      this.url = new URL(url.includes("://") ? url : `http://${url}`).origin;
    } catch {
      throw new StartError(`${url}: give an address such as http://127.0.0.1:4010`);
    }
  }

  /** Sends a request to a path behind `/__admin`; the answer is bytes. */
  async bytes(
    method: Method,
    path: string,
    body?: unknown,
    query: Query = {},
    patience = 60,
  ): Promise<{ kind: string; bytes: Uint8Array }> {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) asked.set(name, String(value));
    }
    const target = `${this.url}/__admin${path}${asked.size > 0 ? `?${asked}` : ""}`;
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.token) headers["authorization"] = `Bearer ${this.token}`;
    let status: number, kind: string, bytes: Uint8Array;
    try {
      const answer = await fetch(target, {
        method,
        headers,
        signal: AbortSignal.timeout(patience * 1000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = answer.status;
      kind = answer.headers.get("content-type") ?? "";
      bytes = new Uint8Array(await answer.arrayBuffer());
    } catch (error) {
      const reason = error as Error & { cause?: Error };
      const why = reason.cause?.message || reason.message;
      throw new RingbackError(`${method} ${target}: ${why}`, { cause: error });
    }
    if (status < 400) return { kind, bytes };
    const text = new TextDecoder().decode(bytes);
    let problem: Problem = { detail: text };
    if (kind.includes("json")) problem = JSON.parse(text) as Problem;
    throw new Refused(`${method} ${path}`, status, problem);
  }

  /** Sends a request to a path behind `/__admin`; the answer is JSON, or nothing. */
  async ask<T>(method: Method, path: string, body?: unknown, query: Query = {}, patience = 60): Promise<T> {
    const { kind, bytes } = await this.bytes(method, path, body, query, patience);
    const text = new TextDecoder().decode(bytes);
    return (kind.includes("json") && text ? JSON.parse(text) : text || undefined) as T;
  }
}

export const segment = encodeURIComponent;
