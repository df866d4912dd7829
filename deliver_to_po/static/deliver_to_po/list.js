// What JavaScript adds to the step's own page; without it every page works.
const BESIDE_EM = 56;
const EDGE_PX = 16;
const GIVE_UP_MS = 15000;
export const FORBIDDEN = 403;

// False where it is unknown: a picture, another notation.
function standsOnDark(element) {
  for (let at = element; at; at = at.parentElement) {
    const { backgroundColor, backgroundImage } = getComputedStyle(at);
    if (backgroundImage !== "none" || !backgroundColor.startsWith("rgb")) return false;
    const [red, green, blue, opaque = 1] = backgroundColor.match(/[\d.]+/g).map(Number);
    if (opaque > .5) return .2126 * red + .7152 * green + .0722 * blue < 100;
  }
  return false;
}

export class List extends HTMLElement {
  constructor() {
    super();
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("change", (event) => this.onChange(event));
    for (const type of ["pointerover", "focusin"]) this.addEventListener(type, ({ target }) => this.light(this.rowOf(target)));
    this.addEventListener("pointerleave", () => this.light(null));
    this.addEventListener("pointerdown", ({ target }) => this.press(target.closest("[data-office]")));
    this.addEventListener("keydown", ({ key }) => {
      this.press(null);
      if (key === "Escape") this.closeFilter();
    });
  }

  connectedCallback() {
    this.stay = new AbortController();
    const { signal } = this.stay;
    // Before a link opens it again.
    document.addEventListener("click", ({ target }) => this.filter?.contains(target) || this.closeFilter(), { signal, capture: true });
    this.begin(signal);
  }

  begin(signal) {
    window.addEventListener("popstate", () => this.here !== this.shown && this.load(this.here, { back: true }), { signal });
    window.addEventListener("pageshow", () => this.matchPage(), { signal });
    this.shown = this.here;
    this.setUp();
  }

  disconnectedCallback() {
    this.stay.abort();
    this.searching?.stop();
  }

  setUp() {
    // A dark page whose style sheet does not say so.
    if (getComputedStyle(this.root).colorScheme === "normal" && standsOnDark(this)) this.root.style.colorScheme = "dark";
    this.field = this.querySelector(".d2po-search [name=q]");
    this.later = this.place = this.searching = this.suggests = null;
    if (!this.results) return;
    this.root.dataset.view = "list";
    this.later = new Later(this);
    this.place = this.querySelector("[data-map]") && new MapPlace(this);
    this.querySelector("[data-locate]").hidden = !navigator.geolocation;
    this.field.addEventListener("focus", () => this.suggest(), { once: true });
    if (this.field === document.activeElement) this.suggest();
    this.settle();
  }

