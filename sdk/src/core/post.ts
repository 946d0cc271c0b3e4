/** Requests to the server, and what their answers mean. */

import type { Refused } from "../types";

/** Whether the same request may be answered better later. */
export const passes = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/**
 * Milliseconds that the server asks to wait, or 0; `null` when it has answered for good, well or not. A token that it does
 * not take is `told`, and what came with it waits for a better one.
 */
export async function after(answer: Response, told?: (refused: Refused) => void): Promise<number | null> {
  if (passes(answer.status)) return Number(answer.headers.get("Retry-After")) * 1000 || 0;
  if (answer.ok) return null;
  const text = await answer.text();
  console.warn(`milepost: the server refused: ${text}`);
  if (!text.includes('"token_')) return null;
  told?.(JSON.parse(text));
  return 0;
}

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
