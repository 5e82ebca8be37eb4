import { useMemo } from "preact/hooks";
import { count } from "./words.js";

/** The kinds in the order of the tree, each with its depth. */
function flatten(actors) {
  const names = new Set(actors.map((actor) => actor.name));
  const root = actors.find((actor) => actor.parent === "" && actor.count > 0)?.name ?? "";
  const below = Map.groupBy(actors, (actor) =>
    actor.name === root ? "" : names.has(actor.parent) ? actor.parent : root,
  );
  const rows = [];
  const add = (name, depth) => {
    for (const actor of below.get(name) ?? []) {
      rows.push({ ...actor, depth });
      if (actor.name !== name) {
        add(actor.name, depth + 1);
      }
    }
  };
  add("", 0);
  return rows;
}

export function Actors({ node }) {
  const rows = useMemo(() => flatten(node?.actors ?? []), [node]);
  return (
    <section class="panel" aria-labelledby="actors">
      <h2 id="actors">Actors</h2>
      <table class="actors">
        <thead>
          <tr>
            <th scope="col">Actor</th>
            <th scope="col" class="number">
              Count
            </th>
            <th scope="col" class="number">
              Mailbox
            </th>
            <th scope="col" class="number">
              Restarts
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <span class="branch" style={{ paddingInlineStart: `calc(${row.depth} * var(--indent))` }}>
                  {row.name}
                  {row.parent && <span class="unseen">, below {row.parent}</span>}
                  {node.silent.includes(row.name) && <span class="badge bad">silent</span>}
                </span>
              </th>
              <td class="number">{count(row.count)}</td>
              <td class={`number ${row.mailbox > 0 ? "some" : "zero"}`}>{count(row.mailbox)}</td>
              <td class={`number ${row.restarts > 0 ? "warn" : "zero"}`}>{count(row.restarts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
