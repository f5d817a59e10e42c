// Goes on counting the quotas while one types or ticks; the server counted what the page shows first.
// Words come from the page (templates/meetings/console/_quotas.html). What changed is said politely, once it settles.

const SETTLE = 400; // ms
const box = document.querySelector("[data-sums]");
const form = box?.closest("form");

const words = (name, n, more = {}) =>
  Object.entries({ n, ...more }).reduce((text, [key, value]) => text.replace(`{${key}}`, value), box.dataset[name]);
const number = (text) => (/^\d{1,5}$/.test(text) ? Number(text) : 0);

/** The category of every person in the form: rows with a name that stay, and ticked people of the pool. */
function listed() {
  const found = [];
  for (const select of form.querySelectorAll('select[name^="invitees-"]')) {
    const row = select.name.replace(/category$/, "");
    const gone = form.elements[`${row}remove`]?.checked;
    if (select.value && form.elements[`${row}name`].value.trim() && !gone) found.push(select.value);
  }
  for (const tick of form.querySelectorAll("input[data-category]:checked")) found.push(tick.dataset.category);
  return found;
}

function badge(cell, text, tone) {
  const mark = document.createElement("span");
  mark.className = "badge";
  mark.dataset.tone = tone;
  mark.textContent = text;
  cell.replaceChildren(...(text ? [mark] : []));
}

function count() {
  const people = listed();
  const short = [];
  let all = 0;
  let asked = false;
  for (const row of box.querySelectorAll("tr[data-category]")) {
    const { category, label, local, base, wanted } = row.dataset;
    const field = form.elements[`quota-${category}`];
    const least = field ? Math.max(Number(local), number(field.value.trim())) : Number(wanted);
    const have = Number(base) + people.filter((one) => one === category).length;
    const missing = Math.max(0, least - have);
    all += have;
    asked ||= least > 0;
    row.querySelector("[data-have]").textContent = have;
    const text = missing ? words("short", missing) : least ? box.dataset.enough : "";
    badge(row.querySelector("[data-verdict]"), text, missing ? "late" : "done");
    if (missing) short.push(words("one", missing, { category: label }));
  }
  say(all, short, asked);
}

function say(all, short, asked) {
  const { least, most } = box.dataset;
  const seats = all < Number(least) ? words("few", least) : Number(most) && all > Number(most) ? words("many", most) : "";
  const missing = short.length ? words("missing", "", { missing: short.join(box.dataset.and) }) : asked && words("met", "");
  const line = box.querySelector("[data-said]");
  const text = [words("total", all), seats, missing].filter(Boolean).join(" ");
  if (line.textContent !== text) line.textContent = text;
  line.dataset.tone = seats || short.length ? "late" : "done";
}

if (form) {
  let settling;
  form.addEventListener("input", () => {
    clearTimeout(settling);
    settling = setTimeout(count, SETTLE);
  });
  if (form.querySelector("input[data-category]:checked")) count(); // ticked before the page came back
}