  // Whether it is a part of somebody's page.
  get within() { return false; }
  get root() { return this; }
  get here() { return location.pathname + location.search; }
  get wide() { return this.root.clientWidth >= BESIDE_EM * parseFloat(getComputedStyle(this.root).fontSize); }
  get calm() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }
  get results() { return this.querySelector("[data-results]"); }
  get filter() { return this.querySelector("[data-filter]"); }
  get rows() { return [...this.querySelectorAll("[data-office]")]; }
  get located() { return this.rows.filter((row) => row.dataset.position); }
  get chosen() { return this.querySelector("[data-office] input:checked"); }

  suggest() {
    const { dataset } = this.querySelector("d2po-suggest") ?? {};
    if (!dataset || this.suggests) return;
    this.suggests = true;
    import(dataset.script).catch(() => {});
    this.search();
  }

  // What repeats the page is for screen readers only.
  say(text, { repeats = false } = {}) {
    const status = this.querySelector("[data-status]");
    if (!status) return;
    status.classList.toggle("d2po-hidden", repeats);
    status.textContent = text;
  }

  // After Back browsers restore both once scripts have run; the text goes with the list.
  matchPage() {
    if (!this.results) return;
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    if (type === "back_forward" && this.rows.length) this.field.value = this.field.defaultValue;
    this.showChoice();
  }

  rowOf(element) {
    const pin = element.closest("[data-pin]");
    return pin ? this.rows.find((row) => row.dataset.office === pin.dataset.pin) : element.closest("[data-office]");
  }

  light(row) {
    if (row === this.lit) return;
    this.lit?.removeAttribute("data-lit");
    row?.setAttribute("data-lit", "");
    this.lit = row;
    this.place?.map?.light(row);
  }

  press(row) {
    Object.assign(this, { pressed: row, y: row?.getBoundingClientRect().y });
  }

  settle() {
    this.showChoice();
    this.place?.draw();
  }

  showChoice() {
    this.place?.map?.press(this.chosen?.closest("[data-office]"));
    if (this.results.hasAttribute("data-hours-missing")) this.search((search) => search.askHours(), () => {});
    this.later.follow();
  }

  closeFilter() {
    if (!this.filter?.open) return;
    const focused = this.filter.contains(document.activeElement);
    this.filter.open = false;
    if (focused) this.filter.querySelector("summary").focus();
  }

  async fetchPage(url, options) {
    const response = await fetch(url, { ...options, signal: options?.signal ?? AbortSignal.timeout(GIVE_UP_MS) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const { pathname, search } = new URL(response.url);
    return Object.assign(page, { at: pathname + search, status: response.status });
  }

  // The choice goes with the question, not into the URL. A form whose cookie is lost gets another, once.
  async ask(url, options) {
    const headers = this.chosen ? { "X-D2PO-Chosen": this.chosen.value } : {};
    const page = await this.fetchPage(url, { ...options, headers });
    if (page.status !== FORBIDDEN || !options.body) return page;
    const { value } = (await this.fetchPage(this.here, { signal: options.signal })).querySelector("[name=csrfmiddlewaretoken]") ?? {};
    if (!value) return page;
    for (const input of this.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = value;
    options.body.set("csrfmiddlewaretoken", value);
    return this.fetchPage(url, { ...options, headers });
  }

  async search(use = () => {}, fail = () => this.say(this.root.dataset.sayFailed)) {
    const { dataset } = this.field.form;
    try {
      const { Search } = await import(dataset.search);
      this.searching ??= new Search(this);
    } catch {
      // Some browsers never ask again for an address that failed.
      dataset.search += "?";
      return fail();
    }
    use(this.searching);
  }

  load(...asked) {
    this.search((search) => search.load(...asked));
  }

  onSubmit(event) {
    const { target: form } = event;
    if (!form.matches("[data-search]")) {
      // Back asks for it anew.
      history.replaceState(history.state, "");
      return this.searching?.stop();
    }
    // On a slow connection the form is faster than its script, which loads once the field has the focus.
    if (!this.searching && !this.within) return;
    event.preventDefault();
    this.closeFilter();
    form.dataset.asked = form.q.value;
    if (!this.searching) this.say(this.root.dataset.saySearching);
    this.search((search) => search.send(form, true));
  }

  // While another row folds above the pressed one, as far as that is in sight.
  keepInPlace(row) {
    const { y, bottom } = row.getBoundingClientRect();
    if (row === this.pressed) scrollBy({ top: Math.max(Math.min(y - this.y, 0), Math.min(bottom - innerHeight, 0)), behavior: "instant" });
  }

  onChange({ target }) {
    if (!this.results) return;
    if (target.name === "office_id") this.keepInPlace(target.parentNode);
    if (target.name !== "filter") this.showChoice();
    else if (this.results.dataset.url) this.search((search) => search.send(target.form));
  }

  open(url) {
    location.assign(url);
  }

  // Other links are the browser's.
  follow() {}

  onClick(event) {
    const link = event.target.closest("a[href], [data-locate]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (!link.matches("[data-hours-link], [data-more], [data-locate]")) return this.follow(event, link);
    event.preventDefault();
    if (link.matches("[data-hours-link]")) this.search((search) => search.openHours(link), () => this.open(link.href));
    else if (link.form) this.search((search) => search.locate(link));
    else this.load(link.pathname + link.search, { firstNew: this.rows.length });
  }
}

// Days and prices that come after the page.
class Later {
  constructor(step) {
    Object.assign(this, { step, answers: new Map() }, step.querySelector("[data-hours-url]").dataset);
  }

  async ask(url, query) {
    const page = await this.step.fetchPage(`${url}?${new URLSearchParams(query)}`).catch(() => null);
    return page?.status === 200 ? page : null;
  }

  // What is unknown of this office is not said.
  write() {
    for (const [office, answer] of this.answers) if (answer) this.linesOf(office)?.replaceChildren(...answer.cloneNode(true).childNodes);
    if (!this.givens) return;
    const { unknown } = this.givens.dataset;
    for (const line of this.step.querySelectorAll("[data-told] [data-service], [data-way]")) {
      const code = line.dataset.service ?? line.dataset.way;
      const known = this.linesOf(this.office)?.querySelector(`[data-service="${code}"]`);
      if (known) line.replaceChildren(...known.cloneNode(true).childNodes);
      else if (line.querySelector("strong") && !line.querySelector("[data-around]")) line.firstChild.replaceWith(line.dataset.way ? "" : unknown);
    }
    // A row speaks of day and price only where they are others.
    for (const line of this.step.querySelectorAll("[data-pick-up] [data-service]")) {
      line.hidden = line.textContent === this.step.querySelector(`[data-told] [data-service="${line.dataset.service}"]`)?.textContent;
    }
    const told = this.step.querySelector("[data-told]")?.innerText, { chosen } = this.step;
    if (chosen && this.at !== chosen.value && this.told && this.told !== told) this.step.say(told, { repeats: true });
    Object.assign(this, { told, at: chosen?.value });
  }

  linesOf(office) {
    return this.step.querySelector(`[data-pick-up="${office}"]`);
  }

  get givens() { return this.step.querySelector("[data-unknown]"); }
  get office() { return (this.step.chosen ?? this.step.querySelector("[data-suggestion]") ?? this.step.querySelector("[data-office] input")).value; }

  // First of the office that is told above the list.
  async follow() {
    if (!this.pickUps || !this.givens) return;
    this.write();
    await this.askPrices([this.office]);
    await this.askPrices(this.step.rows.map((row) => row.dataset.office));
  }

  // Again for what comes late, while some does.
  async askPrices(offices, before = Infinity) {
    const asked = offices.filter((office) => !this.answers.has(office));
    if (!asked.length || asked.length === before) return;
    for (const office of asked) this.answers.set(office, null);
    const page = await this.ask(this.pickUps, asked.map((office) => ["office", office]));
    for (const office of asked) {
      const answer = page?.querySelector(`[data-pick-up="${office}"]`);
      if (answer?.firstChild) this.answers.set(office, answer);
      else this.answers.delete(office);
    }
    this.write();
    await this.askPrices(asked, asked.length);
  }
}

// The map's place: beside the list, or the second of two views.
class MapPlace {
  constructor(step) {
    this.step = step;
    this.box = step.querySelector("[data-map]");
    this.frame = step.querySelector("[data-map-frame]");
    this.buttons = [...step.querySelectorAll("button[data-view]")];
    this.wanted = this.box.hasAttribute("data-opened");
    for (const button of this.buttons) button.addEventListener("click", () => this.view(button.dataset.view));
  }

  get shown() { return this.box.hasAttribute("data-shown"); }
  get inSight() { return this.shown && (this.step.wide || this.step.root.dataset.view === "map"); }

  view(name) {
    this.step.root.dataset.view = name;
    this.wanted = name === "map";
    this.toggle(this.wanted);
    this.buttons.find(({ dataset }) => dataset.view !== name).focus();
    if (this.wanted && !this.step.wide) this.step.field.closest(".d2po-search").scrollIntoView();
  }

  async toggle(open) {
    this.frame.hidden = !open;
    this.box.toggleAttribute("data-shown", open);
    if (!open) return;
    this.fit();
    try {
      const { openMap } = await import(this.box.dataset.module);
      this.map ??= await (this.opening ??= openMap(this.step, this.box));
      this.draw();
    } catch {
      this.opening = null;
      this.view("list");
      this.step.say(this.step.root.dataset.sayMapFailed);
    }
  }

  fit() {
    const above = this.box.parentNode.getBoundingClientRect().top + scrollY + EDGE_PX;
    this.step.root.style.setProperty("--d2po-above", `${Math.min(above, innerHeight / 2)}px`);
  }

  draw() {
    const none = !this.step.located.length;
    for (const element of [this.box, ...this.buttons]) element.hidden = none;
    if (none) {
      this.box.removeAttribute("data-shown");
      this.step.root.dataset.view = "list";
    } else if (this.wanted && this.step.wide && (this.frame.hidden || !this.shown)) {
      this.toggle(true);
    } else if (this.inSight) {
      this.map?.draw();
    }
  }
}

// The step's own page has this file alone, unless it has step.js, whose element can do more.
const own = document.querySelector("script[data-step]")?.src === import.meta.url;
if (own && !document.querySelector("script[src*='deliver_to_po/step.']") && !customElements.get("d2po-step")) customElements.define("d2po-step", List);
