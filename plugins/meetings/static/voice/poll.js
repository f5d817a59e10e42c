// Keeps a part of a page fresh: <section data-poll="/address of that part">. Every 5 to 15 seconds, at random, so that
// many phones do not ask at once; nothing is replaced while the page is hidden or somebody is at work in the part.
const LEAST = 5000;
const SPREAD = 10000;
const TOKENS = /name="csrf_token" value="[^"]*"/g;

for (const part of document.querySelectorAll("[data-poll]")) later(part, "");

function later(part, before) {
  setTimeout(() => refresh(part, before), LEAST + Math.random() * SPREAD);
}

async function refresh(part, before) {
  let now = before;
  if (!document.hidden && !part.contains(document.activeElement)) {
    try {
      const answer = await fetch(part.dataset.poll);
      if (answer.status === 404) return;
      if (answer.ok) now = show(part, await answer.text(), before);
    } catch {
      // no line: the next round asks again
    }
  }
  later(part, now);
}

function show(part, text, before) {
  const now = text.replace(TOKENS, "");
  if (now !== before && !part.contains(document.activeElement)) {
    part.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    return now;
  }
  return before;
}
