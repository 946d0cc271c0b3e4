/**
 * Watches a form of the page and tells how it went: which fields somebody came to, how long each took, what was corrected
 * and found wrong, and where they gave up. What is typed is never read; of a password field nothing but its time is told.
 * Nothing is drawn.
 */
import { guard } from "../core/guard";
import type { Listener, Piece, Shown, Stage } from "../types";

export function show(piece: Piece, stage: Stage): Shown {
  return new Watch(piece, stage);
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

interface Field {
  ms: number;
  corrections: number;
  errors: string[];
  secret: boolean;
  /** It was left once with something in it: what is changed now is corrected. */
  left: boolean;
  /** Changed since it was come to, and since a fault of it was counted. */
  changed: boolean;
  fresh: boolean;
}

const NO_FIELD = new Set(["submit", "button", "reset", "image", "hidden"]);
const LONGEST_NAME = 80;
const MOST_FIELDS = 60;
const MOST_ERRORS = 20;

class Watch implements Shown {
  private _fields = new Map<string, Field>();
  private _began = 0;
  private _last = "";
  /** The field that has the focus, since when. */
  private _in: Field | null = null;
  private _since = 0;
  /** It is being sent; the page's own check of it may still say no. */
  private _sending = false;
  private _over = new AbortController();
  private _body: Piece["body"];
  private _content: string;
  private _stage: Stage;
  private _hear: Listener = guard(({ event }) => {
    if (event === this._body.sent) this._end("Form Submitted");
  });

  constructor({ body, content }: Piece, stage: Stage) {
    this._body = body;
    this._content = content;
    this._stage = stage;
    this._on("focusin", (control) => this._enter(control));
    this._on("focusout", (control) => this._leave(control));
    this._on("input", (control) => this._change(control));
    this._on("invalid", (control) => this._wrong(control));
    const options = { capture: true, signal: this._over.signal };
    document.addEventListener(
      "submit",
      guard((event) => this._submit(event)),
      options,
    );
    document.addEventListener(
      "visibilitychange",
      guard(() => this._rest()),
      options,
    );
    addEventListener(
      "pagehide",
      guard(() => this._go()),
      options,
    );
    stage.on("track", this._hear);
  }

  /** What is watched stays the same however it is called. */
  update({ body }: Piece): void {
    this._body = body;
  }

  remove(): void {
    this._go();
    this._over.abort();
    this._stage.off("track", this._hear);
  }

  private _on(name: string, hear: (control: Control) => void): void {
    const options = { capture: true, signal: this._over.signal };
    const heard = guard((event: Event) => {
      const control = this._control(event);
      if (control) hear(control);
    });
    document.addEventListener(name, heard, options);
  }

  /** The field of our form that an event is of, inside shadow roots too. */
  private _control(event: Event): Control | undefined {
    const [target] = event.composedPath() as Control[];
    const is = target?.matches?.("input, select, textarea") && !NO_FIELD.has(target.type);
    return is && this._mine(event) ? target : undefined;
  }

  private _mine(event: Event): boolean {
    const selector = this._body.on?.[0] ?? "form";
    return event.composedPath().some((each) => each instanceof Element && each.matches(selector));
  }

  private _field(control: Control): Field {
    const name = named(control);
    const secret = control.type === "password";
    const field = this._fields.get(name) ?? {
      ...{ ms: 0, corrections: 0, errors: [], secret },
      ...{ left: false, changed: false, fresh: true },
    };
    field.secret ||= secret; // one that was shown once stays a secret
    if (this._fields.size < MOST_FIELDS) this._fields.set(name, field);
    return field;
  }

  private _enter(control: Control): void {
    this._rest();
    this._in = this._field(control);
    this._last = named(control);
    this._since = performance.now();
  }

  private _leave(control: Control): void {
    this._rest();
    const field = this._field(control);
    field.left ||= field.changed;
    field.changed = false;
    // Empty is not wrong before it is sent.
    if (told(control) || (!control.validity.valid && !control.validity.valueMissing)) this._wrong(control);
  }

  private _change(control: Control): void {
    if (!this._in) this._enter(control);
    const field = this._field(control);
    if (!this._began) {
      this._began = performance.now();
      this._stage.track("Form Started", { form: this._content });
    }
    if (field.left && !field.changed) field.corrections++;
    field.changed = field.fresh = true;
    this._sending = false;
  }

  /** Each fault counts once for what was typed, however often it is told. */
  private _wrong(control: Control): void {
    const field = this._field(control);
    if (!field.fresh || field.errors.length >= MOST_ERRORS) return;
    field.fresh = false;
    field.errors.push(fault(control));
  }

  /** The clock of the field stands still. */
  private _rest(): void {
    if (this._in && this._since) this._in.ms += performance.now() - this._since;
    this._since = document.hidden || !this._in ? 0 : performance.now();
    if (!this._since) this._in = null;
  }

  private _submit(event: Event): void {
    if (!this._mine(event) || !this._began) return;
    this._sending = true;
    setTimeout(guard(() => this._judge(event.target as Element)));
  }

  /** Where the page checks for itself it says so on its fields, and nothing was sent. */
  private _judge(form: Element): void {
    const wrong = [...form.querySelectorAll<Control>("[aria-invalid=true]")];
    if (!this._sending) return;
    if (!wrong.length) return this._end("Form Submitted");
    this._sending = false;
    for (const control of wrong) if (control.validity) this._wrong(control);
  }

  /** The page, or the form on it, goes away. */
  private _go(): void {
    if (!this._began) return;
    this._end(this._sending ? "Form Submitted" : "Form Abandoned");
    this._stage.beacon();
  }

  private _end(event: string): void {
    if (!this._began) return;
    this._rest();
    const fields = [...this._fields].map(([name, { ms, secret, corrections, errors }]) => ({
      name,
      seconds: seconds(ms),
      ...(!secret && { corrections, errors }),
    }));
    const took = seconds(performance.now() - this._began);
    this._stage.track(event, { form: this._content, seconds: took, last: this._last, fields });
    this._fields.clear();
    this._in = null;
    this._began = 0;
    this._sending = false;
  }
}

const named = (control: Control): string => (control.name || control.id || control.type).slice(0, LONGEST_NAME);

/** Whether the page says of it that it is wrong. */
const told = (control: Control): boolean => control.getAttribute("aria-invalid") === "true";

/** In the browser's words (`typeMismatch`, `tooShort`, …), or `page` where only the page finds fault with it. */
function fault({ validity }: Control): string {
  for (const name in validity) if (name !== "valid" && validity[name as keyof ValidityState]) return name;
  return "page";
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
