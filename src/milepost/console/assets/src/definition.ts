// The editor of one definition: form and YAML follow one another, what is wrong is said beside its field, the preview is
// drawn again after each pause, and nothing typed is lost on the way.

import type { RequestEvent } from "./request";

class Definition {
  private dirty = false;
  private leaving = false;
  private focus = "";
  private redraws = false;

  constructor(private readonly form: HTMLFormElement) {
    form.addEventListener("input", (event) => this.typed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("submit", (event) => this.ask(event));
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("htmx:after:request", (event) => this.answered(event as RequestEvent));
    document.addEventListener("htmx:after:swap", () => this.drawn());
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty && !this.leaving) event.preventDefault();
    });
    this.drawn();
    this.preview();
  }

  private field(name: string): HTMLInputElement | null {
    const found = this.form.elements.namedItem(name);
    return found instanceof HTMLInputElement ? found : null;
  }

  private typed(event: Event): void {
    const target = event.target as HTMLElement;
    if (target.matches("[data-preview-only]")) return event.stopPropagation();
    const source = this.field("source");
    if (source) source.value = target.id === "yaml" ? "yaml" : "form";
    this.dirty = true;
  }

  private changed(event: Event): void {
    const target = event.target as HTMLElement;
    if (target.matches("[data-preview-only]")) this.preview();
    else if (target.matches("[data-redraw]")) this.operate("redraw", target.id);
  }

  /** Enter in a field checks, and does not leave the page. */
  private ask(event: Event): void {
    event.preventDefault();
  }

  private clicked(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest<HTMLElement>("[data-op]");
    if (button) this.operate(button.dataset.op ?? "", button.id);
    if (target?.closest("[data-save]")) this.leaving = true;
    if (target?.closest("[data-save-over]")) this.saveOver();
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    document.querySelector<HTMLElement>("[data-save]")?.click();
  }

  /** One of the form's own buttons: the server adds, removes or moves a part, and draws the form again. */
  private operate(operation: string, from: string): void {
    this.focus = from;
    this.dirty = true;
    this.set("op", operation);
    const source = this.field("source");
    if (source) source.value = "form";
    this.form.dispatchEvent(new CustomEvent("milepost:check"));
  }

  private saveOver(): void {
    this.set("over", "yes");
    document.querySelector<HTMLElement>("[data-save]")?.click();
  }

  private set(name: string, value: string): void {
    const input = this.field(name) ?? this.form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    input.value = value;
  }

  private answered(event: RequestEvent): void {
    const { request, response } = event.detail.ctx ?? {};
    this.field("op")?.remove();
    if (request?.action?.includes("/save/") && response?.status !== 200) {
      this.leaving = false;
      this.field("over")?.remove();
      document.getElementById("notice")?.scrollIntoView({ block: "nearest" });
    } else if (request?.action?.includes("/check/")) this.redraws = true;
  }

  /** The answer stands on the page. */
  private drawn(): void {
    this.say();
    if (this.redraws) this.preview();
    this.redraws = false;
    if (!this.focus) return;
    const place = document.getElementById(this.focus) ?? document.getElementById("fields");
    this.focus = "";
    place?.focus({ preventScroll: true });
  }

  /** Each problem beside the field that it is about, or beside the nearest thing around it. */
  private say(): void {
    for (const slot of this.form.querySelectorAll<HTMLElement>(".field__error")) {
      slot.hidden = true;
      slot.textContent = "";
    }
    for (const input of this.form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    for (const problem of document.querySelectorAll<HTMLElement>("#checks .problem--error")) this.place(problem);
  }

  private place(problem: HTMLElement): void {
    const message = problem.querySelector("[data-problem-message]")?.textContent ?? "";
    const field = this.nearest(problem.dataset.problemPath ?? "");
    const slot = field && [...field.querySelectorAll<HTMLElement>(".field__error")].at(-1);
    if (!field || !slot) return;
    slot.textContent = slot.textContent ? `${slot.textContent} ${message}` : message;
    slot.hidden = false;
    field.querySelector("input:not([type=hidden]), select, textarea")?.setAttribute("aria-invalid", "true");
  }

  private nearest(path: string): HTMLElement | null {
    for (let part = path; part; part = part.replace(/(\.|\[)[^.[]*$/, "")) {
      const field = this.form.querySelector<HTMLElement>(`[data-path="${CSS.escape(part)}"]`);
      if (field) return field.querySelector(".field__error") ? field : (field.closest<HTMLElement>("fieldset, details") ?? field);
      if (!/[.[]/.test(part)) break;
    }
    return null;
  }

  /** The frame draws what the YAML says at the moment. */
  private preview(): void {
    const frame = this.form.querySelector<HTMLIFrameElement>(".preview__frame");
    const yaml = document.querySelector<HTMLTextAreaElement>("#yaml");
    if (!frame || !yaml) return;
    const sent = document.createElement("form");
    Object.assign(sent, { method: "post", action: this.form.dataset.preview, target: frame.name, hidden: true });
    const values = new FormData(this.form);
    const width = String(values.get("width") ?? "wide");
    for (const name of ["csrfmiddlewaretoken", "yaml", "who", "locale", "width"]) {
      const area = document.createElement("textarea");
      Object.assign(area, { name, value: String(values.get(name) ?? "") });
      sent.append(area);
    }
    frame.classList.toggle("preview__frame--phone", width === "phone");
    document.body.append(sent);
    sent.submit();
    sent.remove();
  }
}

document.querySelectorAll<HTMLFormElement>("[data-definition]").forEach((form) => new Definition(form));

export {};
