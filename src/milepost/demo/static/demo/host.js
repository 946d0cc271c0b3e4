// What every example product says to Milepost: who is here, that they signed up, what has just happened. It knows Milepost
// by a few calls only: identify, track, reset, start, on.
const host = (() => {
  const say = (...call) => (window.milepost ||= []).push(call);
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("host", { createHTML: (html) => html })
    : { createHTML: (html) => html };
  /** A fragment that our own server rendered and escaped. */
  const fill = (place, html) => {
    place.innerHTML = policy.createHTML(html);
  };
  /** Sends a form to our own server; null when somebody signed out in another tab. */
  const post = async (url, fields) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams(fields);
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (answer.ok) return answer.json();
    if (answer.status === 403) location.reload();
    return null;
  };

  const { fresh, tell, user, name, email, signature, plan } = document.body.dataset;
  const locale = document.documentElement.lang;
  if (user) say("identify", user, { ...(fresh === undefined ? {} : { name, email }), plan, locale }, { signature });
  if (fresh !== undefined) say("track", "Signed Up", { plan });
  if (user && !sessionStorage.getItem(`opened:${user}`)) {
    sessionStorage.setItem(`opened:${user}`, "1");
    say("track", "App Opened", {});
  }
  if (tell) say("track", ...JSON.parse(tell));

  document.querySelector("#log-out")?.addEventListener("submit", () => say("reset"));
  for (const button of document.querySelectorAll("[data-start]"))
    button.addEventListener("click", () => say("start", button.dataset.start));
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied;
    });
  }

  /** A form that changes a part of its page: our server says what the part looks like now, and what has happened. */
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-fill]");
    if (!form) return;
    event.preventDefault();
    const answer = await post(form.action, new FormData(form));
    if (!answer) return;
    form.reset();
    fill(document.querySelector(form.dataset.fill), answer.html);
    for (const told of answer.tell) say("track", ...told);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-fill] select, [data-fill] [type=date]")) target.form.requestSubmit();
  });

  // Ready-made data, when somebody asks for it: the piece says which, this product makes it and says what it made.
  const shelf = document.querySelector("[data-sample]");
  if (shelf)
    say("on", "template", async ({ key, data }) => {
      const made = await post(shelf.dataset.sample, { data: JSON.stringify(data) });
      if (!made) return;
      fill(shelf, made.html);
      say("track", "Template Used", { template: key, ids: made.ids });
      shelf.dataset.template = key;
    });
  // Or our server was asked for it, and has made it: this page only has to look.
  if (shelf?.dataset.shown)
    say("on", "template_made", async () => {
      const answer = await fetch(shelf.dataset.shown);
      if (answer.ok) fill(shelf, (await answer.json()).html);
    });
  shelf?.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-remove-sample]")) return;
    const done = await post(shelf.dataset.remove, {});
    if (!done) return;
    fill(shelf, done.html);
    say("track", "Template Removed", {
      template: done.sample ?? shelf.dataset.template ?? "example",
      removed: done.removed,
    });
  });

  return { say, fill, post };
})();
