// The types of step.js: the element <d2po-step>, its events, and where TypeScript looks for both.

/** What is chosen. Amounts are in CAD before tax, as text such as "9.95"; days are ISO dates such as "2026-12-04". */
export interface Choice {
  /** The id of the choice, "" while there is none. It opens nothing by itself. */
  readonly value: string;
  /** What place and reserve compare with what the buyer has seen. */
  readonly seen: string;
  readonly office: Office | null;
  /** null where your shop names the price itself. */
  readonly price: string | null;
  /** Canada Post's code, such as "DOM.EP", "" where your shop names the price itself. */
  readonly service: string;
  /** From which day the parcel can be picked up, "" where Canada Post promises none. */
  readonly day: string;
}

export interface Office {
  readonly id: string;
  readonly name: string;
}

export interface Problem {
  readonly code: string;
  /** A sentence for the buyer, in their language; the element shows it too. */
  readonly message: string;
  /** Whether the buyer can mend it here. */
  readonly recoverable: boolean;
  /** The name of the field that it is about, "" for none. */
  readonly field: string;
}

export interface StepEventMap {
  /** Shown for the first time. */
  "d2po-ready": CustomEvent<{ readonly value: string }>;
  /** A post office is about to be chosen: preventDefault() stops that. */
  "d2po-choose": CustomEvent<{ readonly office: Office }>;
  /** The choice is another one now, or has another price. */
  "d2po-change": CustomEvent<Choice>;
  "d2po-problem": CustomEvent<Problem>;
}

export class Step extends HTMLElement implements Choice {
  static readonly formAssociated: true;
  /** The address of the step, such as "/post-office/". */
  src: string;
  /** Under which the shop's form sends the id of the choice; what was seen of it goes under the name with "_seen". */
  name: string;
  required: boolean;
  disabled: boolean;
  readonly type: string;
  readonly value: string;
  readonly seen: string;
  readonly office: Office | null;
  readonly price: string | null;
  readonly service: string;
  readonly day: string;
  readonly form: HTMLFormElement | null;
  readonly labels: NodeList;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
  /** Asks the server again, such as after the cart has changed. */
  refresh(): Promise<void>;
  addEventListener<K extends keyof StepEventMap>(
    type: K,
    listener: (this: Step, event: StepEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "d2po-step": Step;
  }
  interface GlobalEventHandlersEventMap extends StepEventMap {}
}
