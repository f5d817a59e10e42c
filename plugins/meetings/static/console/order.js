/** The agenda's order by pointer or arrow keys. The list is moved about; the form sends the order it stands in. */
const list = document.querySelector("ol[data-order]");
const said = document.querySelector("[data-order-said]");

const places = () => [...list.children];

function say(item) {
  const place = places().indexOf(item) + 1;
  said.textContent = said.dataset.orderSaid.replace("{title}", item.dataset.title).replace("{n}", place);
}

function step(item, by) {
  const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  other[by < 0 ? "before" : "after"](item);
  say(item);
}

/** Moves with the pointer: to before the first item whose middle lies below it. */
function drag(item, grip, start) {
  grip.setPointerCapture(start.pointerId);
  item.classList.add("dragged");
  const follow = (event) => {
    const next = places().find((other) => other !== item && event.clientY < middle(other)) ?? null;
    if (next !== item.nextElementSibling) list.insertBefore(item, next);
  };
  const end = () => {
    grip.removeEventListener("pointermove", follow);
    item.classList.remove("dragged");
    say(item);
    grip.focus();
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("lostpointercapture", end, { once: true });
}

function middle(item) {
  const box = item.getBoundingClientRect();
  return box.top + box.height / 2;
}

for (const item of places()) {
  const grip = item.querySelector("[data-grip]");
  if (!grip || list.children.length < 2) continue;
  grip.hidden = false;
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    drag(item, grip, event);
  });
  grip.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(item, by);
    grip.focus();
  });
}
