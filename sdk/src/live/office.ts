/** The session with `/client`: one token for this browser's identity, and everything that is said under it. */
import { alone } from "../core/guard";
import type { Entry, Host, Properties, Refused } from "../types";

/** The server refused for good; asking again would change nothing. */
export const REFUSED = new Error("refused");

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
      if (error !== REFUSED) this.renew();
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
      const later = this._host.delay(answer);
      if (later !== null) return later;
      if (answer.status === 401) {
        this.renew();
        return 0;
      }
      this._settle(id, answer.ok ? null : await answer.json().catch(() => null));
    } catch (error) {
      if (error !== REFUSED) throw error;
      this._settle(id, null);
    }
    return null;
  }

  /** The page goes away: no answer will be seen, so what is sent now is sent again later and counts once. */
  last(): void {
    const [entry] = this._host.waiting();
    if (entry?.to && this._known && this._mine(entry.by))
      alone(this._host.post(entry.to, entry.body, bearer(this._known)));
  }

  /** `by`: the device that says it, if not this one: whoever was here before. */
  async post(to: string, body: Properties, by?: string): Promise<Response> {
    const token = this._mine(by) ? this.token() : this._open({ anonymousId: by });
    return this._host.post(to, body, bearer(await token));
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
    const answer = await this._host.post("/client/open", {
      writeKey: this._host.key,
      ...who,
      test: this._host.read("test"),
    });
    if (!answer.ok) throw (await this._host.after(answer)) === null ? REFUSED : new Error(`${answer.status}`);
    const { token, look } = await answer.json();
    this._host.write("look", look ?? "");
    return token;
  }
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** Rejects when there is no good answer. */
export async function get<T>(office: Pick<Office, "ask">, path: string): Promise<T> {
  const answer = await office.ask(path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}
