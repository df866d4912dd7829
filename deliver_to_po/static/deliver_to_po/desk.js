// The desk's comforts: copy buttons, a column of fields that a scanner or a paste fills, and a session that ends, or a
// page that looks again, without taking what was typed with it. Without it all still works.

// Returns whether the text is in the clipboard now.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard without a secure address: the old way.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}

for (const button of document.querySelectorAll("[data-d2po-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(button.dataset.d2poCopy);
    button.focus();
    const card = button.closest("[data-d2po-copied]");
    const said = copied ? card.dataset.d2poCopied : card.dataset.d2poNotCopied;
    card.querySelector(".d2po-status").textContent = `${button.dataset.d2poCopy} – ${said}`;
  });
}

for (const form of document.querySelectorAll("[data-d2po-numbers]")) {
  const fields = [...form.querySelectorAll(".d2po-number")];

  form.addEventListener("keydown", (event) => {
    const place = fields.indexOf(event.target);
    // A scanner ends each number with Enter: on to the next, and only the button sends.
    if (event.key !== "Enter" || place < 0) return;
    event.preventDefault();
    (fields[place + 1] ?? form.querySelector("button[value=numbers]")).focus();
  });

  form.addEventListener("paste", (event) => {
    const place = fields.indexOf(event.target);
    const lines = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.trim());
    while (lines.length && !lines.at(-1)) lines.pop();
    if (place < 0 || lines.length < 2) return;
    event.preventDefault();
    const filled = fields.slice(place, place + lines.length);
    filled.forEach((field, index) => { field.value = lines[index]; });
    filled.at(-1).focus();
    const left = lines.slice(filled.length);
    form.querySelector(".d2po-status").textContent = left.length ? `${form.dataset.d2poTooMany} ${left.join(", ")}` : "";
  });

  const all = form.querySelector("[data-d2po-all]");
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of form.querySelectorAll("input[name=parcel]")) box.checked = all.checked;
  });
}

// Before a form is sent, ask whether the session lives: else the login would lose what was typed. Whoever has logged in
// beside this page has another token, which is the answer.
const PATIENCE = 5000;
for (const note of document.querySelectorAll("[data-d2po-ended^='/']")) {
  const form = note.closest("form");
  let asking = false;
  let lives = false;

  form.addEventListener("submit", async (event) => {
    if (lives || !holdsSomething(form)) return;
    event.preventDefault();
    if (asking) return;
    const { submitter } = event;
    asking = true;
    const ended = await fetch(note.dataset.d2poEnded, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) })
      .then(async (answer) => {
        const token = answer.ok ? await answer.text() : "";
        // A sign-on in front of the admin may answer with its page.
        if (!/^\w{32,64}$/.test(token)) return answer.ok || answer.type === "opaqueredirect";
        form.elements.csrfmiddlewaretoken.value = token;
        return false;
      })
      .catch(() => false);
    asking = false;
    note.hidden = !ended;
    if (ended) return;
    lives = true;
    form.requestSubmit(submitter);
    lives = false;
  });
}

// What a login would lose: rows selected in the list, something typed, or a tick set or taken away.
function holdsSomething(form) {
  const fields = [...form.querySelectorAll("[name=chosen], input:not([type=hidden], [type=submit]), select, textarea")];
  return fields.some((field) => (field.type === "checkbox" ? !field.checked || !field.defaultChecked : field.value));
}

// A print job's page looks again by itself, which undoes nothing that was chosen on it.
const printing = document.querySelector("[data-d2po-printing]");
if (printing) {
  const { form: paper, start, no_cover: noCover } = printing.elements;
  const kept = JSON.parse(sessionStorage.getItem(location.pathname));
  if (kept) [paper.value, start.value, noCover.checked] = kept;
  printing.addEventListener("change", () => {
    sessionStorage.setItem(location.pathname, JSON.stringify([paper.value, start.value, noCover.checked]));
  });
}
