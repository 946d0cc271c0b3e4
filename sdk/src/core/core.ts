/** The core: the public names, and what the lazily loaded parts may ask for. */
import type { Action, Debugs, Details, Entry, Host, Identity, Listener, Live, Opens, Properties, Tool } from "../types";
import { Bus } from "./bus";
import { type Config, supported } from "./config";
import { alone, guard, hush } from "./guard";
import { Who } from "./identity";
import { type Keeper, Memory, recall } from "./memory";
import { context, type Message, message, newId, page } from "./message";
import { batch, Outbox } from "./outbox";
import { after, delay, post } from "./post";

/** What the host's server made: a token, or a signature. */
type Proof = { token?: string; signature?: string };
type Consent = boolean | Record<string, boolean>;

const MOST_HELD = 100;
/** Where a tool writes its name while it is at work in this tab. */
const TOOL = "milepost.tool";

export class Core implements Host {
  readonly base: string;
  readonly key: string;
  readonly launcher: boolean;
  protected _memory: Keeper;
  protected _who: Who;
  protected _bus = new Bus();
  protected _outbox: Outbox;
  protected _live: Promise<Live | undefined> | undefined;
  protected _connected: Live | undefined;
  /** `held`: calls wait, in memory only, for the visitor's answer; `shut`: nothing is done. */
  protected _state: "held" | "open" | "shut" = "held";
  private _held: (() => void)[] = [];
  protected _consent: Properties | null = null;

  protected _config: Config;

  /** What loads the parts: given by whoever makes it, so that what needs none holds no word of them. */
  declare load: Host["load"];
  declare readonly fetch?: typeof fetch;

  constructor(config: Config, memory: Keeper = new Memory()) {
    this._config = config;
    this._memory = memory;
    this._who = new Who(memory, () => this._connected?.leave());
    this.base = config.base;
    this.key = config.key;
    this.launcher = config.help;
    this._outbox = new Outbox(memory, (entries) => this._post(entries));
  }

  // What a page may call.

  identify(user?: string | Properties | null, traits?: Properties | null, options?: Proof): void {
    const [id, known] = typeof user === "object" ? [null, user] : [user, traits];
    this._do(() => {
      if (id && this._who.becomes(`${id}`, options?.token ?? options?.signature ?? null)) this._changed();
      this._send("identify", { traits: known ?? {} });
    });
  }

  track(event: string, properties: Properties = {}): void {
    this._do(() => {
      this._send("track", { event, properties });
      this._bus.emit("track", { event, properties });
    });
  }

  page(name?: string, properties?: Properties): void {
    const here = { ...page(), ...properties };
    this._do(() => this._send("page", { name, properties: here }));
  }

  group(groupId: string, traits: Properties = {}): void {
    this._do(() => this._send("group", { groupId, traits }));
  }

  /** `previousId` and `userId` are the same person. */
  alias(userId: string, previousId?: string): void {
    this._do(() =>
      this._send("alias", { userId, previousId: previousId ?? this._who.userId ?? this._who.anonymousId }),
    );
  }

  /** Asks for a guide; the server decides, and the stream brings it. */
  start(content: string): void {
    this._do(() => this.report("started", content));
  }

  /** Opens the help. */
  help(): void {
    this._do(() => this._with((live) => live.help()));
  }

  /** Somebody signed out: whoever comes next is a new device. */
  reset(): void {
    this._do(() => {
      this.beacon();
      this._who.forget();
      this._changed();
    });
  }

  /** The visitor's answer. Yes: what the page did so far is sent. No: nothing is, and what was stored is gone. */
  consent(answer: Consent): void {
    const categories = typeof answer === "object" ? answer : { functional: answer };
    if (!Object.values(categories).some(Boolean)) return this._close(categories);
    const before = this._consent;
    this._open(categories);
    this._memory.set("consent", JSON.stringify(categories));
    if (before && JSON.stringify(before) !== JSON.stringify(categories)) this.track("Consent Changed");
  }

  /** How things stand here, for whoever looks into it: in the console, and as an object. */
  diagnose(): Promise<Properties> {
    return this.load<Debugs>("debug")
      .then(({ diagnose }) => diagnose(this))
      .catch((error) => ({ problem: `${error}` }));
  }

  on(name: string, listener: Listener): void {
    this._bus.on(name, listener);
  }

  off(name: string, listener: Listener): void {
    this._bus.off(name, listener);
  }

  /** Takes everything off the page and does nothing any more; what was stored stays for the next page. */
  shutdown(): void {
    this._state = "shut";
    this._outbox.stop();
    this._bus.clear();
    this._quiet();
    removeEventListener("pagehide", this.beacon);
    removeEventListener("online", this._online);
  }

  // How it lives.

  boot(): void {
    addEventListener("pagehide", this.beacon);
    addEventListener("online", this._online);
    this._tool();
    this.page();
    const given = recall("consent");
    if (given) this._open(JSON.parse(given));
    else if (!this._config.needsConsent) this._open(null);
  }

