import { render } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { askJson, follow, token } from "./feed.js";
import { Actors } from "./actors.jsx";
import { Explanation } from "./explanation.jsx";
import { Failures } from "./failures.jsx";
import { Figures } from "./figures.jsx";
import { Head } from "./head.jsx";
import { LastHour } from "./hour.jsx";
import { Networks } from "./networks.jsx";
import { TokenForm } from "./token.jsx";
import { Ended, Running } from "./work.jsx";
import "uplot/dist/uPlot.min.css";
import "./app.css";

const NETWORKS_EVERY_MS = 15_000;

/** Asks for the networks when something has ended, but not more often than they are worth. */
function useNetworks(isLive, ended) {
  const [networks, setNetworks] = useState({ list: null, problem: "" });
  const asked = useRef(-Infinity);
  useEffect(() => {
    if (!isLive) {
      return undefined;
    }
    const wait = Math.max(0, asked.current + NETWORKS_EVERY_MS - performance.now());
    const timer = setTimeout(() => {
      asked.current = performance.now();
      askJson("networks")
        .then((said) => setNetworks({ list: said.networks, problem: "" }))
        .catch((error) => setNetworks((before) => ({ ...before, problem: error.message })));
    }, wait);
    return () => clearTimeout(timer);
  }, [isLive, ended]);
  return networks;
}

function useFeed(isWanted) {
  const [node, setNode] = useState({});
  const [connection, setConnection] = useState({ state: "connecting" });
  useEffect(() => {
    if (!isWanted) {
      return undefined;
    }
    return follow({
      onEvent: (name, data) => setNode((before) => ({ ...before, [name]: data })),
      onState: setConnection,
    });
  }, [isWanted]);
  return [node, connection];
}

/** Says a failure aloud that came while the page was open. */
function useAnnouncement(failures) {
  const known = useRef(null);
  return useMemo(() => {
    const before = known.current;
    known.current = failures?.length ? failures[failures.length - 1].request : (known.current ?? "");
    const last = failures?.[failures.length - 1];
    return failures && before !== null && last && last.request !== before
      ? `${last.verb} of ${last.pod || last.sandbox} failed`
      : "";
  }, [failures]);
}

function Page({ about, onRefused }) {
  const [node, connection] = useFeed(true);
  const [explained, setExplained] = useState(null);
  const networks = useNetworks(connection.state === "live", node.ended);
  const announcement = useAnnouncement(node.failures);
  const close = useCallback(() => setExplained(null), []);
  useEffect(() => {
    if (connection.state === "refused") {
      onRefused(connection.reason);
    }
  }, [connection, onRefused]);

  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <Head about={about} node={node.node} connection={connection} />
      <main id="main" tabIndex={-1}>
        <Figures node={node.node} />
        <div class="columns">
          <div>
            <Running running={node.running} onExplain={setExplained} />
            <Failures failures={node.failures} onExplain={setExplained} />
            <LastHour hour={node.hour} />
            <Ended ended={node.ended} onExplain={setExplained} />
          </div>
          <div>
            <Actors node={node.node} />
            <Networks networks={networks} onExplain={setExplained} />
          </div>
        </div>
      </main>
      <p class="unseen" role="status">
        {announcement}
      </p>
      {explained && <Explanation of={explained} onClose={close} />}
    </>
  );
}

function App() {
  const [about, setAbout] = useState(null);
  const [problem, setProblem] = useState("");
  const [hasToken, setHasToken] = useState(token.get() !== "");
  useEffect(() => {
    askJson("about")
      .then((said) => {
        document.title = said.node ? `${said.node} · Multus` : "Multus";
        setAbout(said);
      })
      .catch((error) => setProblem(error.message));
  }, [hasToken]);
  const onRefused = useCallback((reason) => {
    token.clear();
    setProblem(reason);
    setHasToken(false);
  }, []);

  if (!about) {
    return <p class="alone">{problem || "Asking the daemon…"}</p>;
  }
  return about.needsToken && !hasToken ? (
    <TokenForm
      problem={problem}
      onToken={(value) => {
        token.set(value);
        setProblem("");
        setHasToken(true);
      }}
    />
  ) : (
    <Page about={about} onRefused={onRefused} />
  );
}

render(<App />, document.getElementById("page"));
