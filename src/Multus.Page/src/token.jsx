export function TokenForm({ problem, onToken }) {
  const onSubmit = (event) => {
    event.preventDefault();
    const value = new FormData(event.target).get("token").trim();
    if (value) {
      onToken(value);
    }
  };
  return (
    <main class="alone">
      <h1>Multus</h1>
      <form class="panel" onSubmit={onSubmit}>
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" required autofocus aria-describedby="token-help" />
        <p id="token-help" class="faint">
          It is in the Secret that the daemon mounts as uiTokenFile. This tab keeps it until it is closed.
        </p>
        {problem && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        <button type="submit">Open</button>
      </form>
    </main>
  );
}
