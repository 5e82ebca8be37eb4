const CONNECTION = {
  connecting: ["Connecting", "idle"],
  live: ["Live", "good"],
  paused: ["Paused while hidden", "idle"],
  lost: ["Connection lost, trying again", "warn"],
  refused: ["Not allowed", "bad"],
};

function stateOf(node) {
  if (!node) return ["Unknown", "idle"];
  if (!node.alive) return ["Not answering", "bad"];
  return node.ready ? ["Ready", "good"] : ["Not ready", "bad"];
}

function troublesOf(node) {
  if (!node) return [];
  return [
    ...node.silent.map((part) => `The part ${part} of the daemon does not answer.`),
    ...node.waitingFor.map((part) => `The daemon is not ready: it waits for ${part}.`),
    ...node.faults,
  ];
}

const Badge = ({ label, text, kind }) => (
  <span class={`badge ${kind}`}>
    <span class="unseen">{label}: </span>
    {text}
  </span>
);

export function Head({ about, node, connection }) {
  const [state, kind] = stateOf(node);
  const [says, how] = CONNECTION[connection.state];
  const troubles = troublesOf(node);
  return (
    <header>
      <div class="head">
        <h1>
          Multus <span class="node">{about.node}</span>
        </h1>
        <div class="badges" role="status">
          <Badge label="Node" text={state} kind={kind} />
          <Badge label="Connection" text={says} kind={how} />
        </div>
        <span class="faint version">{about.version}</span>
      </div>
      {troubles.length > 0 && (
        <ul class="troubles" aria-label="What somebody has to mend">
          {troubles.map((trouble) => (
            <li key={trouble}>{trouble}</li>
          ))}
        </ul>
      )}
    </header>
  );
}
