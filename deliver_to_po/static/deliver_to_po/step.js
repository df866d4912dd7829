// What JavaScript adds; without it every page works. With an address in "src" the step is part of a page: a form control.
const BESIDE_EM = 56;
const EDGE_PX = 16;
const WORKER_MS = 2000;
const GIVE_UP_MS = 15000;
const FORBIDDEN = 403;
const REFERENCES = ["id", "for", "form", "aria-describedby", "aria-labelledby", "data-field"];
const CONTROLS = "button, fieldset, input, select, textarea";
// Before the server has said anything.
const FAILED = {
  en: "We could not load the post offices. Check your connection and reload the page.",
  fr: "Nous n’avons pas pu charger les bureaux de poste. Vérifiez votre connexion et rechargez la page.",
};
const NOTHING = { value: "", seen: "", office: null, price: null, service: "", day: "" };

// Elements that were taken out of the page just now: one that comes in their place goes on with what they show.
const left = new Set();
let made = 0;

function plainClick(event) {
  return !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}

function titleOf({ dataset }) {
  return dataset.number ? `${dataset.number}. ${dataset.name}` : dataset.name;
}

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

// Once for a page, before what it is for is shown.
function style({ href, rel }) {
  if ([...document.querySelectorAll("link[rel=stylesheet]")].some((link) => link.href === href)) return null;
  return new Promise((done) => document.head.append(Object.assign(document.createElement("link"), { rel, href, onload: done, onerror: done })));
}

