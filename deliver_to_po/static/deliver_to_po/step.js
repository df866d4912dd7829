// The step in any page: with an address in "src" the element is a part of that page, and a control of a form.
// The version keeps a long cache from mixing two releases.
import { FORBIDDEN, List } from "./list.js?0.1.0";

const REFERENCES = ["id", "for", "form", "aria-describedby", "aria-labelledby", "data-field"];
const CONTROLS = "button, fieldset, input, select, textarea";
// Before the server has said anything.
const FAILED = {
  en: "We could not load the post offices. Check your connection and reload the page.",
  fr: "Nous n’avons pas pu charger les bureaux de poste. Vérifiez votre connexion et rechargez la page.",
};
const NOTHING = { value: "", seen: "", office: null, price: null, service: "", day: "" };

// Elements just taken out of the page: one in their place goes on with what they show.
const left = new Set();
let made = 0;

// Once for a page, before what it is for is shown.
function style({ href, rel }) {
  if ([...document.querySelectorAll("link[rel=stylesheet]")].some((link) => link.href === href)) return null;
  return new Promise((done) => document.head.append(Object.assign(document.createElement("link"), { rel, href, onload: done, onerror: done })));
}

export class Step extends List {
  static formAssociated = true;
  static observedAttributes = ["src", "name", "required", "disabled"];
  #internals = this.attachInternals();
  #choice = NOTHING;
  #root = null;
  #suffix = `-${made += 1}`;
  #forms = new Map();

  constructor() {
    super();
    for (const type of ["input", "change"]) this.addEventListener(type, (event) => {
      if (!this.within || event.target === this) return;
      event.target.dataset.typed = "";
      // A page's own form hears of the choice, not of what is typed here.
      event.stopPropagation();
    });
  }

