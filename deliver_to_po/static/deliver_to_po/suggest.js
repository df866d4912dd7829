// Suggests places while somebody types one. The table of places is loaded when the field first has focus; nothing that
// is typed leaves the browser. Without JavaScript, or if a file is missing, the field is a plain field.
const MOST = 6;
const FEWEST_LETTERS = 2;
const SHORT_FOR = { st: "saint", ste: "sainte", mt: "mount", ft: "fort" };

// As the server compares names: lower case, no accents, apostrophes or punctuation.
function fold(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f'’ʼ`´]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

function inFull(words) {
  return words.split(" ").map((word) => SHORT_FOR[word] ?? word).join(" ");
}

// The largest places come first in the table. A name is compared alone, and with its province.
export function placesIn({ tiers, also, provinces }, language) {
  const french = language.startsWith("fr");
  const place = (called, name, province) => ({
    name: inFull(fold(called)),
    full: inFull(fold(`${called} ${province}`)),
    shown: french ? `${name} (${provinces[province]})` : `${name}, ${province}`,
  });
  const known = tiers.flatMap((tier) => Object.entries(tier).flatMap(
    ([province, names]) => names.split("|").map((name) => place(name, name, province)),
  ));
  return [...known, ...also.map((one) => place(...one))];
}

// What is typed in full comes first, then names that begin with it, then those with a later word that does.
export function suggestions(places, typed) {
  const bare = fold(typed);
  if (bare.length < FEWEST_LETTERS) return [];
  const same = [], beginning = [], later = [];
  for (const words of new Set([inFull(bare), bare])) {
    for (const place of places) {
      const at = place.full.indexOf(words);
      if (at === 0) (place.name === words ? same : beginning).push(place.shown);
      else if (at > 0 && place.full.includes(` ${words}`)) later.push(place.shown);
    }
  }
  return [...new Set([...same, ...beginning, ...later])].slice(0, MOST);
}

class Suggest extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.dataset.field);
    this.field?.addEventListener("focus", () => this.load(), { once: true });
    if (this.field === document.activeElement) this.load();
  }

  async load() {
    if (this.loading) return;
    this.loading = true;
    const { navigation, places } = this.dataset;
    try {
      const [{ default: Combobox }, answer] = await Promise.all([import(navigation), fetch(places)]);
      this.places = placesIn(await answer.json(), this.closest("[lang]").lang);
      this.build(Combobox);
    } catch {
      this.remove();
    }
  }

  build(Combobox) {
    this.list = Object.assign(document.createElement("ul"), { id: "d2po-suggestions", className: "d2po-suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.dataset.label);
    this.told = Object.assign(document.createElement("p"), { className: "d2po-hidden" });
    this.told.setAttribute("aria-live", "polite");
    this.append(this.list, this.told);
    this.autocomplete = this.field.autocomplete;
    this.combobox = new Combobox(this.field, this.list, { tabInsertsSuggestions: false });
    this.field.addEventListener("input", () => this.suggest());
    this.field.addEventListener("blur", () => this.close());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.form.addEventListener("submit", () => this.close());
    // The field keeps the focus while an option is pressed.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("combobox-commit", ({ target }) => this.take(target.textContent));
    // Who has searched already while this was loaded reads the answer: nothing may lie over it.
    const { value, defaultValue, form } = this.field;
    if (this.field === document.activeElement && ![defaultValue, form.dataset.asked].includes(value)) this.suggest();
  }

  suggest() {
    const found = suggestions(this.places, this.field.value);
    if (!found.length) return this.close();
    this.list.replaceChildren(...found.map((shown) => {
      const option = Object.assign(document.createElement("li"), { textContent: shown });
      option.setAttribute("role", "option");
      return option;
    }));
    this.told.textContent = `${this.dataset.say} ${found.length}`;
    if (!this.list.hidden) return;
    this.list.hidden = false;
    // What the browser offers by itself would lie over the list.
    this.field.autocomplete = "off";
    this.combobox.start();
  }

  close() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.field.autocomplete = this.autocomplete;
    this.told.textContent = "";
    this.combobox.stop();
  }

  onKey(event) {
    if (event.key !== "Escape" || this.list.hidden) return;
    event.preventDefault();
    this.close();
  }

  take(shown) {
    this.field.value = shown;
    this.close();
    this.field.form.requestSubmit();
  }
}

customElements.define("d2po-suggest", Suggest);
