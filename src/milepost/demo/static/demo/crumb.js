// The example product. It tells Milepost what happens by a few calls: identify, track, reset, and makes what it is asked for.
(() => {
  const say = (...call) => (window.milepost ||= []).push(call);
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("crumb", { createHTML: (html) => html })
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

  const search = document.querySelector("#food-search");
  if (!search) return;
  const results = document.querySelector("#results");
  const today = document.querySelector("#today");

  let pause;
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(find, 150);
  });

  async function find() {
    const query = search.value.trim();
    if (!query) return results.replaceChildren();
    const answer = await fetch(`${search.dataset.url}?q=${encodeURIComponent(query)}`);
    const html = await answer.text();
    if (query !== search.value.trim()) return; // a newer word is on its way
    fill(results, html);
    say("track", "Food Searched", { query, results: results.querySelectorAll("li").length });
  }

  if (!today) return;

  results.addEventListener("click", async (event) => {
    const food = event.target.closest("[data-food]")?.dataset.food;
    if (!food) return;
    const logged = await post(search.dataset.meals, { food, meal: document.querySelector("#meal").value });
    if (!logged) return;
    fill(today, logged.html);
    results.replaceChildren();
    search.value = "";
    say("track", "Meal Logged", logged.told);
  });

  // A ready-made day, when somebody asks for one: the piece says which, this product makes it and says what it made.
  say("on", "template", async ({ key, data }) => {
    const made = await post(today.dataset.sample, { meals: JSON.stringify(data.meals ?? []) });
    if (!made) return;
    fill(today, made.html);
    say("track", "Template Used", { template: key, ids: made.ids });
    today.dataset.template = key;
  });

  today.addEventListener("click", async (event) => {
    if (event.target.id !== "remove-sample") return;
    const done = await post(today.dataset.remove, {});
    if (!done) return;
    fill(today, done.html);
    say("track", "Template Removed", { template: today.dataset.template ?? "sample-day", removed: done.removed });
  });
})();
