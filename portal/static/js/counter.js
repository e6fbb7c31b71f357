// Counts the characters of a field against its limit, the way the server counts: by code points,
// each line break as one, surrounding blanks not at all.
function length(text) {
  return [...text.replace(/\r\n?/g, "\n").trim()].length;
}

function watch(field) {
  const line = document.querySelector(`[data-count-for="${CSS.escape(field.id)}"]`);
  if (!line) {
    return;
  }
  const limit = Number(field.dataset.max);
  let spoken;

  const show = () => {
    const left = limit - length(field.value);
    const words = left < 0 ? line.dataset.over : line.dataset.left;
    line.textContent = words.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    line.classList.toggle("field__count--over", left < 0);
    // A reader hears the count only near the end, and only when typing has paused.
    clearTimeout(spoken);
    spoken = setTimeout(() => {
      line.setAttribute("aria-live", left < limit / 10 ? "polite" : "off");
    }, 800);
  };
  field.addEventListener("input", show);
  show();
}

document.querySelectorAll("[data-max]").forEach(watch);
