// The total follows what is entered, once who buys has said all that is asked. Without this script the page's buttons do the same.
const GIVE_UP_MS = 15000;
const form = document.getElementById("one-page");
const step = form.querySelector("d2po-step");
let [asked, before, moved] = [0, Promise.resolve(), false];

async function follow(own) {
  if (own !== asked) return;
  const body = new FormData(form);
  body.append("update", "1");
  const answer = await fetch(location.pathname, { method: "POST", body, signal: AbortSignal.timeout(GIVE_UP_MS) });
  // The order is placed.
  if (answer.redirected) return location.assign(answer.url);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("order");
  if (fresh) document.getElementById("order").replaceWith(fresh);
  // The list begins near the address, and its recipient is who buys, before and after a choice.
  if (!moved || !step || step.contains(document.activeElement)) return;
  moved = false;
  await step.refresh();
}

// One after the other, since each answer may bring another session; the last one is enough.
form.addEventListener("change", ({ target }) => {
  moved ||= Boolean(target.closest("[data-contact]"));
  if (target.name === "pay" || form.querySelector("[data-contact] :invalid")) return;
  const own = (asked += 1);
  before = before.then(() => follow(own)).catch(() => {});
});

form.addEventListener("submit", (event) => {
  if (event.submitter?.name === "buy" && form.elements.method.value === "post_office" && step.isConnected) {
    step.required = true;
    if (!step.reportValidity()) event.preventDefault();
  }
});
