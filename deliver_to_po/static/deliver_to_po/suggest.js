// Suggests places while somebody types one. The table of places is loaded when the field first has focus; nothing that
// is typed leaves the browser. Without JavaScript, or if a file is missing, the field is a plain field.
const MOST = 6;
const FEWEST_LETTERS = 2;
const IN_OWN_PROVINCE = 50;
const IN_QUEBEC = 3;
const SHORT_FOR = { st: "saint", ste: "sainte", mt: "mount", ft: "fort" };

const SPELLED_OUT = { œ: "oe", æ: "ae", ø: "o", ł: "l", ı: "i", đ: "d", ß: "ss" };

// As the server compares names: lower case, no accents, apostrophes or punctuation.
function fold(text) {
  const spelled = text.toLowerCase().replace(/[œæøłıđß]/g, (letter) => SPELLED_OUT[letter]);
  return spelled.normalize("NFKD").replace(/[\p{M}'’‘ʼ`´]/gu, "").replace(/[^a-z0-9]+/g, " ").trim();
}

function inFull(words) {
  return words.split(" ").map((word) => SHORT_FOR[word] ?? word).join(" ");
}

// A name is compared alone, and with its province. Places in the buyer's own province weigh more, and for a French buyer
// of whom no province is known those in Quebec.
export function placesIn({ people, places, also, provinces }, language, own) {
  const french = language.startsWith("fr");
  const usual = own || (french ? "QC" : "");
  const weigh = own ? IN_OWN_PROVINCE : IN_QUEBEC;
  const hundreds = {};
  const place = (called, name, province, sure = true) => {
    const many = hundreds[`${name} ${province}`];
    return {
      many,
      sure,
      weight: (many + 1) * (province === usual ? weigh : 1),
      name: inFull(fold(called)),
      full: inFull(fold(`${called} ${province}`)),
      shown: french ? `${name} (${provinces[province]})` : `${name}, ${province}`,
    };
  };
  const known = Object.entries(places).flatMap(([province, names]) => names.split("|").map((name, at) => {
    hundreds[`${name} ${province}`] = people[province][at] ?? 0;
    return place(name, name, province);
  }));
  // What a place is also called comes after names, and what two provinces' places are called means neither.
  const called = also.map(([words, name, province]) => {
    const sure = also.filter(([other]) => other === words).length < 2;
    return { ...place(words, name, province, sure), many: 0, weight: 0 };
  });
  return [...known, ...called].sort((one, other) => other.weight - one.weight);
}

// What is typed in full comes first, then names that begin with it, then those with a later word that does. However much
// the province weighs, the largest place whose name begins so is among the first three.
export function suggestions(places, typed) {
  const bare = fold(typed);
  if (bare.length < FEWEST_LETTERS) return [];
  const words = [...new Set([inFull(bare), bare])];
  const beginning = places.filter(({ full }) => words.some((word) => full.startsWith(word)));
  const same = beginning.find(({ name, sure }) => sure && words.includes(name));
  const found = same ? [same, ...beginning.filter((place) => place !== same)] : beginning;
  const largest = found.reduce((one, other) => (other.many > one.many ? other : one), found[0]);
  if (found.indexOf(largest) > 2) found.splice(2, 0, largest);
  const shown = new Set(found.map((place) => place.shown));
  for (const place of shown.size < MOST ? places : []) {
    if (words.some((word) => place.full.includes(` ${word}`))) shown.add(place.shown);
  }
  return [...shown].slice(0, MOST);
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
    const { navigation, places, style } = this.dataset;
    if (!document.querySelector(`link[href="${style}"]`)) {
      document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
    }
    try {
      const [{ default: Combobox }, answer] = await Promise.all([import(navigation), fetch(places)]);
      this.places = placesIn(await answer.json(), this.closest("[lang]").lang, this.dataset.province);
      this.build(Combobox);
    } catch {
      this.remove();
    }
  }

  build(Combobox) {
    this.list = Object.assign(document.createElement("ul"), { id: this.field.id.replace("d2po-q", "d2po-suggestions"), className: "d2po-suggestions", hidden: true });
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
    // The field keeps the focus, and the list stays, while an option is pressed.
    for (const type of ["pointerdown", "mousedown"]) this.list.addEventListener(type, (event) => event.preventDefault());
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
    const told = `${this.dataset.say} ${found.length}`;
    // Screen readers read again what is written again.
    if (this.told.textContent !== told) this.told.textContent = told;
    if (!this.list.hidden) return;
    this.list.hidden = false;
    // The browser's own suggestions would cover the list.
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
