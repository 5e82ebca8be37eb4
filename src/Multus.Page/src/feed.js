import { createParser } from "eventsource-parser";

const RETRY_MS = 2000;

/** The token is kept for this tab only, and never goes into an address. */
export const token = {
  get: () => sessionStorage.getItem("multus-token") ?? "",
  set: (value) => sessionStorage.setItem("multus-token", value),
  clear: () => sessionStorage.removeItem("multus-token"),
};

function headers() {
  return token.get() ? { Authorization: `Bearer ${token.get()}` } : {};
}

export class NotAllowed extends Error {}

/** Asks the daemon; what it refuses is an Error with its words. */
export async function ask(path, signal) {
  const reply = await fetch(`ui/${path}`, { headers: headers(), cache: "no-store", signal });
  if (reply.ok || reply.status === 404) {
    return reply;
  }
  const said = await reply.json().catch(() => ({ error: reply.statusText }));
  throw reply.status === 401 ? new NotAllowed(said.error) : new Error(said.error);
}

export const askJson = async (path, signal) => (await ask(path, signal)).json();

/**
 * Follows the daemon's events until the returned function is called. A tab that nobody sees follows nothing: then the
 * daemon has nothing to do.
 */
export function follow({ onEvent, onState }) {
  let current = null;
  let timer = 0;
  let ended = false;

  async function connect() {
    clearTimeout(timer);
    const abort = (current = new AbortController());
    onState({ state: "connecting" });
    try {
      const reply = await ask("stream", abort.signal);
      onState({ state: "live" });
      const parser = createParser({ onEvent: (event) => onEvent(event.event, JSON.parse(event.data)) });
      const text = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let read = await text.read(); !read.done; read = await text.read()) {
        parser.feed(read.value);
      }
      throw new Error("the daemon has ended the connection");
    } catch (error) {
      if (abort.signal.aborted) {
        return;
      }
      onState({ state: error instanceof NotAllowed ? "refused" : "lost", reason: error.message });
      if (!(error instanceof NotAllowed)) {
        timer = setTimeout(connect, RETRY_MS);
      }
    }
  }

  function pause() {
    clearTimeout(timer);
    current?.abort();
    onState({ state: "paused" });
  }

  const onVisible = () => (document.hidden ? pause() : connect());
  document.addEventListener("visibilitychange", onVisible);
  if (!document.hidden) {
    connect();
  }
  return () => {
    if (!ended) {
      ended = true;
      document.removeEventListener("visibilitychange", onVisible);
      pause();
    }
  };
}
