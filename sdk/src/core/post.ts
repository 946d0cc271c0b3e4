/** Requests to the server, and what their answers mean. */

import type { Refused } from "../types";

/** Whether the same request may be answered better later. */
const passes = ({ status }: Response): boolean => status >= 500 || status === 429 || status === 408;

/** Milliseconds that the server asks to wait, an hour at most; 0 when it says nothing that we understand. */
export const pause = (answer: Response): number =>
  Math.min(Number(answer.headers.get("Retry-After")) || 0, LONGEST_PAUSE_S) * 1000;

const LONGEST_PAUSE_S = 3600;

/** How long to wait before it is said again; null when it was an answer. */
export const delay = (answer: Response): number | null => (passes(answer) || strange(answer) ? pause(answer) : null);

/**
 * `null` when the server has answered for good, well or not; else how long to wait, see `Post` in the outbox. A token that
 * it does not take is `told`, and what came with it waits for a better one.
 */
export async function after(answer: Response, told?: (refused: Refused) => void): Promise<number | null> {
  const later = delay(answer);
  if (later !== null || answer.ok) return later;
  const text = await answer.text();
  console.warn(`milepost: the server refused: ${text}`);
  if (!text.includes('"token_')) return null;
  told?.(JSON.parse(text));
  return 0;
}

/** A page that says yes to everything (a hotel asking for a room number) is not the server. */
const strange = (answer: Response): boolean => answer.ok && !answer.headers.get("Content-Type")?.includes("json");

const MOST_KEPT_ALIVE = 60_000;

/** Without a `Content-Type` of JSON the browser asks nobody's leave first; the server looks at the content. */
export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  send: typeof fetch = fetch,
): Promise<Response> {
  const text = JSON.stringify(body);
  return send(url, {
    method: "POST",
    body: text,
    headers: { "Content-Type": "text/plain", ...headers },
    keepalive: text.length < MOST_KEPT_ALIVE,
    credentials: "omit",
    signal: AbortSignal.timeout?.(20_000) ?? null,
  });
}
