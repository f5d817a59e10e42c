// Follows a background job: <div data-job="address of the job in the API"> with a <progress>, [data-count] and, hidden
// until there is a script, [data-followed]. Asks every second at first, later less often; at the end the page is loaded
// again and says what came of it. Without script the reload link does the same.

const box = document.querySelector("[data-job]");
const bar = box.querySelector("progress");
const count = box.querySelector("[data-count]");
const started = Date.now();

function pause() {
  const waited = Date.now() - started;
  return waited < 30_000 ? 1_000 : waited < 300_000 ? 3_000 : 15_000;
}

async function look() {
  try {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) return location.reload(); // signed out, or gone: the page itself says which
    const job = await answer.json();
    if (job.state !== "waiting" && job.state !== "running") return location.reload();
    if (job.total) {
      bar.max = job.total;
      bar.value = job.done;
      count.textContent = `${job.done} / ${job.total}`;
    }
  } catch {
    // no network for a moment: asked again
  }
  setTimeout(look, pause());
}

box.querySelector("[data-followed]").hidden = false;
box.querySelector("[data-reload]").hidden = true;
setTimeout(look, pause());