  connectedCallback() {
    // What was set before this class was there.
    for (const name of Step.observedAttributes) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    super.connectedCallback();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (!this.#root) return;
    left.add(this);
    setTimeout(() => {
      if (left.delete(this) && !this.isConnected) for (const form of this.#forms.values()) form.remove();
    });
  }

  get language() { return this.closest("[lang]")?.lang; }
  get within() { return this.hasAttribute("src"); }
  get root() { return this.#root ?? this; }
  get here() { return this.within ? this.shown : super.here; }

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
    if (name !== "src" || before === after || !this.stay || !this.isConnected) return this.submitChoice();
    if (this.#root) return void (this.within && this.visit(after, { settles: true }));
    this.stay.abort();
    this.connectedCallback();
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
    // A visitor has one choice, wherever it is shown or required.
    for (const other of document.querySelectorAll("d2po-step[src]")) if (other !== this && (other.value || (choice.value && other.required))) other.refresh();
  }

  // -- Within a page ------------------------------------------------------------------------------------------------

  begin(signal) {
    if (this.within) queueMicrotask(() => this.isConnected && this.stand());
    else super.begin(signal);
  }

  stand() {
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

  // Asks the server again, such as after the cart has changed, once it has answered what was pressed; resolves when that
  // is shown. A form that somebody is filling in is asked for itself: the address may stand for another page by now.
  async refresh() {
    await this.sending;
    const typing = this.querySelector(".d2po-form [data-typed]");
    return this.within && this.isConnected ? this.visit(typing ? this.shown : this.src, { settles: true }) : null;
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
      const { draft } = fresh.querySelector("[data-draft]")?.dataset ?? {};
      const typed = draft && !options.body ? this.querySelectorAll(`[data-draft="${draft}"] [data-typed]`) : [];
      this.show(fresh, page.at, typed);
      const kept = this.querySelector("[data-choice]")?.dataset;
      if (kept) this.keepChoice({ value: kept.choice, seen: kept.seen, office: { id: kept.chosenOffice, name: kept.name }, price: kept.price ?? null, service: kept.service ?? "", day: kept.day ?? "" });
      else if (settles && !typed.length) this.keepChoice(NOTHING);
      // What came back with an error was typed too.
      for (const control of this.querySelectorAll(".d2po-form [name]:not([type=hidden])")) if (options.body?.has(control.name)) control.dataset.typed = "";
    } catch (error) {
      if (this.visiting === visit) this.fail(error);
    } finally {
      if (this.visiting === visit) root.removeAttribute("aria-busy");
    }
  }

  fail(status) {
    const { sayCookies, sayBroken, sayFailed } = this.root.dataset;
    const [code, said] = status === FORBIDDEN ? ["cookies", sayCookies] : status > 0 ? ["broken", sayBroken] : ["failed", sayFailed];
    const message = said ?? FAILED[/^fr/i.test(this.language || navigator.language) ? "fr" : "en"];
    this.say(message);
    if (!this.#root) {
      this.alert ??= Object.assign(document.createElement("p"), { role: "alert" });
      this.append(this.alert);
      this.alert.textContent = message;
    }
    this.tell("d2po-problem", { code, message, recoverable: true, field: "" });
  }

  // What somebody has typed into the recipient's form stays there, while it is the same buyer's.
  show(fresh, at, typed = []) {
    const first = !this.#root;
    const { activeElement } = document;
    const focused = this.contains(activeElement);
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
    const same = (control) => control.name && root.querySelector(`.d2po-form [name="${control.name}"]`);
    for (const { name, value, checked } of typed) {
      const control = same({ name });
      if (control) Object.assign(control, { value, checked }).dataset.typed = "";
    }
    if (focused) this.focusOn((typed.length && same(activeElement)) || root.querySelector("[role=alert]") || root.querySelector("h1, h2") || root);
    if (first) this.tell("d2po-ready", { value: this.value });
    this.tellProblems(root);
  }

  focusOn(element) {
    const folded = element.closest("details");
    if (folded) folded.open = true;
    if (!element.matches("a, input, select, button, [tabindex]")) element.tabIndex = -1;
    element.focus();
  }

  tellProblems(part) {
    for (const told of part.querySelectorAll("[data-code]")) {
      const { code, about: field = "", final } = told.dataset;
      const message = (told.querySelector("[id^=d2po-problem]") ?? told).textContent.trim();
      this.tell("d2po-problem", { code, message, recoverable: final === undefined, field });
    }
  }

  // Several may be on a page: ids are this one's own. The page has its own heading above them.
  rename(page) {
    if (page.querySelector("h1")) for (const heading of page.querySelectorAll("h1, h2")) heading.setAttribute("aria-level", Number(heading.localName[1]) + 1);
    for (const name of REFERENCES) {
      for (const element of page.querySelectorAll(`[${name}]`)) {
        element.setAttribute(name, element.getAttribute(name).split(" ").map((id) => id + this.#suffix).join(" "));
      }
    }
    for (const link of page.querySelectorAll("a[href^='#']")) link.setAttribute("href", link.getAttribute("href") + this.#suffix);
  }

  // No form can stand within another: these stand at the page's end, and their controls say so.
  lend(part) {
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
      if (form.dataset.draft) box.dataset.draft = form.dataset.draft;
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
    this.sending = this.visit(form.action, { method: "POST", body, settles: !change });
  }

  async fetchPage(url, options) {
    if (!this.within) return super.fetchPage(url, options);
    const language = this.language ? { "Accept-Language": this.language } : {};
    const page = await super.fetchPage(url, { ...options, headers: { "X-D2PO-Fragment": "1", ...language, ...options?.headers } });
    this.rename(page);
    return page;
  }

  onSubmit(event) {
    if (!this.within || event.target.matches("[data-search]")) return super.onSubmit(event);
    event.preventDefault();
    this.send(event.target, event.submitter);
  }

  onChange(event) {
    if (event.target !== this) super.onChange(event);
  }

  open(url) {
    if (this.within) this.visit(url);
    else super.open(url);
  }

  follow(event, link) {
    if (!this.within || !this.root.contains(link)) return;
    const { pathname, search, hash, origin } = link;
    if (link.getAttribute("href").startsWith("#")) this.focusOn(document.getElementById(hash.slice(1)));
    else if (link.target || origin !== location.origin || !pathname.startsWith(new URL(this.src, location).pathname)) return;
    else this.visit(pathname + search);
    event.preventDefault();
  }
}

// Two addresses of this file may be loaded.
if (!customElements.get("d2po-step")) customElements.define("d2po-step", Step);
