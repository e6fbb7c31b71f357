// Rectangles over a picture: drawn by pointer, moved and sized by the arrow keys, kept in the fields of
// their rows, which do the same without script.
const SIDES = ["x", "y", "width", "height"];
const form = document.querySelector("[data-covers]");
const stage = form.querySelector("[data-covers-stage]");

function fields(row) {
  return SIDES.map((side) => row.querySelector(`[name=${side}]`));
}

function values(row) {
  return fields(row).map((field) => Number.parseFloat(field.value) || 0);
}

function write(row, numbers) {
  fields(row).forEach((field, index) => {
    field.value = numbers[index] === "" ? "" : String(Math.round(numbers[index] * 10) / 10);
  });
  draw();
}

function rows() {
  return [...form.querySelectorAll("[data-covers-row]")];
}

function filled(row) {
  const [, , width, height] = values(row);
  return width > 0 && height > 0;
}

function freeRow() {
  const found = rows().find((row) => fields(row).every((field) => !field.value));
  if (found) {
    return found;
  }
  const last = rows().at(-1);
  const row = last.cloneNode(true);
  row.querySelector("legend").textContent = stage.dataset.name.replace("{n}", rows().length + 1);
  last.after(row);
  write(row, ["", "", "", ""]);
  row.addEventListener("input", draw);
  return row;
}

const boxes = new Map();

function place(box, [x, y, width, height]) {
  box.style.left = `${x}%`;
  box.style.top = `${y}%`;
  box.style.width = `${Math.min(width, 100 - x)}%`;
  box.style.height = `${Math.min(height, 100 - y)}%`;
}

function keep(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

function press(event, row) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    write(row, ["", "", "", ""]);
    return;
  }
  const step = steps[event.key];
  if (!step) {
    return;
  }
  event.preventDefault();
  const [x, y, width, height] = values(row);
  if (event.shiftKey) {
    write(row, [x, y, keep(width + step[0], 0.5, 100 - x), keep(height + step[1], 0.5, 100 - y)]);
  } else {
    write(row, [keep(x + step[0], 0, 100 - width), keep(y + step[1], 0, 100 - height), width, height]);
  }
}

function draw() {
  rows().forEach((row, index) => {
    let box = boxes.get(row);
    if (!filled(row)) {
      box?.remove();
      boxes.delete(row);
      return;
    }
    if (!box) {
      box = document.createElement("button");
      box.type = "button";
      box.className = "covers__box";
      box.setAttribute("aria-label", stage.dataset.name.replace("{n}", index + 1));
      box.addEventListener("keydown", (event) => press(event, row));
      stage.append(box);
      boxes.set(row, box);
    }
    place(box, values(row));
  });
}

function at(event) {
  const { left, top, width, height } = stage.getBoundingClientRect();
  return [keep((100 * (event.clientX - left)) / width, 0, 100), keep((100 * (event.clientY - top)) / height, 0, 100)];
}

if (stage) {
  form.querySelector("[data-covers-how]").hidden = false;
  form.addEventListener("input", draw);
  let from;
  let row;
  stage.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".covers__box")) {
      return;
    }
    event.preventDefault();
    from = at(event);
    row = freeRow();
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!row) {
      return;
    }
    const [x, y] = at(event);
    write(row, [Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1])]);
  });
  stage.addEventListener("pointerup", () => {
    if (row && !filled(row)) {
      write(row, ["", "", "", ""]);
    }
    boxes.get(row)?.focus();
    row = undefined;
  });
  draw();
}
