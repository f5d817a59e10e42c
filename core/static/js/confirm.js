// Asks before a grave act: <form data-confirm="确定撤回“…”吗？" data-yes="撤回" data-no="不撤回">.
// No module, so that it listens before the page has a button: a key pressed at once is asked too.
// Without script the form simply goes; the server asks for a reason where the regulation wants one.

/** Show the question of `form`; resolves true when the answer is yes. */
function ask(form) {
  const box = document.createElement("dialog");
  const text = document.createElement("p");
  const acts = document.createElement("div");
  acts.className = "form-acts";
  text.id = "confirm-text";
  text.textContent = form.dataset.confirm;
  box.setAttribute("aria-labelledby", text.id);
  const answers = [[form.dataset.no || "取消", "no", ""], [form.dataset.yes || "确定", "yes", "primary"]];
  for (const [label, value, look] of answers) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = look;
    button.textContent = label;
    button.addEventListener("click", () => box.close(value));
    acts.append(button);
  }
  box.append(text, acts);
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "yes");
    });
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  if (!(await ask(form))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter);
});
