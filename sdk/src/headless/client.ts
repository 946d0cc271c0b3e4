/** The client that draws nothing: state and actions, for whoever draws by themselves. It runs where there is `fetch`. */
import type { Config } from "../core/config";
import { Core } from "../core/core";
import { alone, guard } from "../core/guard";
import { context } from "../core/message";
import { get, Office } from "../live/office";
import * as poll from "../live/poll";
import type { Act, Answer, Entry, Host, Properties, Refused } from "../types";
import type { Acts, AnyPiece, Milepost, Next, Options, Plan } from "./public";
import { Room } from "./room";
import { Store } from "./store";
import { Value } from "./value";

declare const VERSION: string;

/** After facts were sent, what follows from them shows within a moment. */
const FOLLOWS_MS = 1000;
const SOON_MS = 100;

interface Way {
  plan: Plan | null;
  next: Next | null;
}

export class Client extends Core implements Milepost {
  readonly pieces = new Value<readonly AnyPiece[]>([]);
  readonly plan = new Value<Plan | null>(null, () => this._later(0));
  readonly next = new Value<Next | null>(null, () => this._later(0));
  override readonly fetch: typeof fetch;
  /** The one part that it may need is here already. */
  override load = (async () => poll) as Host["load"];
  private _office = new Office(this);
  private _room: Room | undefined;
  private _store: Store;
  private _timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    const store = new Store(options.storage ?? stored());
    super(config(options), store);
    this._store = store;
    this.fetch = options.fetch ?? ((url, init) => fetch(url, init));
    this.boot();
  }

  act(piece: AnyPiece): Acts {
    const { id, content } = piece;
    const offer = "offer" in piece.body ? piece.body.offer?.key : undefined;
    const of = { piece: id, ...(offer && { offer }) };
    const leave = (action: "completed" | "dismissed" | "snoozed" | "refused") => () => {
      this._room?.left(id, action === "snoozed");
      this.report(action, content, { piece: id });
    };
    return {
      shown: (step?: number) => {
        if (piece.status === "waiting")
          this.report("shown", content, { piece: id, ...(step !== undefined && { step }) });
        this._room?.seen(id);
      },
      step: (step: number) => {
        this._room?.reached(id, step);
        this.report("step", content, { piece: id, step });
      },
      complete: leave("completed"),
      dismiss: leave("dismissed"),
      snooze: leave("snoozed"),
      never: leave("refused"),
      press: (act: Act) => this._press(act, piece),
      answer: (question: string, value: Answer) =>
        this._office.send("/client/answer", { piece: id, content, question, value }),
      accept: () => this.report("offer_accepted", content, of),
      decline: () => this.report("offer_declined", content, of),
      invited: () => this.report("invite_sent", content, { piece: id }),
    };
  }

  skip(milestone: string): Promise<Refused | null> {
    return this._wish({ milestone, action: "skip" });
  }

  date(milestone: string, on: string | null): Promise<Refused | null> {
    return this._wish({ milestone, action: "date", on });
  }

  ask(text: string): Promise<Refused | null> {
    return this._office.send("/client/ask", { text, page: globalThis.location?.href ?? "" });
  }

  async refresh(): Promise<void> {
    const { plan, next } = await get<Way>(this._office, "/client/plan");
    this.plan.set(alike(this.plan.get(), plan));
    this.next.set(alike(this.next.get(), next));
  }

  close(): void {
    this._state = "shut";
    clearTimeout(this._timer);
    this._outbox.stop();
    this._bus.clear();
    this._quiet();
    this._environment("removeEventListener");
  }

  override page(name?: string, properties: Properties = {}): void {
    if (typeof document !== "undefined") return super.page(name, properties);
    this._do(() => this._send("page", { name, properties }));
  }

  override boot(): void {
    this._environment("addEventListener");
    const given = this._store.recall("consent");
    if (given) this._open(JSON.parse(given));
    else if (!this._config.needsConsent) this._open(null);
  }

  protected override _connect(): void {
    this._room = new Room(this, this._office, this.pieces, () => this._later(SOON_MS));
    this._connected = this._room;
    this._live = Promise.resolve(this._room);
  }

  protected override _changed(): void {
    this.plan.set(null);
    this.next.set(null);
    super._changed();
    this._later(SOON_MS);
  }

  protected override _about(): Properties {
    return about();
  }

  protected override async _post(entries: Entry[]): Promise<number | null> {
    this._later(FOLLOWS_MS);
    return super._post(entries);
  }

  private _press(act: Act, { id, content }: AnyPiece): void {
    const done = act.use_template ?? act.start ?? act.url;
    this.report("acted", content, { piece: id, ...(done && { act: done }) });
    if (act.template && !act.template.status) this.emit("template", { key: act.template.key, data: act.template.data });
    if (act.start) this.start(act.start);
  }

  private _wish(wish: Properties): Promise<Refused | null> {
    return this._office.send("/client/plan", wish);
  }

  /** Plan and next are asked for only while somebody listens. */
  private _later(milliseconds: number): void {
    if (this._state !== "open" || !(this.plan.heard || this.next.heard)) return;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => alone(this.refresh()), milliseconds);
  }

  /** A browser says when the page goes, and when it is online again. */
  private _environment(verb: "addEventListener" | "removeEventListener"): void {
    if (typeof document === "undefined") return;
    globalThis[verb]("pagehide", this.beacon);
    globalThis[verb]("online", this._online);
  }
}

function config({ host, key, user, token, signature, consent }: Options): Config {
  return {
    base: host.replace(/\/+$/, ""),
    key,
    user: user ?? null,
    signature: token ?? signature ?? null,
    needsConsent: consent === "required",
    help: false,
  };
}

/** What was there before, where the new says the same. */
const alike = <T>(before: T, now: T): T => (JSON.stringify(before) === JSON.stringify(now) ? before : now);

/** The browser's own storage, where there is a browser that gives it. */
const stored = guard(() => (typeof document === "undefined" ? undefined : localStorage));

function about(): Properties {
  const library = { name: "@milepost/sdk", version: VERSION };
  if (typeof document !== "undefined") return { ...context(), library };
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { library, locale, timezone: timeZone };
}