export class Step extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["src", "name", "required", "disabled"];
  #internals = this.attachInternals();
  #choice = NOTHING;
  #root = null;
  #suffix = `-${made += 1}`;
  #forms = new Map();

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
    // A page's own form hears of the choice, not of what is typed here.
    for (const type of ["input", "change"]) this.addEventListener(type, (event) => this.within && event.target !== this && event.stopPropagation());
    this.onAway = ({ target }) => this.filter?.contains(target) || this.closeFilter();
    this.onBack = () => this.here !== this.shown && this.load(this.here, { back: true });
    this.onShow = () => this.matchPage();
  }

  connectedCallback() {
    // What was set before this class was there.
    for (const name of Step.observedAttributes) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    document.addEventListener("click", this.onAway);
    if (this.within) return queueMicrotask(() => this.isConnected && this.begin());
    window.addEventListener("popstate", this.onBack);
    window.addEventListener("pageshow", this.onShow);
    this.shown = this.here;
    this.setUp();
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this.onBack);
    window.removeEventListener("pageshow", this.onShow);
    document.removeEventListener("click", this.onAway);
    this.searching?.stop();
    if (!this.#root) return;
    left.add(this);
    setTimeout(() => {
      if (left.delete(this) && !this.isConnected) for (const form of this.#forms.values()) form.remove();
    });
  }

  // What the content that is there now needs.
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

  get language() { return this.closest("[lang]")?.lang; }
  get within() { return this.hasAttribute("src"); }
  get root() { return this.#root ?? this; }
  get here() { return this.within ? this.shown : location.pathname + location.search; }
  get wide() { return this.root.clientWidth >= BESIDE_EM * parseFloat(getComputedStyle(this.root).fontSize); }
  get calm() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }
  get results() { return this.querySelector("[data-results]"); }
  get filter() { return this.querySelector("[data-filter]"); }
  get rows() { return [...this.querySelectorAll("[data-office]")]; }
  get located() { return this.rows.filter((row) => row.dataset.position); }
  get chosen() { return this.querySelector("[data-office] input:checked"); }

  // -- As a control of a form ---------------------------------------------------------------------------------------

  get src() { return this.getAttribute("src") ?? ""; }
  set src(value) { this.setAttribute("src", value); }
  get name() { return this.getAttribute("name") ?? ""; }
  set name(value) { this.setAttribute("name", value); }
  get required() { return this.hasAttribute("required"); }
  set required(on) { this.toggleAttribute("required", Boolean(on)); }
  get disabled() { return this.hasAttribute("disabled"); }
  set disabled(on) { this.toggleAttribute("disabled", Boolean(on)); }
  get type() { return this.localName; }
  get value() { return this.#choice.value; }
  get seen() { return this.#choice.seen; }
  get office() { return this.#choice.office; }
  get price() { return this.#choice.price; }
  get service() { return this.#choice.service; }
  get day() { return this.#choice.day; }
  get form() { return this.#internals.form; }
  get labels() { return this.#internals.labels; }
  get validity() { return this.#internals.validity; }
  get validationMessage() { return this.#internals.validationMessage; }
  get willValidate() { return this.#internals.willValidate; }
  checkValidity() { return this.#internals.checkValidity(); }
  reportValidity() { return this.#internals.reportValidity(); }
  formDisabledCallback(disabled) { this.inert = disabled; }

  attributeChangedCallback(name, before, after) {
    if (name === "src" && before !== null && before !== after && this.#root) this.refresh();
    else this.submitChoice();
  }

  submitChoice() {
    const { value, seen } = this.#choice;
    let sent = null;
    if (value && this.name) {
      sent = new FormData();
      sent.append(this.name, value);
      sent.append(`${this.name}_seen`, seen);
    }
    this.#internals.setFormValue(sent);
    const lacks = this.required && !value;
    const said = this.root.dataset.sayRequired || this.textContent.trim() || "…";
    this.#internals.setValidity({ valueMissing: lacks }, lacks ? said : "", this.field && this.contains(this.field) ? this.field : undefined);
  }

  tell(type, detail, options) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, ...options }));
  }

  keepChoice(choice) {
    const before = this.#choice;
    this.#choice = choice;
    this.submitChoice();
    if (["value", "seen", "price", "service", "day"].every((name) => choice[name] === before[name])) return;
    this.tell("d2po-change", { ...choice });
    this.dispatchEvent(new Event("change", { bubbles: true }));
    // A visitor has one choice, wherever it is shown.
    for (const other of document.querySelectorAll("d2po-step[src]")) if (other !== this && other.value) other.refresh();
  }

  // -- Within a page ------------------------------------------------------------------------------------------------

  begin() {
    this.tabIndex = -1;
    this.#internals.role = "group";
    const former = left.has(this) ? this : [...left].find((one) => one.src === this.src && one.name === this.name);
    left.delete(former);
    const { activeElement } = document;
    if (former) this.takeOver(former);
    else if (!this.#root && this.querySelector(".d2po-search, .d2po-form, [data-choice]")) this.wrap();
    for (const form of this.#forms.values()) if (!form.isConnected) document.body.append(form);
    // What is moved loses the focus.
    if (this.contains(activeElement)) activeElement.focus({ preventScroll: true });
    if (former) this.tell("d2po-ready", { value: this.value });
    this.submitChoice();
    return this.#root && !this.querySelector("[data-choice]") ? null : this.refresh();
  }

  takeOver(former) {
    if (former === this) return;
    this.#root = former.#root;
    this.#choice = former.#choice;
    [this.#forms, former.#forms] = [former.#forms, this.#forms];
    [this.#suffix, former.#suffix] = [former.#suffix, this.#suffix];
    former.#root = null;
    former.heir = this;
    for (const form of this.#forms.values()) form.step = this;
    for (const name of ["field", "shown", "later", "place", "searching", "suggests"]) this[name] = former[name];
    for (const part of [this.later, this.place, this.place?.map, this.searching]) if (part) part.step = this;
    this.fill(this.#root);
  }

  // What the page brought instead stays its own, out of sight.
  fill(root) {
    for (const child of this.childNodes) {
      if (child instanceof Text) child.data = "";
      else child.hidden = child !== root;
    }
    if (root.parentNode !== this) this.append(root);
  }

  // The page has brought the server's content with it.
  wrap() {
    const given = document.createElement("div");
    for (const { name, value } of this.attributes) if (/^(lang|data-say-.*)$/.test(name)) given.setAttribute(name, value);
    given.append(...this.childNodes);
    // Its box has that class.
    this.classList.remove("d2po");
    for (const link of given.querySelectorAll("link")) style(link);
    this.rename(given);
    this.show(given, this.src);
  }

  // Asks the server again, such as after the cart has changed; resolves when that is shown.
  async refresh() {
    return this.within && this.isConnected ? this.visit(this.src, { settles: true }) : null;
  }

  async visit(url, { settles = false, ...options } = {}) {
    const visit = (this.visiting = {});
    this.searching?.stop();
    const { root } = this;
    root.setAttribute("aria-busy", "true");
    try {
      const page = await this.ask(url, options);
      if (this.visiting !== visit) return;
      if (!this.isConnected) return void this.heir?.refresh();
      const fresh = page.querySelector("d2po-step");
      if (!fresh) throw page.status;
      await Promise.all([...page.querySelectorAll("link[rel=stylesheet]")].map(style));
      if (this.visiting !== visit) return;
      this.show(fresh, page.at);
      const kept = this.querySelector("[data-choice]")?.dataset;
      if (kept) this.keepChoice({ value: kept.choice, seen: kept.seen, office: { id: kept.chosenOffice, name: kept.name }, price: kept.price ?? null, service: kept.service ?? "", day: kept.day ?? "" });
      else if (settles) this.keepChoice(NOTHING);
    } catch (error) {
      if (this.visiting === visit) this.fail(error);
    } finally {
      if (this.visiting === visit) root.removeAttribute("aria-busy");
    }
  }

  fail(status) {
    const { sayCookies, sayBroken, sayFailed } = this.root.dataset;
    const message = (status === FORBIDDEN ? sayCookies : status > 0 ? sayBroken : sayFailed) ?? FAILED[/^fr/i.test(this.language || navigator.language) ? "fr" : "en"];
    this.say(message);
    if (!this.#root) {
      this.alert ??= Object.assign(document.createElement("p"), { role: "alert" });
      this.append(this.alert);
      this.alert.textContent = message;
    }
    this.tell("d2po-problem", { code: status === FORBIDDEN ? "cookies" : status > 0 ? "broken" : "failed", message, recoverable: true, field: "" });
  }

  show(fresh, at) {
    const first = !this.#root;
    const focused = this.#root?.contains(document.activeElement);
    const root = document.createElement("div");
    for (const { name, value } of fresh.attributes) if (name !== "src") root.setAttribute(name, value);
    root.className = "d2po";
    for (const part of fresh.querySelectorAll("link, script[src]")) part.remove();
    for (const part of fresh.querySelectorAll("[autofocus]")) part.removeAttribute("autofocus");
    for (const form of this.#forms.values()) form.remove();
    this.#forms.clear();
    this.shown = at;
    this.lend(fresh);
    root.append(...fresh.childNodes);
    if (!root.querySelector("[data-status]")) root.append(Object.assign(document.createElement("p"), { className: "d2po-status", role: "status" }));
    root.querySelector(".d2po-status").dataset.status = "";
    this.#root?.remove();
    this.#root = root;
    this.fill(root);
    this.setUp();
    this.submitChoice();
    this.#internals.ariaLabel = root.querySelector("h1, h2")?.textContent ?? null;
    if (focused) this.focusOn(root.querySelector("[data-problem], [role=alert], h1, h2") ?? root);
    if (first) this.tell("d2po-ready", { value: this.value });
    this.tellProblems(root);
  }

  focusOn(element) {
    if (!element.matches("a, input, select, button, [tabindex]")) element.tabIndex = -1;
    element.focus();
  }

  tellProblems(part) {
    if (!this.within) return;
    for (const told of part.querySelectorAll("[data-code]")) {
      const { code, about: field = "", final } = told.dataset;
      const message = (told.querySelector("[id^=d2po-problem]") ?? told).textContent.trim();
      this.tell("d2po-problem", { code, message, recoverable: final === undefined, field });
    }
  }

  // Several may be on a page: ids are this one's own. The page has a heading of its own above them.
  rename(page) {
    if (page.querySelector("h1")) for (const heading of page.querySelectorAll("h1, h2")) heading.setAttribute("aria-level", Number(heading.localName[1]) + 1);
    for (const name of REFERENCES) {
      for (const element of page.querySelectorAll(`[${name}]`)) {
        element.setAttribute(name, element.getAttribute(name).split(" ").map((id) => id + this.#suffix).join(" "));
      }
    }
    for (const link of page.querySelectorAll("a[href^='#']")) link.setAttribute("href", link.getAttribute("href") + this.#suffix);
  }

  // No form can stand within another: those here stand at the end of the page, and their controls say so.
  lend(part) {
    if (!this.within) return;
    for (const form of part.querySelectorAll("form")) {
      form.id ||= `d2po-form${this.#suffix}`;
      const own = form.cloneNode(false);
      const box = document.createElement("div");
      own.className = "";
      own.hidden = true;
      if (!form.hasAttribute("action")) own.action = this.shown;
      own.step = this;
      own.addEventListener("submit", (event) => {
        event.stopPropagation();
        own.step.onSubmit(event);
      });
      for (const control of form.querySelectorAll(CONTROLS)) control.setAttribute("form", own.id);
      box.className = form.className;
      if (form.hasAttribute("role")) box.setAttribute("role", form.getAttribute("role"));
      box.append(...form.childNodes);
      form.replaceWith(box);
      this.#forms.get(own.id)?.remove();
      this.#forms.set(own.id, own);
      document.body.append(own);
    }
  }

  send(form, button) {
    const body = new FormData(form);
    if (button?.name) body.append(button.name, button.value);
    const change = body.has("change");
    const office = change ? "" : body.get("deliver") || body.get("office_id");
    const row = this.rows.find(({ dataset }) => dataset.office === office);
    if (office && !this.tell("d2po-choose", { office: { id: office, name: row?.dataset.name ?? "" } }, { cancelable: true })) return;
    this.visit(form.action, { method: "POST", body, settles: !change });
  }

  follow(link) {
    const { pathname, search, hash, origin } = link;
    if (link.getAttribute("href").startsWith("#")) {
      this.focusOn(document.getElementById(hash.slice(1)));
      return true;
    }
    if (link.target || origin !== location.origin || !pathname.startsWith(new URL(this.src, location).pathname)) return false;
    this.visit(pathname + search);
    return true;
  }

  // -- The list -----------------------------------------------------------------------------------------------------

  suggest() {
    const { dataset } = this.querySelector("d2po-suggest") ?? {};
    if (!dataset || this.suggests) return;
    this.suggests = true;
    style({ rel: "stylesheet", href: new URL(dataset.style, location).href });
    import(dataset.script).catch(() => {});
    this.search();
  }

  // Text that repeats what is on the page is for screen readers only.
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
    this.later.follow();
  }

  closeFilter() {
    if (!this.filter?.open) return;
    const focused = this.filter.contains(document.activeElement);
    this.filter.open = false;
    if (focused) this.filter.querySelector("summary").focus();
  }

  async fetchPage(url, { headers, ...options } = {}) {
    const own = this.within ? { "X-D2PO-Fragment": "1" } : {};
    if (this.within && this.language) own["Accept-Language"] = this.language;
    const response = await fetch(url, { signal: AbortSignal.timeout(GIVE_UP_MS), headers: { ...own, ...headers }, ...options });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (this.within) this.rename(page);
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

  async search(use = () => {}) {
    const { dataset } = this.field.form;
    try {
      const { Search } = await import(dataset.search);
      this.searching ??= new Search(this);
    } catch {
      // Some browsers never ask again for an address that failed.
      dataset.search += "?";
      return this.say(this.root.dataset.sayFailed);
    }
    use(this.searching);
  }

  load(...asked) {
    this.search((search) => search.load(...asked));
  }

  onSubmit(event) {
    const { target: form } = event;
    const searches = form.matches("[data-search]");
    if (!searches && !this.within) return this.searching?.stop();
    event.preventDefault();
    if (!searches) return this.send(form, event.submitter);
    this.closeFilter();
    form.dataset.asked = form.q.value;
    this.search((search) => search.send(form, true));
  }

  // While another row folds above the one that is pressed, as far as all of that is in sight.
  keepInPlace(row) {
    const { y, bottom } = row.getBoundingClientRect();
    if (row === this.pressed) scrollBy({ top: Math.max(Math.min(y - this.y, 0), Math.min(bottom - innerHeight, 0)), behavior: "instant" });
  }

  onChange({ target }) {
    if (!this.results || target === this) return;
    if (target.name === "office_id") this.keepInPlace(target.parentNode);
    if (target.name !== "filter") this.showChoice();
    else if (this.results.dataset.url) this.search((search) => search.send(target.form));
  }

  onClick(event) {
    if (!plainClick(event)) return;
    const link = event.target.closest("a[href], [data-locate]");
    if (!link || event.defaultPrevented) return;
    if (link.matches("[data-hours-link]")) return this.later.openHours(event, link);
    if (link.matches("[data-more], [data-locate]")) {
      event.preventDefault();
      if (link.form) return this.search((search) => search.locate(link));
      return this.load(link.pathname + link.search, { firstNew: this.rows.length });
    }
    if (this.within && this.root.contains(link) && this.follow(link)) event.preventDefault();
  }
}

// What comes after the page: hours, days and prices that are not known yet.
class Later {
  constructor(step) {
    Object.assign(this, { step, answers: new Map() }, step.querySelector("[data-hours-url]").dataset);
  }

  follow() {
    this.askHours();
    if (this.pickUps) this.tellPrices();
  }

  async ask(url, query) {
    const page = await this.step.fetchPage(`${url}?${new URLSearchParams(query)}`).catch(() => null);
    return page?.status === 200 ? page : null;
  }

  fetchHours(rows) {
    return this.ask(this.hoursUrl, [...rows.map((row) => ["office", row.dataset.office]), ["language", this.step.root.lang]]);
  }

  linkOf(row) {
    return row.querySelector("[data-hours-link]");
  }

  fill(row, page) {
    const link = this.linkOf(row);
    const known = page?.querySelector(`[data-hours-of="${row.dataset.office}"]`);
    if (!known || !link) return false;
    const focused = link === document.activeElement;
    link.parentNode.replaceChildren(...known.childNodes);
    if (focused) row.querySelector("summary").focus();
    this.step.place?.map?.refresh(row);
    return true;
  }

  askHours() {
    const { results } = this.step;
    if (results === this.asked || !results.hasAttribute("data-hours-missing")) return;
    this.asked = results;
    setTimeout(async () => {
      const missing = this.step.rows.filter(this.linkOf);
      const page = await this.fetchHours(missing);
      if (!results.isConnected || !missing.map((row) => this.fill(row, page)).includes(true)) return;
      // A filter leaves others out once their hours are known, unless the buyer searches meanwhile.
      const searching = this.step.searching?.locating || results.hasAttribute("aria-busy");
      if (searching || !results.querySelector("[name=filter]") || this.refined === results.dataset.url) return;
      this.refined = results.dataset.url;
      this.step.load(this.refined);
    }, results.hasAttribute("data-hours-coming") ? WORKER_MS : 0);
  }

  async openHours(event, link) {
    event.preventDefault();
    const row = link.closest("[data-office]");
    link.setAttribute("aria-busy", "true");
    link.focus();
    this.fill(row, await this.fetchHours([row]));
    if (this.linkOf(row)) return this.step.within ? this.step.visit(link.href) : void location.assign(link.href);
    row.querySelector("details").open = true;
  }

  // What is not known of this office is not said: the line was another's.
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
  }

  linesOf(office) {
    return this.step.querySelector(`[data-pick-up="${office}"]`);
  }

  get givens() { return this.step.querySelector("[data-unknown]"); }
  get office() { return (this.step.chosen ?? this.step.querySelector("[data-suggestion]") ?? this.step.querySelector("[data-office] input")).value; }

  // First of the office that the line above the list is about.
  async tellPrices() {
    if (!this.givens) return;
    this.write();
    await this.askPrices([this.office]);
    await this.askPrices(this.step.rows.map((row) => row.dataset.office));
  }

  // Again for what has not come in time, while some does.
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
      this.map ??= await (this.opening ??= openMap(this.step, this.box, titleOf));
      this.draw();
    } catch {
      this.opening = null;
      this.view("list");
      this.step.say(this.step.root.dataset.sayMapFailed);
    }
  }

  // It ends where the window does.
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

// Two addresses of this file may be loaded.
if (!customElements.get("d2po-step")) customElements.define("d2po-step", Step);
