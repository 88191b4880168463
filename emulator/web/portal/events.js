// What happens in the emulator, live. A browser allows a server only six connections, so one tab holds the stream and tells
// the others.

const base = "/_emu/v1/events?unnamed=true&types=sync.,region.,publish,incident.,clock.";

/**
 * Calls `onEvent` with each journal event ({ seq, type, extension, text, data }) after the number `since` (if there is one),
 * and `onState` with true or false as the stream comes and goes. The same event may come more than once.
 */
export function followEvents(since, onEvent, onState) {
  const url = since === undefined ? base : `${base}&since=${since}`;
  if (!navigator.locks || !window.BroadcastChannel) {
    open(url, onEvent, onState);
    return;
  }
  const channel = new BroadcastChannel("exthost-emu-events");
  let connected = false;
  let leader = false;
  channel.onmessage = ({ data }) => {
    if (data.event) onEvent(data.event);
    if (data.connected !== undefined) onState(data.connected);
    if (data.asking && leader) channel.postMessage({ connected });
  };
  channel.postMessage({ asking: true });
  navigator.locks.request("exthost-emu-events", () => {
    leader = true;
    open(url, (event) => {
      channel.postMessage({ event });
      onEvent(event);
    }, (state) => {
      connected = state;
      channel.postMessage({ connected });
      onState(state);
    });
    return new Promise(() => {});  // kept until this tab is gone
  });
}

function open(url, onEvent, onState) {
  const stream = new EventSource(url);
  stream.onopen = () => onState(true);
  stream.onerror = () => {
    onState(false);
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => open(url, onEvent, onState), 2000);
  };
  stream.onmessage = ({ data }) => onEvent(JSON.parse(data));
}
