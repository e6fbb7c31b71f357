// Solves the proof of work of a form: finds the number whose hash with the salt is the challenge.
// Hashes are computed a batch at a time, so that the page stays usable.
const BATCH = 500;
const encoder = new TextEncoder();

async function hash(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function solve(given) {
  for (let start = 0; start <= given.maxnumber; start += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, offset) => start + offset);
    const hashes = await Promise.all(numbers.map((number) => hash(given.salt + number)));
    const found = hashes.indexOf(given.challenge);
    if (found >= 0) {
      return btoa(JSON.stringify({ ...given, number: start + found }));
    }
  }
  return "";
}

for (const place of document.querySelectorAll("[data-challenge]")) {
  const form = place.closest("form");
  const field = place.querySelector("input");
  const status = place.querySelector("[data-challenge-status]");
  // Without a secure connection browsers do not offer their hashes.
  if (crypto.subtle) {
    let waiting = null;
    status.hidden = false;
    form.addEventListener("submit", (event) => {
      const { name, value } = event.submitter ?? {};
      const other = name === "step" && value !== "send";
      if (!other && !field.value && status.textContent !== place.dataset.unsolved) {
        event.preventDefault();
        waiting = event.submitter;
      }
    });
    solve(JSON.parse(place.dataset.challenge)).then((solution) => {
      field.value = solution;
      status.textContent = solution ? place.dataset.solved : place.dataset.unsolved;
      if (waiting) {
        form.requestSubmit(waiting);
      }
    });
  } else {
    status.textContent = place.dataset.unsolved;
    status.hidden = false;
  }
}
