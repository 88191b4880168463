// The event log as it grows, the newest on top.

import { byId, el, timeOf } from "./dom.js";

const kShown = 300;

const kMarks = [
  [/failed|unwritable|corrupt/, "✖", "bad"],
  [/^incident\.opened/, "▲", "bad"],
  [/^incident\.resolved/, "✔", "good"],
  [/succeeded|ready/, "✔", "good"],
  [/^publish/, "●", "good"],
  [/reload/, "↻", ""],
  [/^clock/, "⏱", ""],
];

function row(event, fresh) {
  if (event.type === "gap") {
    const lost = event.data.to - event.data.from + 1;
    return el("li", {}, el("span"), el("span", { class: "mark" }, "…"), el("span", { class: "type" }, "gap"), el("span", { class: "text muted" }, `${lost} older events are in the log file only`));
  }
  const [, mark, tone] = kMarks.find(([form]) => form.test(event.type)) ?? [null, "·", ""];
  return el(
    "li",
    { class: fresh ? "fresh" : "" },
    timeOf(event.time),
    el("span", { class: `mark ${tone}`, "aria-hidden": "true" }, mark),
    el("span", { class: "type", title: event.type }, event.type),
    el("span", { class: "text" }, event.extension && el("strong", {}, `${event.extension} `), event.text),
  );
}

export class Timeline {
  #events = [];
  #waiting = [];

  constructor(onEvents) {
    this.onEvents = onEvents;
    byId("event-filter").addEventListener("change", () => this.#drawAll());
  }

  /** Events that come in one turn are drawn, and told, together. */
  add(event) {
    this.#waiting.push(event);
    if (this.#waiting.length === 1) setTimeout(() => this.#flush(), 50);
  }

  #flush() {
    const fresh = this.#waiting;
    const isNews = this.#events.length > 0 && fresh.length < 20;  // and not what happened before the page was opened
    this.#waiting = [];
    this.#events = this.#events.concat(fresh).slice(-kShown);
    const list = byId("timeline");
    for (const event of fresh.slice(-kShown)) {
      if (this.#wants(event)) list.prepend(row(event, isNews));
    }
    while (list.children.length > kShown) list.lastElementChild.remove();
    this.onEvents(fresh);
  }

  #wants(event) {
    return event.type.startsWith(byId("event-filter").value);
  }

  #drawAll() {
    const rows = this.#events.filter((event) => this.#wants(event)).map((event) => row(event, false));
    byId("timeline").replaceChildren(...rows.reverse());
  }
}
