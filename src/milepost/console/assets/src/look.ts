// Settings, Look: the frames draw what the form says at the moment.

const SETTLE_MS = 250;

function draw(form: HTMLFormElement): void {
  const said = new URLSearchParams();
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input[name], select[name]")) {
    if (field.type !== "hidden") said.set(field.name, field.value);
  }
  for (const frame of form.querySelectorAll<HTMLIFrameElement>("[data-view]")) {
    said.set("view", frame.dataset.view ?? "");
    frame.contentWindow?.location.replace(`${form.dataset.look}?${said}`);
  }
}

for (const form of document.querySelectorAll<HTMLFormElement>("[data-look]")) {
  let soon = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(soon);
    soon = window.setTimeout(() => draw(form), SETTLE_MS);
  });
  draw(form);
}

export {};
