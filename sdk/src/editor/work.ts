/** The piece at work: what is typed, what was typed before, and what the server has to say about it. */
import type { Server } from "./server";
import type { AtWork, Kept, Said, Text, Value } from "./types";

const PAUSE_MS = 400;
/** What is typed within this time is one change to take back. */
const TOGETHER_MS = 1000;
const MOST_PAST = 100;

export class Work {
  readonly kind: string;
  key: string;
  value: Value;
  revision: string;
  saved: boolean;
  answer: AtWork | null = null;
  persona = "";
  locale: string;
  private _past: string[] = [];
  private _changed = 0;
  private _asked = 0;
  private _timer: ReturnType<typeof setTimeout> | undefined;

  private _server: Server;
  /** Hears of each answer. */
  private _heard: () => void;
  /** Hears of each change, to keep it. */
  private _kept: () => void;
  /** Hears of a check that got no answer. */
  private _failed: (error: unknown) => void;

  constructor(
    server: Server,
    work: NonNullable<Kept["work"]>,
    locale: string,
    heard: () => void,
    kept: () => void,
    failed: (error: unknown) => void,
  ) {
    this._server = server;
    this.kind = work.kind;
    this.key = work.key;
    this.value = work.value;
    this.revision = work.revision;
    this.saved = work.saved;
    this.locale = locale;
    this._heard = heard;
    this._kept = kept;
    this._failed = failed;
  }

  get mayUndo(): boolean {
    return this._past.length > 0;
  }

  /** `typing`: one of many small changes, which are taken back together. */
  change(make: (value: Value) => void, typing = false): void {
    const now = Date.now();
    if (!typing || now - this._changed > TOGETHER_MS)
      this._past = [...this._past, JSON.stringify(this.value)].slice(-MOST_PAST);
    this._changed = typing ? now : 0;
    make(this.value);
    this._after();
  }

  undo(): void {
    const before = this._past.pop();
    if (!before) return;
    this.value = JSON.parse(before);
    this._changed = 0;
    this._after();
  }

  /** Asks the server at once, or after a pause in typing; of several answers the last one counts. */
  check(soon = false): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this._check().catch(this._failed), soon ? 0 : PAUSE_MS);
  }

  /** Rejects with what stands in the way. */
  async save(over = false): Promise<void> {
    clearTimeout(this._timer);
    this._take(await this._server.save({ ...this._said, revision: this.revision, over }));
    this.saved = true;
    this._kept();
  }

  /** What somebody else has made of it, in place of what is typed here. */
  async reload(): Promise<void> {
    this.change(() => {});
    this._take(await this._server.piece(this._said));
    this.saved = true;
    this._kept();
  }

  stop(): void {
    clearTimeout(this._timer);
    this._asked++;
  }

  /** What is wrong at this place, and inside of it. */
  at(path: string): Said[] {
    const problems = this.answer?.problems ?? [];
    return problems.filter(
      (each) => each.path === path || each.path.startsWith(`${path}.`) || each.path.startsWith(`${path}[`),
    );
  }

  read(holder: Value, field: string, main: string): string {
    const text = holder[field] as Text | undefined;
    if (text === undefined || text === null) return "";
    return typeof text === "string" ? (this.locale === main ? text : "") : (text[this.locale] ?? "");
  }

  /** One text stays one text for as long as it is typed in one language. */
  write(holder: Value, field: string, main: string, typed: string): void {
    const text = holder[field] as Text | undefined;
    if (typeof text === "object" && text !== null) text[this.locale] = typed;
    else if (this.locale === main) holder[field] = typed;
    else holder[field] = { ...(text ? { [main]: text } : {}), [this.locale]: typed };
  }

  private _after(): void {
    this.saved = false;
    this._kept();
    this.check();
  }

  private get _said() {
    return { kind: this.kind, key: this.key, value: this.value, persona: this.persona, locale: this.locale };
  }

  private async _check(): Promise<void> {
    const asked = ++this._asked;
    const answer = await this._server.check(this._said);
    if (asked !== this._asked) return;
    this.answer = answer;
    this._heard();
  }

  private _take(answer: AtWork): void {
    this._asked++;
    this.answer = answer;
    this.key = answer.key;
    this.revision = answer.revision;
    this.value = answer.value ?? this.value;
    this._heard();
  }
}
