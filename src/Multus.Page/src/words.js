/** "0.4 ms", "312 ms", "4.5 s", "3 min". */
export function duration(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

const two = (n) => String(n).padStart(2, "0");

/** The time of day; with the date when it is not today's. */
export function clock(ms) {
  const at = new Date(ms);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return at.toDateString() === new Date().toDateString()
    ? time
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

export const count = (n) => n.toLocaleString("en-US");

/** "1 pod", "3 pods". */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** What an operation is about: the pod, or the beginning of the sandbox's ID. */
export const subject = (operation) => operation.pod || `sandbox ${operation.sandbox.slice(0, 12)}`;
