import { count, plural } from "./words.js";

const MOST_USERS = 100;
const COUNTLESS = 2 ** 53; // the daemon says no more than that: IPv6 has ranges beyond it

const left = (range) =>
  range.size >= COUNTLESS
    ? "countless left"
    : `${count(range.size - range.used)} of ${count(range.size)} left`;

function Range({ range }) {
  const share = range.size > 0 ? range.used / range.size : 0;
  const isFull = range.used >= range.size;
  return (
    <li class={`range ${isFull ? "bad" : share > 0.9 ? "warn" : ""}`}>
      <span class="addresses">{range.range}</span>
      <span class="meter" aria-hidden="true">
        <span class={isFull ? "full" : ""} style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span class="left">{left(range)}</span>
    </li>
  );
}

function Network({ network, onExplain }) {
  const users = network.users.slice(0, MOST_USERS);
  const more = network.users.length - users.length;
  return (
    <li>
      <details>
        <summary>
          <span class="subject">{network.network}</span>
          <span class="faint">{network.types}</span>
          <span class="users">{plural(network.users.length, "sandbox", "sandboxes")}</span>
        </summary>
        <ul class="pods">
          {users.map((user) => (
            <li key={user.sandbox + user.ifName}>
              <button type="button" class="link" onClick={() => onExplain(user)}>
                {user.pod || user.sandbox.slice(0, 12)}
                <span class="unseen">, explain</span>
              </button>{" "}
              <span class="faint">{user.ifName}</span>
            </li>
          ))}
          {more > 0 && <li class="faint">and {count(more)} more</li>}
        </ul>
      </details>
      {network.ranges?.length > 0 && (
        <ul class="ranges" aria-label={`Addresses of ${network.network}`}>
          {network.ranges.map((range) => (
            <Range key={range.range} range={range} />
          ))}
        </ul>
      )}
    </li>
  );
}

export function Networks({ networks, onExplain }) {
  const list = networks.list ?? [];
  return (
    <section class="panel" aria-labelledby="networks">
      <h2 id="networks">
        Networks <span class="count">{count(list.length)}</span>
      </h2>
      {networks.problem && <p class="bad">{networks.problem}</p>}
      {list.length === 0 ? (
        <p class="empty">{networks.list ? "No sandbox is attached." : "Asking the daemon…"}</p>
      ) : (
        <ul class="networks">
          {list.map((network) => (
            <Network key={network.network} network={network} onExplain={onExplain} />
          ))}
        </ul>
      )}
    </section>
  );
}
