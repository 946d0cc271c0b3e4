/** How what waits in the outbox reaches the server. */
import { alone } from "./guard";
import type { Entry } from "./outbox";
import { passes, post, Refusal, type Session } from "./session";

export class Delivery {
  private _base: string;
  private _key: string;
  private _session: Session;

  constructor(base: string, key: string, session: Session) {
    this._base = base;
    this._key = key;
    this._session = session;
  }

  /** See `Post` in the outbox. */
  async post(entries: Entry[]): Promise<number | null> {
    try {
      return await (entries[0]?.report ? this._report(entries[0]) : this._batch(entries));
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  /** The page goes away: no answer will be seen, so what is sent now is sent again later and counts once. */
  last(entries: Entry[]): void {
    if (entries[0]?.report) {
      const { known } = this._session;
      if (known) alone(post(`${this._base}/client/progress`, entries[0].body, bearer(known)));
    } else if (entries.length) {
      navigator.sendBeacon(`${this._base}/v1/batch`, JSON.stringify(this._body(entries)));
    }
  }

  private async _report(entry: Entry): Promise<number | null> {
    const answer = await post(`${this._base}/client/progress`, entry.body, bearer(await this._session.token()));
    if (answer.status !== 401) return after(answer);
    this._session.renew();
    return 0;
  }

  private async _batch(entries: Entry[]): Promise<number | null> {
    return after(await post(`${this._base}/v1/batch`, this._body(entries)));
  }

  private _body(entries: Entry[]): unknown {
    return { batch: entries.map((entry) => entry.body), sentAt: new Date().toISOString(), writeKey: this._key };
  }
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

async function after(answer: Response): Promise<number | null> {
  if (passes(answer.status)) return Number(answer.headers.get("Retry-After")) * 1000 || 0;
  if (!answer.ok) console.warn(`milepost: the server refused: ${await answer.text()}`);
  return null;
}
