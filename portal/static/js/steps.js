// A long form in steps, one on the screen at a time, on telephones and in large type. The step
// stands in the address, so that going back leads to the step before; every field stays in the page.
const form = document.querySelector("form[data-steps]");
const steps = [...form.querySelectorAll(".step")];
const bar = form.querySelector("[data-steps-bar]");
const place = bar.querySelector("[data-steps-place]");
const back = bar.querySelector("[data-steps-back]");
const next = bar.querySelector("[data-steps-next]");
const send = form.querySelector("[data-steps-send]");
const narrow = matchMedia("(max-width: 40rem)");
let current = 0;

const stepped = () => narrow.matches || document.documentElement.classList.contains("large-type");

function asked() {
  const found = /^#step-([0-9]+)$/.exec(location.hash);
  if (found) {
    return Math.min(steps.length, Math.max(1, Number(found[1]))) - 1;
  }
  const named = location.hash && document.getElementById(location.hash.slice(1));
  const within = named ? steps.findIndex((step) => step.contains(named)) : -1;
  return within < 0 ? null : within;
}

function show() {
  const on = stepped();
  form.classList.toggle("in-steps", on);
  bar.hidden = !on;
  steps.forEach((step, number) => {
    step.hidden = on && number !== current;
  });
  send.hidden = on && current < steps.length - 1;
  back.hidden = current === 0;
  next.hidden = current === steps.length - 1;
  place.textContent = place.dataset.words.replace("{n}", current + 1).replace("{total}", steps.length);
}

function title(step) {
  const heading = step.querySelector("h2");
  heading.tabIndex = -1;
  return heading;
}

function go(number) {
  current = number;
  show();
  const heading = title(steps[number]);
  heading.focus({ preventScroll: true });
  form.scrollIntoView({ block: "start" });
}

// What a step lacks is said at once, in the words that the server would use.
function complete(step) {
  let first;
  for (const field of step.querySelectorAll("[data-missing]")) {
    const around = field.closest(".field");
    const empty = field.matches("fieldset") ? !field.querySelector(":checked") : !field.value.trim();
    document.getElementById(`${field.id}-missing`)?.remove();
    around.classList.toggle("field--wrong", empty);
    field.setAttribute("aria-invalid", String(empty));
    if (!empty) {
      continue;
    }
    const said = document.createElement("p");
    said.className = "field__error";
    said.id = `${field.id}-missing`;
    said.textContent = field.dataset.missing;
    (field.matches("fieldset") ? field.querySelector("legend") : field).after(said);
    first ??= field.matches("fieldset") ? field.querySelector("input") : field;
  }
  first?.focus();
  return !first;
}

next.addEventListener("click", () => {
  if (complete(steps[current])) {
    history.pushState(null, "", `#step-${current + 2}`);
    go(current + 1);
  }
});
back.addEventListener("click", () => {
  history.pushState(null, "", `#step-${current}`);
  go(current - 1);
});
addEventListener("popstate", () => {
  const wanted = asked() ?? 0;
  if (stepped() && wanted !== current) {
    go(wanted);
    if (!location.hash.startsWith("#step-") && location.hash) {
      document.getElementById(location.hash.slice(1))?.focus();
    }
  }
});
narrow.addEventListener("change", show);
document.addEventListener("letterbox:display", show);

const wrong = steps.findIndex((step) => step.querySelector(".field--wrong"));
current = wrong >= 0 ? wrong : (asked() ?? 0);
show();
