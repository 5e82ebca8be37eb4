import { count, duration, plural } from "./words.js";

function Meter({ used, all, label }) {
  const share = all > 0 ? Math.min(1, used / all) : 0;
  return (
    <span class="meter" role="img" aria-label={`${label}: ${used} of ${all}`}>
      <span class={share >= 1 ? "full" : ""} style={{ width: `${share * 100}%` }} />
    </span>
  );
}

function Figure({ name, value, of, note, kind = "", children }) {
  return (
    <div class={`figure ${kind}`}>
      <dt>{name}</dt>
      <dd>
        <span class="value">
          {value}
          {of !== undefined && <span class="of"> / {of}</span>}
        </span>
        {children}
        <span class="note">{note}</span>
      </dd>
    </div>
  );
}

const waiting = (n) => (n > 0 ? `${count(n)} waiting` : "none waiting");
const oldest = (n, seconds) => (n > 0 ? `oldest ${duration(seconds * 1000)}` : "nothing waits");

export function Figures({ node }) {
  const parts = node?.parts ?? {};
  const { sandboxes = {}, delegates = {}, annotations = {}, cluster = {} } = parts;
  const pending = parts["pending-deletes"] ?? {};
  const n = (value) => value ?? 0;
  return (
    <section aria-label="Node now" aria-busy={!node}>
      <dl class="figures">
        <Figure
          name="Attaching"
          value={count(n(sandboxes.attaching))}
          of={count(n(sandboxes.attaching_places))}
          note={waiting(n(sandboxes.waiting))}
        >
          <Meter used={n(sandboxes.attaching)} all={n(sandboxes.attaching_places)} label="Places used" />
        </Figure>
        <Figure
          name="Plugin slots"
          value={count(n(delegates.running))}
          of={count(n(delegates.slots))}
          note={waiting(n(delegates.waiting))}
        >
          <Meter used={n(delegates.running)} all={n(delegates.slots)} label="Slots used" />
        </Figure>
        <Figure
          name="DELs to repeat"
          value={count(n(pending.open))}
          kind={n(pending.given_up) > 0 ? "bad" : ""}
          note={
            n(pending.given_up) > 0
              ? `${count(pending.given_up)} given up`
              : oldest(n(pending.open), n(pending.oldest_seconds))
          }
        />
        <Figure
          name="Statuses to write"
          value={count(n(annotations.queued))}
          note={oldest(n(annotations.queued), n(annotations.oldest_seconds))}
        />
        <Figure
          name="Cluster"
          value={cluster.connected === 0 ? "away" : cluster.synced === 0 ? "reading" : "followed"}
          kind={cluster.connected === 0 ? "warn" : ""}
          note={`${plural(n(cluster.pods), "pod")}, ${plural(n(cluster.networks), "network")}`}
        />
        <Figure
          name="Attached since the start"
          value={count(n(sandboxes.added))}
          note={`${count(n(sandboxes.deleted))} detached, ${count(n(sandboxes.failed))} failed`}
        />
      </dl>
    </section>
  );
}
