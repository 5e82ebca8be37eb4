import { useState } from "preact/hooks";
import { clock, count, subject } from "./words.js";

const FEW = 5;

/** "PluginNotFound" as words. */
const causeText = (cause) => cause.replace(/([a-z])([A-Z])/g, (_, end, begin) => `${end} ${begin.toLowerCase()}`);

export function Failures({ failures, onExplain }) {
  const [showsAll, setShowsAll] = useState(false);
  const newest = (failures ?? []).toReversed();
  const shown = showsAll ? newest : newest.slice(0, FEW);
  return (
    <section class="panel" aria-labelledby="failures">
      <h2 id="failures">
        Failures <span class={`count ${newest.length > 0 ? "bad" : ""}`}>{count(newest.length)}</span>
      </h2>
      {newest.length === 0 ? (
        <p class="empty">{failures ? "No failure is remembered." : "Asking the daemon…"}</p>
      ) : (
        <ul class="failures">
          {shown.map((failure) => (
            <li key={failure.request + failure.sandbox}>
              <div class="what">
                <span class="subject">{subject(failure)}</span>
                <span class="faint">
                  {failure.verb} · {clock(failure.ended)} · code {failure.code}
                </span>
                <span class="cause">{causeText(failure.cause)}</span>
              </div>
              <p class="error">{failure.error}</p>
              <button type="button" onClick={() => onExplain(failure)}>
                Explain<span class="unseen"> {subject(failure)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {newest.length > FEW && (
        <button type="button" class="more" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? "Show the last ones only" : `Show all ${count(newest.length)}`}
        </button>
      )}
    </section>
  );
}
