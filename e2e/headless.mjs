// A newcomer in plain Node: what the client that draws nothing tells of their first day, as JSON.
// Takes HOST, KEY, USER and SIGNATURE from the environment.
import { createMilepost } from "../sdk/dist/sdk/index.js";

const { HOST, KEY, USER, SIGNATURE } = process.env;
const kept = new Map();
const storage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => void kept.set(name, value),
  removeItem: (name) => void kept.delete(name),
};
const client = () => createMilepost({ host: HOST, key: KEY, user: USER, signature: SIGNATURE, storage });

/** Resolves with the first value that is as wanted. */
function once(observable, wanted) {
  return new Promise((resolve) => {
    const end = observable.subscribe((value) => {
      const found = wanted(value);
      if (!found) return;
      queueMicrotask(end);
      resolve(found);
    });
    const found = wanted(observable.get());
    if (found) {
      end();
      resolve(found);
    }
  });
}

const piece = (milepost, kind) => once(milepost.pieces, (all) => all.find(({ body }) => body.kind === kind));
const gone = (milepost, { id }) => once(milepost.pieces, (all) => !all.some((each) => each.id === id));

const milepost = client();
milepost.track("Signed Up");
const survey = await piece(milepost, "survey");
const asked = milepost.act(survey);
asked.shown();
const refused = await asked.answer("goal", "to fly");
const taken = await asked.answer("goal", "lose-weight");
asked.complete();
await gone(milepost, survey);
const plan = await once(milepost.plan, (value) => value);

const guide = await piece(milepost, "guide");
milepost.act(guide).shown(0);
milepost.act(guide).step(1);
const reached = milepost.pieces.get().find(({ id }) => id === guide.id).step;

// The program ends in the middle, and another one goes on: what it knew is in the storage.
milepost.close();
const later = client();
const again = await piece(later, "guide");
later.track("Meal Logged", { meal: "lunch", calories: 320 });
const celebration = await piece(later, "celebration");
later.act(celebration).shown();
later.act(celebration).dismiss();
await gone(later, celebration);
const next = await once(later.next, (value) => value);
const done = await once(later.plan, (value) => value?.items.some((item) => item.reached_at) && value);
const sent = await once({ get: () => kept.get("milepost.outbox") === "[]", subscribe: every }, (empty) => empty);
later.close();

/** Looks again and again. */
function every(look) {
  const timer = setInterval(() => look(kept.get("milepost.outbox") === "[]"), 20);
  return () => clearInterval(timer);
}

console.log(
  JSON.stringify({
    survey: { title: survey.body.title, questions: survey.body.questions.map(({ key }) => key) },
    refused,
    taken,
    plan: plan.items.map(({ key }) => key),
    guide: { steps: guide.body.steps.length, reached, again: again.id === guide.id && again.step },
    celebration: celebration.content,
    next,
    done: done.items.filter((item) => item.reached_at).map(({ key }) => key),
    sent,
    device: kept.get("milepost.anonymous"),
  }),
);
