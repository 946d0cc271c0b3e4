/** The session with `/client`: one token for this browser's identity, asked for when it is first needed. */
import type { Identity } from "../types";

/** The server refused for good; asking again would change nothing. */
export class Refusal extends Error {
  override name = "Refusal";
}

export class Session {
  private _token: Promise<string> | null = null;
  /** The token itself, for the moment of leaving, which waits for nothing. */
  known: string | null = null;

  private _base: string;
  private _key: string;
  private _who: () => Identity;

  constructor(base: string, key: string, who: () => Identity) {
    this._base = base;
    this._key = key;
    this._who = who;
  }

  token(): Promise<string> {
    this._token ??= this._open().catch((error) => {
      if (!(error instanceof Refusal)) this.renew();
      throw error;
    });
    return this._token;
  }

  renew(): void {
    this._token = this.known = null;
  }

  private async _open(): Promise<string> {
    const { anonymousId, userId, signature } = this._who();
    const signed = signature ? { userId, signature } : {};
    const answer = await post(`${this._base}/client/open`, { writeKey: this._key, anonymousId, ...signed });
    if (!answer.ok) throw await failure(answer);
    this.known = (await answer.json()).token;
    return this.known as string;
  }
}

async function failure(answer: Response): Promise<Error> {
  if (passes(answer.status)) return new Error(`${answer.status}`);
  const { message, mend } = await answer.json();
  console.warn(`milepost: ${message} ${mend}`);
  return new Refusal(message);
}

/** Whether the same request may be answered better later. */
export const passes = (status: number): boolean => status >= 500 || status === 429 || status === 408;

const MOST_KEPT_ALIVE = 60_000;

/** Without a `Content-Type` of JSON the browser asks nobody's leave first; the server looks at the content. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = JSON.stringify(body);
  return fetch(url, {
    method: "POST",
    body: text,
    headers: { "Content-Type": "text/plain", ...headers },
    keepalive: text.length < MOST_KEPT_ALIVE,
    credentials: "omit",
    signal: AbortSignal.timeout?.(20_000) ?? null,
  });
}
