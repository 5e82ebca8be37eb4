import { useEffect, useRef, useState } from "preact/hooks";
import { askJson } from "./feed.js";
import { clock, duration, subject } from "./words.js";
import { Bar } from "./work.jsx";

const Lines = ({ title, lines }) =>
  lines?.length > 0 && (
    <>
      <h4>{title}</h4>
      <pre tabIndex={0} aria-label={title}>
        {lines.join("\n")}
      </pre>
    </>
  );

function Plugins({ plugins }) {
  return (
    <table>
      <caption>Plugins</caption>
      <thead>
        <tr>
          <th scope="col">Plugin</th>
          <th scope="col">Network</th>
          <th scope="col">Interface</th>
          <th scope="col" class="number">
            At
          </th>
          <th scope="col" class="number">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {plugins.map((plugin, i) => (
          <tr key={i}>
            <th scope="row">
              {plugin.type} <span class="faint">{plugin.verb}</span>
              {plugin.error && <span class="badge bad">failed, code {plugin.error.code}</span>}
              {plugin.stderr && <span class="stderr">stderr: {plugin.stderr}</span>}
            </th>
            <td>{plugin.network}</td>
            <td>{plugin.ifName}</td>
            <td class="number">+{duration(plugin.at)}</td>
            <td class="number">{plugin.milliseconds == null ? "did not end" : duration(plugin.milliseconds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function networkText(network) {
  const origin = network.origin ? `, from ${network.origin} (sha256 ${network.hash}…)` : "";
  const addresses = network.addresses?.length ? `, ${network.addresses.join(" ")}` : "";
  const state = network.attached ? "attached" : "not attached";
  return `${network.ifName}: ${network.network} (${network.types}), wave ${network.wave}${origin}${addresses}: ${state}`;
}

function Operation({ operation }) {
  const { error, steps = [], plugins = [], networks = [], routesRemoved = [], routesAdded = [] } = operation;
  const began = Date.parse(operation.began);
  return (
    <article class="entry">
      <h3>
        {operation.verb} at {clock(began)}{" "}
        <span class={error ? "bad" : "good"}>
          {error ? (operation.refused ? "refused" : "failed") : "succeeded"}
        </span>{" "}
        <span class="faint">in {duration(operation.milliseconds)}, request {operation.request}</span>
      </h3>
      {error && (
        <p class="bad">
          Code {error.code}: {error.details ? `${error.message}; ${error.details}` : error.message}
        </p>
      )}
      {steps.length > 0 && (
        <>
          <div class="alonebar">
            <Bar
              steps={steps}
              took={operation.milliseconds}
              scale={Math.max(operation.milliseconds, 0.1)}
              failed={Boolean(error)}
            />
          </div>
          <ul class="steps" aria-hidden="true">
            {steps.map((step) => (
              <li key={step.name}>
                <span class={`swatch ${step.name}`} />
                {step.name} {duration(step.milliseconds)}
              </li>
            ))}
          </ul>
        </>
      )}
      <Lines title="Networks" lines={networks.map(networkText)} />
      {plugins.length > 0 && (
        <div class="scroll wide" tabIndex={0} role="region" aria-label="Plugins">
          <Plugins plugins={plugins} />
        </div>
      )}
      <Lines title="Default routes before" lines={routesRemoved} />
      <Lines title="Default routes after" lines={routesAdded} />
    </article>
  );
}

function Sandbox({ sandbox }) {
  return (
    <>
      {sandbox.operations.toReversed().map((operation) => (
        <Operation key={operation.request} operation={operation} />
      ))}
      <section class="entry" aria-label="Now">
        <h3>Now</h3>
        <Lines title="On record" lines={sandbox.recordProblem ? [sandbox.recordProblem] : sandbox.onRecord} />
        <Lines title={`Interfaces in ${sandbox.netNs}`} lines={sandbox.links} />
        <Lines title="Routes" lines={sandbox.routes} />
        <Lines title="Gone" lines={sandbox.missing} />
        {!sandbox.netNs && <p class="faint">Kernel: {sandbox.netNsProblem}</p>}
      </section>
    </>
  );
}

function Findings({ findings }) {
  if (findings.length === 0) {
    return <p class="finding good">Nothing is wrong, as far as this node knows.</p>;
  }
  return (
    <ul class="findings" aria-label="What is wrong">
      {findings.map((finding) => (
        <li class="finding" key={finding.cause + finding.what}>
          <p class="wrong">{finding.what}</p>
          <p>
            <strong>What to do:</strong> {finding.mend}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** What multusctl explain says, in a dialog: it takes the focus, and gives it back. */
export function Explanation({ of, onClose }) {
  const dialog = useRef(null);
  const [said, setSaid] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const abort = new AbortController();
    dialog.current.showModal();
    askJson(`explain?sandbox=${encodeURIComponent(of.sandbox)}`, abort.signal)
      .then(setSaid)
      .catch((error) => !abort.signal.aborted && setProblem(error.message));
    return () => abort.abort();
  }, [of]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="explained"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div class="dialog">
        <div class="title">
          <h2 id="explained">{subject(of)}</h2>
          <button type="button" onClick={() => dialog.current.close()}>
            Close
          </button>
        </div>
        <p class="faint sandbox">sandbox {of.sandbox}</p>
        {problem && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        {!said && !problem && <p class="empty">Asking the daemon…</p>}
        {said && (
          <>
            <Findings findings={said.findings} />
            {said.sandboxes.map((sandbox) => (
              <Sandbox key={sandbox.sandbox} sandbox={sandbox} />
            ))}
          </>
        )}
      </div>
    </dialog>
  );
}
