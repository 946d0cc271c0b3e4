/** The session with `/client`: one token for this browser's identity, and everything that is said under it. */
import { alone, guard } from "../core/guard";
import { passes, pause, post, strange } from "../core/post";
import type { Entry, Host, Properties, Refused } from "../types";

/** The server refused for good; asking again would change nothing. */
export class Refusal extends Error {
  override name = "Refusal";
}

type Settle = (refused: Refused | null) => void;

export class Office {
  private _token: Promise<string> | null = null;
  /** The token itself, for the moment of leaving, which waits for nothing. */
  private _known: string | null = null;
  private _waiting = new Map<string, Settle>();

  private _host: Host;

  constructor(host: Host) {
    this._host = host;
  }

  /** Rejects when the server refuses for good. */
  token(): Promise<string> {
    this._token ??= this._session().catch((error) => {
      if (!(error instanceof Refusal)) this.renew();
      throw error;
    });
    return this._token;
  }

  renew(): void {
    this._token = this._known = null;
  }

  /** Resolves when the server has it. While another tab sends it, or there is no connection, that is not known here. */
  send(to: string, body: Properties): Promise<Refused | null> {
    return new Promise((settle) => this._waiting.set(this._host.send(to, body), settle));
  }

  /** See `Post` in the outbox. */
  async carry({ id, to, body, by }: Entry): Promise<number | null> {
    try {
      const answer = await this.post(to as string, body, by);
      if (passes(answer) || strange(answer)) return pause(answer);
      if (answer.status === 401) {
        this.renew();
        return 0;
      }
      this._settle(id, answer.ok ? null : await answer.json().catch(() => null));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this._settle(id, null);
    }
    return null;
  }

  /** The page goes away: no answer will be seen, so what is sent now is sent again later and counts once. */
  last = guard((): void => {
    const [entry] = this._host.waiting();
    if (entry?.to && this._known && this._mine(entry.by))
      alone(post(this._host.base + entry.to, entry.body, bearer(this._known)));
  });

  /** `by`: the device that says it, if not this one: whoever was here before. */
  async post(to: string, body: Properties, by?: string): Promise<Response> {
    const token = this._mine(by) ? this.token() : this._open({ anonymousId: by });
    return post(this._host.base + to, body, bearer(await token), this._host.fetch);
  }

  /** Asks under the session's token. */
  async ask(path: string, more = {}, signal: AbortSignal | null = null): Promise<Response> {
    const headers = { ...bearer(await this.token()), ...more };
    const init: RequestInit = { headers, signal, credentials: "omit", cache: "no-store" };
    const answer = await (this._host.fetch ?? fetch)(this._host.base + path, init);
    if (answer.status === 401) this.renew();
    return answer;
  }

  /** What brings the news where no stream comes through. */
  poller(): Promise<typeof import("./poll")> {
    return this._host.load("poll");
  }

  private _settle(id: string, refused: Refused | null): void {
    if (refused) console.warn(`milepost: the server refused: ${refused.message}`);
    this._waiting.get(id)?.(refused);
    this._waiting.delete(id);
  }

  private _mine(by?: string): boolean {
    return !by || by === this._host.identity().anonymousId;
  }

  private async _session(): Promise<string> {
    const { anonymousId, userId, signature } = this._host.identity();
    const token = await this._open({ anonymousId, ...(signature && { userId, signature }) });
    if (this._mine(anonymousId)) this._known = token;
    return token;
  }

  private async _open(who: Properties): Promise<string> {
    const { base, key, fetch } = this._host;
    const answer = await post(
      `${base}/client/open`,
      { writeKey: key, ...who, test: this._host.read("test") },
      {},
      fetch,
    );
    if (!answer.ok) throw await failure(answer, this._host);
    const { token, look } = await answer.json();
    this._host.write("look", look ?? "");
    return token;
  }
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** A token that is not taken is told: the host may give a better one. */
async function failure(answer: Response, host: Host): Promise<Error> {
  if (passes(answer)) return new Error(`${answer.status}`);
  const refused = await answer.json();
  const { code, message, mend } = refused;
  console.warn(`milepost: ${message} ${mend}`);
  host.emit(code, refused);
  return code.startsWith("token_") ? new Error(code) : new Refusal(message);
}

/** Rejects when there is no good answer. */
export async function get<T>(office: Pick<Office, "ask">, path: string): Promise<T> {
  const answer = await office.ask(path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}
