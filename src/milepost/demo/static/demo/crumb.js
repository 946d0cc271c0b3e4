// The example product. It tells Milepost what happens by three calls: identify, track, reset.
(() => {
  const say = (...call) => (window.milepost ||= []).push(call);
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("crumb", { createHTML: (html) => html })
    : { createHTML: (html) => html };
  /** A fragment that our own server rendered and escaped. */
  const fill = (place, html) => {
    place.innerHTML = policy.createHTML(html);
  };

  const { fresh, user, name, email, signature } = document.body.dataset;
  if (fresh !== undefined) {
    say("identify", user, { name, email }, { signature });
    say("track", "Signed Up", { plan: "free" });
  }

  document.querySelector("#log-out")?.addEventListener("submit", () => say("reset"));

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied;
    });
  }

  const search = document.querySelector("#food-search");
  if (!search) return;
  const results = document.querySelector("#results");

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
    say("track", "Food Searched", { query, results: results.querySelectorAll("[data-food]").length });
  }

  results.addEventListener("click", async (event) => {
    const food = event.target.closest("[data-food]")?.dataset.food;
    if (!food) return;
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ food, meal: document.querySelector("#meal").value });
    const answer = await fetch(search.dataset.meals, { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (!answer.ok) return location.reload(); // signed out in another tab
    const { html, told } = await answer.json();
    fill(document.querySelector("#today"), html);
    results.replaceChildren();
    search.value = "";
    say("track", "Meal Logged", told);
  });
})();
