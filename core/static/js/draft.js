// Keeps what is typed: <form data-draft="application-<id>" data-draft-note="已恢复您上次未提交的内容。" data-draft-drop="不要这份草稿">.
// Kept in this browser only, until the form was sent and the answering page shows no problem box.
// Passwords, files and hidden fields are never kept, but for those marked data-draft-keep: with the version of what was
// edited a restored draft cannot overwrite unseen what somebody saved meanwhile; the server refuses and shows both.
// <form data-draft-unsaved>: the answer to a form that asked for more rows; <a data-draft-discard="key"> forgets one.

const prefix = "draft:";
const skip = new Set(["password", "file", "hidden", "submit", "button"]);
const kept = (field) => field.name && (!skip.has(field.type) || field.dataset.draftKeep !== undefined);
const fields = (form) => [...form.elements].filter(kept);
const tick = (field) => field.type === "checkbox" || field.type === "radio";

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null; // storage refused or damaged: the form works without a draft
  }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage full or refused: typing goes on, only the safety net is missing
  }
}

function values(form) {
  return fields(form).map((field) => [field.name, tick(field) ? [field.value, field.checked] : field.value]);
}

/** Put kept values back; returns whether anything differed from what the server sent. */
function restore(form, stored, answered) {
  let changed = false;
  const rest = [...stored];
  for (const field of fields(form)) {
    if (answered && field.type === "hidden") continue; // the answer names the version now in force
    const at = rest.findIndex(([name, value]) => name === field.name && (!tick(field) || value[0] === field.value));
    if (at < 0) continue;
    const [[, value]] = rest.splice(at, 1);
    if (tick(field)) {
      changed ||= field.checked !== value[1];
      field.checked = value[1];
    } else {
      changed ||= field.value !== value;
      field.value = value;
    }
  }
  return changed;
}

function tell(form, key) {
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  note.textContent = `${form.dataset.draftNote ?? ""} `;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "quiet";
  drop.textContent = form.dataset.draftDrop ?? "×";
  drop.addEventListener("click", () => {
    write(key, null);
    form.reset();
    note.remove();
  });
  note.append(drop);
  form.prepend(note);
}

const sent = sessionStorage.getItem("draft-sent");
sessionStorage.removeItem("draft-sent");
const unsaved = document.querySelector(".problem, form[data-draft-unsaved]");
if (sent && !unsaved) write(sent, null);

for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = prefix + form.dataset.draft;
  const stored = read(key);
  const answered = key === sent && unsaved;
  const shown = answered && form.dataset.draftUnsaved !== undefined; // the page holds what was typed, in its own order
  if (!shown && Array.isArray(stored) && restore(form, stored, answered)) tell(form, key);
  if (answered) write(key, values(form));
  form.addEventListener("input", () => write(key, values(form)));
}

// On the document, behind confirm.js: a question answered with no has sent nothing, and the draft stays.
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (target.dataset.draft && !defaultPrevented) sessionStorage.setItem("draft-sent", prefix + target.dataset.draft);
});

for (const link of document.querySelectorAll("a[data-draft-discard]")) {
  link.addEventListener("click", () => write(prefix + link.dataset.draftDiscard, null));
}
