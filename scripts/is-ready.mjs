// `node scripts/is-ready.mjs <url>`: status 0 when an app's readiness answers well; else 1 and what it says is missing.
const [url] = process.argv.slice(2);
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!answer.ok) {
    console.log((await answer.text()).slice(0, 2_000));
    process.exitCode = 1;
  }
} catch (error) {
  console.log(`${url}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
