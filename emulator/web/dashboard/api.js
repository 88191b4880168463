// The control API, and nothing else: what the page shows comes through here.

/** A refusal, with the sentence and the code that the API gave. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem?.code ?? "";
  }
}

async function ask(path, options = {}) {
  const response = await fetch(path, { credentials: "same-origin", ...options });
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

export const api = {
  info: () => ask("/_emu/info"),
  health: () => ask("/_emu/health"),
  clock: () => ask("/_emu/v1/clock"),
  extensions: async () => (await ask("/_emu/v1/extensions")).extensions,
  regions: async () => (await ask("/_emu/v1/regions")).regions,
  incidents: async () => (await ask("/_emu/v1/incidents")).incidents,
  explain: (question) => ask(`/_emu/v1/explain?${new URLSearchParams(question)}`),
  sync: (extension) => post(`/_emu/v1/sync${extension ? `?${new URLSearchParams({ extension })}` : ""}`),
  freeze: (frozen) => post("/_emu/v1/clock", { frozen }),
  acknowledge: (id) => post(`/_emu/v1/incidents/${id}:ack`, {}),
  advance: (by) => post("/_emu/v1/clock:advance", { by }),
  openSession: (token) => post("/_emu/session", { token }),
};

/** Calls `onEvent` for every event from the first one kept, and `onState` with "open", "lost" or "bye". */
export function follow(onEvent, onState) {
  const source = new EventSource("/_emu/v1/events?since=0&unnamed=true");
  source.onopen = () => onState("open");
  source.onerror = () => onState("lost");
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.type === "bye") {
      source.close();
      onState("bye");
    } else {
      onEvent(event);
    }
  };
  return source;
}
