import { clock, count, duration, subject } from "./words.js";

const MOST_ENDED = 12;
const STEPS = ["planning", "attaching", "routes", "status"];

/** 1, 2 or 5 and zeros: the scale's end, at or above the longest. */
function scaleOf(longest) {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, longest)));
  return [1, 2, 5, 10].map((factor) => factor * ten).find((end) => end >= longest) ?? longest;
}

const stretchesOf = (steps, took) =>
  steps.map((step, i) => ({ ...step, took: Math.max(0, (steps[i + 1]?.at ?? took) - step.at) }));

/** One operation: its phases one after the other, from its own beginning. */
export function Bar({ steps, took, scale, failed = false, lasts = false }) {
  const stretches = stretchesOf(steps, took);
  return (
    <>
      <span class="bar" aria-hidden="true">
        {stretches.map((step) => (
          <span
            key={step.name}
            class={`step ${step.name} ${lasts && step === stretches.at(-1) ? "lasts" : ""}`}
            style={{ insetInlineStart: `${(step.at / scale) * 100}%`, width: `${(step.took / scale) * 100}%` }}
          />
        ))}
        {failed && <span class="end" style={{ insetInlineStart: `${(took / scale) * 100}%` }} />}
      </span>
      <span class="unseen">
        {stretches.map((step) => `${step.name} ${duration(step.took)}`).join(", ")}
      </span>
    </>
  );
}

const Legend = () => (
  <ul class="legend" aria-hidden="true">
    {STEPS.map((step) => (
      <li key={step}>
        <span class={`swatch ${step}`} />
        {step}
      </li>
    ))}
  </ul>
);

const Scale = ({ end }) => (
  <div class="scale" aria-hidden="true">
    <span>0</span>
    <span>{duration(end / 2)}</span>
    <span>{duration(end)}</span>
  </div>
);

function Row({ operation, took, scale, note, state, lasts, onExplain }) {
  return (
    <li class={`operation ${state}`}>
      <button type="button" class="link name" onClick={() => onExplain(operation)}>
        <span class="verb">{operation.verb}</span> {subject(operation)}
        <span class="unseen">, explain</span>
      </button>
      <Bar steps={operation.steps} took={took} scale={scale} failed={state === "failed"} lasts={lasts} />
      <span class="took">{duration(took)}</span>
      <span class="note">{note}</span>
    </li>
  );
}

const pluginsOf = (operation) =>
  operation.plugins
    .map((plugin) => `${plugin.type}${plugin.ifName ? ` ${plugin.ifName}` : ""} ${duration(plugin.age)}`)
    .join(", ");

export function Running({ running, onExplain }) {
  const operations = running?.operations ?? [];
  const scale = scaleOf(Math.max(100, ...operations.map((operation) => operation.age)));
  const more = (running?.count ?? 0) - operations.length;
  return (
    <section class="panel" aria-labelledby="running">
      <div class="title">
        <h2 id="running">
          Under way <span class="count">{count(running?.count ?? 0)}</span>
        </h2>
        {operations.length > 0 && <Legend />}
      </div>
      {operations.length === 0 ? (
        <p class="empty">{running ? "Nothing is under way." : "Asking the daemon…"}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-labelledby="running">
          <Scale end={scale} />
          <ol class="operations">
            {operations.map((operation) => (
              <Row
                key={operation.request + operation.sandbox}
                operation={operation}
                took={operation.age}
                scale={scale}
                note={operation.plugins.length > 0 ? `in ${pluginsOf(operation)}` : operation.steps.at(-1)?.name}
                state="runs"
                lasts
                onExplain={onExplain}
              />
            ))}
          </ol>
          {more > 0 && <p class="faint">and {count(more)} younger ones</p>}
        </div>
      )}
    </section>
  );
}

export function Ended({ ended, onExplain }) {
  const operations = (ended ?? []).slice(-MOST_ENDED).reverse();
  const scale = scaleOf(Math.max(10, ...operations.map((operation) => operation.took)));
  return (
    <section class="panel" aria-labelledby="ended">
      <div class="title">
        <h2 id="ended">Last operations</h2>
        {operations.length > 0 && <Legend />}
      </div>
      {operations.length === 0 ? (
        <p class="empty">{ended ? "Nothing has been attached or detached yet." : "Asking the daemon…"}</p>
      ) : (
        <>
          <Scale end={scale} />
          <ol class="operations">
            {operations.map((operation) => (
              <Row
                key={operation.request + operation.sandbox}
                operation={operation}
                took={operation.took}
                scale={scale}
                note={`${operation.failed ? "failed, " : ""}${clock(operation.ended)}`}
                state={operation.failed ? "failed" : "done"}
                onExplain={onExplain}
              />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
