// What every page of the console does in the browser: fragments (htmx), theme, copying, dialogs, toasts.
import "htmx.org";

type Handler = (element: HTMLElement) => void;

const YEAR_SECONDS = 31_536_000;
const TOAST_MS = 8_000;
const COPIED_MS = 2_000;

function chooseTheme(button: HTMLElement): void {
  const theme = button.dataset.themeChoice ?? "system";
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  markTheme(theme);
  document.dispatchEvent(new CustomEvent("milepost:theme"));
}

function markTheme(theme: string): void {
  for (const each of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    each.setAttribute("aria-pressed", String(each.dataset.themeChoice === theme));
  }
}

function copy(button: HTMLElement): void {
  const source = document.getElementById(button.dataset.copy ?? "");
  const label = button.querySelector<HTMLElement>("[data-copy-label]");
  if (!source || !label) return;
  void navigator.clipboard.writeText((source.textContent ?? "").trim()).then(() => {
    const before = label.textContent;
    label.textContent = button.dataset.copied ?? "";
    window.setTimeout(() => {
      label.textContent = before;
    }, COPIED_MS);
  });
}

function openDialog(button: HTMLElement): void {
  const dialog = document.getElementById(button.dataset.opens ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

function closeDialog(button: HTMLElement): void {
  button.closest("dialog")?.close();
}

function dismiss(button: HTMLElement): void {
  button.closest(".toast")?.remove();
}

/** A toast goes by itself, but not while somebody reads it with the pointer or the focus on it. */
function fade(toast: HTMLElement): void {
  window.setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) fade(toast);
    else toast.remove();
  }, TOAST_MS);
}

function sayOffline(): void {
  const shelf = document.querySelector(".toasts");
  const template = document.querySelector<HTMLTemplateElement>("#toast-offline");
  if (!shelf || !template || shelf.querySelector("[data-offline]")) return;
  shelf.append(template.content.cloneNode(true));
  shelf.querySelectorAll<HTMLElement>("[data-offline]").forEach(fade);
}

const ON_CLICK: Record<string, Handler> = {
  "[data-theme-choice]": chooseTheme,
  "[data-copy]": copy,
  "[data-opens]": openDialog,
  "[data-closes]": closeDialog,
  "[data-dismiss]": dismiss,
};

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  for (const [selector, handle] of Object.entries(ON_CLICK)) {
    const element = event.target.closest<HTMLElement>(selector);
    if (element) handle(element);
  }
});

document.addEventListener("change", (event) => {
  const control = event.target;
  if (control instanceof HTMLElement && control.matches("[data-submits]")) control.closest("form")?.requestSubmit();
});

/** Ctrl + Enter in a text sends its form. */
document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (area instanceof HTMLTextAreaElement && area.matches("[data-sends]")) area.form?.requestSubmit();
});

/** What was chosen on the map is brought before the eyes, where it stands below the screen. */
document.addEventListener("htmx:after:swap", () => {
  const chosen = document.querySelector<HTMLElement>("[data-chosen]:not([data-shown])");
  if (!chosen) return;
  chosen.dataset.shown = "";
  const { top } = chosen.getBoundingClientRect();
  if (top > window.innerHeight * 0.8 || top < 0) chosen.scrollIntoView({ block: "start" });
});

document.addEventListener("htmx:error", sayOffline);
document.documentElement.classList.add("scripted");
markTheme(document.documentElement.dataset.theme ?? "system");
document.querySelectorAll<HTMLElement>(".toast").forEach(fade);
