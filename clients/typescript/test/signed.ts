import { createHash } from "node:crypto";

import type { Account } from "ringback";

/** Asks MANGO OFFICE as an integration does. */
export async function signed(mango: Account, operation: string, question: unknown): Promise<Record<string, unknown>> {
  const { vpbx_api_key: key, vpbx_api_salt: salt } = mango.credentials;
  const json = JSON.stringify(question);
  const sign = createHash("sha256").update(`${key}${json}${salt}`).digest("hex");
  const body = new URLSearchParams({ vpbx_api_key: key, sign, json });
  const answer = await fetch(`${mango.url}/vpbx/${operation}`, { method: "POST", body });
  return (await answer.json()) as Record<string, unknown>;
}

export async function callback(mango: Account, number = "79161234567"): Promise<void> {
  const question = { command_id: "1", from: { extension: "101" }, to_number: number };
  const { result } = await signed(mango, "commands/callback", question);
  if (result !== 1000) throw new Error(`the callback is answered ${result}`);
}