  /** Somebody of the team asks for a tool of theirs by `#milepost=TOOL.TOKEN`, which leaves the address before anything
   * else reads it; a tool that is at work comes back with each page. */
  private _tool = guard(() => {
    const [given, asked, token] = /[#&]milepost=(edit|debug)\.([^&]*)/.exec(location.hash) ?? [];
    if (given) history.replaceState(history.state, "", location.href.replace(given, ""));
    const name = (asked ?? sessionStorage.getItem(TOOL)) as Tool | null;
    if (name === "edit") this._live = Promise.resolve() as Promise<undefined>; // nothing comes between the member and the page
    if (name)
      this.load<Opens>(name)
        .then(({ open }) => open(this, token))
        .catch(hush);
  });

  protected _open(consent: Properties | null): void {
    this._consent = consent;
    if (this._state === "open") return;
    this._state = "open";
    this._memory.allow();
    this._introduce();
    for (const call of this._held.splice(0)) guard(call)();
    this._outbox.soon();
    this._connect();
  }

  protected _connect(): void {
    if (!supported()) return this._outdated();
    this._live ??= this.load<{ live(host: Host): Live }>("live")
      .then(({ live }) => {
        this._connected = live(this);
        return this._connected;
      })
      .catch(hush);
  }

  /** The server is told once, if it was told anything. */
  private _close(categories: Properties): void {
    const withdrawn = Object.keys({ ...this._consent, ...categories }).map((name) => [name, false]);
    this._consent = Object.fromEntries(withdrawn);
    if (this._state === "open") this._farewell();
    this._state = "shut";
    this._held = [];
    this._memory.clear();
    this._quiet();
  }

  private _farewell(): void {
    const body = this._message("track", { event: "Consent Withdrawn" });
    alone(this._deliver(this._batch([{ id: body.messageId, body }])));
  }

  /** The person that the script's tag names. */
  private _introduce(): void {
    const { user, signature } = this._config;
    const before = this._who.userId;
    if (!user) return;
    this._who.becomes(user, signature);
    if (before !== user) this._send("identify", { traits: {} });
  }

  /** A browser that could show nothing is left alone; the team hears of it once a device. */
  private _outdated(): void {
    if (this._memory.get("outdated")) return;
    this._memory.set("outdated", "1");
    this.track("Browser Unsupported");
  }

  protected _do(call: () => void): void {
    if (this._state === "open") call();
    else if (this._state === "held" && this._held.length < MOST_HELD) this._held.push(call);
  }

  protected _send(type: string, fields: Properties): void {
    const body = this._message(type, fields);
    this._outbox.add({ id: body.messageId, body });
  }

  protected _message(type: string, fields: Properties): Message {
    const test = this._memory.get("test") && { test: true };
    return message(type, fields, this._who, this._consent, { ...this._about(), ...test });
  }

  /** What is told of the surroundings. */
  protected _about(): Properties {
    return context();
  }

  protected _changed(): void {
    this._outbox.soon();
    this._with((live) => live.changed());
  }

  protected _quiet(): void {
    this._with((live) => live.stop());
  }

  private _with(run: (live: Live) => void): void {
    this._live?.then(guard((live) => live && run(live)));
  }

  /** See `Post` in the outbox. What goes to `/client/…` is the connected part's; without one nobody can take it. */
  protected async _post(entries: Entry[]): Promise<number | null> {
    if (!entries[0]?.to) return this._deliver(this._batch(entries));
    const live = await this._live;
    return live ? live.carry(entries[0]) : null;
  }

  private async _deliver(body: Properties): Promise<number | null> {
    return this.after(await this.post("/v1/batch", body));
  }

  protected _batch(entries: Entry[]): Properties {
    return {
      batch: entries.map((entry) => entry.body),
      sentAt: new Date().toISOString(),
      writeKey: this.key,
      signature: this._who.signature,
    };
  }

  /** The page goes away: no answer will be seen, so what is sent now is sent again later and counts once. */
  beacon = guard(() => {
    const entries = this.waiting();
    if (entries.length && !entries[0]?.to)
      navigator.sendBeacon(`${this.base}/v1/batch`, JSON.stringify(this._batch(entries)));
  });
  protected _online = guard(() => this._outbox.soon());

  // What the parts may ask for.

  identity(): Identity {
    const { anonymousId, userId, signature } = this._who;
    return { anonymousId, userId, signature };
  }

  post(path: string, body: Properties, headers?: Record<string, string>): Promise<Response> {
    return post(this.base + path, body, headers, this.fetch);
  }

  delay(answer: Response): number | null {
    return delay(answer);
  }

  after(answer: Response): Promise<number | null> {
    return after(answer, (refused) => this.emit(refused.code, { ...refused }));
  }

  adopt(identity: Identity): void {
    this._who.adopt(identity);
  }

  report(action: Action, content: string, more: Details = {}): void {
    this.send("/client/progress", { content, action, ...more });
    this._bus.emit(action, { content, ...more });
  }

  send(to: string, body: Properties): string {
    const id = newId();
    if (this._state === "open")
      this._outbox.add({ id, body: { ...body, messageId: id }, to, by: this._who.anonymousId });
    return id;
  }

  waiting(): Entry[] {
    return batch(this._outbox.waiting());
  }

  emit(name: string, detail: Properties): void {
    this._bus.emit(name, detail);
  }

  read(name: string): string | null {
    return this._memory.get(name);
  }

  write(name: string, value: string): void {
    this._memory.set(name, value);
  }
}
