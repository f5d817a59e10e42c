// A rectangle drawn on the page fills the form beside it; the form works alone as well.
const sheet = document.getElementById("sheet");
const shown = document.getElementById("new");
const names = ["x", "y", "width", "height"];
const fields = Object.fromEntries(names.map((name) => [name, document.getElementById(name)]));
const STEP = 5;

if (sheet?.dataset.tall && shown) {
  const tall = Number(sheet.dataset.tall);
  const held = (value) => Math.min(Math.max(value, 0), 1000);
  let start = null;

  const read = () => Object.fromEntries(names.map((name) => [name, Math.round(Number(fields[name].value) * 10) || 0]));

  const draw = (box) => {
    for (const name of names) {
      const scale = name === "x" || name === "width" ? 1 : tall / 1000;
      shown.setAttribute(name, String(box[name] * scale));
    }
  };

  const put = (box) => {
    for (const name of names) fields[name].value = (box[name] / 10).toFixed(1);
    draw(box);
  };

  const at = (event) => {
    const area = sheet.getBoundingClientRect();
    return [
      held(Math.round(((event.clientX - area.left) / area.width) * 1000)),
      held(Math.round(((event.clientY - area.top) / area.height) * 1000)),
    ];
  };

  sheet.addEventListener("pointerdown", (event) => {
    start = at(event);
    sheet.setPointerCapture(event.pointerId);
    event.preventDefault();
    sheet.focus();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [x, y] = at(event);
    const [left, top] = [Math.min(x, start[0]), Math.min(y, start[1])];
    put({ x: left, y: top, width: Math.abs(x - start[0]), height: Math.abs(y - start[1]) });
  });
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => { start = null; });

  sheet.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const by = moves[event.key];
    if (!by) return;
    event.preventDefault();
    const box = read();
    if (!box.width || !box.height) Object.assign(box, { x: 400, y: 450, width: 200, height: 30 });
    else if (event.shiftKey) Object.assign(box, { width: Math.max(box.width + by[0], STEP), height: Math.max(box.height + by[1], STEP) });
    else Object.assign(box, { x: held(box.x + by[0]), y: held(box.y + by[1]) });
    put({ ...box, x: Math.min(box.x, 1000 - box.width), y: Math.min(box.y, 1000 - box.height) });
  });
  for (const name of names) fields[name].addEventListener("input", () => draw(read()));
  draw(read());
}
